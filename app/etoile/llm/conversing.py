"""What of a conversation is sent to a node, and its summary, which a node makes when nobody waits."""

import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from etoile.domain.context import fit, room, to_summarise
from etoile.domain.effects import Ask, Priority
from etoile.domain.events import Event, Summarised
from etoile.domain.exchange import Exchange
from etoile.domain.plan import Wanted
from etoile.errors import EtoileError
from etoile.llm.dispatch import Dispatch
from etoile.llm.records import ChatMessage, Text
from etoile.llm.work import Started, Work
from etoile.text import Message, plural

if TYPE_CHECKING:
    import anyio

log = logging.getLogger(__name__)

SUMMARY_TOKENS = 500
_QUOTED = 3_000
"""Letters of an answer that a summary is made of: the beginning, and a third as many of the end."""
_MINUTES = (
    "You keep the minutes of a conversation between a user and an assistant. Write down what a later answer needs to "
    "know: facts, names, numbers, decisions, what the user wants and prefers, what is still open. At most 200 words, "
    "in the language of the conversation, without introduction."
)
_SO_FAR = "What was said before, in short:\n{summary}"


def messages_of(
    ask: Ask, instructions: str, context_tokens: int | None
) -> tuple[tuple[ChatMessage, ...], tuple[Message, ...]]:
    """Return the messages that lead to the request, as far as `context_tokens` has room, and what to tell of them."""
    fitted = fit(ask.before, ask.text, instructions=instructions, summary=ask.summary, room_tokens=room(context_tokens))
    so_far = _SO_FAR.format(summary=ask.summary) if ask.summary else ""
    system = "\n\n".join(filter(None, (instructions, so_far)))
    messages: list[ChatMessage] = [{"role": "system", "content": system}] if system else []
    for exchange in fitted.exchanges:
        messages.append({"role": "user", "content": exchange.request})
        messages.append({"role": "assistant", "content": exchange.answer})
    return (*messages, {"role": "user", "content": ask.text}), _told(len(fitted.left_out))


def _told(left_out: int) -> tuple[Message, ...]:
    if not left_out:
        return ()
    said = plural(
        "The conversation has become too long for this node: {count} exchange of its beginning was left out.",
        "The conversation has become too long for this node: {count} exchanges of its beginning were left out.",
        left_out,
    )
    return (said,)


class Summaries:
    """Has the beginning of a conversation summarised when it becomes too long.  Lives on the net thread."""

    def __init__(self, dispatch: Dispatch, publish: Callable[[Event], None]) -> None:
        self._dispatch = dispatch
        self._publish = publish
        self._making: anyio.CancelScope | None = None

    def make_room(self) -> None:
        """Give up a summary that is being made: somebody asks, and may want its place.  The next answer tries again."""
        if self._making:
            self._making.cancel()

    async def consider(self, ask: Ask, answer: str, node: str, context_tokens: int | None) -> None:
        """Publish a summary where `ask`, which `node` has answered, has made the conversation too long.

        Rather another node makes it, so that `node` keeps what it has read; none in the cloud, whatever is allowed
        there: it holds requests of all kinds.  Where nobody can, nothing is published, and the next answer tries again.
        """
        newest = Exchange(ask.text, answer)
        oldest = to_summarise((*ask.before, newest), room(context_tokens))
        if not oldest or not ask.conversation:
            return
        wanted = Wanted(kind="summary", role="synthesise", avoid=frozenset({node}))
        work = Work(
            messages=_minutes_of(ask.summary, oldest),
            wanted=wanted,
            max_tokens=SUMMARY_TOKENS,
            think=False,
            priority=Priority.BACKGROUND,
        )
        import anyio

        with anyio.CancelScope() as self._making:
            try:
                summary = await self._text_of(work)
            except EtoileError as error:
                log.info("the conversation was not summarised: %s", error)
            else:
                self._publish(Summarised(ask.conversation, summary, oldest[-1].number))

    async def _text_of(self, work: Work) -> str:
        """Return what a node answers.  Raises NodeError, NobodyAnswered, QueueFull."""
        said: list[str] = []
        async with aclosing(self._dispatch.answer(work)) as progress:
            async for step in progress:
                match step:
                    case Started(continues=False):
                        said.clear()
                    case Text(text):
                        said.append(text)
        return "".join(said).strip()


def _minutes_of(summary: str, exchanges: Sequence[Exchange]) -> tuple[ChatMessage, ...]:
    parts = [_SO_FAR.format(summary=summary)] if summary else []
    parts += [f"User: {_quoted(one.request)}\n\nAssistant: {_quoted(one.answer)}" for one in exchanges]
    return {"role": "system", "content": _MINUTES}, {"role": "user", "content": "\n\n".join(parts)}


def _quoted(text: str) -> str:
    if len(text) <= _QUOTED:
        return text
    return f"{text[:_QUOTED]} […] {text[-_QUOTED // 3 :]}"
