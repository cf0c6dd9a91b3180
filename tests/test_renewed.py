"""Rooms that are opened anew under changed settings: only for their own, the last ones count, a failure is told."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from etoile.config import Config, Gpu, Thermal
from etoile.parts.renewed import Renewed
from tests.waiting import wait_until


class Rooms:
    """Opens rooms, which are called by the period that they were opened with."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def open_one(self, config: Config) -> Iterator[float]:
        if config.gpu.period_s == 13.0:
            raise OSError("no such luck")
        self.told.append(f"open {config.gpu.period_s:g}")
        yield config.gpu.period_s
        self.told.append(f"close {config.gpu.period_s:g}")


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
def renewed(rooms: Rooms) -> Iterator[Renewed[float]]:
    with Renewed(Config(), lambda config: config.gpu, rooms.open_one) as renewed:
        yield renewed
    assert [line.split()[0] for line in rooms.told[-2:]] == ["open", "close"]


def every(period_s: float) -> Config:
    return Config(gpu=Gpu(period_s=period_s))


def test_it_is_closed_and_opened_for_its_own_settings_alone(renewed: Renewed[float], rooms: Rooms) -> None:
    renewed.configure(Config(thermal=Thermal(warning_c=60)))
    renewed.configure(every(2))
    wait_until(lambda: renewed.now == 2.0)
    assert rooms.told == ["open 1", "close 1", "open 2"]


def test_the_last_settings_count(renewed: Renewed[float]) -> None:
    for period_s in range(2, 30):
        if period_s != 13:
            renewed.configure(every(period_s))
    wait_until(lambda: renewed.now == 29.0)


def test_one_that_cannot_be_opened_is_told_and_tried_with_other_settings(
    renewed: Renewed[float], caplog: pytest.LogCaptureFixture
) -> None:
    renewed.configure(every(13))
    wait_until(lambda: "cannot be followed (renewing)" in caplog.text)
    assert renewed.now is None
    renewed.configure(every(3))
    wait_until(lambda: renewed.now == 3.0)
    caplog.clear()
