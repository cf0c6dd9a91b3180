"""The app's side of the local socket: accepts callers of the same user, and hands each call on."""

import contextlib
import json
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from etoile.ipc import endpoint

log = logging.getLogger(__name__)

Line = dict[str, Any]

ACCEPT_AGAIN_S = 0.1
HELLO_S = 5.0
"""A caller that has not said what it wants after this is hung up on."""


class Caller:
    """One connected caller, on a thread of its own."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = connection.makefile("rwb")

    def send(self, line: Line) -> None:
        """Say `line`.  Raises OSError when the caller is gone."""
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()

    def receive(self) -> Line | None:
        """Return the caller's next line; None when it is gone or says nonsense."""
        try:
            line = json.loads(self._stream.readline(endpoint.LONGEST_LINE_BYTES) or b"null")
        except (OSError, ValueError):
            return None
        return line if isinstance(line, dict) else None

    def is_gone(self) -> bool:
        """Whether the caller hung up.  Does not block."""
        readable, _, _ = select.select([self._connection], [], [], 0)
        if not readable:
            return False
        try:
            return self._connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def hang_up(self) -> None:
        """End the conversation; a thread that waits for this caller goes on."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back, after the last line: only its own thread may do that."""
        self.hang_up()
        with contextlib.suppress(OSError):
            self._stream.close()
        self._connection.close()


class Server:
    """Listens while entered; every call that shows the token goes to `answer(line, caller)` on its own thread."""

    def __init__(self, folder: Path, answer: Callable[[Line, Caller], None]) -> None:
        self._folder = folder
        self._answer = answer
        self._token = os.urandom(32).hex()
        self._callers: dict[threading.Thread, Caller] = {}
        self._changing = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        self._listener, address, port = endpoint.listen(self._folder)
        endpoint.write(endpoint.Endpoint(address, port, self._token, os.getpid()), self._folder)
        self._thread = threading.Thread(target=self._accept, name="ipc", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        with self._changing:
            callers = dict(self._callers)
        for caller in callers.values():
            caller.hang_up()
        for thread in callers:
            thread.join()
        for name in ("app.json", "app.sock"):
            (self._folder / name).unlink(missing_ok=True)

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._listener.accept()
            except OSError as error:
                if not self._closed:
                    # Too many open files, or a caller gone in the same moment: the next one is served again.
                    log.info("a caller could not be accepted: %s", error)
                    time.sleep(ACCEPT_AGAIN_S)
                continue
            caller = Caller(connection)
            thread = threading.Thread(target=self._serve, args=(connection, caller), name="ipc caller", daemon=True)
            with self._changing:
                self._callers[thread] = caller
            thread.start()

    def _serve(self, connection: socket.socket, caller: Caller) -> None:
        from hmac import compare_digest  # brings OpenSSL with it: 4 MiB that an app whom nobody calls is spared

        try:
            connection.settimeout(HELLO_S)
            line = caller.receive()
            if line is None or not compare_digest(str(line.pop("token", "")), self._token):
                log.debug("a caller without the token was turned away")
                return
            connection.settimeout(None)
            self._answer(line, caller)
        except OSError:
            log.debug("a caller hung up")
        except Exception:
            log.exception("a call failed")
        finally:
            caller.close()
            with self._changing:
                self._callers.pop(threading.current_thread(), None)
