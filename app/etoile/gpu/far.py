"""The GPUs of other machines, from what already runs there: pages of metrics, asked for every few seconds.

One thread starts the requests and reads the pages; whoever fetches them waits for nobody.  A page that does not come
makes its values stale, then unknown.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, wait
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from etoile.config import Node
from etoile.domain.events import Event, NodeLoadsRead, PartMissing, PartReady
from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeLoad
from etoile.errors import EtoileError
from etoile.gpu.merging import merged
from etoile.gpu.place import Asked, Place, addresses
from etoile.text import message

log = logging.getLogger(__name__)

Fetch = Callable[[str], "Future[bytes]"]
"""Starts to fetch the page at an address, and returns at once.  What goes wrong is an EtoileError of the future."""

PERIOD_S = 5.0
"""Some exporters start a program for each page: more often would slow the GPUs that they tell of."""
JITTER = (0.8, 1.2)
STALE_PERIODS = 2.5
SLOWEST_S = 30.0
"""A page that does not come is asked for ever more seldom, but no more seldom than this."""
ENGINE_AGAIN_S = 300.0
"""The same for a server that we ask without being told to: most have no such page."""
ONCE_S = 4.0
LOOK_S = 1.0


class FarGpus:
    """Asks for every page of `nodes`, on its thread `far gpus`, until its context is left.

    Publishes `NodeLoadsRead` on every change, `PartMissing("gpus NODE")` and `PartReady` once each.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        fetch: Fetch,
        publish: Callable[[Event], None],
        *,
        period_s: float = PERIOD_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._publish = publish
        self._period_s = period_s
        self._now_s = now_s
        self._places = [Place(address, STALE_PERIODS * period_s) for address in addresses(nodes)]
        self._due_s = dict.fromkeys(self._places, now_s())
        self._under_way: dict[Place, Future[bytes]] = {}
        self._arrived: SimpleQueue[Place | None] = SimpleQueue()
        self._loads: Mapping[str, NodeLoad] = {}
        self._missing: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="far gpus", daemon=True)

    def __enter__(self) -> Self:
        if self._places:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._places:
            self._arrived.put(None)
            self._thread.join()

    def readings(self) -> tuple[GpuReading, ...]:
        """Return what is known of every far card now, each once, in the order of the settings.  Any thread."""
        now_s = self._now_s()
        return merged(*(place.readings(now_s) for place in self._places))

    def read_once(self, within_s: float = ONCE_S) -> tuple[tuple[GpuReading, ...], Mapping[str, EtoileError]]:
        """Ask for every page once; return the readings, and why exporters could not be read, by node.

        Blocks for `within_s` at most.  Not within the context.
        """
        places = [place for place in self._places if place.address.asked is Asked.BY_USER]
        asked = {place: self._fetch(place.address.url) for place in places}
        wait(asked.values(), within_s)
        failures = {}
        for place, future in asked.items():
            try:
                place.take(future.result(timeout=0), self._now_s())
            except EtoileError as error:
                failures[place.address.node] = error
            except TimeoutError:
                future.cancel()
        return self.readings(), failures

    def _run(self) -> None:
        going = True
        while going:
            try:
                going = self._go_on()
            except Exception:
                log.exception("asking for the GPUs of other machines failed")
        for future in self._under_way.values():
            future.cancel()

    def _go_on(self) -> bool:
        """Ask for what is due, take in the next page that comes, and tell whether to go on."""
        self._ask_those_due()
        self._tell()
        try:
            place = self._arrived.get(timeout=self._pause_s())
        except Empty:
            return True
        if place is None:
            return False
        self._take(place)
        return True

    def _ask_those_due(self) -> None:
        now_s = self._now_s()
        for place in self._places:
            if place not in self._under_way and now_s >= self._due_s[place]:
                self._due_s[place] = now_s + self._period_s
                self._under_way[place] = self._fetch(place.address.url)
                self._under_way[place].add_done_callback(partial(self._came, place))

    def _came(self, place: Place, future: "Future[bytes]") -> None:
        """Called by whoever fetches."""
        self._arrived.put(place)

    def _pause_s(self) -> float:
        waiting = [due_s for place, due_s in self._due_s.items() if place not in self._under_way]
        return min(max(0.0, min(waiting, default=0.0) - self._now_s()) if waiting else LOOK_S, LOOK_S)

    def _take(self, place: Place) -> None:
        future = self._under_way.pop(place)
        try:
            place.take(future.result(), self._now_s())
        except EtoileError as error:
            log.debug("%s: %s", place.address.node, error)
            place.fail(error.said)
        except CancelledError:
            place.fail(message("no answer"))
        finally:
            self._due_s[place] = self._now_s() + self._until_next_s(place) * random.uniform(*JITTER)

    def _until_next_s(self, place: Place) -> float:
        if not place.failures:
            return self._period_s
        if place.address.asked is Asked.BY_US:
            return ENGINE_AGAIN_S
        return min(self._period_s * 2.0 ** min(place.failures - 1, 10), SLOWEST_S)

    def _tell(self) -> None:
        """Publish what has changed: how busy the nodes are, and which exporters cannot be read."""
        now_s = self._now_s()
        loads = {place.address.node: load for place in self._places if (load := place.load(now_s)) is not None}
        if loads != self._loads:
            self._loads = loads
            self._publish(NodeLoadsRead(loads))
        missing = {
            f"gpus {place.address.node}": place
            for place in self._places
            if place.address.asked is Asked.BY_USER and place.reason
        }
        for part in missing.keys() - self._missing:
            node, reason = missing[part].address.node, missing[part].reason
            said = message("The GPUs of {node} are not known: {reason}.", node=node, reason=reason)
            remedy = message("See that the exporter runs there, and that `gpus` of this node is its address.")
            self._publish(PartMissing(part, said, remedy))
        for part in self._missing - missing.keys():
            self._publish(PartReady(part))
        self._missing = set(missing)
