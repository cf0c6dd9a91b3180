"""The session bus as one thread sees it: calls with an answer in time, and signals, until another thread wakes it.

The home of jeepney: notifications and the portal for global shortcuts speak through it.
"""

import math
import os
import time
from collections import deque
from types import TracebackType
from typing import Any, Self

from jeepney import HeaderFields, MatchRule, Message, MessageFlag, message_bus
from jeepney.io.threading import DBusConnection, ReceiveStopped, open_dbus_connection
from jeepney.wrappers import unwrap_msg

CALL_S = 3.0
"""How long a call waits for its answer: long enough for a service that is started by it."""
LAST_CALL_S = 0.5
"""How long it still waits once everything is to end."""
SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver")
"""Who locks the screen, by desktop: each tells by `GetActive` whether it has, and by `ActiveChanged` when it does."""


class Bus:
    """A connection, for the thread that opened it; only `wake` and `stop` are for the others.

    Sending and listening share it, because some services tell only the sender what became of a notification.
    Every method may raise ConnectionError: the bus is gone.
    """

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._waiting: deque[Message] = deque()
        self._woken = False
        self._give_up_s = math.inf

    @classmethod
    def open(cls) -> Self:
        """Connect to the session bus.  Raises OSError, ValueError or RuntimeError when there is none to connect to."""
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={os.environ.get('XDG_RUNTIME_DIR')}/bus"
        return cls(open_dbus_connection(address))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus."""
        self._connection.close()

    @property
    def name(self) -> str:
        """What this connection is called on the bus: ":1.42"."""
        return str(self._connection.unique_name)

    def listen(self, rule: MatchRule) -> None:
        """Have the signals that fit `rule` delivered."""
        self.call(message_bus.AddMatch(rule))

    def call(self, call: Message) -> tuple[Any, ...]:
        """Return the answer to `call`; signals that come meanwhile are kept for `next`.

        Raises TimeoutError, or DBusErrorResponse where the answer is an error.
        """
        serial = next(self._connection.outgoing_serial)
        self._connection.send(call, serial=serial)
        deadline_s = time.monotonic() + CALL_S
        while True:
            came = self._receive(max(0.0, min(deadline_s, self._give_up_s) - time.monotonic()))
            if came is None:
                self._woken = True
            elif came.header.fields.get(HeaderFields.reply_serial) == serial:
                return tuple(unwrap_msg(came))
            else:
                self._waiting.append(came)

    def send(self, call: Message) -> None:
        """Call without waiting for an answer."""
        call.header.flags |= MessageFlag.no_reply_expected
        self._connection.send(call)

    def next(self, wait_s: float | None = None) -> Message | None:
        """Wait for a signal and return it; None when another thread called `wake`.

        Raises TimeoutError when nothing came within `wait_s`.
        """
        if self._woken:
            self._woken = False
            return None
        return self._waiting.popleft() if self._waiting else self._receive(wait_s)

    def wake(self) -> None:
        """Have `next` return.  For any thread."""
        self._connection.interrupt()

    def stop(self) -> None:
        """Have `next` return, and calls that wait for an answer give up very soon.  For any thread."""
        self._give_up_s = time.monotonic() + LAST_CALL_S
        self._connection.interrupt()

    def _receive(self, timeout_s: float | None) -> Message | None:
        try:
            return self._connection.receive(timeout=timeout_s)
        except ReceiveStopped:
            self._connection.reset_interrupt()
            return None
