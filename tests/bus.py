"""A D-Bus of the tests' own, and programs on it."""

import os
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, Message, MessageType, message_bus, new_signal
from jeepney.io.threading import ReceiveStopped, open_dbus_connection
from jeepney.wrappers import unwrap_msg


class PrivateBus:
    """A dbus-daemon with nobody else on it."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder / 'bus'}"
        self._process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address={self.address}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"XDG_DATA_DIRS": str(folder), "XDG_DATA_HOME": str(folder)},
        )
        assert self._process.stdout
        assert self._process.stdout.readline(), "the bus did not start"

    def stop(self) -> None:
        """End it, as a logout does."""
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()


class Program:
    """Owns `name` on the bus, and answers what it is called for on a thread of its own, until it is closed."""

    def __init__(self, address: str, name: str) -> None:
        self._connection = open_dbus_connection(address)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message_bus.RequestName(name), serial=serial)
        while (came := self._connection.receive(timeout=30)).header.fields.get(HeaderFields.reply_serial) != serial:
            pass
        unwrap_msg(came)
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus."""
        self._connection.interrupt()
        self._thread.join()
        self._connection.close()

    def answer(self, call: Message) -> None:
        """Answer a call; on the thread of the program."""
        raise NotImplementedError

    def send(self, *messages: Message) -> None:
        """Send replies and signals, in this order."""
        for one in messages:
            self._connection.send(one)

    def emit(self, here: DBusAddress, name: str, signature: str, body: tuple[Any, ...]) -> None:
        """Send a signal."""
        self.send(new_signal(here, name, signature or None, body))

    def _run(self) -> None:
        try:
            while True:
                came = self._connection.receive()
                if came.header.message_type is MessageType.method_call:
                    self.answer(came)
        except (ReceiveStopped, OSError):
            pass
