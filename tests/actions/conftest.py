"""A scene to carry out commands in, and programs that only write down how they were called."""

from pathlib import Path

import pytest

from tests.actions.fakes import FakePrograms, Scene
from tests.desktop.conftest import desktop

__all__ = ["desktop"]


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
