"""A request whose model may call tools: asked, answered, asked again with what it wanted to know, a few times at most.

Reading is done at once; a proposal is published and waits for the user.  Nothing that a model says runs anything.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from etoile.domain.effects import Ask
from etoile.domain.events import Event, Proposed
from etoile.domain.nodes import Attribution, NodeStatus
from etoile.domain.proposals import MOST_PROPOSALS, Unfit, candidate_of
from etoile.llm.records import ChatMessage, Text, ToolCall
from etoile.llm.tools import DECLARED, HISTORY, INSTRUCTIONS, PROPOSE, TOOLS, help_with, result
from etoile.llm.work import Ended, Progress, Started, Waiting, Work
from etoile.text import message

log = logging.getLogger(__name__)

MOST_ROUNDS: Final = 4
"""With the last one no tool is given: the model has to answer."""
MOST_CALLS: Final = 4
"""In one round."""
LONGEST_ARGUMENTS: Final = 4_000
READING_S: Final = 5.0


class Tools(Protocol):
    """What tools return; both are called on threads of their own, and may block."""

    def read(self, name: str, arguments: Mapping[str, Any], language: str) -> str:
        """Return what the tool `name` tells, as JSON."""
        ...

    @property
    def values(self) -> Callable[[], Mapping[str, Sequence[str]]]:
        """What returns the names that slots of commands may be filled with here."""
        ...


class Answering(Protocol):
    """Hands work to nodes."""

    def answer(self, work: Work) -> AsyncGenerator[Progress]:
        """Yield how the work fares."""
        ...


@dataclass(slots=True)
class _Course:
    """One request on its way."""

    work: Work
    began_s: float
    calls: list[ToolCall] = field(default_factory=list)
    """Those of this round."""
    text: str = ""
    """What was said in this round."""
    said: bool = False
    """Whether anything was said at all."""
    by: Attribution | None = None
    output_tokens: int = 0
    first_token_ms: float | None = None
    proposed: list[tuple[str, object]] = field(default_factory=list)
    looked_back: bool = False
    """Whether the history was read."""


class Tooling:
    """Sees requests through that are about this computer.  Lives on the net thread."""

    def __init__(
        self,
        dispatch: Answering,
        statuses: Callable[[], Sequence[NodeStatus]],
        publish: Callable[[Event], None],
        tools: Tools | None,
        *,
        cloud_history: bool,
    ) -> None:
        """`cloud_history` tells that the history may leave this house; without `tools` nobody is given any."""
        self._dispatch = dispatch
        self._statuses = statuses
        self._publish = publish
        self._tools = tools
        self.cloud_history = cloud_history

    def helps(self, ask: Ask) -> bool:
        """Whether `ask` is worth it, and a node can."""
        return (
            self._tools is not None
            and help_with(ask.kind, ask.text)
            and any(DECLARED in status.tools for status in self._statuses())
        )

    async def answer(self, ask: Ask, work: Work) -> AsyncGenerator[Progress]:
        """Yield how the work fares, as one answer.  Raises what the dispatch raises."""
        needs = work.wanted.needs | {DECLARED}
        equipped = replace(
            work, messages=_instructed(work.messages), tools=TOOLS, wanted=replace(work.wanted, needs=needs)
        )
        course = _Course(work=equipped, began_s=time.monotonic())
        for number in range(1, MOST_ROUNDS + 1):
            if number == MOST_ROUNDS:
                course.work = replace(course.work, tools=())
            async with aclosing(self._round(course)) as progress:
                async for step in progress:
                    yield step
            if not course.calls:
                return
            async with aclosing(self._answer_calls(ask, course)) as looking:
                async for step in looking:
                    yield step

    async def _round(self, course: _Course) -> AsyncGenerator[Progress]:
        """Yield one reply of a model; its end only where it wants nothing more."""
        course.calls, course.text = [], ""
        async with aclosing(self._dispatch.answer(course.work)) as progress:
            async for step in progress:
                match step:
                    case Started(attribution, continues=continues):
                        if not continues:
                            course.calls.clear()
                            course.text = ""
                        if attribution != course.by:
                            yield step
                        elif course.said:
                            yield Text("\n\n")
                        course.by = attribution
                    case Text(text):
                        course.text += text
                        course.said = True
                        yield step
                    case ToolCall() if course.work.tools:
                        course.calls.append(step)
                    case ToolCall():
                        pass  # it was given none to call
                    case Ended():
                        course.output_tokens += step.output_tokens or 0
                        course.first_token_ms = course.first_token_ms or _since_ms(course.began_s)
                        if not course.calls:
                            yield self._whole(course, step)
                    case _:
                        yield step

    def _whole(self, course: _Course, last: Ended) -> Ended:
        return replace(
            last,
            output_tokens=course.output_tokens or None,
            first_token_ms=course.first_token_ms or last.first_token_ms,
            elapsed_ms=_since_ms(course.began_s),
            private=course.looked_back,
        )

    async def _answer_calls(self, ask: Ask, course: _Course) -> AsyncGenerator[Progress]:
        """Add to the conversation what the model wanted to know."""
        calls = course.calls[:MOST_CALLS]
        node = course.by.node if course.by else ""
        names = list(dict.fromkeys(call.name[:40] for call in calls))
        yield Waiting(node, message("{node} looks things up: {tools}.", node=node, tools=names))
        asked: ChatMessage = {"role": "assistant", "content": course.text, "tool_calls": calls}
        told: list[ChatMessage] = [
            {"role": "tool", "tool_call_id": call.id, "content": await self._result(call, node, ask, course)}
            for call in calls
        ]
        private = course.work.wanted.private or course.looked_back
        wanted = replace(course.work.wanted, sticky=node, tokens=0, private=private)
        course.work = replace(course.work, messages=(*course.work.messages, asked, *told), wanted=wanted)

    async def _result(self, call: ToolCall, node: str, ask: Ask, course: _Course) -> str:
        """Return what `call` is answered: data, or why it cannot be."""
        assert self._tools is not None  # otherwise nobody was given any
        arguments = _arguments(call)
        if arguments is None:
            return result(error="the arguments are no JSON object")
        if call.name == PROPOSE.name:
            return await self._propose(arguments, node, ask, course)
        if call.name == HISTORY.name:
            if node in self._in_the_cloud() and not self.cloud_history:
                return result(error="the history stays on this machine")
            course.looked_back = True
        return await self._read(call.name, arguments, ask.language)

    async def _read(self, name: str, arguments: Mapping[str, Any], language: str) -> str:
        assert self._tools is not None
        try:
            async with asyncio.timeout(READING_S):
                return await asyncio.to_thread(self._tools.read, name, arguments, language)
        except TimeoutError:
            return result(error="that takes too long now")
        except Exception:
            log.exception("the tool %s failed", name)
            return result(error="that cannot be read now")

    async def _propose(self, arguments: Mapping[str, Any], node: str, ask: Ask, course: _Course) -> str:
        assert self._tools is not None
        try:
            values = await asyncio.to_thread(self._tools.values)
            proposal = candidate_of(arguments.get("command"), arguments.get("slots", {}), values)
        except Unfit as error:
            return result(error=f"Not proposed. {error}")
        told = proposal.command, proposal.slots
        if told not in course.proposed:
            if len(course.proposed) >= MOST_PROPOSALS:
                return result(error=f"Not proposed: at most {MOST_PROPOSALS} for one request.")
            course.proposed.append(told)
            self._publish(Proposed(ask.turn, proposal.command, proposal.slots, node))
        return result(data="It is shown to the user, who decides. It has not been carried out: do not say it has.")

    def _in_the_cloud(self) -> frozenset[str]:
        return frozenset(status.name for status in self._statuses() if not status.local)


def _arguments(call: ToolCall) -> Mapping[str, Any] | None:
    if len(call.arguments) > LONGEST_ARGUMENTS:
        return None
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _instructed(messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
    first, *others = messages
    if first["role"] != "system":
        return ({"role": "system", "content": INSTRUCTIONS}, *messages)
    return ({"role": "system", "content": f"{first['content']}\n\n{INSTRUCTIONS}"}, *others)


def _since_ms(began_s: float) -> float:
    return 1000 * (time.monotonic() - began_s)
