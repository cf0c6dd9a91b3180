"""Who listens on the ports of this machine where language model servers usually do: found out by sockets alone.

On many computers nobody does, and then the router need not be there: an event loop, HTTP and TLS take the memory of a
small program.
"""

import errno
import logging
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from etoile.config import Routing
from etoile.domain.events import Event, NodesSeen, PartMissing
from etoile.text import message

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 1.0

_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)
"""A connection that is not there at once; Windows says the latter."""


@dataclass(frozen=True, slots=True)
class Place:
    """A port on which such servers usually listen."""

    port: int
    dialect: Literal["ollama", "lmstudio"] | None = None
    """The server whose port it is; None where anybody may listen."""

    @property
    def is_own(self) -> bool:
        """Whether the port belongs to such a server; others' logs are not to be filled with our questions."""
        return self.dialect is not None


OWN_PLACES = (Place(11434, "ollama"), Place(1234, "lmstudio"))
USUAL_PLACES = (*OWN_PLACES, Place(8000), Place(8080), Place(8081), Place(5001))
"""vLLM has 8000, llama.cpp 8080, KoboldCpp 5001 from its maker."""

START_ONE = message("Start Ollama or LM Studio here, or add a node to the settings file.")
NOBODY = PartMissing(
    "nodes",
    message("There is no language model node: the settings name none, and none runs on this machine."),
    START_ONE,
)


def listening(places: Sequence[Place], within_s: float = ANSWER_WITHIN_S) -> tuple[Place, ...]:
    """Return those of `places` at which somebody listens, in their order; nothing is said there.

    Blocks for `within_s` at most; on most systems a port answers or refuses at once.  Raises OSError where no socket
    can be had.
    """
    heard: list[Place] = []
    deadline_s = time.monotonic() + within_s
    with ExitStack() as stack:
        waiting = stack.enter_context(selectors.DefaultSelector())
        for place in places:
            knock = stack.enter_context(socket.socket())
            knock.setblocking(False)
            refused = knock.connect_ex(("127.0.0.1", place.port))
            if refused in _UNDER_WAY:
                waiting.register(knock, selectors.EVENT_WRITE, (knock, place))
            elif not refused:
                heard.append(place)
        while waiting.get_map() and (left_s := deadline_s - time.monotonic()) > 0:
            for key, _ in waiting.select(left_s):
                knock, place = key.data
                waiting.unregister(knock)
                if not knock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    heard.append(place)
    return tuple(place for place in places if place in heard)


class Knock:
    """Knocks at `places` on its thread `knock`, as often as nodes are asked how they are, and calls `found` once.

    That is when somebody listens there; as long as nobody does, that was told, once.  Within the `with`; `end` ends it.
    """

    def __init__(
        self,
        routing: Callable[[], Routing],
        publish: Callable[[Event], None],
        found: Callable[[], object],
        places: Sequence[Place] = USUAL_PLACES,
    ) -> None:
        """`routing` returns the settings as they are now."""
        self.told_missing = False
        """Whether it was told that there is nobody to ask."""
        self._routing = routing
        self._publish = publish
        self._found = found
        self._places = places
        self._looked = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="knock", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Knock no more: somebody else looks after the nodes from here on.  Blocks for a second at most."""
        self._over.set()
        if self._thread.ident is not None:  # it may never have begun
            self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                if self._is_answered():
                    self._found()
                    return
            except Exception:
                log.exception("looking for servers on this machine failed")
            self._over.wait(self._routing().heartbeat_s * random.uniform(0.8, 1.2))

    def _is_answered(self) -> bool:
        """Knock once: after the first time at the servers' own ports alone."""
        places = [place for place in self._places if place.is_own or not self._looked]
        if listening(places if self._routing().discover else ()):
            return True
        self._looked = True
        if not self.told_missing:
            self._publish(NodesSeen(()))
            self._publish(NOBODY)
            self.told_missing = True
        return False
