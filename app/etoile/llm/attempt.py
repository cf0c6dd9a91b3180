"""One node's try at a piece of work: bounded in time, its model loaded once for all who wait, and measured."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

from etoile.config import Routing
from etoile.errors import NodeError, NodeNonsense, NodeSilent, NodeUnsuited
from etoile.llm.limits import Bounds, limited
from etoile.llm.member import PROBE_WITHIN_S, Member
from etoile.llm.records import End, Preparing, Record, Text, ToolCall, Usage
from etoile.llm.work import Ended, Progress, Started, Waiting, Work
from etoile.text import message

LOOK_EVERY_S = 1.0
"""How often a node is asked whether it is still there while it loads a model."""
_STEPS = 20
"""How often it is told how far a model is loaded."""
_COUNTED_TOKENS = 8
"""Fewer say nothing of a speed."""


class Attempt:
    """One node, with one model, at one piece of work.  Its caller counts it as in flight."""

    def __init__(self, member: Member, model: str, work: Work, routing: Routing, tell: Callable[[], None]) -> None:
        self._member = member
        self._model = model
        self._work = work
        self._tell = tell
        """Called when others see the node differently."""
        self._pace = member.paces[model]
        self._cold = member.is_cold(model)
        self._tokens = work.wanted.tokens
        self._began_s = time.monotonic()
        abreast = max(1, member.health.in_flight)
        self._bounds = Bounds(
            first_s=self._pace.first_limit_s(self._tokens, self._began_s, routing.first_token_s, abreast),
            between_s=self._pace.between_limit_s(routing.between_tokens_s, abreast),
            answer_bytes=routing.answer_bytes,
        )

    async def progress(self, start: Started, handed_in_s: float) -> AsyncGenerator[Progress]:
        """Yield how it goes, with `start` before the first text.  Raises NodeError."""
        if self._cold:
            name = self._member.node.name
            yield Waiting(name, message("{node} is loading {model}.", node=name, model=self._model))
        holding = asyncio.ensure_future(self._hold()) if self._cold else None
        try:
            async with aclosing(self._told(start, handed_in_s)) as told:
                async for step in told:
                    if holding and self._bounds.waited_s is not None:
                        holding.cancel()
                        holding = None
                    yield step
        except NodeSilent:
            self._missed()
            raise
        finally:
            if holding:
                holding.cancel()

    async def _told(self, start: Started, handed_in_s: float) -> AsyncGenerator[Progress]:
        """Yield the text of the answer between its start and its end."""
        first_text_s: float | None = None
        usage, finish_reason, told_steps = Usage(), None, -1
        async with aclosing(limited(self._loaded_once(), self._bounds)) as records:
            async for record in records:
                match record:
                    case Text() if first_text_s is not None:
                        yield record
                    case Text(text) if start.continues or text.strip():
                        first_text_s = time.monotonic()
                        yield start
                        yield record if start.continues else Text(text.lstrip())
                    case ToolCall():
                        if first_text_s is None:
                            first_text_s = time.monotonic()
                            yield start
                        yield record
                    case Usage():
                        usage = record
                    case End(reason):
                        finish_reason = reason or finish_reason
                    case Preparing(float(part)) if first_text_s is None and int(_STEPS * part) != told_steps:
                        told_steps = int(_STEPS * part)
                        yield self._preparing(part)
        if first_text_s is None:
            raise _empty(finish_reason)
        ended_s = time.monotonic()
        self._measured(first_text_s, ended_s, usage.output_tokens)
        yield Ended(
            output_tokens=usage.output_tokens,
            input_tokens=usage.input_tokens,
            first_token_ms=1000 * (first_text_s - handed_in_s),
            elapsed_ms=1000 * (ended_s - handed_in_s),
            cut=finish_reason == "length",
        )

    def _preparing(self, part: float) -> Waiting:
        name = self._member.node.name
        said = message("{node} prepares {model}: {percent} %.", node=name, model=self._model, percent=int(100 * part))
        return Waiting(name, said)

    async def _loaded_once(self) -> AsyncGenerator[Record]:
        """Yield what the node sends; while it loads the model for this request, no other one has it loaded.

        LM Studio would load it twice.
        """
        member, work = self._member, self._work
        chat = member.dialect.chat(
            self._model, work.messages, max_tokens=work.max_tokens, tools=work.tools, think=work.think
        )
        async with aclosing(chat) as records, AsyncExitStack() as loading:
            if self._cold:
                await loading.enter_async_context(member.loads[self._model])
            async for record in records:
                if self._bounds.waited_s is None and not isinstance(record, Preparing):
                    member.loaded(self._model)
                    await loading.aclose()
                yield record

    async def _hold(self) -> None:
        """Give the node time to load the model, as long as it answers questions about its models."""
        member, bounds = self._member, self._bounds
        until_s = time.monotonic() + self._pace.load_limit_s()
        bounds.first_s = max(bounds.first_s, 3 * LOOK_EVERY_S + PROBE_WITHIN_S)
        bounds.hold()
        member.health = replace(member.health, loading=self._model)
        self._tell()
        try:
            while bounds.waited_s is None and time.monotonic() < until_s:
                await asyncio.sleep(LOOK_EVERY_S)
                with contextlib.suppress(NodeError):
                    await member.probe()
                    bounds.hold()
        finally:
            member.health = replace(member.health, loading=None)
            self._tell()

    def _measured(self, first_text_s: float, ended_s: float, output_tokens: int | None) -> None:
        """Take note of how fast it was."""
        waited_s = self._bounds.waited_s or 0.0
        wrote_s = ended_s - self._began_s - waited_s
        counts = output_tokens is not None and output_tokens >= _COUNTED_TOKENS and wrote_s > 0
        self._pace.answered(
            self._tokens,
            waited_s,
            first_text_s - self._began_s,
            self._bounds.longest_gap_s,
            output_tokens / wrote_s if counts and output_tokens else None,
            ended_s,
            cold=self._cold,
        )

    def _missed(self) -> None:
        if self._bounds.waited_s is None:
            self._pace.missed_first(self._bounds.first_s)
        else:
            self._pace.missed_next(self._bounds.between_s)


def _empty(finish_reason: str | None) -> NodeError:
    """Return what an answer without text means: nonsense, unless the node tells why there is none."""
    if finish_reason in (None, "stop"):
        return NodeNonsense(message("its answer is empty"))
    if finish_reason == "length":
        return NodeUnsuited(message("it had no room left to answer after its reasoning"))
    return NodeUnsuited(message("it gave no answer ({reason})", reason=finish_reason))
