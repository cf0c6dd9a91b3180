"""A node of the fleet: the dialect that speaks to it, how it fares, and how fast it is."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from etoile.config import Node, uuids
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.routing.models import same_model
from etoile.domain.routing.settings import with_settings
from etoile.domain.routing.usual import UsualPace
from etoile.errors import NodeError, NodeSilent, NodeUnsuited
from etoile.llm.health import Health
from etoile.llm.keys import is_here, masked_url, plain_http_warning
from etoile.llm.known import need_of
from etoile.llm.pace import Pace
from etoile.llm.records import Dialect
from etoile.text import Message, message

PROBE_WITHIN_S = 1.0
"""A node gets no longer to say what models it has: one slow node must not keep the list of all."""

FAILED_LATELY = (NodeState.OPEN, NodeState.DOWN, NodeState.AUTH, NodeState.QUARANTINED)

_TELL_WHAT_IS_LOADED = ("ollama", "lmstudio")
_WORTH_TELLING_S = 5.0


class Member:
    """A node, the dialect that speaks to it, and how it fares.  Lives on the net thread; `status` is for everybody."""

    def __init__(
        self, node: Node, dialect: Dialect, *, confirmed: bool = True, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.node = node
        self.dialect = dialect
        self.confirmed = confirmed
        self.health = Health()
        self.paces: defaultdict[str, Pace] = defaultdict(Pace)
        """By model."""
        self.loads: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By model: servers load one twice for two requests at once."""
        self._now_s = now_s
        seen = NodeStatus(
            name=node.name,
            dialect=node.dialect,
            url=masked_url(node.url),
            state=NodeState.DOWN,
            here=is_here(node),
            gpus=uuids(node),
            reason=plain_http_warning(node),
        )
        self._usual = with_settings(seen, node)
        self._told = (self.health, not confirmed, self._usual)
        """What `status` returned last, and for what: it is asked for far more often than anything changes."""

    def status(self, clock_ahead_s: float = 0.0) -> NodeStatus:
        """Return what others see of it; `clock_ahead_s` is the time of day less the monotonic clock."""
        health, confirmed, status = self._told
        changes_by_itself = health.until_s is not None or health.strikes
        if health is not self.health or confirmed is not self.confirmed or changes_by_itself:
            health, confirmed = self.health, self.confirmed
            status = self._status(clock_ahead_s)
            self._told = health, confirmed, status
        return status

    def _status(self, clock_ahead_s: float) -> NodeStatus:
        if not self.confirmed:
            return replace(
                self._usual,
                state=NodeState.UNCONFIRMED,
                models=self.health.listing.models,
                here=True,
                reason=message("found on this machine; it is used once you confirm it"),
            )
        now_s = self._now_s()
        health, model = self.health.at(now_s), self.usual_model()
        pace = self.paces.get(model) if model is not None else None
        return replace(
            self._usual,
            state=health.state(self.node.max_in_flight, now_s),
            model=model,
            models=health.listing.models,
            loaded=health.listing.loaded,
            in_memory=health.listing.in_memory,
            latency_ms=health.latency_ms,
            in_flight=health.in_flight,
            reason=health.reason(now_s) or self._usual.reason,
            first_token_ms=pace.first_token_ms if pace else None,
            tokens_per_s=pace.tokens_per_s if pace else None,
            context_tokens=health.listing.context_tokens.get(model) if model is not None else None,
            need_bytes=self._needs(model),
            retry_at_s=None if health.until_s is None else clock_ahead_s + health.until_s,
        )

    def _needs(self, usual: str | None) -> dict[str, int]:
        """Return about what the models that may be asked take of the GPUs, as far as that can be told."""
        sizes = self.health.listing.size_bytes
        asked = {model for model in (usual, *self.node.models.values()) if model is not None}
        return {
            model: need_of(model, size) for model in asked for name, size in sizes.items() if same_model(name, model)
        }

    @property
    def is_well(self) -> bool:
        """Whether it may be asked like any other; one that nobody asked yet is taken to be well."""
        now_s = self._now_s()
        health = self.health.at(now_s)
        return health.untried or health.state(self.node.max_in_flight, now_s) not in FAILED_LATELY

    @property
    def is_loading(self) -> bool:
        """Whether it tells that its model is on the way."""
        return self.health.state(self.node.max_in_flight, self._now_s()) is NodeState.LOADING

    @property
    def pauses(self) -> bool:
        """Whether it asked to be left alone for now."""
        return self.health.at(self._now_s()).pauses

    def why_not_now(self) -> Message:
        """Return, as a clause, why it cannot be asked now."""
        now_s = self._now_s()
        reason = self.health.reason(now_s) or message("it is busy")
        left_s = (self.health.until_s or 0.0) - now_s
        if left_s < _WORTH_TELLING_S:
            return reason
        return message("{reason}, for {time:duration} more", reason=reason, time=left_s)

    async def model(self, chosen: str | None = None) -> str:
        """Return the model to ask: `chosen`, else the usual one, after a look at the node's list if need be.

        Raises NodeError.
        """
        if chosen is None and self.node.model is None and not self.health.listing.models:
            await self.probe()
        model = chosen or self.usual_model()
        if model is None:
            raise NodeUnsuited(
                message("it has no model that may be used"),
                message("Load a model there, or name one with `model` in the settings file."),
            )
        if model in self.node.never:
            raise NodeUnsuited(message("{model} must never be used there", model=model))
        return model

    def recall(self, usual: Mapping[tuple[str, str], UsualPace]) -> None:
        """Take what an earlier run measured, by address and model, for models that have not answered in this one."""
        for (url, model), pace in usual.items():
            if url == masked_url(self.node.url) and model not in self.paces:
                self.paces[model] = Pace(pace)
                self.health = replace(self.health)  # it is to be told anew

    def measured(self, clock_ahead_s: float) -> Iterator[UsualPace]:
        """Yield what this run measured; `clock_ahead_s` is the time of day less the monotonic clock."""
        for model, pace in self.paces.items():
            if pace.measured_at_s is not None and (pace.first_token_ms or pace.tokens_per_s):
                yield UsualPace(
                    url=masked_url(self.node.url),
                    model=model,
                    first_token_s=None if pace.first_token_ms is None else pace.first_token_ms / 1000,
                    tokens_per_s=pace.tokens_per_s,
                    at_s=pace.measured_at_s + clock_ahead_s,
                )

    def usual_model(self) -> str | None:
        """Return the model of the settings; else the first one that is loaded, else the first one there is."""
        if self.node.model is not None:
            return self.node.model
        listing = self.health.listing
        usable = (model for model in (*listing.loaded, *listing.models) if model not in self.node.never)
        return next(usable, None)

    def is_cold(self, model: str) -> bool:
        """Whether `model` is to be loaded first, as far as the node tells."""
        listing = self.health.listing
        tells = listing.loaded or (listing.models and self.node.dialect in _TELL_WHAT_IS_LOADED)
        return bool(tells) and not any(same_model(name, model) for name in listing.loaded)

    def loaded(self, model: str) -> None:
        """Take note that `model` speaks: it is in memory, until the next heartbeat tells otherwise."""
        if self.is_cold(model):
            listing = self.health.listing
            self.health = replace(self.health, listing=replace(listing, loaded=(*listing.loaded, model)))

    async def probe(self) -> None:
        """Ask what models there are, and take note of the answer.  Raises NodeError."""
        import anyio

        started_s = time.monotonic()
        try:
            with anyio.fail_after(PROBE_WITHIN_S):
                listing = await self.dialect.models()
        except TimeoutError:
            raise self._unseen(NodeSilent(message("no answer within {seconds:g} s", seconds=PROBE_WITHIN_S))) from None
        except NodeError as error:
            raise self._unseen(error) from error.__cause__
        self.health = self.health.at(self._now_s()).seen(listing, 1000 * (time.monotonic() - started_s))

    def _unseen(self, error: NodeError) -> NodeError:
        self.health = self.health.unseen(error)
        return error
