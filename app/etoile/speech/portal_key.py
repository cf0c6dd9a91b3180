"""Global keys under Wayland: org.freedesktop.portal.GlobalShortcuts on the session bus.

The desktop owns the keys: it asks the user once, may give other ones than we would like, and keeps them by the name of
the application and of the shortcut.  All shortcuts are bound in one call, since each may open a dialog, and a session
takes one call only.  Esc is not bound: that would take it from every other program, always.

A release that comes while the screen is being locked is lost; so a lock counts as one.
"""

import logging
import threading
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, new_method_call

from etoile.errors import HotkeyUnavailable
from etoile.session_bus import SAVERS, Bus
from etoile.speech.keys import Chord, Chords, Key, Move
from etoile.text import message, render

log = logging.getLogger(__name__)

APP_ID = "etoile"
"""The name of the application's desktop file: the portal keeps the user's choice under it."""
DESKTOP = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = DBusAddress(PATH, bus_name=DESKTOP, interface="org.freedesktop.portal.GlobalShortcuts")
REGISTRY = DBusAddress(PATH, bus_name=DESKTOP, interface="org.freedesktop.host.portal.Registry")
PROPERTIES = DBusAddress(PATH, bus_name=DESKTOP, interface="org.freedesktop.DBus.Properties")

NAMES = {"enter": "Return", "return": "Return", "esc": "Escape", "escape": "Escape", "space": "space", "pause": "Pause"}
NAMES |= {"tab": "Tab", "insert": "Insert", "menu": "Menu", "scrolllock": "Scroll_Lock", "printscreen": "Print"}
NAMES |= {"rightctrl": "Control_R", "rightalt": "Alt_R", "rightshift": "Shift_R"}
_MODIFIERS = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}

PURPOSES = {
    Key.TALK: message("Talk to Etoile while this key is held"),
    Key.HANDS_FREE: message("Begin to talk to Etoile; it ends by itself"),
}


class PortalKey:
    """Watches chords through the portal.  `wake` may come from any thread, everything else belongs to one."""

    def __init__(self, chords: Chords, language: str = "en") -> None:
        """Bind the chords; waits for the user where the desktop asks.  Raises HotkeyUnavailable."""
        self._woken = threading.Event()
        self._held: set[Key] = set()
        self._bus = _open()
        try:
            self._session = self._bound(chords, language)
        except BaseException:
            self._bus.close()
            raise

    def next_move(self, wait_s: float | None) -> tuple[Key, Move] | None:
        """Return what a key does next; WAITED after `wait_s` without a move, None once woken.

        Raises HotkeyUnavailable when the bus or the session of the portal has ended.
        """
        try:
            while (signal := self._bus.next(wait_s)) is not None:
                if moved := self._moved(signal):
                    return moved
        except TimeoutError:
            return Key.TALK, Move.WAITED
        except (ConnectionError, OSError) as error:
            raise HotkeyUnavailable(message("The connection to the session bus is lost.")) from error
        return None

    def is_down(self, key: Key) -> bool | None:
        """Nobody can tell: the portal tells when a key goes down and up."""
        return None

    def wake(self) -> None:
        """Have `next_move` return None."""
        self._bus.stop()

    def close(self) -> None:
        """Let go of the keys: the desktop frees them with the connection."""
        self._bus.close()

    def _moved(self, signal: Message) -> tuple[Key, Move] | None:
        """Return what `signal` is to us."""
        member, body = signal.header.fields.get(HeaderFields.member), signal.body
        match member:
            case "Activated" | "Deactivated" if body[0] == self._session and body[1] in set(Key):
                key = Key(body[1])
                (self._held.add if member == "Activated" else self._held.discard)(key)
                return key, Move.DOWN if member == "Activated" else Move.UP
            case "ActiveChanged" if body[0] and self._held:
                key = self._held.pop()
                return key, Move.UP
            case "Closed" if signal.header.fields.get(HeaderFields.path) == self._session:
                raise HotkeyUnavailable(
                    message("The desktop has taken the talk key back."), message("Start Etoile again to ask for it.")
                )
        return None

    def _bound(self, chords: Chords, language: str) -> str:
        """Return the session in which the chords are bound."""
        try:
            self._listen()
            self._register()
            created = self._ask("CreateSession", "a{sv}", {"session_handle_token": ("s", "etoile")})
            session = str(created["session_handle"][1])
            shortcuts = [(str(key), _wish(key, chord, language)) for key, chord in chords.items()]
            self._ask("BindShortcuts", "oa(sa{sv})sa{sv}", session, shortcuts, "", {})
        except DBusErrorResponse as error:
            raise _refused(error.name) from error
        except (TimeoutError, ConnectionError, OSError) as error:
            raise _refused(str(error)) from error
        return session

    def _listen(self) -> None:
        for member in ("Activated", "Deactivated"):
            self._bus.listen(MatchRule(type="signal", interface=SHORTCUTS.interface, member=member, path=PATH))
        for interface in ("Request", "Session"):
            self._bus.listen(MatchRule(type="signal", interface=f"org.freedesktop.portal.{interface}"))
        for interface in SAVERS:
            self._bus.listen(MatchRule(type="signal", interface=interface, member="ActiveChanged"))

    def _register(self) -> None:
        """Tell the portal who we are: newer ones take no shortcuts from programs without a name."""
        try:
            self._bus.call(new_method_call(REGISTRY, "Register", "sa{sv}", (APP_ID, {})))
        except DBusErrorResponse as error:
            log.info("the portal does not register us: %s", error.name)

    def _ask(self, method: str, signature: str, *arguments: Any) -> dict[str, tuple[str, Any]]:
        """Call `method` and return what its Response brings; the user may be asked meanwhile, so it may take long.

        The place of the answer is known beforehand, so that it cannot come before we look for it.
        """
        *others, options = arguments
        token = f"etoile_{method.lower()}"
        place = f"{PATH}/request/{self._bus.name.removeprefix(':').replace('.', '_')}/{token}"
        options = {**options, "handle_token": ("s", token)}
        (told,) = self._bus.call(new_method_call(SHORTCUTS, method, signature, (*others, options)))
        while (signal := self._bus.next()) is not None:
            fields = signal.header.fields
            if fields.get(HeaderFields.member) == "Response" and fields.get(HeaderFields.path) in (place, told):
                response, results = signal.body
                if response != 0:
                    raise _declined()
                return dict(results)
        raise HotkeyUnavailable(message("Etoile ends."))


def portal_version() -> int:
    """Return the version of the portal for global shortcuts; blocks.  Raises HotkeyUnavailable where there is none."""
    bus = _open()
    try:
        get = new_method_call(PROPERTIES, "Get", "ss", (SHORTCUTS.interface, "version"))
        ((_, version),) = bus.call(get)
    except DBusErrorResponse as error:
        raise _refused(error.name) from error
    except (TimeoutError, ConnectionError, OSError) as error:
        raise _refused(str(error)) from error
    finally:
        bus.close()
    return int(version)


def trigger(chord: Chord) -> str:
    """Return `chord` in the words of the shortcuts specification: "CTRL+ALT+space", by names of xkbcommon."""
    name = NAMES.get(chord.key.lower().replace("_", "").replace(" ", ""), chord.key)
    if name[:1].lower() == "f" and name[1:].isdigit():
        name = name.upper()
    elif len(name) == 1:
        name = name.lower()
    return "+".join([*(_MODIFIERS[modifier] for modifier in sorted(chord.modifiers)), name])


def _wish(key: Key, chord: Chord, language: str) -> dict[str, tuple[str, str]]:
    return {
        "description": ("s", render(PURPOSES[key], language)),
        "preferred_trigger": ("s", trigger(chord)),
    }


def _open() -> Bus:
    try:
        return Bus.open()
    except (OSError, ValueError, RuntimeError) as error:
        raise _refused(str(error)) from error


def _refused(reason: str) -> HotkeyUnavailable:
    log.info("no portal for global shortcuts: %s", reason)
    return HotkeyUnavailable(message("This desktop has no portal that would let Etoile watch a key."))


def _declined() -> HotkeyUnavailable:
    return HotkeyUnavailable(message("You, or the desktop, did not allow Etoile to watch a key."))
