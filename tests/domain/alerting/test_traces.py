"""How many notifications a trace raises, beside how many it deserves.

The first is that of the measurements which the policy was chosen by (600 s at 1 Hz, plateaus at 75 and 85 °C, noise of
1.2 °C), on which a plain comparison with 75 and 85 raises 75.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import pytest

from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.nodes import NodeState
from tests.domain.alerting.play import GIB, Player, card, gone, node

Trace = Iterator[Sequence[GpuReading]]


def noisy(level: float, seconds: int, seed: int = 1, sigma: float = 1.2) -> list[int]:
    noise = random.Random(seed)
    return [round(noise.gauss(level, sigma)) for _ in range(seconds)]


def plateaus(seed: int) -> Trace:
    levels = ((60, 60), (75, 180), (85, 240), (60, 120))
    for place, (level, seconds) in enumerate(levels):
        yield from ([card(0, degrees)] for degrees in noisy(level, seconds, seed * 10 + place))


def flapping_around_the_limit() -> Trace:
    """Half an hour at the very threshold."""
    for second in range(1800):
        yield [card(0, 75 + (1 if second % 2 else -1))]


def a_fan_that_hunts() -> Trace:
    """Up and down through warning and its hysteresis, every two minutes, for half an hour."""
    for second in range(1800):
        yield [card(0, round(73 + 7 * math.sin(2 * math.pi * second / 120)))]


def critical_and_back() -> Trace:
    """A minute at 88, a minute at 82 and so on, for ten minutes: it stays above critical's hysteresis."""
    for second in range(600):
        yield [card(0, 88 if second % 120 < 60 else 82)]


def junk_spikes() -> Trace:
    """A cool card whose sensor says 127 or 0 now and then."""
    for second in range(900):
        yield [card(0, 127 if second % 37 == 0 else 0 if second % 41 == 0 else 55)]


def lost_and_back() -> Trace:
    """A cool card that falls off the bus for 8 s each minute, which a reload of the driver explains."""
    for second in range(600):
        yield [gone() if second % 60 < 8 and second > 60 else card(0, 60)]


def lost_for_good() -> Trace:
    """A hot card that falls off the bus."""
    for second in range(300):
        yield [card(0, 80) if second < 60 else gone()]


def stale_in_turns() -> Trace:
    """A card whose calls hang for 12 s now and then."""
    for second in range(600):
        yield [gone(0, GpuState.STALE) if second % 40 < 12 and second > 40 else card(0, 60)]


def memory_sawtooth() -> Trace:
    """A server that fills its memory to 93 % and drops to 86 %, for twenty minutes."""
    for second in range(1200):
        used_percent = 86 + 7 * (second % 60) / 60
        yield [card(0, 60, memory_used_bytes=round(10 * GIB * used_percent / 100))]


def memory_full() -> Trace:
    """A server that takes 94 % and keeps it, as vLLM does."""
    for second in range(1200):
        yield [card(0, 60, memory_used_bytes=round(9.4 * GIB) if second > 60 else GIB)]


def sixty_four_at_once() -> Trace:
    """A rack whose air conditioning fails: 64 cards, each with its own noise, heat through both limits."""
    noise = random.Random(3)
    for second in range(400):
        level = min(89.0, 60 + second / 10)
        yield [card(index, round(noise.gauss(level + index % 5, 0.8))) for index in range(64)]


def zero_rpm() -> Trace:
    """A card whose fan stops at will: 0 % up to 62 °C, and turning above."""
    for second in range(1200):
        degrees = round(55 + 12 * math.sin(second / 90))
        yield [card(0, degrees, fan_percent=0 if degrees < 62 else 35)]


def stuck_fan() -> Trace:
    """A fan that does not turn while the card goes to 73 °C and stays there."""
    for second in range(600):
        yield [card(0, min(73, 50 + second // 10), fan_percent=0)]


TRACES: dict[str, tuple[Callable[[], Trace], int]] = {
    "flapping around the limit": (flapping_around_the_limit, 0),
    "a fan that hunts": (a_fan_that_hunts, 3),
    "critical and back": (critical_and_back, 2),
    "junk spikes": (junk_spikes, 0),
    "lost and back": (lost_and_back, 0),
    "a hot card lost for good": (lost_for_good, 2),
    "stale in turns": (stale_in_turns, 0),
    "memory sawtooth around the limit": (memory_sawtooth, 0),
    "memory full": (memory_full, 1),
    "64 cards at once": (sixty_four_at_once, 8),
    "a fan that stops at will": (zero_rpm, 0),
    "a stuck fan": (stuck_fan, 1),
}
"""Name: the trace, and how many notifications it deserves: one of what lasts, one of what comes back after its cooldown
(which doubles), and four for each limit that cards cross one after the other."""


@cache
def played(trace: Callable[[], Trace]) -> Player:
    """Return the player of a trace, which is played once and then looked at only."""
    return Player().play(trace())


@pytest.mark.parametrize("seed", range(20))
def test_the_measured_trace(seed: int) -> None:
    assert 1 <= len(Player().play(plateaus(seed)).notified) <= 2


@pytest.mark.parametrize(("trace", "deserved"), TRACES.values(), ids=TRACES.keys())
def test_at_most_the_deserved_number(trace: Callable[[], Trace], deserved: int) -> None:
    player = played(trace)
    assert len(player.notified) <= deserved, player.titles
    assert bool(player.notified) == bool(deserved)


def test_a_rack_that_heats_is_told_of_together() -> None:
    player = played(sixty_four_at_once)
    assert "64 GPUs are critical" in player.titles
    assert len(player.standing) <= 2


def sleeping_laptop(*, clock_runs: bool) -> Player:
    """A laptop that sleeps an hour five times; its nodes and its card need half a minute each time to come back."""
    player = Player()
    for _ in range(5):
        for _ in range(120):
            player.second(card(), nodes=[node("M1"), node("M2")])
        player.sleep(3600, clock_runs=clock_runs)
        for _ in range(30):
            player.second(gone(), nodes=[node("M1", NodeState.DOWN), node("M2", NodeState.DOWN)])
    return player


@pytest.mark.parametrize("clock_runs", [False, True])
def test_sleep_and_resume_is_no_news(*, clock_runs: bool) -> None:
    assert sleeping_laptop(clock_runs=clock_runs).titles == []


def test_a_clock_gap_proves_nothing() -> None:
    """Two hot samples an hour apart are not an hour of heat."""
    player = Player()
    for _ in range(10):
        player.second(card(0, 90))
        player.at_s += 3600
        player.second(card(0, 60))
        player.at_s += 3600
    assert player.titles == []


def test_a_node_that_flaps_is_told_of_once() -> None:
    player = Player()
    for second in range(1200):
        state = NodeState.DOWN if second % 60 >= 25 else NodeState.UP
        player.second(nodes=[node("M1", state)])
    assert len(player.notified) <= 1, player.titles


def test_a_node_that_goes_down_and_comes_back_once_a_quarter_is_told_of_each_time() -> None:
    player = Player()
    for second in range(4 * 900):
        player.second(nodes=[node("M1", NodeState.DOWN if second % 900 >= 600 else NodeState.UP)])
    assert len(player.notified) == 4, player.titles
    assert len(player.standing) == 1


def test_the_network_gone_is_one_piece_of_news() -> None:
    player = Player()
    for second in range(600):
        state = NodeState.UP if second < 60 else NodeState.DOWN
        player.second(nodes=[node(f"M{number}", state) for number in range(8)])
    assert player.titles == ["8 nodes do not answer"]


@pytest.mark.parametrize("scale", [1, 8])
def test_what_flaps_without_end_is_bounded(scale: int) -> None:
    """16 cards at random through every limit for half an hour: no policy can be right, but none may flood."""
    noise = random.Random(scale)
    player = Player()
    levels = [50] * 16
    for second in range(1800):
        if second % (20 * scale) == 0:
            levels = [noise.choice((50, 80, 95)) for _ in levels]
        player.second(*(card(index, level, fan_percent=0) for index, level in enumerate(levels)))
    assert len(player.notified) < 40
