"""Heartbeats, trials, and servers found on this machine."""

import threading
import time
from itertools import pairwise

import msgspec
import pytest

from etoile.config import Node, Routing
from etoile.domain.events import NodesSeen, PartMissing, PartReady
from etoile.domain.nodes import NodeState
from etoile.errors import StoreError
from etoile.llm.knocking import Place
from etoile.text import message, render
from tests.llm.fake_node import FakeNode, Script
from tests.llm.patience import LONG_S, patiently
from tests.llm.scene import scene, settings
from tests.waiting import wait_until

QUICK = Routing(heartbeat_s=0.1, open_s=0.2, first_token_s=1.0, between_tokens_s=1.0, connect_s=2.0)


def test_a_node_that_goes_and_comes_back_is_seen() -> None:
    node = FakeNode()
    with scene(settings("M1", node), routing=QUICK, watch=True) as play:
        play.wait_for(lambda: play.state("M1") is NodeState.UP)
        node.close()
        play.wait_for(lambda: play.state("M1") is NodeState.DOWN)
        with FakeNode(port=node.port):
            play.wait_for(lambda: play.state("M1") is NodeState.UP)


def test_a_dead_node_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    patiently(monkeypatch)
    with (
        FakeNode(Script(hangs_in_list=True)) as hung,
        FakeNode() as good,
        scene(settings("M1", hung), settings("M2", good), routing=QUICK, watch=True) as play,
    ):
        started_s = time.monotonic()
        play.wait_for(lambda: play.state("M2") is NodeState.UP)
        assert time.monotonic() - started_s < LONG_S / 2, "it waited for the one that hangs"


def test_a_node_that_hung_is_tried_in_the_background_and_taken_back() -> None:
    with (
        FakeNode(Script(hang_after=0)) as node,
        FakeNode(Script(answer="Other.")) as other,
        scene(settings("M1", node), settings("M2", other), routing=QUICK, watch=True) as play,
    ):
        play.ask(turn=1)
        assert play.state("M1") is NodeState.OPEN
        # A trial that fails keeps it open, and no question of the user is spent on it.
        wait_until(lambda: len(node.chats) >= 2)
        assert play.ask(turn=2).passed_over(2) == []
        node.script = Script(answer="Healed.")
        play.wait_for(lambda: play.state("M1") is NodeState.DEGRADED)
        # It speaks again; another is preferred until it has shown for a while, or by a whole answer, that it is well.
        assert play.ask(turn=3).answer(3) == "Other."
        other.script = Script(status=500)
        assert play.ask(turn=4).answer(4) == "Healed."
        assert play.state("M1") is NodeState.UP
        assert node.chats[1].body["max_tokens"] == 1


def test_a_node_that_asked_to_be_left_alone_is_not_even_looked_at() -> None:
    with (
        FakeNode(Script(status=429, headers=(("retry-after", "60"),))) as limited,
        FakeNode() as other,
        scene(settings("M1", limited), settings("M2", other), routing=QUICK, watch=True) as play,
    ):
        play.ask()
        asked, before = len(limited.requests), len(other.requests)
        wait_until(lambda: len(other.requests) > before + 4)
        assert len(limited.requests) <= asked + 1
        (status, _) = play.router.statuses()
    assert status.state is NodeState.BUSY
    assert status.retry_at_s is not None
    assert 0 < status.retry_at_s - time.time() < 61


def test_a_clock_that_is_set_changes_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    really, year_s = time.time, 31_536_000.0
    patient = Routing(heartbeat_s=0.1, open_s=600.0, first_token_s=5.0)
    with (
        FakeNode(Script(status=500)) as node,
        FakeNode() as other,
        scene(settings("M1", node), settings("M2", other), routing=patient, watch=True) as play,
    ):
        play.ask()
        assert play.state("M1") is NodeState.OPEN
        monkeypatch.setattr(time, "time", lambda: really() + year_s)
        wait_until(lambda: (play.router.statuses()[0].retry_at_s or 0.0) > really() + year_s)
        assert play.router.statuses()[0].state is NodeState.OPEN
        monkeypatch.setattr(time, "time", lambda: really() - year_s)
        wait_until(lambda: (play.router.statuses()[0].retry_at_s or 0.0) < really())
        assert play.router.statuses()[0].state is NodeState.OPEN
        assert len(node.chats) == 1


def test_a_node_that_wants_another_key_is_not_asked_again_by_itself() -> None:
    with (
        FakeNode(Script(key="right")) as locked,
        FakeNode() as other,
        scene(settings("M1", locked), settings("M2", other), routing=QUICK, watch=True) as play,
    ):
        wait_until(lambda: len(other.requests) > 4)
        assert play.state("M1") is NodeState.AUTH
        assert len(locked.requests) == 1


def test_nodes_are_told_again_only_when_something_changed() -> None:
    with FakeNode() as node, scene(settings("M1", node), routing=QUICK, watch=True) as play:
        wait_until(lambda: len(node.requests) > 3)
        told = [event.nodes for event in play.of(NodesSeen)]
    assert all(before != after for before, after in pairwise(told))


@pytest.mark.parametrize("dialect", ["ollama", "lmstudio"])
def test_ollama_and_lm_studio_are_recognised_and_used(dialect: str) -> None:
    with FakeNode(Script(dialect=dialect, answer="Found.")) as node:
        with scene(places=[Place(node.port, dialect)]) as play:  # type: ignore[arg-type]
            assert play.ask().answer() == "Found."
            (status,) = play.router.statuses()
            assert (status.name, status.dialect, status.state) == (dialect, dialect, NodeState.UP)
        assert all("authorization" not in request.headers for request in node.requests)


def test_what_else_listens_there_is_used_after_one_confirmation() -> None:
    kept: list[str] = []
    with FakeNode(Script(answer="Found.")) as node:
        name, place = f"local:{node.port}", Place(node.port)
        with scene(places=[place], keep_confirmed=kept.append) as play:
            (status,) = play.router.check()
            assert (status.name, status.state, status.models) == (name, NodeState.UNCONFIRMED, ("tiny",))
            assert play.ask("Secret?", turn=1).answer(1).startswith("guide")
            assert "not confirmed" in play.ask("Secret?", turn=2, node=name).failure(2)
            assert node.chats == []
            play.router.confirm(name)
            play.router.confirm("nobody")
            wait_until(lambda: kept)
            assert kept == [node.url]
            assert play.ask(turn=3).answer(3) == "Found."
        with scene(places=[place], confirmed=lambda: frozenset(kept)) as play:
            assert play.ask().answer() == "Found."


def test_when_the_confirmations_cannot_be_read_nothing_is_confirmed(caplog: pytest.LogCaptureFixture) -> None:
    def unreadable() -> frozenset[str]:
        raise StoreError(message("no database"))

    with FakeNode() as node, scene(places=[Place(node.port)], confirmed=unreadable) as play:
        (status,) = play.router.check()
    assert status.state is NodeState.UNCONFIRMED
    assert "no database" in caplog.text


def test_while_the_confirmations_are_read_answers_come() -> None:
    asked, go = threading.Event(), threading.Event()

    def slow() -> frozenset[str]:
        asked.set()
        assert go.wait(60)
        return frozenset()

    with (
        FakeNode() as found,
        FakeNode(Script(answer="Known.")) as known,
        scene(settings("M1", known), places=[Place(found.port)], confirmed=slow, watch=True) as play,
    ):
        assert asked.wait(60)
        try:
            assert play.ask().answer() == "Known."
        finally:
            go.set()


def test_having_nobody_to_ask_is_said_once_and_taken_back() -> None:
    with FakeNode(Script(dialect="ollama")) as node:
        port = node.port
    with scene(places=[Place(port, "ollama")], routing=QUICK, watch=True) as play:
        play.wait_for(lambda: play.of(NodesSeen))
        play.router.check()
        play.router.check()
        assert [part.part for part in play.of(PartMissing)] == ["nodes"]
        with FakeNode(Script(dialect="ollama"), port):
            play.router.check()
            assert [part.part for part in play.of(PartReady)] == ["nodes"]


def test_another_server_on_lm_studios_port_needs_a_confirmation() -> None:
    with FakeNode() as node, scene(places=[Place(node.port, "lmstudio")]) as play:
        (status,) = play.router.check()
        assert status.state is NodeState.UNCONFIRMED


@pytest.mark.parametrize(
    "script", [Script(list_status=404), Script(list_status=401), Script(list_status=200, dialect="something else")]
)
def test_a_server_that_lists_no_models_is_none_of_ours(script: Script) -> None:
    with FakeNode(script) as node, scene(places=[Place(node.port), Place(node.port, "ollama")]) as play:
        assert play.router.check() == ()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_server_that_the_settings_name_is_not_found_again(host: str) -> None:
    with FakeNode(Script(dialect="ollama")) as node:
        mine = Node(name="mine", url=f"http://{host}:{node.port}", dialect="ollama")
        with scene(mine, places=[Place(node.port, "ollama")]) as play:
            assert [status.name for status in play.router.check()] == ["mine"]


def test_a_found_server_takes_no_name_of_the_settings() -> None:
    with (
        FakeNode(Script(dialect="ollama")) as far,
        FakeNode(Script(dialect="ollama")) as near,
        scene(settings("ollama", far), places=[Place(near.port, "ollama")]) as play,
    ):
        assert [status.name for status in play.router.check()] == ["ollama", "ollama-local"]


def test_nothing_is_looked_for_when_the_settings_say_so() -> None:
    with FakeNode(Script(dialect="ollama")) as node:
        with scene(routing=Routing(discover=False), places=[Place(node.port, "ollama")]) as play:
            assert play.ask().answer().startswith("guide")
        assert node.requests == []


def test_a_key_over_plain_http_is_remarked(caplog: pytest.LogCaptureFixture) -> None:
    with scene(Node(name="M1", url="http://10.5.0.2:1234", key="env:K"), routing=QUICK) as play:
        play.router._fleet.members[0].health = play.router._fleet.members[0].health.answered()
        (status,) = play.router.statuses()
    assert status.reason is not None
    assert "unencrypted" in render(status.reason, "en")
    caplog.clear()


def test_nodes_of_changed_settings_are_used_at_once() -> None:
    with (
        FakeNode(Script(answer="The first.")) as first,
        FakeNode(Script(answer="The second.")) as second,
        scene(settings("M1", first), routing=QUICK, watch=True) as play,
    ):
        play.wait_for(lambda: play.state("M1") is NodeState.UP)
        play.router.use([settings("M1", first), settings("M2", second)], QUICK)
        play.wait_for(lambda: play.state("M2") is NodeState.UP)
        assert play.ask(turn=1, node="M2").answer(1) == "The second."
        play.router.use([settings("M2", second)], QUICK)
        play.wait_for(lambda: play.state("M1") is None)
        assert play.ask(turn=2).answer(2) == "The second."
        second.close()
        play.wait_for(lambda: play.state("M2") is NodeState.DOWN)  # its heartbeat goes on


def test_without_any_node_left_it_is_said() -> None:
    with FakeNode() as node, scene(settings("M1", node), routing=QUICK, watch=True) as play:
        play.wait_for(lambda: play.state("M1") is NodeState.UP)
        play.router.use([], QUICK)
        play.wait_for(lambda: play.of(PartMissing))
        play.router.use([settings("M1", node)], QUICK)
        play.wait_for(lambda: play.of(PartReady))


def test_routing_of_changed_settings_counts_from_the_next_request_on() -> None:
    with FakeNode(Script(answer="Aye.")) as node, scene(settings("M1", node), routing=QUICK, watch=True) as play:
        play.wait_for(lambda: play.state("M1") is NodeState.UP)
        assert play.ask(turn=1).answer(1) == "Aye."
        told = msgspec.structs.replace(QUICK, system="Speak like a pirate.", connect_s=7.0)
        play.router.use([settings("M1", node)], told)
        play.wait_for(lambda: play.router._client.connect_s == 7.0)
        assert play.ask(turn=2).answer(2) == "Aye."
        first, second = (str(chat.body["messages"]) for chat in node.chats)
    assert ("pirate" in first, "pirate" in second) == (False, True)
