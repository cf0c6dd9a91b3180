"""What the room of commands stands on, in small: a desk, a clock, windows, and a folder of programs."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from etoile.actions.action import Context, Done
from etoile.actions.alarms import AlarmFile, Alarms
from etoile.actions.dictation import Dictation
from etoile.actions.passwords import asks_password
from etoile.actions.programs import Programs
from etoile.actions.table import ACTIONS
from etoile.actions.undo import UndoStack
from etoile.actions.windowing import Area, State, Window, WindowSystem
from etoile.domain.descriptions import describe
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.match import Candidate, Slots
from etoile.domain.nodes import NodeStatus
from etoile.errors import EtoileError
from etoile.text import Message, message, render


@dataclass
class FakeDesk:
    """What the other rooms would say."""

    readings: tuple[GpuReading, ...] = ()
    states: tuple[NodeStatus, ...] = ()
    requests: tuple[str, ...] = ()
    hot: Mapping[str, Thermal] = field(default_factory=dict)
    language: str = "en"
    voice: str = "Thomas"
    """Who speaks; nobody where it is empty."""
    rate_wpm: int = 180
    speed_url: str = ""
    in_memory: set[str] = field(default_factory=set)
    refuses: EtoileError | None = None
    """What everything about models is refused with."""

    def gpus(self) -> tuple[GpuReading, ...]:
        return self.readings

    def nodes(self) -> tuple[NodeStatus, ...]:
        return self.states

    def thermal(self, uuid: str) -> Thermal:
        return self.hot.get(uuid, Thermal.NORMAL)

    def history(self, count: int) -> tuple[str, ...]:
        return self.requests[:count]

    def spoken_language(self) -> str:
        return self.language

    def set_language(self, code: str) -> None:
        self.language = code

    def voices(self) -> tuple[str, ...]:
        return ("Thomas", "Amelie") if self.voice else ()

    def use_voice(self, name: str) -> str | None:
        if name not in self.voices():
            return None
        before, self.voice = self.voice, name
        return before

    def speaking_rate_wpm(self) -> int | None:
        return self.rate_wpm if self.voice else None

    def speak_at(self, rate_wpm: int) -> None:
        self.rate_wpm = rate_wpm

    def speed_test_url(self) -> str:
        return self.speed_url

    def load_model(self, model: str, check: Callable[[], None]) -> Message:
        self._may(check)
        self.in_memory.add(model)
        return message("{model} is in memory.", model=model)

    def unload_model(self, model: str, check: Callable[[], None]) -> Message:
        self._may(check)
        self.in_memory.discard(model)
        return message("{model} is out of memory.", model=model)

    def measure_models(self, check: Callable[[], None]) -> Message:
        self._may(check)
        return message("fast")

    def _may(self, check: Callable[[], None]) -> None:
        check()
        if self.refuses:
            raise self.refuses


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a time of day here, aware as the wall clock's."""
    return datetime(year, month, day, hour, minute).astimezone()


class FakeClock:
    """A clock that a test turns: the time of day, and what is to be called then."""

    def __init__(self) -> None:
        self.time = local(2026, 11, 21, 14, 5)
        self.calls: dict[int, tuple[datetime, Callable[[], None]]] = {}
        self._tickets = 0

    def now(self) -> datetime:
        return self.time

    def after(self, delay_s: float, call: Callable[[], None]) -> int:
        self._tickets += 1
        self.calls[self._tickets] = (self.time + timedelta(seconds=delay_s), call)
        return self._tickets

    def cancel(self, ticket: int) -> None:
        self.calls.pop(ticket, None)

    def turn(self, seconds: float) -> None:
        """Let `seconds` pass, and call what comes due, in its order."""
        end = self.time + timedelta(seconds=seconds)
        while due := [(when, ticket) for ticket, (when, _) in self.calls.items() if when <= end]:
            self.time, ticket = min(due)
            self.calls.pop(ticket)[1]()
        self.time = end

    def sleep(self, seconds: float) -> None:
        """Let the computer sleep: time passes, what waits does not."""
        self.time += timedelta(seconds=seconds)
        self.calls = {ticket: (when + timedelta(seconds=seconds), call) for ticket, (when, call) in self.calls.items()}


@dataclass
class FakeWindows:
    """A desktop of windows, the one in front last, that notes what is done to it."""

    shown: list[Window] = field(default_factory=list)
    states: set[tuple[int, State]] = field(default_factory=set)
    areas: dict[int, Area] = field(default_factory=dict)
    desktops: tuple[int, int] = (0, 1)
    text: str = ""
    away: bool = False
    elsewhere: set[int] = field(default_factory=set)
    """Windows on a virtual desktop that is not shown."""
    typed: list[tuple[int, str]] = field(default_factory=list)
    """The window in front, and what was typed into it."""
    pressed: list[tuple[int, str]] = field(default_factory=list)
    """The window in front, and the keys."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def windows(self) -> list[Window]:
        return list(self.shown)

    def activate(self, window: Window) -> None:
        self.shown.remove(window)
        self.shown.append(window)
        self.states.discard((window.id, State.MINIMIZED))

    def close(self, window: Window) -> None:
        self.shown.remove(window)

    def in_view(self, window: Window) -> bool:
        return window.id not in self.elsewhere and not self.is_in(window, State.MINIMIZED)

    def is_in(self, window: Window, state: State) -> bool:
        return (window.id, state) in self.states

    def put(self, window: Window, state: State, on: bool) -> None:
        (self.states.add if on else self.states.discard)((window.id, state))

    def area(self, window: Window) -> Area:
        return self.areas.get(window.id, Area(10, 20, 300, 200))

    def work_area(self, window: Window) -> Area:
        return Area(0, 32, 1281, 768)

    def place(self, window: Window, area: Area) -> None:
        self.areas[window.id] = area

    def show_desktop(self, shown: bool) -> None:
        self.away = shown

    def desktop(self) -> tuple[int, int]:
        return self.desktops

    def go_to_desktop(self, number: int) -> None:
        self.desktops = (number, self.desktops[1])

    def press(self, keys: str) -> None:
        self.pressed.append((self.shown[-1].id, keys))

    def asks_password(self, window: Window) -> bool:
        return asks_password(window)

    def type(self, text: str) -> None:
        self.typed.append((self.shown[-1].id, text))

    def clipboard(self) -> str:
        return self.text

    def hold_clipboard(self, text: str) -> None:
        self.text = text

    def screenshot(self, path: Path) -> None:
        path.write_bytes(b"picture")


class FakePrograms:
    """A folder of programs that write down how they were called and answer as told.  It is the whole PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "calls"

    def add(self, name: str, answers: Mapping[str, str] | str = "", *, code: int = 0) -> None:
        """Install `name`: it writes what `answers` holds for its arguments, and ends with `code`."""
        table = {"*": answers} if isinstance(answers, str) else answers
        cases = "\n".join(
            f"{'*' if arguments == '*' else shlex.quote(arguments)}) printf '%s\\n' {shlex.quote(answer)};;"
            for arguments, answer in table.items()
        )
        program = self.folder / name
        program.write_text(
            "#!/bin/sh\n"
            f"{{ printf '%s' \"${{0##*/}}\"; for a; do printf '\\037%s' \"$a\"; done; printf '\\n'; }} >> {self._log}\n"
            f'case "$*" in\n{cases}\nesac\nexit {code}\n'
        )
        program.chmod(0o755)

    def calls(self) -> list[tuple[str, ...]]:
        """Return the argument lists of the programs that were run, in order."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [tuple(line.split("\037")) for line in lines]


@dataclass
class Scene:
    """Carries out commands one by one, without threads."""

    desk: FakeDesk = field(default_factory=FakeDesk)
    clock: FakeClock = field(default_factory=FakeClock)
    windows: FakeWindows = field(default_factory=FakeWindows)
    events: list[Event] = field(default_factory=list)
    system: str = "linux"
    lasting: bool = True
    kept: AlarmFile | None = None
    open_windows: Callable[[], WindowSystem] | None = None
    """Opens another desktop than `windows`."""

    def __post_init__(self) -> None:
        self._undo_stack = UndoStack()
        self._dictation = Dictation()
        self._alarms = Alarms(self.clock, self.clock.now, self.events.append, self.kept) if self.lasting else None

        if self._alarms:
            self._alarms.take_up()

    @property
    def context(self) -> Context:
        """What the next command is carried out with."""
        return Context(
            programs=Programs(limit_s=10),
            desk=self.desk,
            publish=self.events.append,
            undo_stack=self._undo_stack,
            alarms=self._alarms,
            dictation=self._dictation,
            windowing=self.open_windows or (lambda: self.windows),
            system=self.system,
            now=self.clock.now,
        )

    def do(self, command: str, **slots: str | int) -> str:
        """Carry out `command` and return what is said, in English."""
        return render(self.done(command, slots).said, "en").replace("\u00a0", " ")

    def done(self, command: str, slots: Slots) -> Done:
        """Carry out `command` as the room does."""
        done = ACTIONS[command](slots, self.context)
        if done.undo:
            self._undo_stack.push(describe(Candidate(command=command, slots=slots)), done.undo)
        return done
