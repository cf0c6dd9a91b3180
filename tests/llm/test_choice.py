"""Which node gets a request, over real sockets: by heat, by role, by memory, by what another node says of it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from etoile.config import Node, Routing
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerStarted, AnswerText, Event, Failed, KindTold, Weighed
from etoile.domain.gpus import Thermal
from etoile.domain.nodes import NodeStatus
from etoile.llm.router import Router
from etoile.text import render
from tests.llm.fake_node import FakeNode, Script
from tests.llm.patience import patiently
from tests.llm.scene import FakeGuide, Scene, settings

Enrich = Callable[[tuple[NodeStatus, ...]], Sequence[NodeStatus]]


@pytest.fixture(autouse=True)
def on_a_slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the nodes take to tell of themselves, they are waited for."""
    patiently(monkeypatch)


@contextmanager
def among(*nodes: Node, enrich: Enrich = tuple, **routing: object) -> Iterator[Scene]:
    """Run a router among `nodes`, of which it knows how they are."""
    events: list[Event] = []
    limits = Routing(first_token_s=5.0, between_tokens_s=5.0, **routing)  # type: ignore[arg-type]
    with Router(
        nodes, limits, events.append, guide=FakeGuide(), secret=lambda node: None, enrich=enrich, watch=False, places=()
    ) as router:
        router.glance()
        yield Scene(router, events)


def asked(scene: Scene, ask: Ask) -> Scene:
    """Ask, and wait until it is over."""
    scene.router.ask(ask)
    scene.wait_for(lambda: scene.of(AnswerEnded, ask.turn) or scene.of(Failed, ask.turn))
    return scene


def heat(**thermal: Thermal) -> Enrich:
    """Return what knows how hot nodes are, by name."""
    return lambda nodes: [replace(one, thermal=thermal.get(one.name, one.thermal), temperature_c=88) for one in nodes]


def chats(node: FakeNode) -> list[str]:
    """Return the models that a node was asked to answer with."""
    return [str(request.body["model"]) for request in node.requests if request.method == "POST" and request.body]


def notes(scene: Scene) -> list[str]:
    """Return what is told with the answer."""
    return [render(note, "en") for started in scene.of(AnswerStarted) for note in started.notes]


def test_a_node_at_its_limit_is_left_to_cool_and_the_user_is_told() -> None:
    with FakeNode(Script(answer="Big.")) as big, FakeNode(Script(answer="Small.")) as small:
        nodes = settings("big", big), settings("small", small)
        with among(*nodes, enrich=heat(big=Thermal.CRITICAL)) as scene:
            assert scene.ask().answer() == "Small."
            assert notes(scene) == ["big was left to cool: its GPUs are critically hot (88 °C)."]
        assert chats(big) == []


def test_a_hot_node_is_spared_and_nothing_is_said() -> None:
    with FakeNode(Script(answer="Big.")) as big, FakeNode(Script(answer="Small.")) as small:
        nodes = settings("big", big), settings("small", small)
        with among(*nodes, enrich=heat(big=Thermal.WARNING)) as scene:
            assert scene.ask().answer() == "Small."
            assert notes(scene) == []


def test_the_only_node_is_at_its_limit() -> None:
    with (
        FakeNode(Script(answer="Big.")) as big,
        among(settings("big", big), enrich=heat(big=Thermal.CRITICAL)) as scene,
    ):
        assert scene.ask().failure() == "No node could answer: big."
        assert scene.passed_over() == ["big: its GPUs are critically hot (88 °C)"]
        [failed] = scene.of(Failed)
        assert failed.remedy is not None
        assert "etoile ask --node big" in render(failed.remedy, "en")
        assert chats(big) == []
        assert scene.ask(turn=2, node="big").answer(2) == "Big."
        assert notes(scene) == ["big answers because you named it: its GPUs are critically hot (88 °C)."]


def test_what_is_not_allowed_to_leave_stays() -> None:
    with FakeNode(Script(answer="Far.")) as far, FakeNode(Script(answer="Near.")) as near:
        nodes = settings("far", far, local=False), settings("near", near)
        with among(*nodes, cloud=("simple",)) as scene:
            assert asked(scene, Ask(1, "Hi", "en", kind="simple")).answer() == "Far."
            assert asked(scene, Ask(2, "Compare", "en", kind="analyse")).answer(2) == "Near."
            near.script = Script(status=500)
            refused = asked(scene, Ask(3, "Compare", "en", kind="analyse")).passed_over(3)
            assert "far: it is a cloud provider, and requests of the kind analyse stay here" in refused
        assert len(chats(far)) == 1


def test_each_kind_of_work_has_its_node_and_its_model() -> None:
    script = Script(dialect="ollama", models=("usual", "thinker"), answer="Thought through.")
    with FakeNode(Script(answer="Hi.")) as talker, FakeNode(script) as thinker:
        nodes = (
            settings("talker", talker, roles=("respond",)),
            settings("thinker", thinker, roles=("analyse",), models={"analyse": "thinker"}),
        )
        with among(*nodes) as scene:
            assert asked(scene, Ask(1, "Compare", "en", kind="analyse")).answer() == "Thought through."
            assert asked(scene, Ask(2, "Hello", "en", kind="simple")).answer(2) == "Hi."
        assert chats(thinker) == ["thinker"]


def test_how_the_nodes_stand_is_told_and_nobody_is_asked() -> None:
    with FakeNode(Script()) as big, FakeNode(Script()) as small:
        nodes = settings("big", big), settings("small", small)
        with among(*nodes, enrich=heat(big=Thermal.CRITICAL)) as scene:
            scene.router.weigh(Ask(1, "Hello", "en", kind="simple"))
            scene.wait_for(lambda: scene.of(Weighed))
            [weighed] = scene.of(Weighed)
            assert [(one.node, one.takes) for one in weighed.standings] == [("small", True), ("big", False)]
        assert chats(big) == chats(small) == []


def test_why_is_told_before_the_answer() -> None:
    with FakeNode(Script()) as node, among(settings("only", node)) as scene:
        asked(scene, Ask(1, "Hello", "en", why=True))
        told = [type(event) for event in scene.events if isinstance(event, Weighed | AnswerStarted | AnswerText)]
        assert told[:2] == [Weighed, AnswerStarted]


def test_a_node_says_which_kind_an_unclear_request_is() -> None:
    script = Script(dialect="ollama", answer="Kind: analyse.")
    with FakeNode(script) as quick, FakeNode(Script(answer="Analysed.")) as thinker:
        nodes = (
            settings("quick", quick, roles=("classify", "respond")),
            settings("thinker", thinker, roles=("analyse",)),
        )
        with among(*nodes, classify_s=30.0) as scene:
            unclear = Ask(1, "And the third one?", "en", kind="simple", sure=False)
            assert asked(scene, unclear).answer() == "Analysed."
            assert [told.kind for told in scene.of(KindTold)] == ["analyse"]
            assert asked(scene, replace(unclear, turn=2, sure=True)).answer(2) == "Kind: analyse."
            assert len(scene.of(KindTold)) == 1


def test_a_node_that_does_not_say_it_in_time_is_not_waited_for() -> None:
    silence = threading.Event()

    def hold(index: int) -> None:
        silence.wait(20)

    with (
        FakeNode(Script(dialect="ollama", answer="analyse", before_token=hold)) as quick,
        FakeNode(Script(answer="Hello.")) as talker,
    ):
        nodes = settings("quick", quick, roles=("classify",)), settings("talker", talker, roles=("respond",))
        with among(*nodes, classify_s=0.2) as scene:
            assert asked(scene, Ask(1, "Hm?", "en", kind="simple", sure=False)).answer() == "Hello."
            assert scene.of(KindTold) == []
            silence.set()
