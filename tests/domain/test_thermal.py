"""The thermal state as tables: temperatures, one a second, in; states out."""

import math
import random
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest

from etoile.config import AlertsOfGpu
from etoile.config import Thermal as Limits
from etoile.domain.gpus import GpuReading, GpuState, Kind, Thermal
from etoile.domain.thermal import UNKNOWN_AFTER_S, Track, assess, limits_of

NORMAL, WARNING, CRITICAL, UNKNOWN = Thermal.NORMAL, Thermal.WARNING, Thermal.CRITICAL, Thermal.UNKNOWN
LIMITS = Limits()


def reading(temperature_c: int | None, state: GpuState = GpuState.OK, uuid: str = "GPU-a", **more: Any) -> GpuReading:
    return GpuReading(uuid=uuid, index=0, name="card", host="here", state=state, temperature_c=temperature_c, **more)


def follow(temperatures: Iterable[int | None], limits: Limits = LIMITS, period_s: float = 1.0) -> list[Track]:
    """Return the tracks of one GPU whose temperatures come every `period_s`; None is a lost card."""
    tracks: dict[str, Track] = {}
    followed = []
    for tick, temperature_c in enumerate(temperatures):
        state = GpuState.OK if temperature_c is not None else GpuState.LOST
        tracks = assess(tracks, [reading(temperature_c, state)], tick * period_s, limits)
        followed.append(tracks["GPU-a"])
    return followed


def states(temperatures: Iterable[int | None], limits: Limits = LIMITS, period_s: float = 1.0) -> list[Thermal]:
    """Return the states that a GPU comes into, one after the other."""
    followed = [UNKNOWN, *(track.state for track in follow(temperatures, limits, period_s))]
    return [after for before, after in pairwise(followed) if after is not before]


STORIES = {
    "cool from the start": ([40] * 30, [NORMAL]),
    "just below the threshold for ever": ([74] * 600, [NORMAL]),
    "warning after ten seconds at the threshold": ([74] + [75] * 11, [NORMAL, WARNING]),
    "not a second earlier": ([74] + [75] * 10, [NORMAL]),
    "84 is a warning": ([74] + [84] * 60, [NORMAL, WARNING]),
    "85 is critical after three seconds": ([74] + [85] * 4, [NORMAL, CRITICAL]),
    "not a second earlier than that": ([74] + [85] * 3, [NORMAL]),
    "one junk value between": ([60] * 5 + [100] + [60] * 20, [NORMAL]),
    "warning is kept down to 70": ([60] + [80] * 12 + [70] * 60, [NORMAL, WARNING]),
    "and left below 70 after ten seconds": ([60] + [80] * 12 + [69] * 11, [NORMAL, WARNING, NORMAL]),
    "not a second earlier than ten": ([60] + [80] * 12 + [69] * 10, [NORMAL, WARNING]),
    "critical is kept down to 80": ([60] + [90] * 5 + [80] * 60, [NORMAL, CRITICAL]),
    "from critical to warning": ([60] + [90] * 20 + [79] * 11, [NORMAL, CRITICAL, WARNING]),
    "from critical straight to normal": ([60] + [90] * 20 + [60] * 11, [NORMAL, CRITICAL, NORMAL]),
    "climbing through both": (
        [*range(60, 95), *[94] * 30, *range(94, 55, -1), *[55] * 20],
        [NORMAL, WARNING, CRITICAL, WARNING, NORMAL],
    ),
    "climbing too fast for a warning": ([*range(60, 95, 3), *[94] * 20], [NORMAL, CRITICAL]),
    "hot from the start is unknown until it has been held": ([92] * 4, [CRITICAL]),
    "never a temperature": ([None] * 60, []),
    "a short gap changes nothing": ([60] + [90] * 12 + [None] * 9 + [90] * 5, [NORMAL, CRITICAL]),
    "a critical card that is lost is not cool": ([60] + [90] * 12 + [None] * 60, [NORMAL, CRITICAL, UNKNOWN]),
    "and hot again when it comes back hot": (
        [60] + [90] * 12 + [None] * 60 + [90],
        [NORMAL, CRITICAL, UNKNOWN, CRITICAL],
    ),
    "it has recovered only after the hold": (
        [60] + [90] * 12 + [None] * 60 + [50] * 11,
        [NORMAL, CRITICAL, UNKNOWN, NORMAL],
    ),
    "not a second before": ([60] + [90] * 12 + [None] * 60 + [50] * 10, [NORMAL, CRITICAL, UNKNOWN]),
    "a cool card that is lost and comes back": ([50] * 3 + [None] * 20 + [50], [NORMAL, UNKNOWN, NORMAL]),
    "holds do not run on while nobody looks": ([60] + [90] * 2 + [None] * 60 + [90] * 3, [NORMAL, UNKNOWN]),
}


@pytest.mark.parametrize(("temperatures", "expected"), STORIES.values(), ids=STORIES.keys())
def test_story(temperatures: list[int | None], expected: list[Thermal]) -> None:
    assert states(temperatures) == expected


def noisy_trace(seed: int) -> list[int]:
    """600 s in whole degrees: work at 60, a plateau at 75, one at 85, and back, each drowned in noise."""
    noise = random.Random(seed)
    plateaus = [(60, 60), (75, 180), (85, 240), (60, 120)]
    return [round(noise.gauss(level, 1.2)) for level, seconds in plateaus for _ in range(seconds)]


@pytest.mark.parametrize("seed", range(20))
def test_a_noisy_trace_raises_two_alerts_at_most(seed: int) -> None:
    temperatures = noisy_trace(seed)
    plain = sum((before < limit) and (after >= limit) for before, after in pairwise(temperatures) for limit in (75, 85))
    assert plain > 40, "the trace must be one that a plain comparison fails on"
    # Warning may be skipped: noise around the threshold itself is not "above it for ten seconds".
    assert states(temperatures) in ([NORMAL, WARNING, CRITICAL, NORMAL], [NORMAL, CRITICAL, NORMAL])


def test_the_hold_is_a_time_and_not_a_number_of_samples() -> None:
    assert states([60, 80, 80, 80], period_s=5) == [NORMAL, WARNING]
    assert states([60] + [80] * 100, period_s=0.1) == [NORMAL]


@pytest.mark.parametrize("period_s", [15, 60])
def test_a_card_that_is_read_seldom_is_judged_all_the_same(period_s: float) -> None:
    assert states([60] + [80] * 5 + [60] * 5, period_s=period_s) == [NORMAL, WARNING, NORMAL]


def test_a_report_that_repeats_a_reading_says_nothing_new() -> None:
    tracks: dict[str, Track] = {}
    for tick in range(60):
        junk_for_a_quarter = reading(60 if tick < 30 or tick >= 45 else 99, at_s=100.0 + tick // 15 * 15)
        tracks = assess(tracks, [junk_for_a_quarter], 100.0 + tick, LIMITS)
        assert tracks["GPU-a"].state in (NORMAL, UNKNOWN)


def test_a_clock_that_is_set_back_begins_anew() -> None:
    tracks: dict[str, Track] = {}
    for at_s in (*range(1000, 1009), *range(10, 25)):
        tracks = assess(tracks, [reading(80)], float(at_s), LIMITS)
        assert tracks["GPU-a"].state is (WARNING if 20 <= at_s < 1000 else UNKNOWN)


def test_limits_come_from_the_settings() -> None:
    limits = Limits(warning_c=60, critical_c=70, hysteresis_c=2, hold_s=0)
    assert states([50, 60, 58, 57, 70, 67], limits) == [NORMAL, WARNING, NORMAL, CRITICAL, WARNING]


CARDS = {
    # As captured by nvidia-smi -q and published with nvidia_gpu_exporter.
    "RTX 2080 Super": ({"shutdown_c": 100, "slowdown_c": 97, "max_operating_c": 89, "target_c": 84}, 83, 89),
    "RTX 4080 Super": ({"shutdown_c": 101, "slowdown_c": 96, "max_operating_c": 90, "target_c": 84}, 84, 90),
    "L40S": ({"thermal_margin_c": 24, "temperature_c": 64}, 83, 88),
    "H100": ({"thermal_margin_c": 26, "temperature_c": 59}, 80, 85),
    "H200": ({"thermal_margin_c": 59, "temperature_c": 28}, 82, 87),
    "a margin comes before limits": ({"thermal_margin_c": 10, "temperature_c": 70, "max_operating_c": 90}, 75, 80),
    "slowdown alone": ({"slowdown_c": 96}, 85, 91),
    "a laptop's lap": ({"max_operating_c": 62}, 75, 85),
    "a margin that is no limit": ({"slowdown_c": -2}, 75, 85),
    "nothing known": ({}, 75, 85),
}


@pytest.mark.parametrize(("values", "warning_c", "critical_c"), CARDS.values(), ids=CARDS.keys())
def test_the_cards_own_limits(values: dict[str, int], warning_c: int, critical_c: int) -> None:
    card = GpuReading(uuid="GPU-a", index=0, name="card", host="here", **values)  # type: ignore[arg-type]
    own = limits_of(card, Limits(limits="card"))
    assert (own.warning_c, own.critical_c) == (warning_c, critical_c)
    assert limits_of(card, LIMITS) == LIMITS, "only where that is wanted"


def test_a_processor_is_built_for_more_heat() -> None:
    processor = GpuReading(uuid="CPU-here", index=0, name="Ryzen", host="here", kind=Kind.PROCESSOR, temperature_c=88)
    found = limits_of(processor, LIMITS)
    assert (found.warning_c, found.critical_c) == (92, 99)
    found = limits_of(processor, LIMITS, (AlertsOfGpu(name="ryzen", warning_c=80, critical_c=90),))
    assert (found.warning_c, found.critical_c) == (80, 90)


def test_a_margin_is_followed_as_it_shrinks() -> None:
    tracks: dict[str, Track] = {}
    seen = []
    for tick in range(60):
        margin_c = 20 - tick // 2  # the hottest spot warms up, the core hardly
        tracks = assess(tracks, [reading(60, thermal_margin_c=margin_c)], float(tick), Limits(limits="card"))
        seen.append(tracks["GPU-a"].state)
    assert seen.index(WARNING) == 30 + 10
    assert seen.index(CRITICAL) == 40 + 3


def test_a_gpu_may_have_limits_of_its_own() -> None:
    own = (
        AlertsOfGpu(name="rtx 3080", warning_c=80),
        AlertsOfGpu(index=1, critical_c=95),
        AlertsOfGpu(uuid="GPU-x", warning_c=60, critical_c=65),
    )

    def limits(uuid: str, index: int, name: str) -> tuple[int, int]:
        card = GpuReading(uuid=uuid, index=index, name=name, host="here")
        found = limits_of(card, LIMITS, own)
        return found.warning_c, found.critical_c

    assert limits("GPU-a", 0, "NVIDIA GeForce RTX 3080") == (80, 85)
    assert limits("GPU-a", 1, "NVIDIA GeForce RTX 3080") == (80, 95)
    assert limits("GPU-a", 1, "Tesla P4") == (75, 95)
    assert limits("GPU-x", 0, "NVIDIA GeForce RTX 3080") == (60, 65)
    assert limits("GPU-b", 2, "Tesla P4") == (75, 85)


def test_hardware_that_slows_down_for_heat_is_critical_whatever_the_sensor_says() -> None:
    tracks: dict[str, Track] = {}
    for tick in range(5):
        tracks = assess(tracks, [reading(72, throttle=("hw_thermal",))], float(tick), LIMITS)
    assert tracks["GPU-a"].state is CRITICAL


def test_a_frozen_reading_is_no_measurement() -> None:
    tracks: dict[str, Track] = {}
    for tick in range(30):
        state = GpuState.OK if tick < 5 else GpuState.STALE
        tracks = assess(tracks, [reading(90, state)], float(tick), LIMITS)
    assert tracks["GPU-a"].state is UNKNOWN


def test_each_gpu_has_a_track_of_its_own() -> None:
    tracks: dict[str, Track] = {}
    for tick in range(20):
        both = [reading(50, uuid="GPU-cool"), reading(80, uuid="GPU-hot")]
        tracks = assess(tracks, both, float(tick), LIMITS)
    assert {uuid: track.state for uuid, track in tracks.items()} == {"GPU-cool": NORMAL, "GPU-hot": WARNING}


def test_what_is_known_of_a_heat() -> None:
    hot = follow([60] + [80] * 12 + [92] * 30)[-1]
    assert (hot.warning.since_s, hot.critical.since_s) == (1.0, 13.0)
    assert (hot.peak_c, hot.hot_since_s) == (92, 11.0)


def test_a_second_heat_has_a_peak_of_its_own() -> None:
    assert follow([60] + [92] * 12 + [60] * 12)[-1].peak_c is None
    assert follow([60] + [92] * 12 + [60] * 12 + [80] * 12)[-1].peak_c == 80


def test_silence_keeps_the_last_temperature() -> None:
    last = follow([60] + [90] * 12 + [None] * 20)[-1]
    assert (last.state, last.reading.temperature_c) == (UNKNOWN, 90)
    assert UNKNOWN_AFTER_S == 10.0


def test_the_last_minutes_are_remembered_and_no_more() -> None:
    track = follow([60] * 1000, period_s=0.1)[-1]
    assert 90 <= len(track.recent) <= 112
    track = follow([60] * 1000)[-1]
    assert (len(track.recent), track.recent[-1]) == (181, (999.0, 60.0))


def test_a_card_that_heats_has_a_forecast_until_it_is_out_of_sight() -> None:
    heating = [round(92 - 42 * math.exp(-second / 90)) for second in range(60)]
    tracks = follow([50] * 30 + heating + [None] * 12)
    before = tracks[89]
    assert before.forecast
    assert before.forecast.limit_c == 75
    assert tracks[-1].forecast is None


@pytest.mark.parametrize("tau_s", [60, 90, 150])
def test_what_has_come_true_is_no_forecast_any_more(tau_s: float) -> None:
    tracks = follow([50] * 30 + [round(110 - 60 * math.exp(-second / tau_s)) for second in range(200)])
    told = [(track.reading.temperature_c or 0, track.forecast.limit_c) for track in tracks if track.forecast]
    assert told
    assert all(temperature_c < limit_c for temperature_c, limit_c in told)
