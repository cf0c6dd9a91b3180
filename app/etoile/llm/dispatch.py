"""One piece of work to the node that can best take it now, and to the next one when that fails.

the best node not yet tried -> Started, Text..., Ended
    | it fails                      -> PassedOver, and the next one is asked
    | it breaks off half-way        -> PassedOver, and the next one goes on from there, or begins afresh: Started tells
    | it is full or loads a model   -> another one; where there is none, Waiting, until it can take it
    | the request itself is wrong   -> its NodeError is raised
    | no node is left               -> NobodyAnswered is raised, naming each and why

A node gets no more requests at once than its settings say, and one that failed lately gets one alone: a trial, which
everybody else waits for.
"""

import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from etoile.config import Routing
from etoile.domain.nodes import Attribution, NodeStatus
from etoile.domain.plan import Rules, Standing, Wanted, plan
from etoile.errors import NodeBusy, NodeError, NodeNonsense
from etoile.llm.attempt import Attempt
from etoile.llm.fleet import Fleet
from etoile.llm.member import Member
from etoile.llm.records import ChatMessage, Text, ToolCall
from etoile.llm.work import Ended, NobodyAnswered, PassedOver, Progress, Started, Waiting, Work, tokens_in
from etoile.text import Message, message

__all__ = ["Dispatch", "Ended", "NobodyAnswered", "PassedOver", "Progress", "Started", "Waiting", "Work"]

log = logging.getLogger(__name__)

BUSY_PATIENCE_S = 30.0
"""So long nodes are waited for that turned the request away; those that work on other requests as long as they do."""
LOADING_PATIENCE_S = 300.0

_LOOK_AGAIN_S = 5.0
_WORTH_CONTINUING = 80
"""Letters; less is sooner said again than gone on from."""
_CONTINUE = "Your answer was cut off there. Go on exactly where it stops; repeat nothing and introduce nothing."

Enrich = Callable[[tuple[NodeStatus, ...]], Sequence[NodeStatus]]
"""Adds to the nodes' states what others measure: heat, memory, load."""


@dataclass(slots=True, kw_only=True)
class _Course:
    """How far one piece of work has come."""

    work: Work
    wanted: Wanted
    began_s: float
    reasons: dict[str, Message] = field(default_factory=dict)
    """Why each node was passed over for good."""
    remedy: Message | None = None
    turned_away: set[str] = field(default_factory=set)
    """Nodes that were full, and may be asked again."""
    said: list[str] = field(default_factory=list)
    """What a node that broke off had said, as far as it is worth going on from."""
    paused_since_s: float | None = None
    """Since when nobody who could take it has been at work."""
    waiting: Waiting | None = None
    nonsense: bool = False
    """Whether a node answered it without sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
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


class Dispatch:
    """Hands work to the nodes of `fleet`.  Lives on the net thread."""

    def __init__(self, fleet: Fleet, routing: Routing, enrich: Enrich = tuple) -> None:
        self._fleet = fleet
        self._routing = routing
        self._rules = Rules.of(routing)
        self._enrich = enrich

    def standings(self, wanted: Wanted) -> tuple[Standing, ...]:
        """Return how the nodes stand for such work now, the best first."""
        return plan(wanted, tuple(self._enrich(self._fleet.statuses())), self._rules)

    async def answer(self, work: Work) -> AsyncGenerator[Progress]:
        """Yield how the work fares; closing this closes the node's connection, which stops its work.

        Raises NodeError when the request itself is wrong, NobodyAnswered when no node was able to.
        """
        wanted = work.wanted if work.wanted.tokens else replace(work.wanted, tokens=tokens_in(work.messages))
        course = _Course(work=work, wanted=wanted, began_s=time.monotonic())
        ended = False
        while not ended:
            for passed in self._failed_meanwhile(course):
                yield passed
            candidates = self._candidates(course)
            if (chosen := _first_free(candidates)) is not None:
                course.paused_since_s = course.waiting = None
                async with aclosing(self._try(chosen, course)) as progress:
                    async for step in progress:
                        ended = isinstance(step, Ended)
                        yield step
            elif not candidates or _out_of_patience(candidates, course):
                for passed in self._left_out(candidates, course):
                    yield passed
                raise NobodyAnswered(course.reasons, course.remedy)
            else:
                if (waiting := _waiting_for(candidates)) != course.waiting:
                    course.waiting = waiting
                    yield waiting
                await self._fleet.changed(_look_again_s(candidates))

    def _candidates(self, course: _Course) -> list[_Candidate]:
        """Return who may take it, the best first."""
        wanted = replace(course.wanted, tried=course.wanted.tried | course.reasons.keys())
        standings = [one for one in self.standings(wanted) if one.takes]
        members = [self._fleet.named(one.node) for one in standings]
        return [
            _Candidate(member=member, standing=one, healthy=member.is_well)
            for one, member in zip(standings, members, strict=True)
            if member is not None
        ]

    def _failed_meanwhile(self, course: _Course) -> Iterator[PassedOver]:
        """Pass over the nodes that failed somebody else while this waited: each would cost the same again."""
        for one in self._candidates(course) if course.waiting else ():
            health = one.member.health
            if not one.healthy and health.reason and (health.failed_at_s or 0.0) > course.began_s:
                yield _pass_over(one.member.node.name, health.reason, course)

    async def _try(self, chosen: _Candidate, course: _Course) -> AsyncGenerator[Progress]:
        """Yield what the chosen node answers, or that it is passed over.

        Raises NodeError when the request itself is wrong.
        """
        member, naps = chosen.member, self._fleet.naps
        with self._fleet.flight(member):
            try:
                model = await member.model(chosen.standing.model)
                async with aclosing(self._attempt(chosen, model, course)) as progress:
                    async for step in progress:
                        _take_note(step, member, course)
                        yield step
                return
            except NodeError as error:
                log.info("%s did not answer: %s", member.node.name, error)
                passed = self._failed(member, error, course) if self._fleet.naps == naps else _slept(member)
        if passed:
            yield passed

    def _attempt(self, chosen: _Candidate, model: str, course: _Course) -> AsyncGenerator[Progress]:
        continues = len("".join(course.said)) >= _WORTH_CONTINUING
        if not continues:
            course.said.clear()
        work = replace(course.work, messages=_continued(course)) if continues else course.work
        attempt = Attempt(chosen.member, model, work, self._routing, self._fleet.tell)
        attribution = Attribution(node=chosen.member.node.name, model=model)
        return attempt.progress(Started(attribution, chosen.standing.notes, continues), course.began_s)

    def _failed(self, member: Member, error: NodeError, course: _Course) -> PassedOver | None:
        """Take note of a failure.  Raises it when the request itself is wrong."""
        name = member.node.name
        if not isinstance(error, NodeNonsense):
            self._fleet.failed(member, error)
        else:
            # What makes several nodes talk nonsense is the question.
            if not course.nonsense:
                self._fleet.failed(member, error)
            course.nonsense = True
            course.said.clear()
        if not error.retryable:
            raise type(error)(message("{node}: {reason}", node=name, reason=error.said), error.remedy) from error
        course.remedy = course.remedy or error.remedy
        if not isinstance(error, NodeBusy):
            return _pass_over(name, error.said, course)
        if name in course.turned_away:
            return None
        course.turned_away.add(name)
        return PassedOver(name, error.said)

    def _left_out(self, candidates: Sequence[_Candidate], course: _Course) -> Iterator[PassedOver]:
        """Pass over those that would not let themselves be waited for, and tell who was never asked, and why."""
        for one in candidates:
            yield _pass_over(one.member.node.name, one.member.why_not_now(), course)
        for standing in self.standings(course.wanted):
            asked_for = course.wanted.node in (None, standing.node)
            told = standing.node in course.reasons or standing.node in course.wanted.tried
            if asked_for and not standing.takes and not told:
                course.remedy = course.remedy or standing.remedy
                yield _pass_over(standing.node, standing.reasons[0], course)


def _first_free(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """Return the best one that can be asked at once; what failed lately only when nobody else could, even later."""
    healthy = [one for one in candidates if one.healthy]
    return next((one for one in healthy or candidates if one.free), None)


def _pass_over(name: str, reason: Message, course: _Course) -> PassedOver:
    course.reasons[name] = reason
    return PassedOver(name, reason)


def _slept(member: Member) -> PassedOver:
    return PassedOver(member.node.name, message("this computer slept, and the connection is gone"))


def _take_note(step: Progress, member: Member, course: _Course) -> None:
    match step:
        case Text(text):
            course.said.append(text)
        case Started():
            member.health = member.health.spoke()
        case ToolCall():
            course.said.clear()
        case Ended():
            member.health = member.health.answered()


def _continued(course: _Course) -> tuple[ChatMessage, ...]:
    return (
        *course.work.messages,
        {"role": "assistant", "content": "".join(course.said)},
        {"role": "user", "content": _CONTINUE},
    )


def _out_of_patience(candidates: Sequence[_Candidate], course: _Course) -> bool:
    """Whether all have asked to be left alone for longer than anybody wants to wait."""
    if any(one.member.health.in_flight for one in candidates):
        course.paused_since_s = None
        return False
    now_s = time.monotonic()
    course.paused_since_s = course.paused_since_s or now_s
    loading = any(one.member.is_loading for one in candidates)
    most_s = course.paused_since_s + (LOADING_PATIENCE_S if loading else BUSY_PATIENCE_S)
    return min((one.member.health.until_s or now_s) for one in candidates) > most_s or now_s > most_s


def _look_again_s(candidates: Sequence[_Candidate]) -> float:
    now_s = time.monotonic()
    pauses = (one.member.health.until_s - now_s for one in candidates if one.member.health.until_s is not None)
    return max(0.02, min(_LOOK_AGAIN_S, *pauses, _LOOK_AGAIN_S))


def _waiting_for(candidates: Sequence[_Candidate]) -> Waiting:
    """Return what is waited for."""
    if any(one.member.health.in_flight for one in candidates):
        return Waiting(None, message("Every node is busy; the first one that is free takes this."))
    best = candidates[0].member
    return Waiting(best.node.name, message("{node}: {reason}", node=best.node.name, reason=best.why_not_now()))
