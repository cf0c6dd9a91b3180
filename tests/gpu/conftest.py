"""The simulated driver, for the tests of this folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gpu.simulated_driver import SimulatedDriver, build
from tests.needs import need


def _built(folder: Path, *options: str) -> Path:
    need(shutil.which("cc"), "no C compiler for the simulated driver")
    return build(folder, *options)


@pytest.fixture(scope="session")
def built_driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build today's driver."""
    return _built(tmp_path_factory.mktemp("driver"))


@pytest.fixture(scope="session")
def built_old_driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a driver without the newer calls."""
    return _built(tmp_path_factory.mktemp("old_driver"), "-DOLD_DRIVER")


@pytest.fixture
def driver(built_driver: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedDriver]:
    """Give this test a driver of its own, as if freshly started."""
    simulated = SimulatedDriver(built_driver, tmp_path / "driver")
    simulated.load(monkeypatch)
    yield simulated
    simulated.only()  # whatever still hangs comes back


@pytest.fixture
def old_driver(built_old_driver: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedDriver:
    """Give this test an old driver."""
    simulated = SimulatedDriver(built_old_driver, tmp_path / "driver")
    simulated.load(monkeypatch)
    return simulated
