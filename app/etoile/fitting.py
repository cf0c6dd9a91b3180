"""Learns what engines really take for their models, so that the next estimate of what fits is better.

A node that holds a model wholly on its cards tells how much that is; beside what was estimated, it is the figure by
which the estimate for this model is corrected (see `etoile.domain.fit.calibration`).
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from etoile.domain.fit import Calibration, Setup, ratio_of
from etoile.domain.fit.calibration import Observed, flags_of
from etoile.domain.nodes import LoadedModel, NodeStatus
from etoile.errors import EtoileError

if TYPE_CHECKING:
    from etoile.llm.described import Described

log = logging.getLogger(__name__)

LOOK_S = 60.0
"""How often the nodes are looked at; a node itself is asked once for each model that it has loaded."""
STOP_S = 0.2


class Ratios(Protocol):
    """Where what was seen is kept."""

    def keep(self, model: str, flags: str, context: int, seen: Calibration) -> None:
        """Keep what was `seen`.  Returns at once."""


def learn(described: "Described", ratios: Ratios, at_s: float) -> Calibration | None:
    """Keep by how much what a node takes for a model differs from the estimate; None where it does not tell.

    The engine's usual settings are assumed, and a model that lies wholly on one card.  `at_s` is since 1970.
    """
    running = described.running
    if running is None or running.gpu_bytes < running.size_bytes:
        return None
    setup = Setup(context=running.context)
    ratio = ratio_of(described.model, setup, Observed(total=running.gpu_bytes))
    if ratio is None:
        return None
    seen = Calibration(ratio=ratio, source=described.node, at_s=at_s)
    ratios.keep(described.model.key, flags_of(setup), setup.context, seen)
    return seen


class Fitting:
    """Looks now and then, on its thread `fit`, whether a node has loaded a model that nothing was learned from yet.

    `describe` may block and raise EtoileErrors: such a model is passed over until it is loaded otherwise.
    """

    def __init__(
        self,
        ratios: Ratios,
        statuses: Callable[[], Sequence[NodeStatus]],
        describe: "Callable[[NodeStatus, str], Described | None]",
        *,
        every_s: float = LOOK_S,
    ) -> None:
        self._ratios = ratios
        self._statuses = statuses
        self._describe = describe
        self._every_s = every_s
        self._looked_at: set[tuple[str, LoadedModel]] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fit", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(STOP_S)

    def look(self) -> None:
        """Learn from each model that is new in the memory of a node with nothing to do."""
        for node, model in list(self._news()):
            self._looked_at.add((node.name, model))
            try:
                described = self._describe(node, model.name)
            except EtoileError as error:
                log.debug("%s does not tell what %s is: %s", node.name, model.name, error)
                continue
            if described and (seen := learn(described, self._ratios, time.time())):
                log.info("%s takes %.2f of what was estimated on %s", model.name, seen.ratio, node.name)

    def _news(self) -> Iterator[tuple[NodeStatus, LoadedModel]]:
        from etoile.caring import works

        for node in self._statuses():
            for model in () if works(node) else node.in_memory:
                if model.gpu_bytes >= model.size_bytes and (node.name, model) not in self._looked_at:
                    yield node, model

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.look()
            except Exception:
                log.exception("what models take could not be learned")
