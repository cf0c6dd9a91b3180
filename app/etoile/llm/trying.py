"""A node of which the user only just wrote the address: is it there, what does it speak, what models has it."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from etoile.config import Node
from etoile.errors import NodeSilent
from etoile.llm.client import Client
from etoile.llm.dialects import Secret, dialect_of
from etoile.llm.loop import new_loop
from etoile.llm.records import Listing
from etoile.text import message

LISTING_BYTES = 10_000_000
WITHIN_S = 5.0
"""A person waits for it: longer than a heartbeat would."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a node said."""

    models: tuple[str, ...]
    loaded: tuple[str, ...]
    latency_ms: float


def try_node(node: Node, secret: Secret, connect_s: float) -> Tried:
    """Ask `node` for its models, and nothing else.  Blocks for some seconds at most.  Raises NodeError."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_try(node, secret, connect_s))


async def _try(node: Node, secret: Secret, connect_s: float) -> Tried:
    import anyio

    async with aclosing(Client(connect_s, LISTING_BYTES)) as client:
        began_s = time.monotonic()
        try:
            with anyio.fail_after(WITHIN_S):
                listing: Listing = await dialect_of(node, client, secret).models()
        except TimeoutError:
            raise NodeSilent(message("no answer within {seconds:g} s", seconds=WITHIN_S)) from None
        return Tried(listing.models, listing.loaded, 1000 * (time.monotonic() - began_s))
