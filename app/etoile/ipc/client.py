"""Speak to the running app: one line of JSON there, lines of JSON back."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRWPair
from pathlib import Path
from typing import Any

from etoile.errors import EtoileError
from etoile.ipc import endpoint
from etoile.text import message

Line = dict[str, Any]

CONNECT_S = 2.0
ANSWER_S = 5.0
"""What is not a request to a node is answered at once, or never."""


class Call:
    """A call under way: `send` says more, iterating yields what the app says until it has finished."""

    def __init__(self, stream: BufferedRWPair, connection: socket.socket) -> None:
        self._stream = stream
        self._connection = connection

    def send(self, line: Line) -> None:
        """Say `line`.  Raises OSError when the app is gone."""
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()

    def say_no_more(self) -> None:
        """Take back what was asked; how it ended still comes.  From any thread, or a signal's handler."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def __iter__(self) -> Iterator[Line]:
        while raw := self._stream.readline(endpoint.LONGEST_LINE_BYTES):
            yield json.loads(raw)


@contextmanager
def call(folder: Path, line: Line, answer_s: float | None = None) -> Iterator[Call | None]:
    """Begin a call that says `line` to the running app; None when no app runs.

    Each of its answers may take `answer_s`, by default any time; TimeoutError then.
    """
    known = endpoint.read(folder)
    if known is None:
        yield None
        return
    try:
        connection = endpoint.connect(known, CONNECT_S)
    except OSError:
        yield None
        return
    with connection, connection.makefile("rwb") as stream:
        connection.settimeout(answer_s)
        begun = Call(stream, connection)
        begun.send({**line, "token": known.token})
        yield begun


def ask_once(folder: Path, line: Line) -> Line | None:
    """Return the app's first answer to `line`; None when no app runs.  Raises EtoileError when it does not answer."""
    try:
        with call(folder, line, ANSWER_S) as begun:
            return next(iter(begun), None) if begun else None
    except TimeoutError as error:
        known = endpoint.read(folder)
        raise EtoileError(
            message("The running app does not answer."),
            message("End its process ({pid}) and start it again.", pid=known.pid if known else "?"),
        ) from error
