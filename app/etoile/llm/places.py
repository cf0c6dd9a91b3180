"""Places at nodes: who may take a piece of work now, who waits for whom, and for how long.

A node gets no more requests at once than its settings say, and one that failed lately gets one alone: a trial, which
everybody else waits for.  Where all that would do are full, load a model or asked to be left alone, the work waits.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace

from etoile.config import Routing
from etoile.domain.nodes import NodeStatus
from etoile.domain.plan import Rules, Standing, Wanted, plan
from etoile.llm.fleet import Fleet
from etoile.llm.member import Member
from etoile.llm.queue import Queue
from etoile.llm.work import NobodyAnswered, PassedOver, Waiting, Work
from etoile.text import Message, message

BUSY_PATIENCE_S = 30.0
"""So long nodes are waited for that turned the request away; those that work on other requests as long as they do."""
LOADING_PATIENCE_S = 300.0
_LOOK_AGAIN_S = 5.0
_LEAST_PAUSE_S = 0.02
_TELL_AGAIN_S = 60.0
"""A request that waits without a word is taken for one that is lost."""

Enrich = Callable[[tuple[NodeStatus, ...]], Sequence[NodeStatus]]
"""Adds to the nodes' states what others measure: heat, memory, load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node that may take the work, as it is at this moment."""

    member: Member
    standing: Standing
    healthy: bool
    """Whether nothing speaks against it; one that was never asked is taken to be well."""

    @property
    def free(self) -> bool:
        """Whether it can be asked at once.  One that failed lately is given one request alone, as a trial."""
        if self.standing.full or self.member.pauses:
            return False
        return self.healthy or self.member.health.in_flight == 0


@dataclass(slots=True, kw_only=True)
class Course:
    """How far one piece of work has come."""

    work: Work
    began_s: float
    reasons: dict[str, Message] = field(default_factory=dict)
    """Why each node was passed over for good."""
    remedy: Message | None = None
    turned_away: set[str] = field(default_factory=set)
    """Nodes that were full, and may be asked again."""
    said: list[str] = field(default_factory=list)
    """What a node that broke off had said, as far as it is worth going on from."""
    nonsense: bool = False
    """Whether a node answered it without sense."""
    paused_since_s: float | None = None
    """Since when nobody who could take it has been at work."""
    position: int | None = None
    """In the queue, from 1."""
    news: list[PassedOver | Waiting] = field(default_factory=list)
    """What has not been told yet."""
    moved: "asyncio.Future[None] | None" = None
    """Done when the position has changed."""
    _told: Waiting | None = None
    _told_at_s: float = 0.0

    def pass_over(self, name: str, reason: Message) -> PassedOver:
        """Never ask the node `name` again for this work."""
        self.reasons[name] = reason
        return PassedOver(name, reason)

    def move(self, position: int) -> None:
        """Take note of the position in the queue."""
        self.position = position
        if self.moved is not None and not self.moved.done():
            self.moved.set_result(None)

    def take_news(self, waiting: Waiting | None = None) -> Sequence[PassedOver | Waiting]:
        """Return what has not been told yet; with what is waited for, if it is something else, or told long ago."""
        news, self.news = self.news, []
        now_s = time.monotonic()
        if waiting is not None and (waiting != self._told or now_s - self._told_at_s > _TELL_AGAIN_S):
            self._told, self._told_at_s = waiting, now_s
            news.append(waiting)
        return news


class Places:
    """Gives places at the nodes of `fleet`.  Lives on the net thread."""

    def __init__(self, fleet: Fleet, routing: Routing, enrich: Enrich) -> None:
        self._fleet = fleet
        self._rules = Rules.of(routing)
        self._enrich = enrich
        self._queue: Queue[Place] = Queue(routing.queue_most)
        fleet.on_change = self._queue.reconsider

    def use(self, routing: Routing) -> None:
        """Go by `routing` from the next request on."""
        self._rules = Rules.of(routing)
        self._queue.most = routing.queue_most

    def standings(self, wanted: Wanted) -> tuple[Standing, ...]:
        """Return how the nodes stand for such work now, the best first."""
        return plan(wanted, tuple(self._enrich(self._fleet.statuses())), self._rules)

    def _take(self, course: Course) -> Place | None:
        """Take the best place that is free; None when there is none yet.  Raises NobodyAnswered when none will be."""
        if course.position and self._nothing_free(course):
            return None
        self._pass_over_who_failed_meanwhile(course)
        candidates = self._candidates(course)
        healthy = [one for one in candidates if one.healthy]
        # What failed lately is asked only when nobody else could, even later.
        place = next((one for one in healthy or candidates if one.free), None)
        if place is not None:
            course.paused_since_s = None
            self._fleet.begin(place.member)
        elif not candidates or _out_of_patience(candidates, course):
            self._leave_out(candidates, course)
            raise NobodyAnswered(course.reasons, course.remedy)
        return place

    def give_back(self, place: Place) -> None:
        """Free a place."""
        self._fleet.end(place.member)

    async def wait(self, course: Course) -> AsyncGenerator[PassedOver | Waiting | Place]:
        """Yield what is waited for, and at last the place, which the caller gives back.

        Raises NobodyAnswered, and QueueFull where too many wait already.
        """
        if (place := self._taken_at_once(course)) is not None:
            yield place
            return
        waiting = asyncio.ensure_future(
            self._queue.wait(course.work.priority, lambda: self._take(course), course.move, self.give_back)
        )
        handed_over = False
        try:
            while not waiting.done():
                moved = course.moved = asyncio.get_running_loop().create_future()
                within_s = self._look_again_s(course)
                done, _ = await asyncio.wait((waiting, moved), timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    self._queue.reconsider()
                if not waiting.done():
                    for step in course.take_news(self._waiting_for(course)):
                        yield step
            for step in course.take_news():
                yield step
            place = waiting.result()
            handed_over = True
            yield place
        finally:
            if not waiting.cancel() and not handed_over and waiting.exception() is None:
                self.give_back(waiting.result())

    def _taken_at_once(self, course: Course) -> Place | None:
        """Take a place that nobody who waits could use; whoever could was given it when it became free."""
        with contextlib.suppress(NobodyAnswered):  # the queue tells the same, and its news first
            return self._take(course)
        return None

    def _askable(self, course: Course) -> list[Member]:
        """Return who is not ruled out yet: quicker than to weigh them all, for each of those that wait."""
        return [
            member
            for member in self._fleet.usable()
            if course.work.wanted.node in (None, member.node.name)
            and member.node.name not in course.reasons
            and member.node.name not in course.work.wanted.tried
        ]

    def _nothing_free(self, course: Course) -> bool:
        """Whether there is nothing to decide: everybody is at work, or pauses beside one that is."""
        members = self._askable(course)
        at_work = [member for member in members if member.health.in_flight >= member.node.max_in_flight]
        return bool(at_work) and all(member in at_work or member.pauses for member in members)

    def _candidates(self, course: Course) -> list[Place]:
        """Return who may take it, the best first."""
        wanted = replace(course.work.wanted, tried=course.work.wanted.tried | course.reasons.keys())
        standings = [one for one in self.standings(wanted) if one.takes]
        members = [self._fleet.named(one.node) for one in standings]
        return [
            Place(member=member, standing=one, healthy=member.is_well)
            for one, member in zip(standings, members, strict=True)
            if member is not None
        ]

    def _pass_over_who_failed_meanwhile(self, course: Course) -> None:
        """Pass over the nodes that failed somebody else while this waited: each would cost the same again."""
        for one in self._candidates(course) if course.position else ():
            health = one.member.health
            if not one.healthy and health.trouble and (health.failed_at_s or 0.0) > course.began_s:
                course.news.append(course.pass_over(one.member.node.name, health.trouble.said))

    def _leave_out(self, candidates: Sequence[Place], course: Course) -> None:
        """Pass over those that would not let themselves be waited for, and tell who was never asked, and why."""
        for one in candidates:
            course.news.append(course.pass_over(one.member.node.name, one.member.why_not_now()))
        for standing in self.standings(course.work.wanted):
            asked_for = course.work.wanted.node in (None, standing.node)
            told = standing.node in course.reasons or standing.node in course.work.wanted.tried
            if asked_for and not standing.takes and not told:
                course.remedy = course.remedy or standing.remedy
                course.news.append(course.pass_over(standing.node, standing.reasons[0]))

    def _waiting_for(self, course: Course) -> Waiting:
        """Return what is waited for."""
        members = self._askable(course)
        if not members or any(member.health.in_flight for member in members):
            said = message("Number {position} in the queue: all nodes are busy.", position=course.position)
            return Waiting(None, said, course.position)
        best = members[0]
        said = message("{node}: {reason}", node=best.node.name, reason=best.why_not_now())
        return Waiting(best.node.name, said, course.position)

    def _look_again_s(self, course: Course) -> float:
        """Return when time alone may have changed something: a node asked to be left alone until then."""
        now_s = time.monotonic()
        ends = (member.health.until_s for member in self._askable(course))
        return max(_LEAST_PAUSE_S, min([_LOOK_AGAIN_S, *(end - now_s for end in ends if end is not None)]))


def _out_of_patience(candidates: Sequence[Place], course: Course) -> bool:
    """Whether all have asked to be left alone for longer than anybody wants to wait."""
    if any(one.member.health.in_flight for one in candidates):
        course.paused_since_s = None
        return False
    now_s = time.monotonic()
    course.paused_since_s = course.paused_since_s or now_s
    loading = any(one.member.is_loading for one in candidates)
    most_s = course.paused_since_s + (LOADING_PATIENCE_S if loading else BUSY_PATIENCE_S)
    return max(now_s, min((one.member.health.until_s or now_s) for one in candidates)) > most_s
