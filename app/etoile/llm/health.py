"""How a node fares: pure, one record after the other, with the time passed in.

A node that fails a request is left alone for a while (a circuit breaker): the breaker opens at the first strike, for a
refused connection costs 3.5 ms but a hung node its whole limit, and stays open twice as long after each further strike.
A successful heartbeat does not close it, because a hung node lists its models all the same: a trial answer does, asked
in the background, one at a time.  Only what the node is to blame for counts.
"""

from dataclasses import dataclass, replace
from typing import Self

from etoile.config import Node, uuids
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import (
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeRejected,
    NodeSilent,
    NodeUnauthorised,
    NodeUnreachable,
    NodeUnsuited,
)
from etoile.llm.keys import is_here
from etoile.llm.records import Listing
from etoile.text import Message, message

_MOST_DOUBLINGS = 4


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a node is not up."""

    kind: type[NodeError]
    said: Message


_NOTHING_LISTED = Listing(())
_NOT_YET = Trouble(NodeUnreachable, message("it has not answered yet"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is known of a node; every method returns what is known afterwards."""

    listing: Listing = _NOTHING_LISTED
    latency_ms: float | None = None
    in_flight: int = 0
    trouble: Trouble | None = _NOT_YET
    strikes: int = 0
    """Failed requests in a row."""
    open_until_s: float | None = None
    """Monotonic clock; not None means that the breaker is open, and later that a trial is due."""

    def began(self) -> Self:
        """A request is on its way."""
        return replace(self, in_flight=self.in_flight + 1)

    def ended(self) -> Self:
        """A request is over, however it went."""
        return replace(self, in_flight=self.in_flight - 1)

    def seen(self, listing: Listing, latency_ms: float) -> Self:
        """A heartbeat was answered."""
        known = replace(self, listing=listing, latency_ms=latency_ms)
        return known if self.open_until_s is not None else replace(known, trouble=None)

    def unseen(self, error: NodeError) -> Self:
        """A heartbeat was not answered as it should."""
        if isinstance(error, NodeSilent) and self.in_flight:
            return self  # it works, and answers one thing after the other
        if self.open_until_s is not None and not isinstance(error, NodeUnreachable):
            return self
        return replace(self, latency_ms=None, trouble=Trouble(type(error), error.said), open_until_s=None)

    def answered(self) -> Self:
        """A request was answered."""
        return replace(self, trouble=None, strikes=0, open_until_s=None)

    def failed(self, error: NodeError, now_s: float, open_s: float) -> Self:
        """A request failed."""
        trouble = Trouble(type(error), error.said)
        if error.blames_node:
            left_alone_s = open_s * 2 ** min(self.strikes, _MOST_DOUBLINGS)
            return replace(self, trouble=trouble, strikes=self.strikes + 1, open_until_s=now_s + left_alone_s)
        if isinstance(error, NodeUnsuited | NodeRejected):
            return self  # the request was at fault; the node is as well as before
        return replace(self, trouble=trouble)

    def trial_due(self, now_s: float) -> bool:
        """Whether the breaker has been open long enough to try the node again."""
        return self.open_until_s is not None and now_s >= self.open_until_s

    @property
    def locked_out(self) -> bool:
        """Whether the node refuses our key: asking again would not change its mind."""
        return self.trouble is not None and self.trouble.kind is NodeUnauthorised

    def status(self, node: Node, url: str, model: str | None, note: Message | None = None) -> NodeStatus:
        """Return all this as others see it; `note` is the reason given when nothing is wrong."""
        return NodeStatus(
            name=node.name,
            dialect=node.dialect,
            url=url,
            state=self._state(node.max_in_flight),
            model=model,
            models=self.listing.models,
            loaded=self.listing.loaded,
            in_memory=self.listing.in_memory,
            latency_ms=self.latency_ms,
            in_flight=self.in_flight,
            here=is_here(node),
            gpus=uuids(node),
            reason=self.trouble.said if self.trouble else note,
        )

    def _state(self, max_in_flight: int) -> NodeState:
        if self.trouble is None:
            return NodeState.BUSY if self.in_flight >= max_in_flight else NodeState.UP
        if self.open_until_s is not None:
            return NodeState.OPEN
        kind = self.trouble.kind
        if issubclass(kind, NodeLoading):
            return NodeState.LOADING
        if issubclass(kind, NodeBusy):
            return NodeState.BUSY
        return NodeState.AUTH if issubclass(kind, NodeUnauthorised) else NodeState.DOWN
