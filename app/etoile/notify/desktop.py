"""Desktop notifications of Linux: org.freedesktop.Notifications, with urgency, buttons and replacement.

Qt cannot do this: its tray balloons lose urgency and buttons, and QtDBus cannot send the call at all.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, new_method_call

from etoile.domain.effects import Urgency
from etoile.domain.events import Event, NotificationActed, PartMissing, PartReady
from etoile.errors import NotificationsUnavailable
from etoile.session_bus import Bus
from etoile.text import message

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", bus_name=SERVICE, interface=SERVICE)
URGENCY_BYTE = {Urgency.LOW: 0, Urgency.NORMAL: 1, Urgency.CRITICAL: 2}
ICON = {Urgency.LOW: "dialog-information", Urgency.NORMAL: "dialog-information", Urgency.CRITICAL: "dialog-warning"}
SERVICE_GONE = frozenset(
    f"org.freedesktop.DBus.Error.{error}" for error in ("ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected")
)
NEVER, AS_USUAL = 0, -1
"""When a notification goes by itself."""

RETRY_S = 30.0
"""Without a bus it is looked for this often, and whenever there is something to show."""
STOP_S = 0.3


@dataclass(frozen=True, slots=True)
class Notification:
    """What is to be shown, in the user's language."""

    key: str
    title: str
    body: str
    urgency: Urgency
    actions: Mapping[str, str]


class DesktopNotifier:
    """Shows notifications from a thread of its own; every method returns at once and is safe from any thread.

    Publishes `NotificationActed`, and `PartMissing("notifications")` or `PartReady("notifications")` once per change.
    What cannot be shown yet is shown when a service appears, unless it was replaced or withdrawn by then.  Leaving the
    context takes every notification away.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._jobs: SimpleQueue[Notification | str] = SimpleQueue()
        self._stirred = threading.Event()
        self._stopping = False
        self._bus: Bus | None = None
        self._wanted: dict[str, Notification] = {}
        self._shown: dict[str, int] = {}
        self._capabilities: frozenset[str] | None = None
        self._missing: NotificationsUnavailable | None = None
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._stirred.set()
        if bus := self._bus:
            bus.stop()
        self._thread.join(STOP_S)

    def notify(self, key: str, title: str, body: str, urgency: Urgency, actions: Mapping[str, str]) -> None:
        """Show a notification in place of the former one with the same `key`; `actions` are labels by action."""
        self._stir(Notification(key, title, body, urgency, actions))

    def withdraw(self, key: str) -> None:
        """Take the notification `key` away, if it is there."""
        self._stir(key)

    def _stir(self, job: Notification | str) -> None:
        self._jobs.put(job)
        self._stirred.set()
        if bus := self._bus:
            bus.wake()

    def _run(self) -> None:
        while not self._stopping:
            try:
                with Bus.open() as bus:
                    self._serve(bus)
            except (OSError, ValueError, RuntimeError) as error:
                log.debug("no session bus: %s", error)
                self._say(_no_bus())
            except Exception:
                log.exception("notifications failed")
            self._bus = None
            self._forget_service()
            self._stirred.wait(RETRY_S)
            self._stirred.clear()

    def _serve(self, bus: Bus) -> None:
        """Show what is wanted and hear what the user does, until stopped or the bus is gone."""
        # From here on whoever stirs or stops also wakes the bus; what came before is seen below.
        self._bus = bus
        if self._stopping:
            return
        bus.listen(MatchRule(type="signal", interface=SERVICE, path=ADDRESS.object_path))
        bus.listen(_owner_rule())
        self._greet(bus)
        while not self._stopping:
            self._take_jobs(bus)
            self._show_wanted(bus)
            if came := bus.next():
                self._hear(bus, came)
        for shown in self._shown.values():
            bus.send(new_method_call(ADDRESS, "CloseNotification", "u", (shown,)))

    def _take_jobs(self, bus: Bus) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if isinstance(job, Notification):
                self._wanted[job.key] = job
                continue
            self._wanted.pop(job, None)
            if (shown := self._shown.pop(job, None)) is not None:
                bus.send(new_method_call(ADDRESS, "CloseNotification", "u", (shown,)))

    def _show_wanted(self, bus: Bus) -> None:
        if self._wanted and (self._capabilities is not None or self._greet(bus)):
            for notification in list(self._wanted.values()):
                self._show(bus, notification, self._capabilities or frozenset())

    def _greet(self, bus: Bus) -> bool:
        """Ask the service what it can do, which starts it where the desktop knows how; tell whether it is there."""
        try:
            (able,) = bus.call(new_method_call(ADDRESS, "GetCapabilities"))
        except (DBusErrorResponse, TimeoutError) as error:
            log.debug("no notification service: %s", error)
            if not self._stopping:
                self._say(_no_service())
            return False
        self._capabilities = frozenset(able)
        self._say(None)
        return True

    def _show(self, bus: Bus, notification: Notification, able: frozenset[str]) -> None:
        try:
            (shown,) = bus.call(_notify_call(notification, able, self._shown.get(notification.key, 0)))
            self._shown[notification.key] = shown
        except DBusErrorResponse as error:
            if error.name in SERVICE_GONE:
                self._forget_service()
                self._say(_no_service())
                return
            log.warning("a notification was refused: %s", error)
        except TimeoutError:
            # Not tried again: it may be there all the same, and twice is worse than late.
            log.info("a notification was not confirmed in time")
        del self._wanted[notification.key]

    def _hear(self, bus: Bus, came: Message) -> None:
        match came.header.fields.get(HeaderFields.member), came.body:
            case "ActionInvoked", (shown, action):
                if key := self._key_of(shown):
                    self._publish(NotificationActed(key, action, time.monotonic()))
            case "NotificationClosed", (shown, _):
                if key := self._key_of(shown):
                    del self._shown[key]
            case "NameOwnerChanged", (_, former, owner):
                if former:
                    self._forget_service()
                if owner and self._capabilities is None:
                    self._greet(bus)

    def _key_of(self, shown: int) -> str | None:
        return next((key for key, number in self._shown.items() if number == shown), None)

    def _forget_service(self) -> None:
        """Another service knows nothing of the former one's notifications, and may be able to do other things."""
        self._shown.clear()
        self._capabilities = None

    def _say(self, missing: NotificationsUnavailable | None) -> None:
        """Say that notifications are off, or on again: once."""
        if missing and self._missing is None:
            self._publish(PartMissing("notifications", missing.said, missing.remedy))
        elif self._missing and missing is None:
            self._publish(PartReady("notifications"))
        self._missing = missing


def _notify_call(notification: Notification, able: frozenset[str], replaced: int) -> Message:
    """Return the call that shows `notification` in place of the one numbered `replaced` (0 for none)."""
    from html import escape  # its table of names is large, and notifications are rare

    body = escape(notification.body, quote=False) if "body-markup" in able else notification.body
    actions = [text for pair in notification.actions.items() for text in pair] if "actions" in able else []
    return new_method_call(
        ADDRESS,
        "Notify",
        "susssasa{sv}i",
        (
            "Etoile",
            replaced,
            ICON[notification.urgency],
            _plain(notification.title),
            _plain(body),
            [_plain(action) for action in actions],
            {"urgency": ("y", URGENCY_BYTE[notification.urgency])},
            NEVER if notification.urgency is Urgency.CRITICAL else AS_USUAL,
        ),
    )


def _plain(text: str) -> str:
    """Return `text` as D-Bus can carry it: the name of a process may hold anything."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _owner_rule() -> MatchRule:
    """Return the rule for a notification service that comes or goes."""
    rule = MatchRule(type="signal", interface="org.freedesktop.DBus", member="NameOwnerChanged")
    rule.add_arg_condition(0, SERVICE)
    return rule


def _no_bus() -> NotificationsUnavailable:
    return NotificationsUnavailable(
        message("Desktop notifications are off: there is no session bus."),
        message("Start Etoile from within a desktop session. Its window and its icon show every warning all the same."),
    )


def _no_service() -> NotificationsUnavailable:
    return NotificationsUnavailable(
        message("Desktop notifications are off: no notification service answers."),
        message("Start one, dunst for example. The window and the icon show every warning all the same."),
    )


def server_name() -> str:
    """Return which service shows the notifications of this desktop.  Blocks; raises NotificationsUnavailable."""
    try:
        with Bus.open() as bus:
            name, _, version, _ = bus.call(new_method_call(ADDRESS, "GetServerInformation"))
    except (OSError, ValueError, RuntimeError) as error:
        raise _no_bus() from error
    except DBusErrorResponse as error:
        raise _no_service() from error
    return f"{name} {version}"
