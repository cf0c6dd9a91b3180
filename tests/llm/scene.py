"""A router among scripted nodes, and what it published."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import httpx  # noqa: F401 - a slow import must not count against a limit of a test

from etoile.config import Node, Routing
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerText, Event, Failed, NodePassedOver, NodesSeen
from etoile.domain.nodes import NodeState
from etoile.llm.knocking import Place
from etoile.llm.recalled_paces import Paces
from etoile.llm.recalling import Answers
from etoile.llm.router import Guide, Router
from etoile.llm.tooling import Tools
from etoile.text import render
from tests.llm.fake_node import FakeNode
from tests.waiting import wait_until

Kind = TypeVar("Kind")


class FakeGuide:
    """Answers with its name."""

    def answer(self, question: str, language: str) -> Iterable[str]:
        yield f"guide ({language}): "
        yield question

    def stand_in(self, question: str, language: str, nodes: Sequence[str]) -> Sequence[str]:
        return ()


def settings(name: str, node: FakeNode, **more: object) -> Node:
    """Return how the settings would name `node`."""
    return Node(name=name, url=node.url, dialect=node.script.dialect, **more)  # type: ignore[arg-type]


class Scene:
    """A running router; `events` is everything that it published."""

    def __init__(self, router: Router, events: list[Event]) -> None:
        self.router = router
        self.events = events

    def of(self, kind: type[Kind], turn: int | None = None) -> list[Kind]:
        """Return the events of `kind`, of one turn or of all."""
        return [
            event for event in self.events if isinstance(event, kind) and turn in (None, getattr(event, "turn", None))
        ]

    def ask(self, text: str = "Hello?", turn: int = 1, node: str | None = None) -> "Scene":
        """Ask, and wait until it is over."""
        self.router.ask(Ask(turn, text, "en", node=node))
        self.wait_for(lambda: self.of(AnswerEnded, turn) or self.of(Failed, turn))
        return self

    def answer(self, turn: int = 1) -> str:
        """Return the text of the answer."""
        return "".join(event.text for event in self.of(AnswerText, turn))

    def passed_over(self, turn: int = 1) -> list[str]:
        """Return the nodes that were passed over, with the reasons."""
        return [f"{event.node}: {render(event.reason, 'en')}" for event in self.of(NodePassedOver, turn)]

    def failure(self, turn: int = 1) -> str:
        """Return what was said when it failed; empty when it did not."""
        return " ".join(render(event.said, "en") for event in self.of(Failed, turn))

    def state(self, name: str) -> NodeState | None:
        """Return the state of the node `name` as it was last published."""
        seen = self.of(NodesSeen)
        return next((status.state for status in seen[-1].nodes if status.name == name), None) if seen else None

    def wait_for(self, predicate: Callable[[], object]) -> None:
        """Wait until `predicate` is true."""
        wait_until(predicate, what=f"the expected events; there were {self.events}")


@contextmanager
def scene(
    *nodes: Node,
    routing: Routing | None = None,
    secret: Callable[[Node], str | None] = lambda node: None,
    watch: bool = False,
    places: Iterable[Place] = (),
    confirmed: Callable[[], frozenset[str]] = frozenset,
    keep_confirmed: Callable[[str], None] = lambda url: None,
    answers: Answers | None = None,
    paces: Paces | None = None,
    guide: Guide | None = None,
    tools: Tools | None = None,
) -> Iterator[Scene]:
    """Run a router among `nodes`; check that leaving it leaves no thread behind."""
    events: list[Event] = []
    with Router(
        nodes,
        routing or Routing(connect_s=60.0, first_token_s=60.0, between_tokens_s=60.0),
        events.append,
        guide=guide or FakeGuide(),
        secret=secret,
        watch=watch,
        places=tuple(places),
        confirmed=confirmed,
        keep_confirmed=keep_confirmed,
        answers=answers,
        paces=paces,
        tools=tools,
    ) as router:
        yield Scene(router, events)
    assert "net" not in [thread.name for thread in threading.enumerate()]
