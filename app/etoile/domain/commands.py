"""What Etoile does by itself: the ids of its commands, their slots, and how much harm each can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Consequence(StrEnum):
    """How much a command can do; decides whether it asks first."""

    SAFE = "safe"
    """Says or shows something."""
    REVERSIBLE = "reversible"
    """Can be undone, or simply repeated the other way."""
    DESTRUCTIVE = "destructive"
    """Work may be lost: asks first."""


class SlotType(StrEnum):
    """What a slot takes; in a template it is written in braces: `{level}`."""

    LEVEL = "level"
    """An integer, 0 to 100."""
    SECONDS = "seconds"
    """A duration: an integer above 0."""
    TIME = "time"
    """A time of day: "HH:MM"."""
    SITE = "site"
    """A web site's host: "youtube.com"."""
    HOST = "host"
    """A name or address on the network."""
    APP = "app"
    FOLDER = "folder"
    SERVICE = "service"
    PROCESS = "process"
    NODE = "node"
    MODEL = "model"
    LANGUAGE = "language"
    """"fr" or "en"."""
    VOICE = "voice"
    SKILL = "skill"
    SYMBOL = "symbol"
    NAME = "name"
    """A name that the user makes up: of a folder, of files to find."""
    QUERY = "query"
    TEXT = "text"

    @property
    def is_open(self) -> bool:
        """Whether it takes any words at all, and so must follow a trigger at the start."""
        return self in (SlotType.NAME, SlotType.QUERY, SlotType.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something that Etoile does by itself."""

    id: str
    slots: tuple[SlotType, ...] = ()
    """All of them are needed."""
    consequence: Consequence = Consequence.REVERSIBLE
    asks: bool = False
    """Asks first although it can be undone: it may lose something, depending on what cannot be known here."""

    @property
    def slot_names(self) -> tuple[str, ...]:
        """What its slots are called: after their types; but for a skill still to be made, which may have any name."""
        return ("skill",) if self.id == "skills.create" else tuple(slot.value for slot in self.slots)


def _commands(consequence: Consequence, *specifications: str) -> tuple[Command, ...]:
    """Return a command for each specification: its id (with a `?` where it asks), then its slots."""
    return tuple(_command(consequence, *specification.split()) for specification in specifications)


def _command(consequence: Consequence, name: str, *slots: str) -> Command:
    types = tuple(SlotType(slot) for slot in slots)
    return Command(id=name.rstrip("?"), slots=types, consequence=consequence, asks=name.endswith("?"))


_ALL = (
    *_commands(
        Consequence.SAFE,
        "clipboard.read",
        "screen.read",
        "process.list",
        "service.list",
        "network.ip",
        "network.wifi.status",
        "network.ping host",
        "network.speedtest",
        "system.status",
        "system.cpu",
        "system.memory",
        "system.disk",
        "power.battery",
        "time.now",
        "date.today",
        "timer.status",
        "gpu.status",
        "gpu.temperature",
        "gpu.memory",
        "model.list",
        "cluster.status",
        "cluster.health",
        "consensus.run query",
        "assistant.help",
        "assistant.history",
        "assistant.read_last",
        "assistant.repeat",
        "assistant.cancel",
        "assistant.stop_talking",
        "assistant.sleep",
        "conversation.new",
        "skills.list",
        "trading.status",
        "trading.signals",
        "trading.pnl",
        "trading.price symbol",
    ),
    *_commands(
        Consequence.REVERSIBLE,
        "app.open app",
        "app.switch app",
        "window.minimize",
        "window.minimize_all",
        "window.maximize",
        "window.fullscreen",
        "window.next",
        "window.snap.left",
        "window.snap.right",
        "desktop.next",
        "tab.new",
        "tab.close?",
        "scroll.up",
        "scroll.down",
        "browser.back",
        "browser.open_site site",
        "browser.search query",
        "clipboard.copy",
        "clipboard.paste?",
        "edit.undo",
        "edit.save",
        "edit.select_all",
        "file.open_folder folder",
        "file.list folder",
        "file.create_folder name",
        "file.search name",
        "audio.volume.up",
        "audio.volume.down",
        "audio.volume.set level",
        "audio.mute",
        "audio.unmute",
        "audio.mic.mute",
        "audio.mic.unmute",
        "display.brightness.set level",
        "display.brightness.up",
        "display.brightness.down",
        "display.nightlight.on",
        "display.nightlight.off",
        "media.play",
        "media.pause",
        "media.next",
        "media.previous",
        "screen.screenshot",
        "screen.lock",
        "screen.off",
        "service.start service",
        "network.wifi.on",
        "network.wifi.off?",
        "network.bluetooth.on",
        "network.bluetooth.off?",
        "timer.set seconds",
        "timer.cancel",
        "alarm.set time",
        "alarm.cancel",
        "note.create text",
        "alert.snooze",
        "model.load model",
        "model.unload? model",
        "cluster.benchmark",
        "assistant.undo",
        "dictation.start",
        "dictation.stop",
        "language.set language",
        "voice.switch voice",
        "voice.faster",
        "voice.slower",
        "skills.run? skill",
        "skills.create name",
        "skills.remove? skill",
    ),
    *_commands(
        Consequence.DESTRUCTIVE,
        "app.close app",
        "window.close",
        "file.trash.empty",
        "process.kill process",
        "service.stop service",
        "service.restart service",
        "power.sleep",
        "power.restart",
        "power.shutdown",
        "power.logout",
    ),
)

COMMANDS: Mapping[str, Command] = {command.id: command for command in _ALL}
"""Every command by its id."""

ON_THE_WINDOW_IN_FRONT = frozenset({"window.close", "tab.close", "clipboard.paste"})
"""Commands that ask about the window in front, which nobody names: the question does, and only that one is touched."""
WINDOW_SLOT = "window"
"""The slot that holds its name."""

KILL = "process.kill"
"""Its question tells what nobody says: which processes are so called, whose they are, how much memory they hold."""
PIDS_SLOT = "pids"
"""The slot that holds their numbers ("41, 42"); only these are ended."""

CONSENSUS = "consensus.run"
"""Is carried out by the nodes, each of which answers its slot `query`."""

NODE_REQUEST = "node.ask"
"""A step of a skill that is handed to a node, with its slot `query`.  No request means it: it is no command."""

DICTATED = "dictation.type"
"""Types the slot `text` into the window that is dictated into.  No request means it: it is no command."""
