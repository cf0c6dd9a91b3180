"""Answers from memory: found where the question depends on nothing, kept where the answer is whole."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from etoile.config.routing_checks import GUIDE
from etoile.domain.commander.running import ENOUGH
from etoile.domain.commander.units import UnitStatus
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerStarted, AnswerText, Event, NodePassedOver, Proposed, UnitsShown
from etoile.domain.exchange import Remembered
from etoile.domain.nodes import Attribution
from etoile.domain.repeats import keepable, sense

log = logging.getLogger(__name__)

PATIENCE_S = 0.2
"""Nobody waits longer for a memory: the disk is stuck, or the file is still being checked."""
LONGEST_ANSWER = 50_000
"""Letters; nobody asks twice for so much."""


class Answers(Protocol):
    """Where answers are kept.  Both return at once."""

    def find(self, sense: str) -> "Future[Remembered | None]":
        """Have the answer to what asks `sense` looked up."""
        ...

    def keep(self, sense: str, request: str, answer: str, attribution: tuple[Attribution, ...]) -> None:
        """Keep an answer."""
        ...


class Recalling:
    """Knows which answers may be given again; `answers` is None where none are kept.  Lives on the net thread."""

    def __init__(self, answers: Answers | None, instructions: str) -> None:
        self._answers = answers
        self.instructions = instructions

    async def find(self, ask: Ask) -> Remembered | None:
        """Return the answer to `ask` that was given before; None where a node is to be asked."""
        if self._answers is None or ask.fresh or not _may_be_repeated(ask):
            return None
        found = asyncio.wrap_future(self._answers.find(self._key(ask)))
        await asyncio.wait((found,), timeout=PATIENCE_S)
        if not found.done():
            found.add_done_callback(lambda late: late.cancelled() or late.exception())
            return None
        if error := found.exception():
            log.info("what was answered before cannot be read: %s", error)
            return None
        return found.result()

    def keep(self, ask: Ask, told: Sequence[Event]) -> None:
        """Keep the answer to `ask`, of which `told` tells, if it is whole and may be given again."""
        if self._answers is None or not _may_be_repeated(ask) or not _is_whole(told):
            return
        answer = answer_in(told)
        names = tuple(event.attribution for event in told if isinstance(event, AnswerStarted))
        if answer.strip() and len(answer) <= LONGEST_ANSWER and all(name.node != GUIDE for name in names):
            self._answers.keep(self._key(ask), ask.text, answer, names)

    def _key(self, ask: Ask) -> str:
        """Return what the request asks, and under which instructions."""
        return "\n".join(filter(None, (sense(ask.text), self.instructions)))


def answer_in(told: Sequence[Event]) -> str:
    """Return the text of the answer of which `told` tells."""
    return "".join(event.text for event in told if isinstance(event, AnswerText))


def _may_be_repeated(ask: Ask) -> bool:
    """Whether its answer may be given again: it names no node and no plan, and depends on nothing."""
    named = ask.node or ask.nodes or ask.plan
    return not named and not ask.summary and keepable(ask.text, kind=ask.kind, before=ask.before)


def _is_whole(told: Sequence[Event]) -> bool:
    """Whether nothing broke off, nothing is to be added to what was answered but a good review, and all may know it."""
    starts = [place for place, event in enumerate(told) if isinstance(event, AnswerStarted)]
    if not starts or not isinstance(told[-1], AnswerEnded) or told[-1].private:
        return False
    began = [event for event in told if isinstance(event, AnswerStarted)]
    noted = any(event.notes for event in began) or (told[-1].notes and not _is_well_reviewed(told))
    return not noted and not any(isinstance(event, NodePassedOver | Proposed) for event in told[starts[0] :])


def _is_well_reviewed(told: Sequence[Event]) -> bool:
    """Whether one author answered, and every other unit is done and finds that good."""
    end = told[-1]
    units = next((event.units for event in reversed(told) if isinstance(event, UnitsShown)), ())
    alone = sum(isinstance(event, AnswerStarted) for event in told) == 1
    good = isinstance(end, AnswerEnded) and end.score is not None and end.score >= ENOUGH
    return alone and good and bool(units) and all(unit.status is UnitStatus.DONE for unit in units)
