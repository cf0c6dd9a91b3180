"""The way to the nodes, which is opened once there is one, or something is asked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest

from etoile.config import Config, Node, Routing
from etoile.domain import effects as do
from etoile.domain.events import AnswerEnded, AnswerText, Event, Failed, NodesSeen, PartMissing, PartReady
from etoile.domain.nodes import NodeState
from etoile.errors import WENT_WRONG
from etoile.llm.knocking import Place
from etoile.llm.router import Router
from etoile.parts import net
from etoile.parts.later import Later
from etoile.parts.live import Live, first_state
from etoile.parts.nodes import open_nodes
from tests.llm.fake_node import FakeNode, Script
from tests.test_outside import rooms
from tests.waiting import wait_until

ROUTING = Routing(heartbeat_s=0.1, connect_s=60.0, first_token_s=60.0, between_tokens_s=60.0)
UP = NodeState.UP


@dataclass
class App:
    """What the app has of its nodes, and what was published."""

    nodes: Later[Router]
    live: Live
    events: list[Event] = field(default_factory=list)

    def seen(self) -> dict[str, NodeState]:
        """Return the nodes as they were last told of."""
        told = [event for event in self.events if isinstance(event, NodesSeen)]
        return {node.name: node.state for node in told[-1].nodes} if told else {}

    def said(self) -> list[str]:
        """Return whether nodes were told to be missing, and to be there again."""
        return [type(event).__name__ for event in self.events if isinstance(event, PartMissing | PartReady)]

    def configure(self, *nodes: Node) -> None:
        """Change the settings by hand."""
        rooms(router=self.nodes, live=self.live).perform(do.Configure(Config(nodes=nodes, routing=ROUTING)))

    def ask(self, text: str) -> str:
        """Return the answer."""
        rooms(router=self.nodes).perform(do.Ask(1, text, "en"))
        wait_until(lambda: any(isinstance(one, AnswerEnded | Failed) for one in self.events))
        return "".join(event.text for event in self.events if isinstance(event, AnswerText))


@contextmanager
def app(*nodes: Node, port: int, watch: bool = True) -> Iterator[App]:
    """Open the way to the nodes, which are looked for at `port`; check that leaving it leaves no thread behind."""
    config = Config(nodes=nodes, routing=ROUTING)
    events: list[Event] = []
    live = Live(lambda: first_state(config), events.append, None, None, config)
    with ExitStack() as stack:
        places = (Place(port, "ollama"),)
        yield App(open_nodes(stack, events.append, None, live, dict, None, watch=watch, places=places), live, events)
    assert not {"net", "knock", "router_0"} & {thread.name for thread in threading.enumerate()}


@pytest.fixture
def port() -> Iterator[int]:
    """Yield a port that nobody else gets, where nobody listens until a test does."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def named(name: str, node: FakeNode) -> Node:
    """Return how the settings would name `node`."""
    return Node(name=name, url=node.url)


def test_while_there_is_no_node_nothing_is_opened_and_that_there_is_none_is_said(port: int) -> None:
    with app(port=port) as here:
        wait_until(here.said)
        assert not here.nodes.wanted
        rooms(router=here.nodes, actions=here.nodes).perform(do.StopWork(1))
        here.configure()
        assert not here.nodes.wanted
    assert here.events[0] == NodesSeen(())
    assert here.said() == ["PartMissing"]


def test_a_server_that_is_started_later_is_found_and_answers(port: int) -> None:
    with app(port=port) as here:
        wait_until(here.said)
        with FakeNode(Script(dialect="ollama", answer="Found."), port):
            wait_until(lambda: here.seen() == {"ollama": UP})
            assert here.ask("Hello?") == "Found."
    assert here.said() == ["PartMissing", "PartReady"]


def test_a_server_that_is_there_already_is_used_and_nothing_is_said_to_be_missing(port: int) -> None:
    with FakeNode(Script(dialect="ollama"), port), app(port=port) as here:
        wait_until(lambda: here.seen() == {"ollama": UP})
    assert here.said() == []


def test_what_listens_there_and_is_no_node_is_not_taken_for_one(port: int) -> None:
    with FakeNode(Script(list_status=404), port), app(port=port) as here:
        wait_until(here.said)
        assert here.nodes.wanted
        assert here.nodes.now().statuses() == ()


def test_a_node_of_the_settings_is_opened_at_once(port: int) -> None:
    with FakeNode() as node, app(named("M1", node), port=port) as here:
        wait_until(lambda: here.seen() == {"M1": UP})
    assert here.said() == []


def test_a_node_that_is_added_to_the_settings_is_opened(port: int) -> None:
    with FakeNode() as node, app(port=port) as here:
        wait_until(here.said)
        here.configure(named("M1", node))
        wait_until(lambda: here.seen() == {"M1": UP})
        wait_until(lambda: here.said() == ["PartMissing", "PartReady"])
        here.configure()
        wait_until(lambda: here.seen() == {})


def test_who_asks_where_there_is_no_node_is_answered_by_the_guide(port: int) -> None:
    with app(port=port) as here:
        wait_until(here.said)
        assert "Ollama" in here.ask("How do I add a node?")
    assert here.said() == ["PartMissing"]


@pytest.mark.parametrize("watch", [True, False])
def test_who_asks_before_it_was_looked_around_gets_the_answer_of_who_is_there(port: int, watch: bool) -> None:
    with FakeNode(Script(dialect="ollama", answer="Here."), port), app(port=port, watch=watch) as here:
        assert here.ask("Hello?") == "Here."


def test_the_nodes_are_checked_where_none_was_known(port: int) -> None:
    with app(port=port) as here, FakeNode(Script(dialect="ollama"), port):
        assert [node.name for node in here.nodes.now().check()] == ["ollama"]


def test_it_is_left_at_any_moment_of_its_opening(port: int) -> None:
    with app(port=port) as here:
        rooms(router=here.nodes).perform(do.Ask(1, "Hello?", "en"))
    with FakeNode(Script(dialect="ollama"), port), app(port=port) as here:
        wait_until(lambda: here.nodes.wanted)
    with app(port=port):
        pass


def test_a_router_that_cannot_be_opened_ends_what_was_asked(
    port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with app(port=port, watch=False) as here, FakeNode(Script(dialect="ollama", answer="Here."), port):
        with monkeypatch.context() as broken:
            broken.setattr(net, "open_router", None)
            rooms(router=here.nodes, publish=here.events.append).perform(do.Ask(1, "Hello?", "en"))
            wait_until(lambda: Failed(1, WENT_WRONG) in here.events)
        here.events.clear()
        assert here.ask("Hello?") == "Here."
    assert "what was wanted of a room failed" in caplog.text
    caplog.clear()
