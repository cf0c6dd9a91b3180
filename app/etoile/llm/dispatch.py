"""One piece of work to the node that can best take it now, and to the next one when that fails.

the best node not yet tried -> Started, Text..., Ended
    | it fails                      -> PassedOver, and the next one is asked
    | it breaks off half-way        -> PassedOver, and the next one goes on from there, or begins afresh: Started tells
    | it is full or loads a model   -> another one; where there is none, Waiting, until it can take it
    | the request itself is wrong   -> its NodeError is raised
    | no node is left               -> NobodyAnswered is raised, naming each and why
"""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from etoile.config import Routing
from etoile.domain.nodes import Attribution
from etoile.domain.plan import Standing, Wanted
from etoile.errors import NodeBusy, NodeError, NodeNonsense, NodeUnsuited
from etoile.llm.attempt import Attempt
from etoile.llm.fleet import Fleet
from etoile.llm.member import Member
from etoile.llm.places import Course, Enrich, Place, Places
from etoile.llm.queue import QueueFull
from etoile.llm.records import ChatMessage, Text, ToolCall
from etoile.llm.tools import DECLARED, given, without_calls
from etoile.llm.work import Ended, NobodyAnswered, PassedOver, Progress, Started, Waiting, Work, tokens_in
from etoile.text import message

__all__ = [
    "Dispatch",
    "Ended",
    "Enrich",
    "NobodyAnswered",
    "PassedOver",
    "Progress",
    "QueueFull",
    "Started",
    "Waiting",
    "Work",
]

log = logging.getLogger(__name__)

_WORTH_CONTINUING = 80
"""Letters; less is sooner said again than gone on from."""
_CONTINUE = "Your answer was cut off there. Go on exactly where it stops; repeat nothing and introduce nothing."


class Dispatch:
    """Hands work to the nodes of `fleet`.  Lives on the net thread."""

    def __init__(self, fleet: Fleet, routing: Routing, enrich: Enrich = tuple) -> None:
        self._fleet = fleet
        self._routing = routing
        self._places = Places(fleet, routing, enrich)
        self._call_nothing: set[tuple[str, str | None]] = set()
        """Nodes and models that refused tools: they are asked without."""

    def use(self, routing: Routing) -> None:
        """Go by `routing` from the next request on."""
        self._routing = routing
        self._places.use(routing)

    def standings(self, wanted: Wanted) -> tuple[Standing, ...]:
        """Return how the nodes stand for such work now, the best first."""
        return self._places.standings(wanted)

    async def answer(self, work: Work) -> AsyncGenerator[Progress]:
        """Yield how the work fares; closing this closes the node's connection, which stops its work.

        Raises NodeError when the request itself is wrong, NobodyAnswered when no node was able to, QueueFull when too
        many wait already.
        """
        course = Course(work=work if work.wanted.tokens else _counted(work), began_s=time.monotonic())
        ended = False
        while not ended:
            async with aclosing(self._places.wait(course)) as steps:
                async for news in steps:
                    if isinstance(news, Place):
                        place = news
                    else:
                        yield news
            async with aclosing(self._try(place, course)) as progress:
                async for step in progress:
                    ended = isinstance(step, Ended)
                    yield step

    async def _try(self, place: Place, course: Course) -> AsyncGenerator[Progress]:
        """Yield what the node of `place` answers, or that it is passed over; give the place back.

        Raises NodeError when the request itself is wrong.
        """
        member, naps = place.member, self._fleet.naps
        passed: PassedOver | None = None
        try:
            if course.position is not None:
                course.position = None
                yield _begun(member)
            model = await member.model(place.standing.model)
            async with aclosing(self._attempt(place, model, course)) as progress:
                async for step in progress:
                    _take_note(step, member, course)
                    yield step
        except NodeError as error:
            log.info("%s did not answer: %s", member.node.name, error)
            if self._refuses_tools(place, error, course):
                return
            passed = self._failed(member, error, course) if self._fleet.naps == naps else _slept(member)
        finally:
            self._places.give_back(place)
        if passed:
            yield passed

    def _attempt(self, place: Place, model: str, course: Course) -> AsyncGenerator[Progress]:
        continues = len("".join(course.said)) >= _WORTH_CONTINUING
        if not continues:
            course.said.clear()
        work = _counted(replace(course.work, messages=_continued(course))) if continues else course.work
        work = self._with_tools_for(place, work) if work.tools or _called(work) else work
        attempt = Attempt(place.member, model, work, self._routing, self._fleet.tell)
        attribution = Attribution(node=place.member.node.name, model=model)
        return attempt.progress(Started(attribution, place.standing.notes, continues), course.began_s)

    def _with_tools_for(self, place: Place, work: Work) -> Work:
        """Return `work` with the tools that this node is given; one that can call none gets everything as text."""
        node = place.member.node
        if DECLARED not in node.tools or (node.name, place.standing.model) in self._call_nothing:
            return replace(work, tools=(), messages=without_calls(work.messages))
        private = node.local or self._routing.cloud_history
        return replace(work, tools=given(work.tools, node.tools, private=private))

    def _refuses_tools(self, place: Place, error: NodeError, course: Course) -> bool:
        """Whether all that it has against the work are its tools: then it is asked again without."""
        tried = place.member.node.name, place.standing.model
        if not (course.work.tools and isinstance(error, NodeUnsuited) and "tool" in str(error).lower()):
            return False
        first = tried not in self._call_nothing
        self._call_nothing.add(tried)
        return first

    def _failed(self, member: Member, error: NodeError, course: Course) -> PassedOver | None:
        """Take note of a failure.  Raises it when the request itself is wrong."""
        name = member.node.name
        # What makes several nodes talk nonsense is the question.
        if not (isinstance(error, NodeNonsense) and course.nonsense):
            self._fleet.failed(member, error)
        if isinstance(error, NodeNonsense):
            course.nonsense = True
            course.said.clear()
        if not error.retryable:
            raise type(error)(message("{node}: {reason}", node=name, reason=error.said), error.remedy) from error
        course.remedy = course.remedy or error.remedy
        if not isinstance(error, NodeBusy):
            return course.pass_over(name, error.said)
        if name in course.turned_away:
            return None
        course.turned_away.add(name)
        return PassedOver(name, error.said)


def _take_note(step: Progress, member: Member, course: Course) -> None:
    match step:
        case Text(text):
            course.said.append(text)
        case Started():
            member.health = member.health.spoke()
        case ToolCall():
            course.said.clear()
        case Ended():
            member.health = member.health.answered()


def _called(work: Work) -> bool:
    return any(one["role"] == "tool" for one in work.messages)


def _counted(work: Work) -> Work:
    return replace(work, wanted=replace(work.wanted, tokens=tokens_in(work.messages)))


def _continued(course: Course) -> tuple[ChatMessage, ...]:
    return (
        *course.work.messages,
        {"role": "assistant", "content": "".join(course.said)},
        {"role": "user", "content": _CONTINUE},
    )


def _begun(member: Member) -> Waiting:
    """What ends the wait in the queue: until the first word comes, that is all there is to tell."""
    name = member.node.name
    return Waiting(name, message("{node} is at work on it.", node=name))


def _slept(member: Member) -> PassedOver:
    return PassedOver(member.node.name, message("this computer slept, and the connection is gone"))
