"""All nodes and how they fare: heartbeats, trials, discovery.  Lives on the net thread; `statuses` is for everybody."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence

from etoile.config import Node, Routing
from etoile.domain.events import Event, NodesSeen, PartMissing, PartReady
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.routing.settings import with_settings
from etoile.errors import EtoileError, NodeError, NodeSilent, NodeUnsuited
from etoile.llm.discovery import OWN_PLACES, Found, Place, discover
from etoile.llm.health import Health
from etoile.llm.keys import masked_url, plain_http_warning
from etoile.llm.limits import limited
from etoile.llm.records import ChatMessage, Dialect
from etoile.text import message

log = logging.getLogger(__name__)

PROBE_WITHIN_S = 1.5
"""A node gets no longer to say what models it has: one slow node must not keep the list of all."""

_TRIAL: list[ChatMessage] = [{"role": "user", "content": "Say: ok"}]
_TRIAL_TOKENS = 1


class Member:
    """A node, the dialect that speaks to it, and how it fares."""

    def __init__(self, node: Node, dialect: Dialect, *, confirmed: bool = True) -> None:
        self.node = node
        self.dialect = dialect
        self.confirmed = confirmed
        self.health = Health()
        self._url = masked_url(node.url)
        self._note = plain_http_warning(node)

    def status(self) -> NodeStatus:
        """Return what others see of it."""
        if self.confirmed:
            seen = self.health.status(self.node, self._url, self._usual_model(), self._note)
            return with_settings(seen, self.node)
        return NodeStatus(
            name=self.node.name,
            dialect=self.node.dialect,
            url=self._url,
            state=NodeState.UNCONFIRMED,
            models=self.health.listing.models,
            here=True,
            reason=message("found on this machine; it is used once you confirm it"),
        )

    async def model(self) -> str:
        """Return the model to ask, after a look at the node's list if need be.  Raises NodeError."""
        if self.node.model is None and not self.health.listing.models:
            await self.probe()
        model = self._usual_model()
        if model is None:
            raise NodeUnsuited(
                message("it has no model that may be used"),
                message("Load a model there, or name one with `model` in the settings file."),
            )
        if model in self.node.never:
            raise NodeUnsuited(message("{model} must never be used there", model=model))
        return model

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
        self.health = self.health.seen(listing, 1000 * (time.monotonic() - started_s))

    def _unseen(self, error: NodeError) -> NodeError:
        self.health = self.health.unseen(error)
        return error

    def _usual_model(self) -> str | None:
        """Return the model of the settings; else the first one that is loaded, else the first one there is."""
        if self.node.model is not None:
            return self.node.model
        listing = self.health.listing
        usable = (model for model in (*listing.loaded, *listing.models) if model not in self.node.never)
        return next(usable, None)


class Fleet:
    """Every node, those of the settings first."""

    def __init__(
        self,
        nodes: Sequence[Node],
        routing: Routing,
        publish: Callable[[Event], None],
        dialect_of: Callable[[Node], Dialect],
        *,
        confirmed: Callable[[], frozenset[str]],
        places: Sequence[Place],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._routing = routing
        self._publish = publish
        self._dialect_of = dialect_of
        self._confirmed = confirmed
        self._places = places if routing.discover else ()
        self._now_s = now_s
        self._looking = asyncio.Lock()
        self._looked = False
        self.members = [Member(node, dialect_of(node)) for node in nodes]
        self._told: tuple[NodeStatus, ...] | None = None
        self._missing = False

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return every node as it is now.  Safe from any thread."""
        return tuple(member.status() for member in tuple(self.members))

    def tell(self) -> None:
        """Publish how the nodes are, if that has changed."""
        now = self.statuses()
        if now != self._told:
            self._told = now
            self._publish(NodesSeen(now))

    def usable(self) -> list[Member]:
        """Return the nodes that may be asked at all."""
        return [member for member in self.members if member.confirmed]

    def named(self, name: str) -> Member | None:
        """Return the node called `name`."""
        return next((member for member in self.members if member.node.name == name), None)

    def confirm(self, name: str) -> str | None:
        """Use the node `name` from now on; return its address to keep, None when there is no such node."""
        member = self.named(name)
        if member is None:
            return None
        member.confirmed = True
        self.tell()
        self._tell_whether_missing()
        return member.node.url

    def failed(self, member: Member, error: NodeError) -> None:
        """Take note that a request to `member` failed."""
        member.health = member.health.failed(error, self._now_s(), self._routing.open_s)

    async def watch(self) -> None:
        """Keep asking every node how it is, each at its own pace, until cancelled."""
        import anyio

        async with anyio.create_task_group() as beats:
            watched: set[str] = set()
            while True:
                for member in self.members:
                    if member.node.name not in watched:
                        watched.add(member.node.name)
                        beats.start_soon(self._beat, member)
                await self._look_around()
                await anyio.sleep(self._pause_s())

    async def look(self, places: Sequence[Place]) -> None:
        """Look for servers at `places` that are not known yet, and take them in."""
        async with self._looking:
            known = [member.node for member in self.members]
            wanted = [place for place in places if place in self._places]
            for found in await discover(wanted, self._dialect_of, known):
                await self._take_in(found)
            self._looked = True
        self.tell()
        self._tell_whether_missing()

    async def look_once(self) -> None:
        """Look everywhere, unless that has been done."""
        if not self._looked:
            await self.look(self._places)

    async def check(self) -> tuple[NodeStatus, ...]:
        """Ask every node now, all at once, and look for others; return what is known then."""
        await asyncio.gather(self.look(self._places), *(self._probe(member) for member in tuple(self.members)))
        self.tell()
        return self.statuses()

    async def _look_around(self) -> None:
        """Look everywhere at first; afterwards only where a server of Ollama's or LM Studio's may have been started.

        The other ports belong to anybody, and nobody wants our questions in his server's log for ever.
        """
        try:
            await self.look(OWN_PLACES if self._looked else self._places)
        except Exception:
            log.exception("the search for servers on this machine failed")

    async def _beat(self, member: Member) -> None:
        while True:
            try:
                await self._check_up(member)
            except Exception:
                log.exception("the heartbeat of %s failed", member.node.name)
            await asyncio.sleep(self._pause_s())

    async def _check_up(self, member: Member) -> None:
        """Ask `member` how it is; try it out when it has been left alone long enough."""
        if member.health.locked_out:
            return
        await self._probe(member)
        if member.health.trial_due(self._now_s()):
            await self._try_out(member)
            self.tell()

    async def _probe(self, member: Member) -> None:
        try:
            await member.probe()
        except NodeError as error:
            log.debug("%s: %s", member.node.name, error)
        self.tell()

    async def _try_out(self, member: Member) -> None:
        """Ask for one token, so that no user has to find out whether the node works again."""
        try:
            answer = member.dialect.chat(await member.model(), _TRIAL, max_tokens=_TRIAL_TOKENS)
            async for _ in limited(answer, self._routing):
                pass
        except NodeError as error:
            self.failed(member, error)
        else:
            member.health = member.health.answered()

    def _tell_whether_missing(self) -> None:
        """Publish, once per change, that there is nobody to ask, or that there is somebody now."""
        missing = not self.usable()
        if missing and not self._missing:
            self._publish(
                PartMissing(
                    "nodes",
                    message("There is no language model node: the settings name none, and none runs on this machine."),
                    message("Start Ollama or LM Studio here, or add a node to the settings file."),
                )
            )
        elif self._missing and not missing:
            self._publish(PartReady("nodes"))
        self._missing = missing

    async def _take_in(self, found: Found) -> None:
        name = found.node.name if self.named(found.node.name) is None else f"{found.node.name}-local"
        node = Node(name=name, url=found.node.url, dialect=found.node.dialect)
        member = Member(node, found.dialect, confirmed=found.recognised or await self._is_confirmed(node.url))
        member.health = member.health.seen(found.listing, found.latency_ms)
        self.members.append(member)

    async def _is_confirmed(self, url: str) -> bool:
        """Ask on another thread: while the history is being opened its reader waits, and answers must go on."""
        import anyio.to_thread

        try:
            return url in await anyio.to_thread.run_sync(self._confirmed, abandon_on_cancel=True)
        except EtoileError as error:
            log.warning("which servers were confirmed cannot be read: %s", error)
            return False

    def _pause_s(self) -> float:
        """Return the time to the next heartbeat; nodes asked in step would all answer at once."""
        return self._routing.heartbeat_s * random.uniform(0.8, 1.2)
