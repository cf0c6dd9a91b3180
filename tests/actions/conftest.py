"""A scene to carry out commands in, and programs that only write down how they were called."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.fake_bus import FakeBus
from tests.actions.fakes import FakePrograms, Scene
from tests.needs import need

PATH = os.environ.get("PATH", os.defpath)


@pytest.fixture(autouse=True)
def no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the buses of the computer that it runs on."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(name, f"unix:path={tmp_path / 'no-bus'}")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_bus: None) -> Iterator[FakeBus]:
    """Give a bus of its own, which is that of the session and of the system."""
    need(shutil.which("dbus-daemon", path=PATH), "a D-Bus of its own needs dbus-daemon: apt-get install dbus")
    with monkeypatch.context() as whole:
        whole.setenv("PATH", PATH)  # other fixtures may have taken its programs away
        running = FakeBus(tmp_path)
    with running:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
            monkeypatch.setenv(name, running.address)
        yield running


@pytest.fixture
def scene() -> Scene:
    """Give a desktop without programs of its own."""
    return Scene()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    """Give a folder of programs that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    return FakePrograms(folder)
