"""One request that takes several units, seen through: dispatched side by side, reviewed, dispatched again, shown."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from etoile.domain.commander import running
from etoile.domain.commander.enriching import prompt_of
from etoile.domain.commander.telling import notes_on, score_of
from etoile.domain.commander.units import TaskUnit, Units, UnitStatus, named
from etoile.domain.commander.verdicts import verdict_in
from etoile.domain.context import room
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, Event, NodePassedOver, UnitsShown
from etoile.domain.nodes import Attribution, NodeStatus
from etoile.domain.plan import Standing, Wanted
from etoile.errors import EtoileError
from etoile.llm.pieces import Pieces
from etoile.llm.records import ChatMessage, Text
from etoile.llm.stage import Stage
from etoile.llm.work import Ended, NobodyAnswered, PassedOver, Progress, Started, Waiting, Work, tokens_in
from etoile.text import Message

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

log = logging.getLogger(__name__)

_LETTERS_PER_TOKEN: Final = 3
"""Fewer than text has, so that it fits."""
_SIGN_S: Final = 5.0
"""A unit that is not shown gives a sign of life so often while it writes."""


class Dispatching(Protocol):
    """Hands work to nodes."""

    def answer(self, work: Work) -> AsyncGenerator[Progress]:
        """Yield how the work fares.  Raises NodeError, NobodyAnswered, QueueFull."""
        ...

    def standings(self, wanted: Wanted) -> Sequence[Standing]:
        """Return how the nodes stand for such work now, the best first."""
        ...


class Undertaking:
    """One request on its way.  Lives on the net thread."""

    def __init__(
        self,
        ask: Ask,
        units: Units,
        whole: Work,
        dispatch: Dispatching,
        statuses: Callable[[], Sequence[NodeStatus]],
        publish: Callable[[Event], None],
    ) -> None:
        """`whole` is the request as one node would get it; `statuses` tells which tools nodes declare."""
        self._ask = ask
        self._units = units
        self._whole = whole
        self._dispatch = dispatch
        self._statuses = statuses
        self._publish = publish
        pieces = Pieces(ask.turn, publish, asyncio.get_running_loop())
        self._stage = Stage(ask.turn, [unit.id for unit in units if unit.shown], publish, pieces)
        self._started_s = time.monotonic()
        self._output_tokens = 0
        self._passed_over: set[str] = set()
        self._failure: EtoileError | None = None
        self._settled = asyncio.Event()

    async def run(self) -> None:
        """See all units through, and publish how it ended.

        Raises what a unit raised that was to be shown, where nothing came of any.
        """
        import anyio

        with self._stage:
            async with anyio.create_task_group() as group:
                await self._see_all_through(group)
            self._end()

    async def _see_all_through(self, group: "TaskGroup") -> None:
        while not running.over(self._units):
            self._settled.clear()
            for unit in running.ready(self._units):
                self._change(running.began(self._units, unit.id))
                group.start_soon(self._see_to, named(self._units, unit.id))
            await self._settled.wait()

    def _change(self, units: Units) -> None:
        self._units = units
        self._publish(UnitsShown(self._ask.turn, units))
        self._stage.move_on(units)

    async def _see_to(self, unit: TaskUnit) -> None:
        """Have one unit done.  Whatever fails is its own failure: the others go on."""
        started_s = time.monotonic()
        try:
            result, cut = await self._result(unit)
        except EtoileError as error:
            log.info("unit %s of turn %d failed: %s", unit.id, self._ask.turn, error)
            units = self._failed(unit, error)
        else:
            ms = 1000 * (time.monotonic() - started_s)
            if unit.reviews is not None:
                units = running.judged(self._units, unit.id, verdict_in(result), ms)
            else:
                units = running.finished(self._units, unit.id, result, ms, cut=cut)
        self._change(units)
        self._settled.set()

    def _failed(self, unit: TaskUnit, error: EtoileError) -> Units:
        if unit.reviews is not None:
            return running.reviewed_by_nobody(self._units, unit.id)
        if unit.shown or self._failure is None:
            self._failure = error
        return running.failed(self._units, unit.id, error.said)

    async def _result(self, unit: TaskUnit) -> tuple[str, bool]:
        """Return what a node answers to `unit`, and whether it had to stop before its end.

        Raises NodeError, NobodyAnswered, QueueFull.
        """
        told_s = time.monotonic()
        pieces: list[str] = []
        stopped_short = False
        work = self._work(unit)
        async with aclosing(self._dispatch.answer(work)) as progress:
            async for step in progress:
                match step:
                    case Text(text):
                        pieces.append(text)
                        self._stage.show(unit.id, text)
                    case Started(attribution, continues=continues):
                        if not continues:
                            pieces.clear()
                        self._change(running.taken(self._units, unit.id, attribution.node, attribution.model))
                        self._stage.show(unit.id, step)
                    case Waiting(said=said):
                        self._change(running.held(self._units, unit.id, said))
                    case PassedOver(node, reason) if node not in work.wanted.tried:
                        self._pass_over(node, reason)
                    case Ended(output_tokens=output_tokens, cut=stopped_short):
                        self._output_tokens += (output_tokens or 0) if unit.shown else 0
                if time.monotonic() - told_s > _SIGN_S:
                    told_s = time.monotonic()
                    self._publish(UnitsShown(self._ask.turn, self._units))
        return "".join(pieces), stopped_short

    def _work(self, unit: TaskUnit) -> Work:
        *before, _ = self._whole.messages
        room_tokens = max((room(status.context_tokens) for status in self._statuses()), default=room(None))
        characters = _LETTERS_PER_TOKEN * room_tokens - len(self._ask.text)
        asked: ChatMessage = {"role": "user", "content": prompt_of(unit, self._units, self._ask.text, characters)}
        messages = (*before, asked)
        if tokens_in(messages) > room_tokens:  # rather the material than the conversation before it
            messages = (*(one for one in before if one["role"] == "system"), asked)
        wanted = replace(
            self._whole.wanted,
            kind=unit.kind,
            role=unit.role,
            node=unit.target,
            tried=running.authors(unit, self._units) | self._without(unit.needs),
            avoid=frozenset(self._before(unit)) if unit.elsewhere else frozenset(),
            tokens=tokens_in(messages),
            needs=unit.needs,
        )
        return replace(self._whole, messages=messages, wanted=wanted)

    def _before(self, unit: TaskUnit) -> list[str]:
        return [named(self._units, other).target or "" for other in unit.depends_on]

    def _without(self, needs: frozenset[str]) -> frozenset[str]:
        """Return the nodes that lack a tool of `needs`: what they would find is made up."""
        return frozenset(status.name for status in self._statuses() if not needs <= set(status.tools))

    def _pass_over(self, node: str, reason: Message) -> None:
        if node not in self._passed_over:
            self._passed_over.add(node)
            self._stage.flush()
            self._publish(NodePassedOver(self._ask.turn, node, reason))

    def _end(self) -> None:
        done = [unit for unit in self._units if unit.status is UnitStatus.DONE and unit.reviews is None]
        if not any(unit.shown for unit in done):
            if not done:
                raise self._failure or NobodyAnswered({})
            for unit in done:  # nobody was there to put them together
                self._stage.put(Attribution(node=unit.target or "", model=unit.model or ""), unit.result)
        self._stage.flush()
        now_s = time.monotonic()
        self._publish(
            AnswerEnded(
                self._ask.turn,
                first_token_ms=1000 * ((self._stage.first_token_s or now_s) - self._started_s),
                elapsed_ms=1000 * (now_s - self._started_s),
                output_tokens=self._output_tokens or None,
                score=score_of(self._units, self._ask.text),
                notes=notes_on(self._units, self._ask.text),
            )
        )
