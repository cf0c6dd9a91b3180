"""All nodes and how they fare: heartbeats, trials, discovery.  Lives on the net thread; `statuses` is for everybody."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing

from etoile.config import Node, Routing
from etoile.domain.events import Event, NodesSeen, PartReady
from etoile.domain.nodes import NodeStatus
from etoile.domain.routing.usual import UsualPace
from etoile.errors import EtoileError, NodeError, NodeNonsense
from etoile.llm.discovery import Found, discover
from etoile.llm.knocking import NOBODY, Place
from etoile.llm.limits import Bounds, limited
from etoile.llm.member import Member
from etoile.llm.records import ChatMessage, Dialect, Text, Thought
from etoile.llm.waking import clock_with_sleep_s, slept
from etoile.text import message

log = logging.getLogger(__name__)

_TRIAL: list[ChatMessage] = [{"role": "user", "content": "Say: ok"}]
_TRIAL_TOKENS, _TRIAL_OF_SENSE_TOKENS = 1, 32
"""A node that talked nonsense has to say something, after its reasoning if need be."""
_TRIAL_BYTES = 100_000
_TRIAL_S = 0.5
"""A trial that is due and cannot be made now is looked at again after this."""
_CLOCK_SET_S = 2.0
"""A time of day that moves by so much against the monotonic clock was set."""


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
        renew: Callable[[], Awaitable[None]] | None = None,
        told_missing: bool = False,
        now_s: Callable[[], float] = time.monotonic,
        clock_with_sleep_s: Callable[[], float] = clock_with_sleep_s,
    ) -> None:
        """`renew` makes all connections anew; `clock_with_sleep_s` goes on while the computer sleeps.

        `told_missing`: it was told already that there is nobody to ask.
        """
        self._renew = renew
        self._clock_with_sleep_s = clock_with_sleep_s
        self._routing = routing
        self._publish = publish
        self._dialect_of = dialect_of
        self._confirmed = confirmed
        self._usual_places = places
        self._now_s = now_s
        self._looking = asyncio.Lock()
        self._looked = False
        self._usual: Mapping[tuple[str, str], UsualPace] = {}
        self._configured = [Member(node, dialect_of(node), now_s=now_s) for node in nodes]
        self.members = list(self._configured)
        self._told: tuple[NodeStatus, ...] | None = None
        self._missing = told_missing
        self.on_change: Callable[[], None] = lambda: None
        """Called when a node may be asked that could not be before."""
        self._clock_ahead_s = time.time() - now_s()
        self.naps = 0
        """How often this computer slept."""

    @property
    def _places(self) -> Sequence[Place]:
        """Where servers are looked for; nowhere where the settings want none found."""
        return self._usual_places if self._routing.discover else ()

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return every node as it is now.  Safe from any thread."""
        return tuple(member.status(self._clock_ahead_s) for member in tuple(self.members))

    def tell(self) -> None:
        """Publish how the nodes are, if that has changed."""
        now = self.statuses()
        if now != self._told:
            self._told = now
            self._publish(NodesSeen(now))

    def recall(self, usual: Mapping[tuple[str, str], UsualPace]) -> None:
        """Take what an earlier run measured, by address and model, for nodes that are here or will be."""
        self._usual = usual
        for member in self.members:
            member.recall(usual)
        self.tell()

    def measured(self) -> list[UsualPace]:
        """Return what was measured of every model in this run."""
        return [pace for member in self.members for pace in member.measured(self._clock_ahead_s)]

    def usable(self) -> list[Member]:
        """Return the nodes that may be asked at all."""
        return [member for member in self.members if member.confirmed]

    def named(self, name: str) -> Member | None:
        """Return the node called `name`."""
        return next((member for member in self.members if member.node.name == name), None)

    async def use(self, nodes: Sequence[Node], routing: Routing) -> None:
        """Have `nodes` in the place of those of the settings, and `routing`.  What a former one is answering goes on.

        One that stays as it was keeps what is known of it; those that were found stay, but for one that is named now.
        """
        self._routing = routing
        former = self._configured
        taken = {name for node in nodes for name in (node.name.lower(), node.url)}
        found = [one for one in self.members if one not in former]
        self._configured = [
            next((one for one in former if one.node == node), None)
            or Member(node, self._dialect_of(node), now_s=self._now_s)
            for node in nodes
        ]
        left = [one for one in found if not taken & {one.node.name.lower(), one.node.url}]
        self.members = [*self._configured, *left]
        self.recall(self._usual)
        self._tell_whether_missing()
        await asyncio.gather(*(self._probe(member) for member in self._configured if member not in former))

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

    def begin(self, member: Member) -> None:
        """Count one more request to `member` as in flight, and tell it."""
        member.health = member.health.began()
        self.tell()

    def end(self, member: Member) -> None:
        """Count one request less, and tell it."""
        member.health = member.health.ended()
        self.tell()
        self.on_change()

    async def watch(self) -> None:
        """Keep asking every node how it is, each at its own pace, until cancelled."""
        import anyio

        async with anyio.create_task_group() as beats:
            beats.start_soon(self._notice_sleep)
            watched: list[Member] = []
            while True:
                watched = [member for member in watched if member in self.members]
                for member in self.members:
                    if member not in watched:
                        watched.append(member)
                        beats.start_soon(self._beat, member)
                await self._look_around()
                await anyio.sleep(self._pause_s())

    async def woke(self) -> None:
        """This computer slept: no failure counts any more, and no connection can be trusted."""
        self.naps += 1
        for member in self.members:
            member.health = member.health.woke()
        if self._renew is not None:
            await self._renew()
        self.on_change()
        await asyncio.gather(*(self._probe(member) for member in tuple(self.members)))

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

    async def glance(self, within_s: float) -> None:
        """Ask every node how it is, all at once, and wait `within_s` for the answers."""
        import anyio

        with anyio.move_on_after(within_s):
            await asyncio.gather(*(self._probe(member) for member in self.usable()))

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
            await self.look([place for place in self._places if place.is_own or not self._looked])
        except Exception:
            log.exception("the search for servers on this machine failed")

    async def _notice_sleep(self) -> None:
        while True:
            slept_s = await slept(self._clock_with_sleep_s)
            log.info("this computer slept for %.0f s: all nodes are looked at anew", slept_s)
            try:
                await self.woke()
            except Exception:
                log.exception("looking at the nodes after sleep failed")

    async def _beat(self, member: Member) -> None:
        while member in self.members:
            try:
                await self._check_up(member)
            except Exception:
                log.exception("the heartbeat of %s failed", member.node.name)
            await asyncio.sleep(self._until_next_s(member))

    def _until_next_s(self, member: Member) -> float:
        """Return the time to the next heartbeat of `member`, or to its trial when that is sooner."""
        until_s = member.health.until_s
        return self._pause_s() if until_s is None else min(self._pause_s(), max(_TRIAL_S, until_s - self._now_s()))

    async def _check_up(self, member: Member) -> None:
        """Ask `member` how it is; try it out when it has been left alone long enough."""
        self._heed_clock()
        if member.health.locked_out or member.pauses:
            return
        await self._probe(member)
        if member.health.trial_due(self._now_s()) and not member.health.in_flight:
            self.begin(member)
            try:
                await self._try_out(member)
            finally:
                self.end(member)

    def _heed_clock(self) -> None:
        """Follow a time of day that was set: it is only shown, everything else goes by the monotonic clock."""
        ahead_s = time.time() - self._now_s()
        if abs(ahead_s - self._clock_ahead_s) > _CLOCK_SET_S:
            self._clock_ahead_s = ahead_s

    async def _probe(self, member: Member) -> None:
        try:
            await member.probe()
        except NodeError as error:
            log.debug("%s: %s", member.node.name, error)
        self.tell()
        self.on_change()

    async def _try_out(self, member: Member) -> None:
        """Ask for a token, so that no user has to find out whether the node works again."""
        sense = member.health.quarantined
        try:
            await self._trial(member, _TRIAL_OF_SENSE_TOKENS if sense else _TRIAL_TOKENS, must_speak=sense)
        except NodeError as error:
            self.failed(member, error)
        else:
            member.health = member.health.spoke()

    async def _trial(self, member: Member, tokens: int, *, must_speak: bool) -> None:
        model = await member.model()
        first_s = member.paces[model].load_limit_s() if member.is_cold(model) else self._routing.first_token_s
        bounds = Bounds(first_s, self._routing.between_tokens_s, _TRIAL_BYTES)
        answer = limited(member.dialect.chat(model, _TRIAL, max_tokens=tokens), bounds)
        spoke = False
        async with aclosing(answer) as records:
            async for record in records:
                spoke = spoke or (isinstance(record, Text | Thought) and bool(record.text.strip()))
        if must_speak and not spoke:
            raise NodeNonsense(message("its answer is empty"))

    def _tell_whether_missing(self) -> None:
        """Publish, once per change, that there is nobody to ask, or that there is somebody now."""
        missing = not self.usable()
        if missing and not self._missing:
            self._publish(NOBODY)
        elif self._missing and not missing:
            self._publish(PartReady("nodes"))
        self._missing = missing

    async def _take_in(self, found: Found) -> None:
        name = found.node.name if self.named(found.node.name) is None else f"{found.node.name}-local"
        node = Node(name=name, url=found.node.url, dialect=found.node.dialect)
        member = Member(
            node,
            found.dialect,
            confirmed=found.recognised or await self._is_confirmed(node.url),
            now_s=self._now_s,
        )
        member.health = member.health.seen(found.listing, found.latency_ms)
        member.recall(self._usual)
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
