"""From a question to an answer: the nodes are asked one after the other until one has answered.

ask -> the best node not yet tried -> AnswerStarted, AnswerText..., AnswerEnded
          | it fails, even half-way       -> NodePassedOver, and the next one is asked afresh
          | the request itself is wrong   -> Failed
          | no node is left               -> Failed, naming each and why
          | there is no node at all       -> the guide answers, and says that it is the guide
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from etoile.config import Node, Routing
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerStarted, AnswerText, Event, Failed, NodePassedOver
from etoile.domain.nodes import Attribution, NodeStatus
from etoile.domain.plan import order
from etoile.errors import NodeBroken, NodeError
from etoile.llm.client import Client
from etoile.llm.dialects import Secret, dialect_of
from etoile.llm.discovery import USUAL_PLACES, Place
from etoile.llm.fleet import Fleet, Member
from etoile.llm.limits import limited
from etoile.llm.loop import new_loop
from etoile.llm.metrics import metrics
from etoile.llm.pieces import Pieces
from etoile.llm.records import ChatMessage, Record, Text, Usage
from etoile.text import Message, message

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

log = logging.getLogger(__name__)

GUIDE = "guide"
"""The name of the built-in node."""

_STREAM_PER_ANSWER = 16
"""A stream wraps each token in some 250 bytes of JSON; one this much longer than the longest answer is broken."""


class Guide(Protocol):
    """Answers from the help pages when there is no node."""

    def answer(self, question: str, language: str) -> Iterable[str]:
        """Yield the answer in pieces.  Called on the net thread; quick."""
        ...


@dataclass(slots=True)
class _Course:
    """How far one request has come."""

    ask: Ask
    started_s: float
    first_token_s: float | None = None
    passed_over: dict[str, Message] = field(default_factory=dict)


_NOBODY_REMEDY = message("Start one of them, or name another one in the settings; “etoile nodes” tells how each is.")


class Router:
    """Hands requests to nodes and watches over these, on its thread `net`.

    Within the `with` every method may be called from any thread, and none but `check` blocks.  Leaving it stops every
    answer and heartbeat.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        routing: Routing,
        publish: Callable[[Event], None],
        *,
        guide: Guide,
        secret: Secret,
        confirmed: Callable[[], frozenset[str]] = frozenset,
        keep_confirmed: Callable[[str], None] = lambda url: None,
        watch: bool = True,
        places: Sequence[Place] = USUAL_PLACES,
    ) -> None:
        """`confirmed` returns the addresses that the user confirmed, `keep_confirmed` keeps one more.

        Without `watch` there are no heartbeats: for a caller that asks once and leaves.
        """
        self._routing = routing
        self._publish = publish
        self._guide = guide
        self._keep_confirmed = keep_confirmed
        self._watch = watch
        self._client = Client(routing.connect_s, _STREAM_PER_ANSWER * routing.answer_bytes)
        self._fleet = Fleet(
            nodes,
            routing,
            publish,
            partial(dialect_of, client=self._client, secret=secret),
            confirmed=confirmed,
            places=places,
        )
        self._asked: dict[int, Future[None]] = {}
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        from anyio.from_thread import start_blocking_portal

        self._portal = self._stack.enter_context(
            start_blocking_portal("asyncio", {"loop_factory": new_loop}, name="net")
        )
        self._portal.start_task_soon(self._live)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        portal = self._running()
        portal.call(portal.stop, True)
        self._stack.close()
        self._portal = None

    def ask(self, ask: Ask) -> None:
        """Have `ask` answered; what comes of it is published."""
        future = self._running().start_task_soon(self._answer, ask)
        self._asked[ask.turn] = future
        future.add_done_callback(lambda _: self._asked.pop(ask.turn, None))

    def stop(self, turn: int) -> None:
        """Give up the answer of `turn`; the node is told by the closing of its connection."""
        if future := self._asked.get(turn):
            future.cancel()

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return every node as it was last seen."""
        return self._fleet.statuses()

    def check(self) -> tuple[NodeStatus, ...]:
        """Ask every node how it is, all at once, and return the answers.  Blocks for two seconds at most."""
        return self._running().call(self._fleet.check)

    def metrics(self, url: str) -> Future[bytes]:
        """Start to fetch the page of metrics at `url`; the future raises NodeError."""
        return self._running().start_task_soon(metrics, self._client, url)

    def confirm(self, name: str) -> None:
        """Use the node `name`, which was found on this machine, from now on."""
        self._running().start_task_soon(self._confirm, name)

    def _running(self) -> "BlockingPortal":
        if self._portal is None:
            raise RuntimeError("the router is used outside of its `with`")
        return self._portal

    async def _live(self) -> None:
        import anyio

        try:
            if self._watch:
                await self._fleet.watch()
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await self._client.aclose()

    def _confirm(self, name: str) -> None:
        if (url := self._fleet.confirm(name)) is not None:
            self._keep_confirmed(url)

    async def _answer(self, ask: Ask) -> None:
        try:
            await self._route(_Course(ask, time.monotonic()))
        except Exception:
            log.exception("answering turn %d failed", ask.turn)
            self._publish(Failed(ask.turn, message("Something went wrong inside Etoile; its log tells more.")))

    async def _route(self, course: _Course) -> None:
        """Ask node after node until one has answered."""
        if not self._fleet.usable():
            await self._fleet.look_once()
        ask = course.ask
        if ask.node == GUIDE or (ask.node is None and not self._fleet.usable()):
            self._answer_from_help(course)
        elif ask.node is not None and (refused := self._unaskable(ask.node)):
            self._publish(Failed(ask.turn, *refused))
        else:
            await self._try_each(course)

    async def _try_each(self, course: _Course) -> None:
        turn = course.ask.turn
        remedy: Message | None = None
        while (member := self._next(course)) is not None:
            name = member.node.name
            try:
                await self._answer_from(member, course)
                return
            except NodeError as error:
                log.info("%s did not answer turn %d: %s", name, turn, error)
                self._fleet.failed(member, error)
                if not error.retryable:
                    self._publish(Failed(turn, _of(name, error.said), error.remedy))
                    return
                course.passed_over[name] = error.said
                remedy = remedy or error.remedy
                self._publish(NodePassedOver(turn, name, error.said))
            finally:
                self._fleet.tell()
        # Each reason was told as its node was passed over.
        said = message("No node could answer: {names}.", names=list(course.passed_over))
        self._publish(Failed(turn, said, remedy or _NOBODY_REMEDY))

    def _next(self, course: _Course) -> Member | None:
        """Return the best node, as things are now, of those that this request has not tried."""
        if course.ask.node is not None:
            member = self._fleet.named(course.ask.node)
            return None if course.passed_over else member
        untried = [status for status in self._fleet.statuses() if status.name not in course.passed_over]
        best = next(iter(order(untried)), None)
        return None if best is None else self._fleet.named(best.name)

    def _unaskable(self, name: str) -> tuple[Message, Message] | None:
        """Return why the node `name` cannot be asked, and what to do about it; None when it can."""
        member = self._fleet.named(name)
        if member is None:
            known = [other.node.name for other in self._fleet.usable()] + [GUIDE]
            return message('There is no node called "{node}".', node=name), message("Nodes: {nodes}.", nodes=known)
        if not member.confirmed:
            return (
                message("{node} was found on this machine and is not confirmed yet.", node=name),
                message("Confirm it in the list of nodes, or add it to the settings file."),
            )
        return None

    async def _answer_from(self, member: Member, course: _Course) -> None:
        """Publish what `member` answers.  Raises NodeError."""
        member.health = member.health.began()
        self._fleet.tell()
        try:
            model = await member.model()
            answer = limited(member.dialect.chat(model, _conversation(course.ask, self._routing.system)), self._routing)
            output_tokens = await self._pass_on(answer, course, Attribution(node=member.node.name, model=model))
        finally:
            member.health = member.health.ended()
        member.health = member.health.answered()
        self._end(course, output_tokens)

    async def _pass_on(self, answer: AsyncGenerator[Record], course: _Course, attribution: Attribution) -> int | None:
        """Publish the text of `answer` as it comes; return its length in tokens, if told.  Raises NodeError."""
        started, output_tokens = False, None
        with Pieces(course.ask.turn, self._publish, asyncio.get_running_loop()) as pieces:
            async with aclosing(answer) as records:
                async for record in records:
                    match record:
                        case Text(text) if started or text.strip():
                            if not started:
                                self._start(course, attribution)
                            pieces.add(text if started else text.lstrip())
                            started = True
                        case Usage(tokens):
                            output_tokens = tokens
        if not started:
            raise NodeBroken(message("its answer is empty"))
        return output_tokens

    def _answer_from_help(self, course: _Course) -> None:
        self._start(course, Attribution(node=GUIDE, model="help"))
        for piece in self._guide.answer(course.ask.text, course.ask.language):
            self._publish(AnswerText(course.ask.turn, piece))
        self._end(course, output_tokens=None)

    def _start(self, course: _Course, attribution: Attribution) -> None:
        course.first_token_s = time.monotonic()
        self._publish(AnswerStarted(course.ask.turn, attribution))

    def _end(self, course: _Course, output_tokens: int | None) -> None:
        first_token_s = course.first_token_s or course.started_s
        self._publish(
            AnswerEnded(
                course.ask.turn,
                first_token_ms=1000 * (first_token_s - course.started_s),
                elapsed_ms=1000 * (time.monotonic() - course.started_s),
                output_tokens=output_tokens,
            )
        )


def _conversation(ask: Ask, system: str) -> list[ChatMessage]:
    """Return the messages that lead to the request: instructions, the exchanges before it, itself."""
    messages: list[ChatMessage] = [{"role": "system", "content": system}] if system else []
    for exchange in ask.before:
        messages.append({"role": "user", "content": exchange.request})
        messages.append({"role": "assistant", "content": exchange.answer})
    return [*messages, {"role": "user", "content": ask.text}]


def _of(node: str, reason: Message) -> Message:
    return message("{node}: {reason}", node=node, reason=reason)
