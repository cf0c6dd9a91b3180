"""The scenarios, and what becomes of them in the rest of Etoile."""

import pytest

from etoile.domain.effects import Notify
from etoile.domain.events import GpusRead
from etoile.domain.gpus import GpuState, Thermal
from etoile.domain.state import State, advance
from etoile.errors import NvmlUnavailable, UsageError
from etoile.gpu.simulated import HOT, LOSABLE, SimulatedSource, interpolated
from etoile.text import render


class Clock:
    """Time that stands still until told."""

    def __init__(self) -> None:
        self.at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


def test_six_mixed_cards_that_say_they_are_simulated() -> None:
    readings = [card.read(with_processes=True) for card in SimulatedSource("calm").cards()]
    assert len({reading.uuid for reading in readings}) == 6
    assert sum("1660 SUPER" in reading.name for reading in readings) == 3
    assert sum("3080" in reading.name for reading in readings) == 1
    assert all(reading.simulated and reading.state is GpuState.OK for reading in readings)
    assert sorted(reading.cuda_index or 0 for reading in readings) == list(range(6))
    assert [reading.fan_percent is None for reading in readings].count(True) == 1


def test_calm_stays_normal() -> None:
    clock = Clock()
    cards = SimulatedSource("calm", now_s=clock).cards()
    for _ in range(600):
        clock.at_s += 1
        assert all((card.read(with_processes=False).temperature_c or 99) < 75 for card in cards)


def test_a_heatwave_goes_through_every_state_once_and_comes_back() -> None:
    clock = Clock()
    cards = SimulatedSource("heatwave", now_s=clock).cards()
    told: list[tuple[int, Thermal]] = []
    notices: list[str] = []
    state = State()
    for _ in range(300):
        readings = tuple(card.read(with_processes=True) for card in cards)
        before = state
        state, effects = advance(state, GpusRead(readings, clock.at_s))
        changes = [(one.index, before.thermal(one.uuid), state.thermal(one.uuid)) for one in readings]
        told += [(index, now) for index, was, now in changes if now is not was is not Thermal.UNKNOWN]
        notices += [render(effect.title, "en") for effect in effects if isinstance(effect, Notify)]
        clock.at_s += 1
    assert told == [(HOT, state) for state in (Thermal.WARNING, Thermal.CRITICAL, Thermal.WARNING, Thermal.NORMAL)]
    assert len(notices) == 2
    assert all("(simulated)" in notice for notice in notices)


def test_speed_makes_it_faster() -> None:
    clock = Clock()
    slow, fast = SimulatedSource.parse("heatwave"), SimulatedSource.parse("heatwave@20")
    source = SimulatedSource("heatwave", speed=20, now_s=clock)
    clock.at_s += 5
    assert source.elapsed_s() == 100
    assert source.temperature_c(HOT) == 91
    assert fast.elapsed_s() > slow.elapsed_s()


def test_a_card_drops_out_and_comes_back() -> None:
    clock = Clock()
    cards = SimulatedSource("lost", now_s=clock).cards()
    states = []
    for _ in range(100):
        states.append([card.read(with_processes=False).state for card in cards])
        clock.at_s += 1
    assert [state[LOSABLE] for state in states].count(GpuState.LOST) == 60
    assert states[0] == states[-1] == [GpuState.OK] * 6


def test_no_driver() -> None:
    with pytest.raises(NvmlUnavailable, match="simulated"):
        SimulatedSource("none").cards()


@pytest.mark.parametrize("asked", ["", "heat", "heatwave@", "heatwave@fast", "heatwave@0", "heatwave@nan", "@3"])
def test_nonsense_is_refused_with_what_would_do(asked: str) -> None:
    with pytest.raises(UsageError) as raised:
        SimulatedSource.parse(asked)
    assert raised.value.remedy


def test_interpolated() -> None:
    points = ((0, 10), (10, 20), (20, 0))
    assert [interpolated(points, at) for at in (-5, 0, 5, 10, 15, 20, 99)] == [10, 10, 15, 20, 10, 0, 0]
