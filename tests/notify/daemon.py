"""A notification service of the tests' own, on a private session bus."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from jeepney import DBusAddress, HeaderFields, Message, new_error, new_method_return

from tests.bus import Program

SERVICE = "org.freedesktop.Notifications"
CAPABILITIES = ("actions", "body", "body-markup")


class Notified(NamedTuple):
    """One call of Notify, as it came over the bus."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, tuple[str, Any]]
    expires_ms: int


class Daemon(Program):
    """Takes notifications, and does what a user would do with them."""

    def __init__(
        self, address: str, *, capabilities: Sequence[str] = CAPABILITIES, refuses: bool = False, mute: bool = False
    ) -> None:
        self.notified: list[Notified] = []
        self.closed: list[int] = []
        self.asked_capabilities = 0
        self._capabilities = list(capabilities)
        self._refuses = refuses
        self._mute = mute
        self._last = 0
        super().__init__(address, SERVICE)

    def act(self, number: int, action: str) -> None:
        """Press a button of a notification, which closes it."""
        self._emit("ActionInvoked", "us", (number, action))
        self.dismiss(number)

    def dismiss(self, number: int, reason: int = 2) -> None:
        """Close a notification: 1 because its time is over, 2 as its user, 3 as its sender asked, 4 for no reason."""
        self._emit("NotificationClosed", "uu", (number, reason))

    def _emit(self, name: str, signature: str, body: tuple[Any, ...]) -> None:
        self.emit(DBusAddress("/org/freedesktop/Notifications", interface=SERVICE), name, signature, body)

    def answer(self, call: Message) -> None:
        """Answer what an application asks; a service that is mute does not."""
        if self._mute:
            return
        match call.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                self.asked_capabilities += 1
                self.send(new_method_return(call, "as", (self._capabilities,)))
            case "Notify" if self._refuses:
                self.send(new_error(call, "org.example.Refused", "s", ("no more than three today",)))
            case "Notify":
                asked = Notified(*call.body)
                self.notified.append(asked)
                if not asked.replaces:
                    self._last += 1
                self.send(new_method_return(call, "u", (asked.replaces or self._last,)))
            case "CloseNotification":
                self.closed.append(call.body[0])
                self.send(new_method_return(call))
