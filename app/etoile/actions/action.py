"""What a command is carried out with, and what comes of it: the words that every file of this room shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from etoile.actions.programs import Programs
from etoile.actions.windowing import WindowSystem
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.match import Slots
from etoile.domain.nodes import NodeStatus
from etoile.errors import ActionFailed
from etoile.text import Message, message

if TYPE_CHECKING:
    from etoile.actions.alarms import Alarms
    from etoile.actions.dictation import Dictation
    from etoile.actions.undo import UndoStack


class Desk(Protocol):
    """What commands need of the other rooms.  Every call returns at once, on any thread, but those that take `check`.

    Those raise EtoileError, and end early when `check`, which they call often, raises.
    """

    def gpus(self) -> tuple[GpuReading, ...]:
        """Return the last reading of every GPU; empty when there is none."""

    def thermal(self, uuid: str) -> Thermal:
        """Return how hot the GPU `uuid` is."""

    def nodes(self) -> tuple[NodeStatus, ...]:
        """Return what is known of every node."""

    def history(self, count: int) -> tuple[str, ...]:
        """Return the last `count` requests, newest first."""

    def spoken_language(self) -> str:
        """Return the language that is spoken where a request does not tell its own ("fr", "en")."""

    def set_language(self, code: str) -> None:
        """Speak, and listen for, the language `code` ("fr", "en") from now on."""

    def voices(self) -> tuple[str, ...]:
        """Return what the voices that can be chosen are called; empty where nothing is spoken."""

    def use_voice(self, name: str) -> str | None:
        """Speak with the voice called `name` from now on; return the former one's name, None when none is called so."""

    def speaking_rate_wpm(self) -> int | None:
        """Return how fast is spoken, in words a minute; None where nothing is."""

    def speak_at(self, rate_wpm: int) -> None:
        """Speak so fast from now on."""

    def speed_test_url(self) -> str:
        """Return the address that the user named to measure the network's speed against; empty for none."""

    def load_model(self, model: str, check: Callable[[], None]) -> Message:
        """Bring `model` into the memory of a node that has it, and tell where."""

    def unload_model(self, model: str, check: Callable[[], None]) -> Message:
        """Take `model` out of the memory of the nodes that hold it, and tell which."""

    def measure_models(self, check: Callable[[], None]) -> Message:
        """Measure how fast the models in memory answer, and tell it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What one command is carried out with."""

    programs: Programs
    """Other programs, under this command's time limit."""
    desk: Desk
    publish: Callable[[Event], None]
    undo_stack: "UndoStack"
    alarms: "Alarms | None"
    """Timers and alarms; None where no lasting process keeps them."""
    dictation: "Dictation"
    windowing: Callable[[], WindowSystem]
    """Opens the window system; raises ActionFailed where there is none that allows it."""
    system: str
    """`sys.platform`: "linux", "win32", "darwin"."""
    now: Callable[[], datetime]
    """The wall clock: aware, in the local zone."""


Undo = Callable[[Context], Message]
"""Takes back what was done, and tells what is so again."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out."""

    said: Message
    undo: Undo | None = None


Action = Callable[[Slots, Context], Done]
"""Carries out one command.  Blocks; raises ActionFailed."""

ActionTable = Mapping[str, Action]


def text_of(slots: Slots, name: str) -> str:
    """Return the slot `name` as text.  Raises ActionFailed when it is missing or empty."""
    value = str(slots.get(name, "")).strip()
    if not value:
        raise ActionFailed(message("I did not understand which one."), message("Say it again with the name."))
    return value


def level_of(slots: Slots) -> int:
    """Return the slot `level`, in percent.  Raises ActionFailed outside 0 to 100."""
    value = slots.get("level", "")
    try:
        level = int(value)
    except ValueError:
        raise ActionFailed(message("I did not understand the level."), message("Say a number from 0 to 100.")) from None
    if not 0 <= level <= 100:
        raise ActionFailed(message("{level} % is not possible.", level=level), message("Say a number from 0 to 100."))
    return level


def not_on(context: Context) -> ActionFailed:
    """Return the error for a command that Etoile does not carry out on this system."""
    names = {"win32": "Windows", "darwin": "macOS", "linux": "Linux"}
    return ActionFailed(
        message("Etoile cannot do this on {system} yet.", system=names.get(context.system, context.system))
    )
