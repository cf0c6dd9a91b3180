"""Where the speech model goes: every rule as a row, and days on a machine whose memory is not speech's own."""

from dataclasses import replace
from typing import Any

import pytest

from etoile.domain.gpus import GpuReading, GpuState, Kind
from etoile.domain.placement import COSTS, FAILED_S, STAY_S, Failure, Machine, Placement, Wish, cpu_s, place
from etoile.text import render

GB = 1_000_000_000
WISH = Wish(model="base", installed=("base", "small", "tiny"))


def card(uuid: str = "GPU-3080", free_gb: float = 9.0, total_gb: float = 10.0, **values: Any) -> GpuReading:
    settings: dict[str, Any] = {
        "index": 0,
        "name": uuid.removeprefix("GPU-"),
        "host": "here",
        "cuda_index": 0,
        "cuda_fastest_index": 0,
        "memory_total_bytes": round(total_gb * GB),
        "memory_free_bytes": round(free_gb * GB),
        "utilization_percent": 0,
    }
    return GpuReading(uuid=uuid, **(settings | values))


def machine(*cards: GpuReading, **values: Any) -> Machine:
    return Machine(readings=cards, **values)


def at(wish: Wish = WISH, here: Machine | None = None, **values: Any) -> Placement:
    return place(wish, here or machine(card()), values.pop("at_s", 1000.0), **values)


def reason(placement: Placement) -> str:
    return render(placement.reason, "en")


@pytest.mark.parametrize(
    ("here", "device", "says"),
    [
        pytest.param(machine(card()), "cuda", "GiB of its memory are free", id="a card with room"),
        pytest.param(machine(), "cpu", "no NVIDIA card", id="no card"),
        pytest.param(machine(card("AMD-1")), "cpu", "no NVIDIA card", id="CUDA is not for AMD"),
        pytest.param(machine(card(far=True)), "cpu", "no NVIDIA card", id="another machine's"),
        pytest.param(machine(card(simulated=True)), "cpu", "no NVIDIA card", id="a card that is not there"),
        pytest.param(machine(card(kind=Kind.PROCESSOR)), "cpu", "no NVIDIA card", id="a processor is none"),
        pytest.param(machine(card(state=GpuState.ASLEEP)), "cpu", "is asleep", id="a card that sleeps is not woken"),
        pytest.param(machine(card(state=GpuState.LOST)), "cpu", "does not answer", id="a card that is lost"),
        pytest.param(
            machine(card(memory_free_bytes=None)), "cpu", "does not tell", id="nothing is known of its memory"
        ),
        pytest.param(
            machine(card(memory_free_bytes=None, memory_used_bytes=GB)), "cuda", "8.4", id="free is the rest of used"
        ),
        pytest.param(machine(card(mig=("MIG-1",))), "cpu", "MIG", id="a card in pieces"),
        pytest.param(machine(card(free_gb=1.0, total_gb=4.0)), "cpu", "are needed", id="under 500 MB would be left"),
        pytest.param(machine(card(free_gb=1.1, total_gb=4.0)), "cuda", "free", id="just enough is left"),
        pytest.param(machine(card(free_gb=2.96, total_gb=24.0)), "cuda", "free", id="fills less than 90 % with it"),
        pytest.param(machine(card(free_gb=2.5, total_gb=24.0)), "cpu", "fill the memory of 3080 to 92 %", id="more"),
        pytest.param(machine(card(), hot=frozenset({"GPU-3080"})), "cpu", "3080 is hot", id="a hot card"),
        pytest.param(
            machine(card(), environment={"CUDA_VISIBLE_DEVICES": ""}), "cpu", "hides 3080", id="hidden from CUDA"
        ),
    ],
)
def test_where_it_begins(here: Machine, device: str, says: str) -> None:
    placement = at(here=here)
    assert (placement.device, placement.model) == (device, "base")
    assert says in reason(placement)


@pytest.mark.parametrize(
    ("cards", "chosen"),
    [
        pytest.param(
            (card("GPU-3080"), card("GPU-1660", 5.0, 6.0)), "GPU-1660", id="large cards suit language models better"
        ),
        pytest.param(
            (card("GPU-3080"), card("GPU-1660", 5.0, 6.0, utilization_percent=95)), "GPU-3080", id="a busy card waits"
        ),
        pytest.param(
            (card("GPU-a", 5.0, 6.0), card("GPU-b", 5.5, 6.0)), "GPU-b", id="of two alike, the one with more room"
        ),
        pytest.param((card("GPU-3080"), card("GPU-1660", 0.2, 6.0)), "GPU-3080", id="the one that has room"),
    ],
)
def test_which_card(cards: tuple[GpuReading, ...], chosen: str) -> None:
    assert at(here=machine(*cards)).uuid == chosen


def test_the_settings_have_the_first_word() -> None:
    on_cpu = at(replace(WISH, device="cpu"))
    assert (on_cpu.device, on_cpu.passing, reason(on_cpu)) == ("cpu", False, "the settings want it there")
    crowded = machine(card(free_gb=0.7, total_gb=10.0), hot=frozenset({"GPU-3080"}))
    assert at(replace(WISH, device="cuda"), crowded).device == "cuda"
    assert at(replace(WISH, device="cuda"), machine(card(free_gb=0.3))).device == "cpu"


@pytest.mark.parametrize(
    ("model", "device", "installed", "threads", "chosen", "says"),
    [
        pytest.param("base", "auto", ("base", "tiny"), 1, "base", "no NVIDIA", id="fast enough"),
        pytest.param(
            "large-v3", "auto", ("large-v3", "small", "tiny"), 2, "small", "large-v3 would be slow", id="slow"
        ),
        pytest.param("large-v3", "auto", ("large-v3", "small", "medium"), 2, "medium", "slow", id="the best of them"),
        pytest.param("large-v3", "auto", ("large-v3",), 2, "large-v3", "no smaller model is installed", id="no other"),
        pytest.param("large-v3-turbo", "auto", ("small",), 4, "large-v3-turbo", "no NVIDIA", id="four threads do"),
        pytest.param("/my/whisper", "auto", ("tiny",), 1, "/my/whisper", "no NVIDIA", id="nobody knows that one"),
        pytest.param("large-v3", "cpu", ("small",), 1, "large-v3", "settings", id="the user wants it so"),
    ],
)
def test_a_smaller_model_where_the_cpu_is_too_slow(
    model: str, device: Any, installed: tuple[str, ...], threads: int, chosen: str, says: str
) -> None:
    placement = at(Wish(model=model, device=device, installed=installed), machine(threads=threads))
    assert (placement.device, placement.model) == ("cpu", chosen)
    assert says in reason(placement)


def test_a_model_that_failed_on_a_card_stays_away_from_cards_for_an_hour() -> None:
    failure = Failure(error="out of memory", at_s=1000.0)
    failed = at(failure=failure, at_s=1000.0)
    assert (failed.device, failed.passing, reason(failed)) == ("cpu", True, "CUDA failed (out of memory)")
    assert at(failure=failure, at_s=999.0 + FAILED_S, now=failed).device == "cpu"
    assert at(failure=failure, at_s=1000.0 + FAILED_S, now=failed).device == "cuda"


# What changes while it runs

ON_CARD = at()
AWAY = at(here=machine(card(free_gb=0.1)), now=ON_CARD, at_s=2000.0)


@pytest.mark.parametrize(
    ("here", "device"),
    [
        pytest.param(machine(card(free_gb=1.1)), "cuda", id="its own memory is among what is used"),
        pytest.param(machine(card(free_gb=0.9)), "cpu", id="beyond 90 %"),
        pytest.param(machine(card(free_gb=0.4, total_gb=4.0)), "cpu", id="under 500 MB"),
        pytest.param(machine(card(), hot=frozenset({"GPU-3080"})), "cpu", id="hot"),
        pytest.param(machine(card(state=GpuState.LOST)), "cpu", id="lost"),
        pytest.param(machine(card(utilization_percent=100)), "cuda", id="work beside it is no reason to go"),
        pytest.param(machine(card(), card("GPU-1660", 5.0, 6.0)), "cuda", id="nor is a card that would suit better"),
        pytest.param(machine(card(), cpu_percent=99.0), "cuda", id="nor is the CPU"),
    ],
)
def test_when_it_leaves_its_card(here: Machine, device: str) -> None:
    placement = at(here=here, now=ON_CARD, at_s=2000.0)
    assert placement.device == device
    assert placement.uuid in ("GPU-3080", None)
    assert placement.passing is (device == "cpu")
    assert placement.since_s == (1000.0 if device == "cuda" else 2000.0)


def test_it_goes_to_another_card_with_room_rather_than_to_the_cpu() -> None:
    here = machine(card(free_gb=0.1), card("GPU-1660", 5.0, 6.0, cuda_index=1))
    placement = at(here=here, now=ON_CARD)
    assert (placement.uuid, placement.cuda_index, placement.passing) == ("GPU-1660", 1, False)


@pytest.mark.parametrize(
    ("free_gb", "after_s", "cpu_percent", "device", "says"),
    [
        pytest.param(9.0, STAY_S, 10.0, "cuda", "free", id="there is room again, and some time has passed"),
        pytest.param(9.0, 60.0, 10.0, "cpu", "it goes back in 4\N{NO-BREAK SPACE}min", id="not yet"),
        pytest.param(1.8, STAY_S, 10.0, "cpu", "to 88 %", id="room enough to stay is not enough to come back"),
        pytest.param(9.0, 60.0, 81.0, "cuda", "CPU is busy (81 %)", id="a busy CPU does not wait"),
        pytest.param(3.0, 60.0, 81.0, "cpu", "room again", id="unless the card is filled to 70 %"),
        pytest.param(9.0, 60.0, None, "cpu", "room again", id="nobody knows how busy the CPU is"),
    ],
)
def test_when_it_comes_back(free_gb: float, after_s: float, cpu_percent: float | None, device: str, says: str) -> None:
    assert AWAY.device == "cpu"
    here = machine(card(free_gb=free_gb), cpu_percent=cpu_percent)
    placement = at(here=here, now=AWAY, at_s=AWAY.since_s + after_s)
    assert placement.device == device
    assert says in reason(placement)


def test_it_does_not_flap() -> None:
    """Language models come and go on its card every ten seconds for an hour."""
    now, moves = ON_CARD, 0
    for second in range(0, 3600, 10):
        after = at(here=machine(card(free_gb=0.2 if second % 20 else 9.0)), now=now, at_s=1000.0 + second)
        moves += after.where != now.where
        now = after
    assert 2 <= moves <= 2 * 3600 / STAY_S


def test_a_lost_card_that_is_back_waits_as_well() -> None:
    lost = at(here=machine(card(state=GpuState.LOST)), now=ON_CARD, at_s=2000.0)
    assert at(now=lost, at_s=2010.0).device == "cpu"
    assert at(now=lost, at_s=2000.0 + STAY_S).device == "cuda"


def test_the_wanted_model_comes_back_with_the_card() -> None:
    wish = Wish(model="large-v3", installed=("large-v3", "small"))
    big = at(wish, machine(card("GPU-a", 20.0, 24.0)))
    small = at(wish, machine(card("GPU-a", 0.1, 24.0)), now=big, at_s=2000.0)
    assert (big.model, small.model) == ("large-v3", "small")
    assert at(wish, machine(card("GPU-a", 20.0, 24.0)), now=small, at_s=3000.0).where == big.where


def test_it_is_told_as_a_sentence() -> None:
    assert render(ON_CARD.said, "en") == "Speech: base on 3080: 8.4\N{NO-BREAK SPACE}GiB of its memory are free."
    assert render(at(here=machine()).said, "en") == "Speech: base on the CPU: no NVIDIA card is known here."


def test_costs_grow_with_the_models() -> None:
    times = [cpu_s(name, 2) for name in ("tiny", "base", "small", "medium", "large-v3-turbo", "large-v3")]
    assert times == sorted(times)
    assert COSTS["large-v3-turbo"].gpu_bytes < COSTS["large-v3"].gpu_bytes
