"""Work handed to scripted nodes over real sockets, without a router: what it says as it goes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx  # noqa: F401 - a slow import must not count against a limit of a test

from etoile.config import Node, Routing
from etoile.domain.events import Event
from etoile.domain.nodes import NodeState
from etoile.domain.plan import Wanted
from etoile.errors import EtoileError
from etoile.llm.client import Client
from etoile.llm.dialects import dialect_of
from etoile.llm.dispatch import Dispatch, PassedOver, Progress, Started, Waiting, Work
from etoile.llm.fleet import Fleet
from etoile.llm.records import Text
from etoile.text import render


@dataclass
class Course:
    """What one piece of work said."""

    steps: list[Progress] = field(default_factory=list)
    error: EtoileError | None = None

    @property
    def text(self) -> str:
        """Everything that any node said."""
        return "".join(step.text for step in self.steps if isinstance(step, Text))

    @property
    def story(self) -> list[str]:
        """Who was passed over and why, who began and who was waited for, in this order."""
        return [told for step in self.steps if (told := _told(step))]


def _told(step: Progress) -> str:
    match step:
        case PassedOver(node, reason):
            return f"{node} passed over: {render(reason, 'en')}"
        case Waiting(_, said):
            return f"waiting: {render(said, 'en')}"
        case Started(attribution, continues=continues):
            return f"{attribution.node} {'goes on' if continues else 'begins'}"
    return ""


class Bench:
    """A fleet, and work for it."""

    def __init__(self, fleet: Fleet, dispatch: Dispatch) -> None:
        self.fleet = fleet
        self.dispatch = dispatch

    async def do(self, text: str = "Hello?", course: Course | None = None, **wanted: object) -> Course:
        """Have a piece of work done to its end."""
        course = course or Course()
        work = Work(messages=({"role": "user", "content": text},), wanted=Wanted(**wanted))  # type: ignore[arg-type]
        try:
            async with aclosing(self.dispatch.answer(work)) as progress:
                async for step in progress:
                    course.steps.append(step)
        except EtoileError as error:
            course.error = error
        return course

    def state(self, name: str) -> NodeState:
        """Return how the node `name` is."""
        return next(status.state for status in self.fleet.statuses() if status.name == name)


@asynccontextmanager
async def bench(
    *nodes: Node, routing: Routing | None = None, events: list[Event] | None = None
) -> AsyncIterator[Bench]:
    """Give a fleet of `nodes` that nobody watches."""
    routing = routing or Routing(connect_s=60.0, first_token_s=60.0, between_tokens_s=60.0)
    client = Client(routing.connect_s, 16 * routing.answer_bytes)
    fleet = Fleet(
        nodes,
        routing,
        (events if events is not None else []).append,
        partial(dialect_of, client=client, secret=lambda node: None),
        confirmed=frozenset,
        places=(),
        renew=client.aclose,
    )
    try:
        yield Bench(fleet, Dispatch(fleet, routing))
    finally:
        await client.aclose()


async def until(predicate: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Return as soon as `predicate()` is true."""
    async with asyncio.timeout(timeout_s):
        while not predicate():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.005)
