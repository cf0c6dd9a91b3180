"""Every command is somebody's, and on a computer that has nothing each of them still gives an answer or a reason."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etoile.actions import locking, processes, system, win32, win32_audio, win32_clipboard, win32_input
from etoile.actions.runner import Actions
from etoile.actions.table import ACTIONS, LIMITS_S
from etoile.actions.windowing import open_window_system
from etoile.domain.commands import COMMANDS, DICTATED, SlotType
from etoile.domain.effects import Run
from etoile.domain.events import Event, Failed
from etoile.domain.match import Slots
from etoile.domain.turn.lifetime import THINKING_S
from etoile.domain.turn.running import _OWN_COMMANDS
from etoile.errors import ActionFailed
from etoile.text import render
from tests.actions.fakes import FakeClock, FakeDesk, FakePrograms, Scene

OF_THE_TURN = frozenset(_OWN_COMMANDS) | {"skills.run"}
"""Carried out by the turn itself; a skill by its steps."""
NOT_BUILT = frozenset(
    {
        *("trading.status", "trading.signals", "trading.pnl", "trading.price", "consensus.run"),
    }
)
"""Their rooms are not there yet."""

VALUES: dict[SlotType, str | int] = {
    SlotType.LEVEL: 40,
    SlotType.SECONDS: 60,
    SlotType.TIME: "07:30",
    SlotType.SITE: "example.org",
    SlotType.HOST: "10.9.9.9",
    SlotType.APP: "no-such-application",
    SlotType.SERVICE: "no-such-service",
    SlotType.PROCESS: "no-such-process",
    SlotType.LANGUAGE: "fr",
}


def slots_of(command: str) -> Slots:
    types = COMMANDS[command].slots if command in COMMANDS else (SlotType.TEXT,)
    names = COMMANDS[command].slot_names if command in COMMANDS else ("text",)
    return {name: VALUES.get(kind, "x") for name, kind in zip(names, types, strict=True)}


def test_every_command_is_carried_out_or_known_not_to_be() -> None:
    assert set(COMMANDS) - set(ACTIONS) == OF_THE_TURN - set(ACTIONS) | NOT_BUILT
    assert set(ACTIONS) - set(COMMANDS) == {DICTATED}
    assert set(LIMITS_S) <= set(ACTIONS)
    assert max(LIMITS_S.values()) < THINKING_S, "the turn would give up before the command does"


@pytest.mark.parametrize("command", sorted(NOT_BUILT))
def test_what_is_not_built_is_understood_and_says_so(command: str) -> None:
    events: list[Event] = []
    clock = FakeClock()
    with Actions(events.append, FakeDesk(), clock, None, now=clock.now) as room:
        room.run(Run(1, command, slots_of(command), "en"))
    [failed] = events
    assert isinstance(failed, Failed)
    assert command in render(failed.said, "en")
    assert failed.remedy


class Nothing:
    """A library of Windows in which every call returns 0."""

    def __getattr__(self, name: str) -> Any:
        def call(*_: Any) -> int:
            return 0

        setattr(self, name, call)
        return call


@pytest.fixture
def bare(programs: FakePrograms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    """Give a computer without programs, buses, displays, disks, radios and Windows' libraries."""
    for name in ("DISPLAY", "XDG_SESSION_TYPE", "XDG_SESSION_ID", "XDG_CURRENT_DESKTOP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("psutil.disk_partitions", list)
    monkeypatch.setattr("etoile.actions.radios.RFKILL", tmp_path / "none")
    monkeypatch.setattr("etoile.actions.display.BACKLIGHTS", tmp_path / "none")
    library = SimpleNamespace(
        windll=SimpleNamespace(**dict.fromkeys(("user32", "dwmapi", "kernel32", "powrprof"), Nothing())),
        WINFUNCTYPE=lambda *_: lambda function: function,
    )
    library.windll.ole32 = SimpleNamespace(
        CoInitializeEx=lambda *_: 0, CoUninitialize=lambda: 0, CoCreateInstance=lambda *_: -1
    )
    for home in (win32, win32_input, win32_clipboard, win32_audio):
        monkeypatch.setattr(home, "_windows", library)
    for home, name in ((locking, "LOCKED_WAIT_S"), (processes, "MEASURED_S"), (system, "MEASURED_S")):
        monkeypatch.setattr(home, name, 0.01)
    monkeypatch.setattr(win32, "ACTIVE_WAIT_S", 0.0)
    monkeypatch.setattr(win32_clipboard, "BETWEEN_S", 0.0)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("computer", ["x11", "wayland", "win32", "darwin", "freebsd"])
@pytest.mark.parametrize("command", sorted(ACTIONS))
def test_on_a_computer_that_has_nothing_there_is_an_answer_or_a_reason(
    command: str, computer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if computer == "wayland":
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    kind = "linux" if computer in ("x11", "wayland") else computer
    scene = Scene(system=kind)
    scene.open_windows = lambda: open_window_system(kind)
    try:
        said = scene.done(command, slots_of(command)).said
    except ActionFailed as error:
        said = error.said
    assert render(said, "en").strip()
    assert render(said, "fr").strip()
