"""A portal for global shortcuts of the tests' own, on a private session bus: the desktop's end of the conversation."""

import threading
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, new_error, new_method_return

from etoile.speech.portal_key import DESKTOP, PATH, SHORTCUTS
from tests.bus import Program


class Portal(Program):
    """Gives shortcuts, and does what a keyboard and a user would do."""

    def __init__(
        self, address: str, *, allows: bool = True, early: bool = False, asks: threading.Event | None = None
    ) -> None:
        self.calls: list[str] = []
        self.app_id = ""
        self.shortcuts: dict[str, dict[str, tuple[str, str]]] = {}
        self.session = ""
        self.version = 2
        self._allows = allows
        self._early = early
        """Whether the answer comes before the call has returned, as it may."""
        self._asks = asks
        """Set once the user has answered the dialog."""
        super().__init__(address, DESKTOP)

    def activate(self, name: str, session: str = "") -> None:
        """Press the key of the shortcut `name`."""
        self.emit(SHORTCUTS, "Activated", "osta{sv}", (session or self.session, name, 0, {}))

    def deactivate(self, name: str) -> None:
        """Release it."""
        self.emit(SHORTCUTS, "Deactivated", "osta{sv}", (self.session, name, 0, {}))

    def lock(self, locked: bool = True) -> None:
        """Lock the screen, or unlock it."""
        name = "org.freedesktop.ScreenSaver"
        self.emit(DBusAddress("/ScreenSaver", interface=name), "ActiveChanged", "b", (locked,))

    def end_session(self) -> None:
        """Take the shortcuts back."""
        self.emit(DBusAddress(self.session, interface="org.freedesktop.portal.Session"), "Closed", "", ())

    def answer(self, call: Message) -> None:
        """Answer what an application asks."""
        member = call.header.fields[HeaderFields.member]
        self.calls.append(member)
        match member, call.body:
            case "Register", (app_id, _):
                self.app_id = app_id
                self.send(new_method_return(call))
            case "Get", (_, "version"):
                self.send(new_method_return(call, "v", (("u", self.version),)))
            case "CreateSession", (options,):
                sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
                self.session = f"{PATH}/session/{sender}/{options['session_handle_token'][1]}"
                self._respond(call, options, {"session_handle": ("s", self.session)})
            case "BindShortcuts", (session, shortcuts, _, options):
                assert session == self.session
                self.shortcuts = dict(shortcuts)
                if self._asks:
                    self._asks.wait(5)
                self._respond(call, options, {"shortcuts": ("a(sa{sv})", [])})
            case _:
                self.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _respond(self, call: Message, options: dict[str, tuple[str, Any]], results: dict[str, tuple[str, Any]]) -> None:
        sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
        place = f"{PATH}/request/{sender}/{options['handle_token'][1]}"

        def answer() -> None:
            self.send(new_method_return(call, "o", (place,)))

        def respond() -> None:
            here = DBusAddress(place, interface="org.freedesktop.portal.Request")
            self.emit(here, "Response", "ua{sv}", (0 if self._allows else 1, results))

        steps: tuple[Callable[[], None], ...] = (respond, answer) if self._early else (answer, respond)
        for step in steps:
            step()
