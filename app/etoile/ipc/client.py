"""Speak to the running app: one line of JSON there, lines of JSON back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRWPair
from pathlib import Path
from typing import Any

from etoile.ipc import endpoint

Line = dict[str, Any]

CONNECT_S = 2.0


class Call:
    """A call under way: `send` says more, iterating yields what the app says until it has finished."""

    def __init__(self, stream: BufferedRWPair) -> None:
        self._stream = stream

    def send(self, line: Line) -> None:
        """Say `line`.  Raises OSError when the app is gone."""
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()

    def __iter__(self) -> Iterator[Line]:
        while raw := self._stream.readline(endpoint.LONGEST_LINE_BYTES):
            yield json.loads(raw)


@contextmanager
def call(folder: Path, line: Line) -> Iterator[Call | None]:
    """Begin a call that says `line` to the running app; None when no app runs."""
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
        connection.settimeout(None)
        begun = Call(stream)
        begun.send({**line, "token": known.token})
        yield begun


def ask_once(folder: Path, line: Line) -> Line | None:
    """Return the app's first answer to `line`; None when no app runs."""
    with call(folder, line) as begun:
        return next(iter(begun), None) if begun else None
