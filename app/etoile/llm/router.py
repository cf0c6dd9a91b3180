"""From a question to an answer: the thread `net`, the lifetimes on it, and who answers.

ask -> by name, or where there is no node at all -> the guide answers, and says that it is the guide
       else, where it takes several units       -> the commander, see `commanding`
       else                                      -> the best node, see `dispatch`
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, aclosing
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from etoile.config import Node, Routing
from etoile.config.routing_checks import GUIDE
from etoile.domain.commander.telling import CUT
from etoile.domain.effects import Ask, Correct
from etoile.domain.events import (
    AnswerEnded,
    AnswerStarted,
    AnswerText,
    Corrected,
    Event,
    Failed,
    KindTold,
    NodePassedOver,
    Queued,
    Weighed,
)
from etoile.domain.nodes import Attribution, NodeStatus
from etoile.domain.plan import Rules, Wanted
from etoile.domain.roles import Steps, matrix_of
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.errors import WENT_WRONG, ConfigError, NodeError
from etoile.llm.client import STREAM_PER_ANSWER, Client
from etoile.llm.commanding import Commander, PlanSource
from etoile.llm.correcting import corrected
from etoile.llm.desk import Desk
from etoile.llm.dialects import Secret, dialect_of
from etoile.llm.dispatch import (
    Dispatch,
    Ended,
    Enrich,
    NobodyAnswered,
    PassedOver,
    Progress,
    QueueFull,
    Started,
    Waiting,
    Work,
)
from etoile.llm.fleet import Fleet
from etoile.llm.knocking import USUAL_PLACES, Place
from etoile.llm.loop import new_loop
from etoile.llm.metrics import metrics
from etoile.llm.pieces import Pieces
from etoile.llm.plan_files import PlanFiles
from etoile.llm.recalled_paces import Paces, RecalledPaces
from etoile.llm.recalling import Answers
from etoile.llm.records import Text
from etoile.llm.second_opinion import SecondOpinion
from etoile.llm.tooling import Tooling, Tools
from etoile.text import Message, message

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

log = logging.getLogger(__name__)

_Wish = TypeVar("_Wish", Ask, Correct)

GLANCE_S = 0.5
"""A node of this house says how it is within some milliseconds; one that does not is asked when no other is left."""


def _as_simple(text: str) -> Classification:
    return Classification(TaskKind.SIMPLE, 0.0, "rules")


def _own_matrix(routing: Routing) -> Mapping[str, Steps]:
    """Return what kinds take that the settings name."""
    matrix = matrix_of(routing.matrix)
    return {kind: matrix[kind] for kind in routing.matrix}


class Guide(Protocol):
    """Answers from the help pages when there is no node."""

    def answer(self, question: str, language: str) -> Iterable[str]:
        """Yield the answer in pieces.  Called on the net thread; quick."""
        ...

    def stand_in(self, question: str, language: str, nodes: Sequence[str]) -> Sequence[str]:
        """Return what is known about it where `nodes` could not answer, in pieces; nothing where nothing is known.

        Called on a thread of its own; may block.
        """
        ...


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
        enrich: Enrich = tuple,
        classify: Callable[[str], Classification] = _as_simple,
        plans: PlanSource | None = None,
        answers: Answers | None = None,
        paces: Paces | None = None,
        tools: Tools | None = None,
        watch: bool = True,
        places: Sequence[Place] = USUAL_PLACES,
        told_missing: bool = False,
    ) -> None:
        """`confirmed` returns the addresses that the user confirmed, `keep_confirmed` keeps one more.

        `enrich` adds to the nodes what is known of them from elsewhere: how hot they are, how busy, what memory they
        have; it is called on the net thread.  `classify` tells the kind of a request, or of a part of one; `plans` is
        where plans come from, by default the shipped ones and the user's.  `answers` keeps those that may be given
        again; without it none is.  `paces` keeps over a restart how fast models are.  `tools` are what models may call
        that are declared to be able to.
        Without `watch` there are no heartbeats: for a caller that asks once and leaves.  `told_missing`: it was told
        already that there is nobody to ask.
        """
        self._guide = guide
        self._keep_confirmed = keep_confirmed
        self._watch = watch
        self._client = Client(routing.connect_s, STREAM_PER_ANSWER * routing.answer_bytes)
        self._fleet = Fleet(
            nodes,
            routing,
            publish,
            partial(dialect_of, client=self._client, secret=secret),
            confirmed=confirmed,
            places=places,
            renew=self._client.aclose,
            told_missing=told_missing,
        )
        self._paces = RecalledPaces(self._fleet, paces)
        self._rules = Rules.of(routing)
        self._dispatch = Dispatch(self._fleet, routing, enrich)
        self._desk = Desk(publish, self._dispatch, self._fleet.statuses, answers, routing.system)
        self._publish = self._desk.publish
        self._plan_files = PlanFiles(_own_matrix(routing))
        self._commander = Commander(
            self._dispatch, self._fleet.statuses, self._publish, plans or self._plan_files, classify
        )
        self._tooling = Tooling(
            self._dispatch, self._fleet.statuses, self._publish, tools, cloud_history=routing.cloud_history
        )
        self._opinion = SecondOpinion(
            self._dispatch, lambda: enrich(self._fleet.statuses()), self._rules, routing.classify_s
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
        self._begin(ask.turn, self._answer, ask)

    def correct(self, correct: Correct) -> None:
        """Have what was heard corrected; publishes Corrected, in time."""
        self._begin(correct.turn, self._correct, correct)

    def weigh(self, ask: Ask) -> None:
        """Publish how each node stands for `ask`; none is asked."""
        self._begin(ask.turn, self._weigh, ask)

    def _begin(self, turn: int, work: Callable[[_Wish], Awaitable[None]], wish: _Wish) -> None:
        future = self._running().start_task_soon(work, wish)
        self._asked[turn] = future
        future.add_done_callback(lambda done: self._forget(turn, done))

    def _forget(self, turn: int, done: Future[None]) -> None:
        """Forget what is done; the turn may have asked again meanwhile, and that may still be stopped."""
        if self._asked.get(turn) is done:
            del self._asked[turn]

    def stop(self, turn: int) -> None:
        """Give up the answer of `turn`; the node is told by the closing of its connection, unless others want it."""
        if self._portal is not None:
            self._portal.start_task_soon(self._leave, turn)

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return every node as it was last seen."""
        return self._fleet.statuses()

    def check(self) -> tuple[NodeStatus, ...]:
        """Ask every node how it is, all at once, and return the answers.  Blocks for two seconds at most."""
        return self._running().call(self._fleet.check)

    def glance(self) -> None:
        """Learn how the nodes are before one is chosen, where no heartbeat tells.  Blocks for half a second at most."""
        self._running().call(self._glance)

    def metrics(self, url: str) -> Future[bytes]:
        """Start to fetch the page of metrics at `url`; the future raises NodeError."""
        return self._running().start_task_soon(metrics, self._client, url)

    def use(self, nodes: Sequence[Node], routing: Routing) -> None:
        """Have `nodes` in the place of those of the settings, and go by `routing`; what is being answered goes on."""
        self._running().start_task_soon(self._use, tuple(nodes), routing)

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
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._paces.recall)
                tasks.start_soon(self._paces.keep_now_and_then)
                if self._watch:
                    await self._fleet.watch()
                await anyio.sleep_forever()
        finally:
            self._paces.keep()
            with anyio.CancelScope(shield=True):
                await self._client.aclose()

    async def _glance(self) -> None:
        await asyncio.gather(self._fleet.glance(GLANCE_S), self._paces.recalled(GLANCE_S))

    async def _use(self, nodes: Sequence[Node], routing: Routing) -> None:
        self._rules = self._opinion.rules = Rules.of(routing)
        self._opinion.within_s = routing.classify_s
        self._client.connect_s, self._client.stream_bytes = routing.connect_s, STREAM_PER_ANSWER * routing.answer_bytes
        self._dispatch.use(routing)
        self._desk.instruct(routing.system)
        self._plan_files.matrix = _own_matrix(routing)
        self._tooling.cloud_history = routing.cloud_history
        try:
            await self._fleet.use(nodes, routing)
        except Exception:
            log.exception("the changed nodes cannot be used")

    def _confirm(self, name: str) -> None:
        if (url := self._fleet.confirm(name)) is not None:
            self._keep_confirmed(url)

    def _leave(self, turn: int) -> None:
        leader = self._desk.leave(turn)
        if leader is not None and (future := self._asked.get(leader)):
            future.cancel()

    async def _answer(self, ask: Ask) -> None:
        if (shared := self._desk.join(ask)) is None:
            return
        try:
            await self._route(ask)
        except Exception:
            log.exception("answering turn %d failed", ask.turn)
            self._publish(Failed(ask.turn, WENT_WRONG))
        finally:
            told = self._desk.over(shared)
        await self._desk.settle(ask, told)

    async def _route(self, ask: Ask) -> None:
        """Decide who answers."""
        if await self._desk.recall(ask):
            return
        if not self._fleet.usable():
            await self._fleet.look_once()
        if _named(ask) == (GUIDE,) or not (_named(ask) or self._fleet.usable()):
            self._answer_from_help(ask)
        elif refused := next(filter(None, map(self._unaskable, _named(ask))), None):
            self._publish(Failed(ask.turn, *refused))
        else:
            await self._answer_from_nodes(ask)

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

    async def _correct(self, correct: Correct) -> None:
        name, _, model = correct.model.partition("/")
        member = self._fleet.named(name)
        text = ""
        try:
            if member and member.confirmed:
                text = await corrected(member.dialect, model, correct.text, correct.language)
        except Exception:
            log.exception("correcting what was heard failed")
        self._publish(Corrected(correct.turn, text))

    async def _weigh(self, ask: Ask) -> None:
        try:
            self._publish(Weighed(ask.turn, self._dispatch.standings(self._wanted(ask))))
        except Exception:
            log.exception("weighing the nodes for turn %d failed", ask.turn)
            self._publish(Failed(ask.turn, WENT_WRONG))

    def _wanted(self, ask: Ask) -> Wanted:
        """Return what the request wants that one node answers."""
        warm = ask.before[-1].attribution if ask.before else ()
        wanted = self._rules.whole(ask.kind or "simple", ask.node)
        return replace(wanted, sticky=warm[-1].node if warm else None, among=frozenset(ask.nodes), private=ask.private)

    async def _with_kind(self, ask: Ask) -> Ask:
        """Return the request with its kind, which a node may know better."""
        kind = await self._opinion.kind_of(ask)
        if kind is not None and kind != ask.kind:
            self._publish(KindTold(ask.turn, kind))
        return replace(ask, kind=kind)

    async def _answer_from_nodes(self, ask: Ask) -> None:
        ask = await self._with_kind(ask)
        if ask.why:
            await self._weigh(ask)
        wanted = self._wanted(ask)
        work = Work(messages=self._desk.messages(ask, wanted), wanted=wanted, priority=ask.priority)
        try:
            if units := await self._commander.units_for(ask):
                await self._commander.answer(ask, units, work)
            elif self._tooling.helps(ask):
                await self._pass_on(ask.turn, self._tooling.answer(ask, work))
            else:
                await self._pass_on(ask.turn, self._dispatch.answer(work))
        except (ConfigError, NodeError, NobodyAnswered, QueueFull) as error:
            if not (isinstance(error, NobodyAnswered) and await self._guide_stands_in(ask, list(error.reasons))):
                self._publish(Failed(ask.turn, error.said, error.remedy))

    async def _pass_on(self, turn: int, progress: AsyncGenerator[Progress]) -> None:
        """Publish what comes of turn `turn`.  Raises NodeError, NobodyAnswered."""
        with Pieces(turn, self._publish, asyncio.get_running_loop()) as pieces:
            async with aclosing(progress):
                async for step in progress:
                    match step:
                        case Text(text):
                            pieces.add(text)
                        case PassedOver(node, reason):
                            pieces.flush()
                            self._publish(NodePassedOver(turn, node, reason))
                        case Waiting(_, said, position):
                            self._publish(Queued(turn, position or 0, said))
                        case Started(attribution, notes, continues):
                            self._publish(AnswerStarted(turn, attribution, notes, continues))
                        case Ended():
                            pieces.flush()
                            self._publish(_ended(turn, step))

    def _answer_from_help(self, ask: Ask) -> None:
        self._tell_as_guide(ask.turn, self._guide.answer(ask.text, ask.language))

    async def _guide_stands_in(self, ask: Ask, nodes: Sequence[str]) -> bool:
        """Answer what help, history and notes know, where no node could; False where they know nothing."""
        if _named(ask):
            return False
        found = await asyncio.to_thread(self._guide.stand_in, ask.text, ask.language, nodes)
        if found:
            self._tell_as_guide(ask.turn, found)
        return bool(found)

    def _tell_as_guide(self, turn: int, pieces: Iterable[str]) -> None:
        started_s = time.monotonic()
        self._publish(AnswerStarted(turn, Attribution(node=GUIDE, model="help")))
        for piece in pieces:
            self._publish(AnswerText(turn, piece))
        elapsed_ms = 1000 * (time.monotonic() - started_s)
        self._publish(_ended(turn, Ended(output_tokens=None, first_token_ms=0.0, elapsed_ms=elapsed_ms)))


def _named(ask: Ask) -> tuple[str, ...]:
    """Return the nodes that the user named."""
    return ask.nodes if ask.node is None else (ask.node,)


def _ended(turn: int, end: Ended) -> AnswerEnded:
    return AnswerEnded(
        turn,
        first_token_ms=end.first_token_ms,
        elapsed_ms=end.elapsed_ms,
        output_tokens=end.output_tokens,
        notes=(CUT,) if end.cut else (),
        private=end.private,
    )
