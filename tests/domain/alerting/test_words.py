"""What an alert says, in the words the user reads."""

import math
from dataclasses import replace

import pytest

from etoile.domain.gpus import GpuProcess, GpuReading, GpuState
from etoile.domain.nodes import LoadedModel, NodeState
from etoile.text import message
from tests.domain.alerting.play import GIB, Player, card, gone, node, plain


def heated(**more: object) -> tuple[str, str]:
    """Return title and body about a card at 86 °C that is hot only, by other limits than usual."""
    player = Player().temperatures([60] * 60 + [80] * 12, **more)
    (only,) = player.notified
    return plain(only.title), plain(only.body)


def rising(seconds: int) -> list[int]:
    return [round(96 - 40 * math.exp(-second / 120)) for second in range(seconds)]


REASONS = {
    "slowed by heat": ({"throttle": ("sw_thermal",)}, "The GPU slows itself down because of the heat."),
    "the power cap is why": ({"throttle": ("sw_power_cap",), "power_limit_w": 320.0}, "It draws all it may, 320 W."),
    "power supply": ({"throttle": ("hw_power_brake",)}, "The power supply slows the GPU down."),
    "fan": ({"fan_percent": 88}, "Fan at 88 %."),
    "a fan that stands still": ({"fan_percent": 0}, "The fan stands still."),
    "no fan": ({"fan_percent": None}, ""),
    "the biggest process": (
        {
            "processes": (
                GpuProcess(pid=1, name="Xorg", memory_used_bytes=GIB // 4),
                GpuProcess(pid=2, name="ollama", memory_used_bytes=8 * GIB),
                GpuProcess(pid=3, name=None, memory_used_bytes=9 * GIB),
                GpuProcess(pid=4, name="game"),
            )
        },
        "ollama holds 8.0 GiB of its memory.",
    ),
}


@pytest.mark.parametrize(("values", "reason"), REASONS.values(), ids=REASONS.keys())
def test_a_hot_gpu_comes_with_its_reasons(values: dict[str, object], reason: str) -> None:
    title, body = heated(**values)
    assert title == "GPU 0 is hot on athena"
    heat, _, rest = body.partition("minute.")
    assert heat.startswith("80 °C (limit 75 °C) for 10 s. It heats by ")
    assert rest.strip() == reason


def test_a_hot_gpu_says_when_it_will_be_critical() -> None:
    player = Player().temperatures(rising(120))
    assert player.titles == ["GPU 0 is hot on athena"]
    assert "°C (limit 75 °C) for 10 s. 85 °C in about 1 min" in player.bodies[0]
    assert player.bodies[0].endswith("at this rate.")


def test_critical_tells_its_own_limit() -> None:
    player = Player().temperatures([60] * 5 + [92] * 10)
    assert player.bodies[0].startswith("92 °C (limit 85 °C) for 3 s.")


def test_simulated_cards_say_so() -> None:
    title, _ = heated(simulated=True)
    assert title == "GPU 0 is hot on athena (simulated)"
    player = Player().play([[card(index, 80, simulated=True) for index in range(6)]] * 20)
    assert player.titles == ["6 GPUs are hot (simulated)"]


def test_a_group_names_the_worst_first() -> None:
    player = Player().play([[card(index, 76 + index) for index in range(6)]] * 20)
    assert player.bodies == [
        "GPU 5 on athena 81 °C, GPU 4 on athena 80 °C, GPU 3 on athena 79 °C, GPU 2 on athena 78 °C. And 2 more."
    ]


def test_full_memory_names_who_holds_it_and_what_to_unload() -> None:
    full = card(
        0,
        60,
        memory_used_bytes=round(9.5 * GIB),
        processes=(GpuProcess(pid=2, name="ollama", memory_used_bytes=9 * GIB),),
    )
    models = (
        LoadedModel(name="small", size_bytes=GIB, gpu_bytes=GIB),
        LoadedModel(name="big", size_bytes=8 * GIB, gpu_bytes=8 * GIB),
    )
    here = node("Ollama", loaded=("small", "big"), in_memory=models)
    elsewhere = node("M9", loaded=("other",), url="http://10.0.0.9:11434", here=False)
    player = Player()
    for _ in range(60):
        player.second(full, nodes=[here, elsewhere])
    assert player.titles == ["The memory of GPU 0 is nearly full on athena"]
    assert player.bodies == [
        (
            "9.5 GiB of 10.0 GiB are taken. ollama holds 9.0 GiB of its memory. "
            "Ollama has big, small loaded: unload one to make room."
        )
    ]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (GpuState.LOST, "The driver no longer finds it. Its last temperature was 60 °C."),
        (GpuState.STALE, "The driver does not answer for it. Its last temperature was 60 °C."),
    ],
)
def test_a_silent_gpu(state: GpuState, said: str) -> None:
    player = Player().play([[card()]] * 5 + [[gone(0, state)]] * 30)
    assert (player.titles, player.bodies) == (["GPU 0 stopped reporting on athena"], [said])


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (GpuState.LOST, "The exporter on athena no longer tells of it. Its last temperature was 60 °C."),
        (GpuState.STALE, "The exporter on athena does not answer. Its last temperature was 60 °C."),
    ],
)
def test_a_silent_gpu_of_another_machine(state: GpuState, said: str) -> None:
    player = Player().play([[replace(card(), far=True)]] * 5 + [[replace(gone(0, state), far=True)]] * 30)
    assert player.bodies == [said]


def test_a_stuck_fan() -> None:
    player = Player().play([[card(0, 72, fan_percent=0)]] * 60)
    assert player.bodies == ["It is at 0 % while the card is at 72 °C."]


SLOW = "are not in GPU memory: its answers are slow. A smaller quantisation or a shorter context may fit."
SPILLS = {
    "all on the GPU": (8, 8, card(), None),
    "rounding": (8 * 1000, 8 * 999, card(), None),
    "a part on the CPU": (
        8 * GIB,
        6 * GIB,
        None,
        (
            "tiny runs partly on the CPU of M1",
            f"2.0 GiB of 8.0 GiB {SLOW}",
        ),
    ),
    "all on the CPU, where there is a GPU": (
        8 * GIB,
        0,
        card(),
        (
            "tiny runs on the CPU of M1",
            f"8.0 GiB of 8.0 GiB {SLOW}",
        ),
    ),
    "all on the CPU, where there is nothing else": (8 * GIB, 0, None, None),
}


@pytest.mark.parametrize(("size", "on_gpu", "gpu", "told"), SPILLS.values(), ids=SPILLS.keys())
def test_a_model_that_spills(size: int, on_gpu: int, gpu: GpuReading | None, told: tuple[str, str] | None) -> None:
    model = LoadedModel(name="tiny", size_bytes=size, gpu_bytes=on_gpu)
    player = Player()
    for _ in range(60):
        player.second(*([gpu] if gpu else []), nodes=[node("M1", in_memory=(model,))])
    assert list(zip(player.titles, player.bodies, strict=True)) == ([told] if told else [])
    for _ in range(10):
        player.second(nodes=[node("M1")])
    assert player.standing == {}


@pytest.mark.parametrize(
    ("others", "measure"),
    [
        ((node("M2"), node("M3", NodeState.DOWN), node("M4", NodeState.BUSY)), "Requests go to M2, M4 meanwhile."),
        ((node("M3", NodeState.DOWN),), "No other node can take requests now."),
        ((), "No other node can take requests now."),
    ],
)
def test_a_node_that_is_down_and_who_takes_its_place(others: tuple[object, ...], measure: str) -> None:
    player = Player()
    for second in range(90):
        state = NodeState.DOWN if second > 20 else NodeState.UP
        player.second(nodes=[node("M1", state, reason=message("connection refused")), *others])  # type: ignore[list-item]
    assert player.titles == ["M1 does not answer"]
    assert player.bodies == [f"Reason: connection refused. {measure}"]


def test_every_alert_can_be_snoozed() -> None:
    player = Player().temperatures([80] * 20)
    buttons = {action: plain(label) for action, label in player.notified[0].actions.items()}
    assert buttons == {
        "default": "Show",
        "snooze 600": "Snooze for 10 min",
        "snooze 3600": "Snooze for 1 h",
        "snooze over": "Until it cools",
    }
