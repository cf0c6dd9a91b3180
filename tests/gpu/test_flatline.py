"""Temperatures that do not move with the load."""

from collections.abc import Iterable

import pytest

from etoile.domain.gpus import GpuReading
from etoile.gpu.flatline import FlatLine

COLD, WARM = 27, 28


def told(samples: Iterable[tuple[int | None, float | None, int | None]]) -> list[int | None]:
    """Return what is believed of samples of temperature, power and utilization, a second apart."""
    line = FlatLine()
    return [
        line.believable(
            GpuReading(
                uuid="GPU-a",
                index=0,
                name="card",
                host="here",
                temperature_c=temperature_c,
                power_w=power_w,
                power_limit_w=320.0,
                utilization_percent=percent,
                at_s=float(second),
            )
        ).temperature_c
        for second, (temperature_c, power_w, percent) in enumerate(samples)
    ]


def test_27_degrees_at_30_and_at_300_watts_are_not_believed() -> None:
    believed = told([(COLD, 30.0, 0)] * 20 + [(COLD, 300.0, 99)] * 40)
    assert believed[:20] == [COLD] * 20
    assert believed[-25:] == [None] * 25


def test_it_is_believed_again_once_it_moves() -> None:
    assert told([(COLD, 30.0, 0)] * 20 + [(COLD, 300.0, 99)] * 40 + [(WARM, 300.0, 99)])[-1] == WARM


def test_a_card_that_does_not_tell_its_power_is_judged_by_its_utilization() -> None:
    assert told([(COLD, None, 0)] * 20 + [(COLD, None, 95)] * 40)[-1] is None


def test_what_is_disbelieved_is_said() -> None:
    line = FlatLine()
    reading = GpuReading(uuid="GPU-a", index=0, name="card", host="here", temperature_c=COLD, unknown=("power_w",))
    line.is_flat = True
    line.believable(reading)
    line.is_flat = True
    assert line.believable(reading).unknown == ("power_w", "temperature_c")


@pytest.mark.parametrize(
    "samples",
    [
        [(COLD, 20.0, 0)] * 3600,
        [(84, 300.0 + 20 * (second % 2), 90 + second % 10) for second in range(3600)],
        [(84, 320.0 if second % 3 else 60.0, 100 if second % 3 else 0) for second in range(3600)],
        [(None, 30.0, 0)] * 20 + [(None, 300.0, 99)] * 40,
        [(COLD, None, None)] * 600,
    ],
    ids=["idle for an hour", "held at its target", "one token after another", "no sensor", "nothing else reported"],
)
def test_what_stays_the_same_for_a_reason_is_believed(
    samples: list[tuple[int | None, float | None, int | None]],
) -> None:
    assert told(samples) == [temperature_c for temperature_c, _, _ in samples]
