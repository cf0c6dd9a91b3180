"""One page of metrics on another machine, and what it last told: fresh, stale, or nothing any more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from etoile.config import Node
from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.nodes import NodeLoad
from etoile.gpu.exporters import Page, read_page
from etoile.text import Message, message

UNKNOWN_AFTER_S = 30.0
"""A stale reading is shown greyed for this long; then its values are dropped."""
MOST_CARDS = 256
"""No machine has so many; a page that tells of more, or of others each time, is out of its mind."""
SAID_AFTER = 3
"""So many failures in a row are told; fewer are a restart, or a packet that was lost."""


class Asked(StrEnum):
    """Why a page is asked for."""

    BY_USER = "by_user"
    """The settings name it as the exporter of a node."""
    BY_US = "by_us"
    """The node may be one that tells how busy it is."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page is, and of which node it tells."""

    node: str
    url: str
    asked: Asked


def addresses(nodes: Iterable[Node]) -> tuple[Address, ...]:
    """Return every page that is worth asking for; none is in the cloud, unless the user named it."""
    found: dict[str, Address] = {}
    for node in nodes:
        for url in exporters(node):
            found.setdefault(url, Address(node.name, url, Asked.BY_USER))
        if node.dialect == "openai" and node.local:
            url = _with_path(node.url.rstrip("/").removesuffix("/v1"))
            found.setdefault(url, Address(node.name, url, Asked.BY_US))
    return tuple(found.values())


def exporters(node: Node) -> tuple[str, ...]:
    """Return the addresses of the exporters that tell of the GPUs of `node`; none where `gpus` means something else."""
    named = (node.gpus,) if isinstance(node.gpus, str) else node.gpus or ()
    return tuple(_with_path(one) for one in named if one.startswith(("http://", "https://")))


def _with_path(url: str) -> str:
    parts = urlsplit(url)
    return url if parts.path.strip("/") else urlunsplit(parts._replace(path="/metrics"))


class Place:
    """What is known of one page.  `take` and `fail` are for one thread; the others may be called by any."""

    def __init__(self, address: Address, stale_after_s: float) -> None:
        self.address = address
        self._stale_after_s = stale_after_s
        self._page = Page()
        self._measured_s = 0.0
        """When the page was last known to be new."""
        self._known: dict[str, GpuReading] = {}
        """The last reading of every card ever seen here."""
        self.failures = 0
        self.reason: Message | None = None
        """Why it cannot be read, if that has lasted."""

    def take(self, content: bytes, now_s: float) -> None:
        """Take in the page as it is now."""
        page = read_page(content, self.address.node, now_s)
        if page.failing:
            self.fail(message("the exporter cannot measure"))
        elif not page.readings and (self._known or page.load is None):
            self.fail(message("it tells of no GPU"))
        else:
            self._keep(page, now_s)

    def _keep(self, page: Page, now_s: float) -> None:
        self.failures, self.reason = 0, None
        # An exporter that measures on its own goes on telling what it measured last, even if that was long ago.  Its
        # clock is not ours: all that it says is whether something is new.
        if page.measured is None or page.measured != self._page.measured:
            self._measured_s = now_s
        readings = page.readings[:MOST_CARDS]
        page = replace(page, readings=tuple(replace(reading, at_s=self._measured_s) for reading in readings))
        known = self._known | {reading.uuid: reading for reading in page.readings}
        self._known = dict(islice(known.items(), MOST_CARDS))
        self._page = page

    def fail(self, reason: Message) -> None:
        """Take note that there is no page now."""
        self.failures += 1
        if self.failures >= SAID_AFTER:
            self.reason = reason

    def readings(self, now_s: float) -> tuple[GpuReading, ...]:
        """Return what is known of every card now: never an old value as if it were new."""
        present = {reading.uuid for reading in self._page.readings}
        return tuple(self._aged(reading, reading.uuid in present, now_s) for reading in tuple(self._known.values()))

    def load(self, now_s: float) -> NodeLoad | None:
        """Return how busy the node says that it is; None when it does not, or not lately."""
        return self._page.load if now_s - self._measured_s <= self._stale_after_s else None

    def _aged(self, reading: GpuReading, present: bool, now_s: float) -> GpuReading:
        age_s = now_s - self._measured_s
        if age_s > UNKNOWN_AFTER_S:
            return _identity(reading, GpuState.UNKNOWN)
        if not present:
            return _identity(reading, GpuState.LOST)
        if age_s > self._stale_after_s:
            return replace(reading, state=GpuState.STALE, stale_since_s=reading.at_s)
        return reading


def _identity(reading: GpuReading, state: GpuState) -> GpuReading:
    """Return which card it is, without its values."""
    return GpuReading(
        uuid=reading.uuid,
        index=reading.index,
        name=reading.name,
        host=reading.host,
        pci=reading.pci,
        mig=reading.mig,
        kind=reading.kind,
        far=True,
        state=state,
        at_s=reading.at_s,
        stale_since_s=reading.at_s,
    )
