"""What stands between a request and the nodes: what is under way already, what was answered before, what goes along.

Lives on the net thread.
"""

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from etoile.config.routing_checks import GUIDE
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerReused, AnswerStarted, AnswerText, Event
from etoile.domain.nodes import NodeStatus
from etoile.domain.plan import Wanted
from etoile.llm.conversing import Summaries, messages_of
from etoile.llm.dispatch import Dispatch
from etoile.llm.joining import Joining, Shared
from etoile.llm.recalling import Answers, Recalling, answer_in
from etoile.llm.records import ChatMessage
from etoile.text import Message

log = logging.getLogger(__name__)


class Desk:
    """Takes requests in; whatever is told of them goes through `publish`."""

    def __init__(
        self,
        publish: Callable[[Event], None],
        dispatch: Dispatch,
        statuses: Callable[[], Sequence[NodeStatus]],
        answers: Answers | None,
        instructions: str,
    ) -> None:
        self._dispatch = dispatch
        self._statuses = statuses
        self._instructions = instructions
        self._joining = Joining(publish)
        self._recalling = Recalling(answers, instructions)
        self._summaries = Summaries(dispatch, publish)
        self._notes: dict[int, tuple[Message, ...]] = {}
        """What is to be told with the answer of each turn."""

    def instruct(self, instructions: str) -> None:
        """Put `instructions` before every conversation from now on."""
        self._instructions = self._recalling.instructions = instructions

    def publish(self, event: Event) -> None:
        """Publish `event` to every turn that it concerns."""
        if isinstance(event, AnswerStarted) and (notes := self._notes.pop(event.turn, ())):
            event = replace(event, notes=(*notes, *event.notes))
        self._joining.publish(event)

    def join(self, ask: Ask) -> Shared | None:
        """Let `ask` share the work on the same request; where there is none, return its own, at last to be `over`."""
        self._summaries.make_room()
        return self._joining.join(_asked(ask), ask.turn)

    def leave(self, turn: int) -> int | None:
        """Let `turn` hear no more; return the turn whose work is to be stopped, None while somebody wants it."""
        return self._joining.leave(turn)

    async def recall(self, ask: Ask) -> bool:
        """Answer `ask` as it was answered before; False where a node is to be asked."""
        found = await self._recalling.find(ask)
        if found is None:
            return False
        self.publish(AnswerReused(ask.turn, found.age_s))
        for attribution in found.attribution:
            self.publish(AnswerStarted(ask.turn, attribution))
        self.publish(AnswerText(ask.turn, found.answer))
        self.publish(AnswerEnded(ask.turn, first_token_ms=0.0, elapsed_ms=0.0))
        return True

    def messages(self, ask: Ask, wanted: Wanted) -> tuple[ChatMessage, ...]:
        """Return the messages that lead to the request; what had to be left out is told with the answer."""
        context_tokens = self._context_of(self._likely(wanted)) if ask.before else None
        messages, notes = messages_of(ask, self._instructions, context_tokens)
        self._notes[ask.turn] = notes
        return messages

    def over(self, work: Shared) -> Sequence[Event]:
        """Let go of `work`, however it ended; return all that was told of it."""
        self._notes.pop(work.leader, None)
        return self._joining.over(work)

    async def settle(self, ask: Ask, told: Sequence[Event]) -> None:
        """Keep what came of `ask`; then, while nobody waits, see to the length of its conversation."""
        try:
            await self._settle(ask, told)
        except Exception:
            log.exception("what came of turn %d was not kept", ask.turn)

    async def _settle(self, ask: Ask, told: Sequence[Event]) -> None:
        reused = any(isinstance(event, AnswerReused) for event in told)
        names = [event.attribution.node for event in told if isinstance(event, AnswerStarted)]
        if not told or not isinstance(told[-1], AnswerEnded) or not names or names[-1] == GUIDE:
            return
        if not reused:
            self._recalling.keep(ask, told)
        await self._summaries.consider(ask, answer_in(told), names[-1], self._context_of(names[-1]))

    def _likely(self, wanted: Wanted) -> str | None:
        """Return the node that will most likely take such work."""
        if wanted.node is not None:
            return wanted.node
        return next((one.node for one in self._dispatch.standings(wanted) if one.takes), None)

    def _context_of(self, name: str | None) -> int | None:
        return next((status.context_tokens for status in self._statuses() if status.name == name), None)


def _asked(ask: Ask) -> Hashable:
    """Return what two requests have in common that are the same."""
    return replace(ask, turn=0)
