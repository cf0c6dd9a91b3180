"""Pages of metrics, fetched for whoever reads them: the room of the GPUs knows no HTTP."""

from etoile.errors import NodeBroken, NodeSilent
from etoile.llm.client import Client
from etoile.text import message

PAGE_BYTES = 4_000_000
"""The largest pages (of a node_exporter) have a tenth of this."""
WITHIN_S = 3.0
"""For the whole page, however slowly it drips."""
KINDS = frozenset({"text/plain", "application/openmetrics-text", ""})


async def metrics(client: Client, url: str) -> bytes:
    """Return the page of metrics at `url`.  Raises NodeError."""
    import anyio

    try:
        with anyio.fail_after(WITHIN_S):
            kind, content = await client.page(url, PAGE_BYTES)
    except TimeoutError:
        raise NodeSilent(message("no answer within {seconds:g} s", seconds=WITHIN_S)) from None
    if kind not in KINDS:
        raise NodeBroken(message("it sends {kind} in place of metrics", kind=kind))
    return content
