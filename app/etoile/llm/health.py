"""How a node fares: pure, one record after the other, with the time passed in.

A node that fails a request is left alone for a while (a circuit breaker): the breaker opens at the first strike, for a
refused connection costs 3.5 ms but a hung node its whole limit, and stays open twice as long after each further strike.
A successful heartbeat does not close it, because a hung node lists its models all the same: a trial answer does, asked
in the background, one at a time.  Only what the node is to blame for counts.

Two answers in a row that make no sense set the node aside (quarantine): it is asked nothing but trials.  A full queue
and a rate limit are neither: the node is left alone for as long as it asked, and counts as well again after that.
"""

from dataclasses import dataclass, replace
from typing import Self

from etoile.domain.nodes import NodeState
from etoile.errors import (
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeNonsense,
    NodeRejected,
    NodeSilent,
    NodeUnauthorised,
    NodeUnreachable,
    NodeUnsuited,
)
from etoile.llm.records import Listing
from etoile.text import Message, message

_MOST_DOUBLINGS = 4
_NONSENSE_BEFORE_QUARANTINE = 2
_BUSY_S = 2.0
"""How long a node that is full is left alone when it does not say how long."""
_LOADING_S = 1.0
_RECOVERING_S = 60.0
"""After a failure a node counts as unsteady for so long, unless it answers a whole request before."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a node is not up."""

    kind: type[NodeError]
    said: Message


_NOTHING_LISTED = Listing(())
_NOT_YET = Trouble(NodeUnreachable, message("it has not answered yet"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is known of a node; every method returns what is known afterwards.  All times are of the monotonic clock."""

    listing: Listing = _NOTHING_LISTED
    latency_ms: float | None = None
    in_flight: int = 0
    loading: str | None = None
    """The model that a request is waiting for while the node loads it."""
    trouble: Trouble | None = _NOT_YET
    strikes: int = 0
    """Failed requests since the last whole answer."""
    nonsense: int = 0
    """Answers without sense since the last one that had some."""
    failed_at_s: float | None = None
    """When the last strike was."""
    until_s: float | None = None
    """It is left alone until then.  Afterwards a trial is due, unless the node itself asked for the pause."""

    def began(self) -> Self:
        """A request is on its way."""
        return replace(self, in_flight=self.in_flight + 1)

    def ended(self) -> Self:
        """A request is over, however it went."""
        return replace(self, in_flight=self.in_flight - 1)

    def seen(self, listing: Listing, latency_ms: float) -> Self:
        """A heartbeat was answered."""
        known = replace(self, listing=listing, latency_ms=latency_ms)
        return known if self.until_s is not None else replace(known, trouble=None)

    def unseen(self, error: NodeError) -> Self:
        """A heartbeat was not answered as it should."""
        if isinstance(error, NodeSilent) and self.in_flight:
            return self  # it works, and answers one thing after the other
        if self.until_s is not None and not isinstance(error, NodeUnreachable):
            return self
        gone = isinstance(error, NodeUnreachable)  # what comes back is another server, without a past
        strikes = 0 if gone else self.strikes
        return replace(self, latency_ms=None, trouble=Trouble(type(error), error.said), until_s=None, strikes=strikes)

    def spoke(self) -> Self:
        """The first text of an answer is there, or a trial went well: it may be asked again."""
        return replace(self, trouble=None, until_s=None, nonsense=min(self.nonsense, _NONSENSE_BEFORE_QUARANTINE - 1))

    def answered(self) -> Self:
        """A request was answered, wholly and with sense."""
        return replace(self.spoke(), strikes=0, nonsense=0)

    def failed(self, error: NodeError, now_s: float, open_s: float) -> Self:
        """A request failed."""
        trouble = Trouble(type(error), error.said)
        if error.blames_node:
            return replace(
                self,
                trouble=trouble,
                strikes=self.strikes + 1,
                nonsense=self.nonsense + isinstance(error, NodeNonsense),
                failed_at_s=now_s,
                until_s=now_s + open_s * 2 ** min(self.strikes, _MOST_DOUBLINGS),
            )
        if isinstance(error, NodeUnsuited | NodeRejected):
            return self  # the request was at fault; the node is as well as before
        return replace(self, trouble=trouble, until_s=now_s + _pause_s(error) if isinstance(error, NodeBusy) else None)

    def woke(self) -> Self:
        """This computer slept: what was true of the network before says nothing now."""
        return replace(self, trouble=_NOT_YET, strikes=0, until_s=None, latency_ms=None)

    def at(self, now_s: float) -> Self:
        """Return what is known at `now_s`: a pause that the node asked for ends by itself.

        One that was loading is taken to load still, until it answers something; it may be asked whether it does.
        """
        if self.until_s is None or now_s < self.until_s or not self._is(NodeBusy):
            return self
        return replace(self, trouble=self.trouble if self._is(NodeLoading) else None, until_s=None)

    def trial_due(self, now_s: float) -> bool:
        """Whether the breaker has been open long enough to try the node again."""
        return self.until_s is not None and now_s >= self.until_s and not self._is(NodeBusy)

    @property
    def untried(self) -> bool:
        """Whether nothing at all is known of it."""
        return self.trouble is _NOT_YET

    @property
    def pauses(self) -> bool:
        """Whether it asked to be left alone."""
        return self.until_s is not None and self._is(NodeBusy)

    @property
    def locked_out(self) -> bool:
        """Whether the node refuses our key: asking again would not change its mind."""
        return self._is(NodeUnauthorised)

    @property
    def quarantined(self) -> bool:
        """Whether it is asked nothing but trials."""
        return self.until_s is not None and self.nonsense >= _NONSENSE_BEFORE_QUARANTINE

    def recovering(self, now_s: float) -> bool:
        """Whether it failed a moment ago, and speaks again without having answered a whole request since."""
        return self.trouble is None and self.strikes > 0 and now_s < (self.failed_at_s or now_s) + _RECOVERING_S

    def state(self, max_in_flight: int, now_s: float) -> NodeState:
        """Return what to call all this at `now_s`."""
        if self.trouble is None:
            if self.loading is not None:
                return NodeState.LOADING
            if self.in_flight >= max_in_flight:
                return NodeState.BUSY
            return NodeState.DEGRADED if self.recovering(now_s) else NodeState.UP
        if self._is(NodeLoading):
            return NodeState.LOADING
        if self._is(NodeBusy):
            return NodeState.BUSY
        if self.quarantined:
            return NodeState.QUARANTINED
        if self.until_s is not None:
            return NodeState.OPEN
        return NodeState.AUTH if self.locked_out else NodeState.DOWN

    def reason(self, now_s: float) -> Message | None:
        """Return why it is not simply up at `now_s`."""
        if self.trouble is not None:
            return self.trouble.said
        if self.loading is not None:
            return message("it is loading {model}", model=self.loading)
        return message("it failed a moment ago, and speaks again") if self.recovering(now_s) else None

    def _is(self, kind: type[NodeError]) -> bool:
        return self.trouble is not None and issubclass(self.trouble.kind, kind)


def _pause_s(error: NodeBusy) -> float:
    if error.retry_after_s is not None:
        return error.retry_after_s
    return _LOADING_S if isinstance(error, NodeLoading) else _BUSY_S
