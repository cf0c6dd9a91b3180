"""One piece of work to the node that can best take it now, and to the next one when that fails.

the best node not yet tried -> Started, Text..., Ended
    | it fails, even half-way       -> PassedOver, and the next one is asked afresh
    | the request itself is wrong   -> its NodeError is raised
    | no node is left               -> NobodyAnswered is raised, naming each and why
"""

import logging
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from etoile.config import Routing
from etoile.domain.nodes import Attribution
from etoile.domain.plan import Wanted, order
from etoile.errors import EtoileError, NodeBroken, NodeError
from etoile.llm.fleet import Fleet, Member
from etoile.llm.limits import limited
from etoile.llm.records import ChatMessage, Record, Text, Usage
from etoile.text import Message, message

log = logging.getLogger(__name__)

_NOBODY_REMEDY = message("Start one of them, or name another one in the settings; “etoile nodes” tells how each is.")
_ANY = Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a node is asked, and who may take it."""

    messages: tuple[ChatMessage, ...]
    """The whole conversation, the system's message first."""
    wanted: Wanted = _ANY


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A node could not take it, or broke off; another one follows, or nobody."""

    node: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Started:
    """The first text of a node is there; after a `PassedOver` it begins afresh."""

    attribution: Attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The answer is whole; times are since the work was handed in."""

    output_tokens: int | None
    first_token_ms: float
    elapsed_ms: float


Progress = PassedOver | Started | Text | Ended


class NobodyAnswered(EtoileError):
    """Every node was passed over; `reasons` tells why, by node."""

    def __init__(self, reasons: Mapping[str, Message], remedy: Message | None = None) -> None:
        # Each reason was told as its node was passed over.
        said = message("No node could answer: {names}.", names=list(reasons))
        super().__init__(said, remedy or _NOBODY_REMEDY)
        self.reasons = reasons


class Dispatch:
    """Hands work to the nodes of `fleet`.  Lives on the net thread."""

    def __init__(self, fleet: Fleet, routing: Routing) -> None:
        self._fleet = fleet
        self._routing = routing

    async def answer(self, work: Work) -> AsyncGenerator[Progress]:
        """Yield how the work fares; closing this closes the node's connection, which stops its work.

        Raises NodeError when the request itself is wrong, NobodyAnswered when no node was able to.
        """
        started_s = time.monotonic()
        reasons: dict[str, Message] = {}
        remedy: Message | None = None
        while (member := self._next(work.wanted, reasons)) is not None:
            name = member.node.name
            try:
                async with aclosing(self._answer_from(member, work, started_s)) as progress:
                    async for step in progress:
                        yield step
                return
            except NodeError as error:
                log.info("%s did not answer: %s", name, error)
                self._fleet.failed(member, error)
                if not error.retryable:
                    raise type(error)(_of(name, error.said), error.remedy) from error
                reasons[name] = error.said
                remedy = remedy or error.remedy
            finally:
                self._fleet.tell()
            yield PassedOver(name, reasons[name])
        raise NobodyAnswered(reasons, remedy)

    def _next(self, wanted: Wanted, reasons: Mapping[str, Message]) -> Member | None:
        """Return the best node, as things are now, of those that have not been tried."""
        wanted = replace(wanted, tried=wanted.tried | reasons.keys())
        if wanted.node is not None:
            return None if wanted.node in wanted.tried else self._fleet.named(wanted.node)
        untried = [status for status in self._fleet.statuses() if status.name not in wanted.tried]
        best = next(iter(order(untried)), None)
        return None if best is None else self._fleet.named(best.name)

    async def _answer_from(self, member: Member, work: Work, started_s: float) -> AsyncGenerator[Progress]:
        """Yield what `member` answers.  Raises NodeError."""
        member.health = member.health.began()
        self._fleet.tell()
        try:
            model = await member.model()
            answer = limited(member.dialect.chat(model, work.messages), self._routing)
            async with aclosing(_told(answer, Attribution(node=member.node.name, model=model), started_s)) as progress:
                async for step in progress:
                    yield step
        finally:
            member.health = member.health.ended()
        member.health = member.health.answered()


async def _told(
    answer: AsyncGenerator[Record], attribution: Attribution, started_s: float
) -> AsyncGenerator[Started | Text | Ended]:
    """Yield the text of `answer` as it comes, between its start and its end.  Raises NodeError."""
    first_token_s: float | None = None
    output_tokens: int | None = None
    async with aclosing(answer) as records:
        async for record in records:
            match record:
                case Text() if first_token_s is not None:
                    yield record
                case Text(text) if text.strip():
                    first_token_s = time.monotonic()
                    yield Started(attribution)
                    yield Text(text.lstrip())
                case Usage(output_tokens=tokens):
                    output_tokens = tokens
    if first_token_s is None:
        raise NodeBroken(message("its answer is empty"))
    yield Ended(
        output_tokens=output_tokens,
        first_token_ms=1000 * (first_token_s - started_s),
        elapsed_ms=1000 * (time.monotonic() - started_s),
    )


def _of(node: str, reason: Message) -> Message:
    return message("{node}: {reason}", node=node, reason=reason)
