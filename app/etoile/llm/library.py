"""The nodes for other programs: asked as Etoile asks them, without window, voice or history.  See `etoile.llm`."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import msgspec

from etoile.config import Config, Node, Routing, config_path, load
from etoile.config.checks import check_values
from etoile.config.mistyped import refusal
from etoile.domain.nodes import Attribution, NodeStatus
from etoile.domain.plan import Rules
from etoile.llm.client import STREAM_PER_ANSWER, Client
from etoile.llm.dialects import Secret, dialect_of
from etoile.llm.dispatch import Dispatch, Ended, PassedOver, Progress, Started, Work
from etoile.llm.fleet import Fleet
from etoile.llm.keys import plain_http_warning
from etoile.llm.keys import secret as usual_secret
from etoile.llm.records import ChatMessage, Text, Tool, ToolCall
from etoile.text import render

log = logging.getLogger(__name__)

GLANCE_S = 0.5
"""So long nodes have to say how they are before the first is chosen; who is slower is asked later."""
_NAME = "open_nodes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer."""

    text: str
    """What the last node said; of one that broke off before it only what the last one went on from."""
    attribution: Attribution
    """Whose last words these are."""
    passed_over: tuple[PassedOver, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    """Tools that the model wants called: nothing has called them."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    first_token_ms: float
    elapsed_ms: float
    cut: bool = False
    """Whether it stopped at its limit of length."""


class Nodes:
    """Nodes that are open.  For the event loop in which they were opened."""

    def __init__(self, fleet: Fleet, dispatch: Dispatch, rules: Rules) -> None:
        self._fleet = fleet
        self._dispatch = dispatch
        self._rules = rules

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return every node as it was last seen."""
        return self._fleet.statuses()

    async def check(self) -> tuple[NodeStatus, ...]:
        """Ask every node how it is, and return the answers: two seconds at most."""
        return await self._fleet.check()

    def ask(
        self,
        request: str | Sequence[ChatMessage],
        *,
        kind: str = "simple",
        node: str | None = None,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        think: bool | None = None,
    ) -> AsyncGenerator[Progress]:
        """Yield how the request fares at the node that can best take it, `Text` by `Text`; closing it stops the node.

        `request` is a question, or a whole conversation.  `kind` ("code", "analyse", ...) tells which roles are wanted,
        `node` the only one that may answer.  Raises NobodyAnswered when every node failed, NodeError when the request
        itself is wrong.
        """
        messages: Sequence[ChatMessage] = (
            [{"role": "user", "content": request}] if isinstance(request, str) else request
        )
        work = Work(
            messages=tuple(messages),
            wanted=self._rules.whole(kind, node),
            tools=tuple(tools),
            max_tokens=max_tokens,
            think=think,
        )
        return self._dispatch.answer(work)

    async def complete(
        self,
        request: str | Sequence[ChatMessage],
        *,
        kind: str = "simple",
        node: str | None = None,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        think: bool | None = None,
    ) -> Reply:
        """Return the whole answer; the rest is as for `ask`."""
        asked = self.ask(request, kind=kind, node=node, max_tokens=max_tokens, tools=tools, think=think)
        return await _gathered(asked)


@asynccontextmanager
async def open_nodes(
    nodes: Sequence[Node] | None = None,
    *,
    routing: Routing | None = None,
    secret: Secret = usual_secret,
    watch: bool = True,
) -> AsyncIterator[Nodes]:
    """Open `nodes`, or those of the settings file, and close them afterwards.

    `secret` returns the key of a node.  With `watch` each is asked now and then how it is, and one that failed is tried
    out before it is used again; without it that is found out by asking.  A key that travels unencrypted is warned of in
    the log.  Raises ConfigError for settings that make no sense.
    """
    config = load(config_path(), must_exist=False) if nodes is None else _checked(nodes)
    routing = routing or config.routing
    client = Client(routing.connect_s, STREAM_PER_ANSWER * routing.answer_bytes)
    fleet = Fleet(
        config.nodes,
        routing,
        lambda event: None,
        partial(dialect_of, client=client, secret=secret),
        confirmed=frozenset,
        places=(),
    )
    for node in config.nodes:
        if warning := plain_http_warning(node):
            log.warning("%s: %s", node.name, render(warning, "en"))
    async with aclosing(client):
        await fleet.glance(GLANCE_S)
        watching = asyncio.create_task(fleet.watch()) if watch else None
        try:
            yield Nodes(fleet, Dispatch(fleet, routing), Rules.of(routing))
        finally:
            if watching:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching


def _checked(nodes: Sequence[Node]) -> Config:
    """Return settings of these nodes alone.  Raises ConfigError for what a settings file could not say either."""
    try:
        config = msgspec.convert(msgspec.to_builtins(Config(nodes=tuple(nodes))), Config)
    except msgspec.ValidationError as error:
        raise refusal(error, _NAME) from error
    check_values(config, _NAME)
    return config


async def _gathered(asked: AsyncGenerator[Progress]) -> Reply:
    text: list[str] = []
    calls: list[ToolCall] = []
    passed_over: list[PassedOver] = []
    attribution: Attribution | None = None
    ended: Ended | None = None
    async with aclosing(asked) as steps:
        async for step in steps:
            match step:
                case Text(piece):
                    text.append(piece)
                case ToolCall():
                    calls.append(step)
                case PassedOver():
                    passed_over.append(step)
                case Started(attribution, continues=continues):
                    if not continues:
                        text.clear()
                        calls.clear()
                case Ended():
                    ended = step
    assert attribution is not None and ended is not None  # noqa: PT018
    return Reply(
        text="".join(text),
        attribution=attribution,
        passed_over=tuple(passed_over),
        calls=tuple(calls),
        input_tokens=ended.input_tokens,
        output_tokens=ended.output_tokens,
        first_token_ms=ended.first_token_ms,
        elapsed_ms=ended.elapsed_ms,
        cut=ended.cut,
    )
