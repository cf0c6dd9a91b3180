"""Language model servers on this machine that the settings do not name.

Ollama and LM Studio are recognised by endpoints that only they have, and used at once.  What else lists models the way
OpenAI does is shown, and used after the user's confirmation: a request may hold private words, and any program may
listen on a port.  The question is a GET without a key, to 127.0.0.1 alone.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from etoile.config import Node
from etoile.errors import NodeError, NodeUnreachable
from etoile.llm.keys import is_loopback
from etoile.llm.knocking import ANSWER_WITHIN_S, Place, listening
from etoile.llm.records import Dialect, Listing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A server that answered."""

    node: Node
    dialect: Dialect
    listing: Listing
    latency_ms: float
    recognised: bool
    """Whether it is surely what it seems; otherwise the user is asked first."""


async def discover(
    places: Sequence[Place], dialect_of: Callable[[Node], Dialect], known: Collection[Node]
) -> tuple[Found, ...]:
    """Return the servers that answer at `places`, without those at an address of `known`."""
    taken = {port for node in known if (port := _own_port(node)) is not None}
    try:
        heard = await asyncio.to_thread(listening, [place for place in places if place.port not in taken])
    except OSError as error:  # no socket is left: the nodes that are known may answer all the same
        log.info("nobody can be looked for: %s", error)
        return ()
    found = await asyncio.gather(*(_at(place, dialect_of) for place in heard))
    return tuple(server for server in found if server is not None)


async def _at(place: Place, dialect_of: Callable[[Node], Dialect]) -> Found | None:
    """Return what listens at `place`; None where it is nothing that we know."""
    import anyio

    url = f"http://127.0.0.1:{place.port}"
    deadline_s = time.monotonic() + ANSWER_WITHIN_S
    candidates = [Node(name=f"local:{place.port}", url=url, dialect="openai")]
    if place.dialect is not None:
        candidates.insert(0, Node(name=place.dialect, url=url, dialect=place.dialect))
    for node in candidates:
        dialect = dialect_of(node)
        started_s = time.monotonic()
        try:
            with anyio.fail_after(deadline_s - started_s):
                listing = await dialect.models()
        except (NodeUnreachable, TimeoutError):
            return None
        except NodeError:
            continue
        latency_ms = 1000 * (time.monotonic() - started_s)
        return Found(node, dialect, listing, latency_ms, recognised=node.dialect == place.dialect)
    return None


def _own_port(node: Node) -> int | None:
    """Return the port of this machine that `node` is at; None when it is elsewhere, or its address makes no sense."""
    try:
        parts = urlsplit(node.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return port if is_loopback(parts.hostname or "") else None
