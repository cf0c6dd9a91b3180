"""A question and what becomes of it, over real sockets."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count, repeat
from pathlib import Path

import pytest

from etoile.config import Node, Routing
from etoile.domain.effects import Ask, Correct
from etoile.domain.events import AnswerEnded, AnswerStarted, AnswerText, Corrected, Failed, NodesSeen, Queued
from etoile.domain.exchange import Exchange
from etoile.domain.nodes import Attribution, NodeState
from etoile.text import render
from tests.llm.fake_node import FakeNode, Script
from tests.llm.patience import LONG_S, patiently
from tests.llm.scene import scene, settings
from tests.waiting import wait_until

ENDLESS = Routing(connect_s=600.0, first_token_s=600.0, between_tokens_s=600.0)
IMPATIENT = Routing(connect_s=2.0, first_token_s=1.0, between_tokens_s=1.0, answer_bytes=50_000)


@pytest.fixture
def good() -> Iterator[FakeNode]:
    with FakeNode(Script(answer="All is well.")) as node:
        yield node


@pytest.fixture
def dead() -> Node:
    """A node whose port refuses."""
    with FakeNode() as node:
        return settings("dead", node)


def test_an_answer_with_its_attribution(good: FakeNode) -> None:
    with scene(settings("M1", good)) as play:
        play.ask()
    conversation = [event for event in play.events if not isinstance(event, NodesSeen)]
    assert conversation[:2] == [AnswerStarted(1, Attribution(node="M1", model="tiny")), AnswerText(1, "All ")]
    assert play.answer() == "All is well."
    ended = conversation[-1]
    assert isinstance(ended, AnswerEnded)
    assert ended.output_tokens == 3
    assert ended.first_token_ms is not None
    assert ended.elapsed_ms is not None
    assert 0 < ended.first_token_ms <= ended.elapsed_ms


def test_a_fast_answer_comes_in_few_events_and_whole() -> None:
    long = " ".join(str(number) for number in range(2000))
    with FakeNode(Script(answer=long)) as fast, scene(settings("M1", fast)) as play:
        play.ask()
    assert play.answer() == long
    assert len(play.of(AnswerText)) < 500


def test_the_node_hears_the_whole_conversation(good: FakeNode) -> None:
    with scene(settings("M1", good, model="big"), routing=Routing(system="Be brief.")) as play:
        play.router.ask(Ask(1, "And then?", "en", before=(Exchange("Who?", "Me."),)))
        play.wait_for(lambda: play.of(AnswerEnded))
    body = good.chats[0].body
    assert body["model"] == "big"
    assert [(said["role"], said["content"]) for said in body["messages"]] == [
        ("system", "Be brief."),
        ("user", "Who?"),
        ("assistant", "Me."),
        ("user", "And then?"),
    ]


def test_a_model_that_is_loaded_is_taken_before_others_and_never_a_forbidden_one() -> None:
    with FakeNode(Script(dialect="lmstudio", models=("a", "b", "c"), loaded=("b", "c"))) as node:
        with scene(settings("M1", node)) as play:
            assert play.ask().of(AnswerStarted)[0].attribution.model == "b"
        with scene(settings("M1", node, never=("b",))) as play:
            assert play.ask().of(AnswerStarted)[0].attribution.model == "c"
        with scene(settings("M1", node, never=("a", "b", "c"))) as play:
            assert "no model that may be used" in " ".join(play.ask().passed_over())
        with scene(settings("M1", node, never=("b",), model="b")) as play:
            assert "b must never be used there" in " ".join(play.ask().passed_over())


def test_a_refused_node_is_passed_over(good: FakeNode, dead: Node) -> None:
    with scene(dead, settings("M2", good)) as play:
        play.ask()
    assert play.passed_over() == ["dead: connection refused"]
    assert play.answer() == "All is well."


def test_a_node_that_dies_half_way_is_passed_over_and_the_next_is_asked_afresh(good: FakeNode) -> None:
    with (
        FakeNode(Script(answer="one two three four", die_after=2)) as dying,
        scene(settings("M1", dying), settings("M2", good)) as play,
    ):
        play.ask()
    assert [event.attribution.node for event in play.of(AnswerStarted)] == ["M1", "M2"]
    assert play.answer() == "one two All is well."
    assert play.passed_over() == ["M1: it broke off, or does not speak HTTP"]
    assert play.state("M1") is NodeState.OPEN


def test_an_answer_that_the_node_cut_off_says_so() -> None:
    body = [
        b'data: {"choices": [{"delta": {"content": "And so"}}]}\n\n',
        b'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n',
        b"data: [DONE]\n\n",
    ]
    with FakeNode(Script(body=lambda: body)) as node, scene(settings("M1", node)) as play:
        play.ask()
    (ended,) = play.of(AnswerEnded)
    assert [render(note, "en") for note in ended.notes] == [
        "The node stopped at its limit of length: this answer is not whole."
    ]


def test_who_waits_is_told_and_goes_on() -> None:
    go_on = threading.Event()
    with (
        FakeNode(Script(before_token=lambda index: go_on.wait(60))) as node,
        scene(settings("M1", node, max_in_flight=1)) as play,
    ):
        play.router.ask(Ask(1, "First.", "en"))
        wait_until(lambda: node.chats)
        play.router.ask(Ask(2, "Second.", "en"))
        play.wait_for(lambda: play.of(Queued, 2))
        go_on.set()
        play.wait_for(lambda: play.of(AnswerEnded, 2))
    assert play.of(Queued, 2)[0].position == 1


def test_a_correction_that_nobody_waits_for_any_more_is_stopped() -> None:
    with FakeNode(Script(hang_after=1)) as node, scene(settings("M1", node)) as play:
        play.router.correct(Correct(1, "explique cube hernetes", "fr", "M1/tiny"))
        play.wait_for(lambda: node.chats)
        play.router.stop(1)
        play.wait_for(node.left.is_set)
    assert play.of(Corrected) == []


def words() -> Iterator[bytes]:
    yield from (b'data: {"choices": [{"delta": {"content": "%d "}}]}\n\n' % number for number in count())


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param(Script(hang_after=0), "nothing came for", id="hangs at once"),
        pytest.param(Script(hang_after=2), "nothing came for", id="hangs half-way"),
        pytest.param(Script(end_after=2), "before the end of its answer", id="no terminal record"),
        pytest.param(Script(error_after=2, complaint="out of memory"), "out of memory", id="error after 200"),
        pytest.param(Script(body=words), "longer than", id="never ends"),
        pytest.param(Script(body=lambda: repeat(b"x" * 65_536)), "sent", id="one line without end"),
        pytest.param(Script(body=lambda: [b"\xff\xff\n"]), "not text", id="garbage"),
        pytest.param(Script(answer=""), "empty", id="says nothing"),
        pytest.param(Script(answer="", thought="hm"), "empty", id="thinks and says nothing"),
        pytest.param(Script(status=500, complaint="boom"), "500", id="its own failure"),
        pytest.param(Script(status=503, complaint="Loading model"), "loading its model", id="loading"),
        pytest.param(Script(status=429), "rate limit", id="rate limited"),
        pytest.param(Script(status=404, complaint="model 'x' not found"), "not found", id="no such model"),
        pytest.param(Script(key="another"), "key", id="wrong key"),
        pytest.param(Script(status=307, headers=(("location", "http://127.0.0.1:9/"),)), "elsewhere", id="redirect"),
    ],
)
def test_whatever_a_node_does_the_next_one_answers(good: FakeNode, script: Script, reason: str) -> None:
    with FakeNode(script) as bad, scene(settings("M1", bad), settings("M2", good), routing=IMPATIENT) as play:
        play.ask()
        assert play.answer().endswith("All is well.")
        assert [reason in said for said in play.passed_over()] == [True]
        assert play.failure() == ""


def test_a_request_that_is_wrong_itself_is_not_asked_again(good: FakeNode) -> None:
    with (
        FakeNode(Script(status=400, complaint="no such parameter")) as strict,
        scene(settings("M1", strict), settings("M2", good)) as play,
    ):
        play.ask()
    assert play.failure() == 'M1: it answered 400: "no such parameter"'
    assert good.chats == []


def test_when_all_fail_each_is_named_with_its_reason(dead: Node) -> None:
    with FakeNode(Script(status=500, complaint="boom")) as broken, scene(dead, settings("M2", broken)) as play:
        play.ask()
    assert play.passed_over() == ["dead: connection refused", 'M2: it answered 500: "boom"']
    assert play.failure() == "No node could answer: dead, M2."


def test_a_node_that_failed_is_left_alone_while_another_answers(good: FakeNode) -> None:
    with FakeNode(Script(hang_after=0)) as hung:
        with scene(settings("M1", hung), settings("M2", good), routing=IMPATIENT) as play:
            play.ask(turn=1).ask(turn=2)
        assert len(hung.chats) == 1
    assert play.passed_over(2) == []


def test_a_node_that_failed_is_asked_when_nobody_else_is_left() -> None:
    with FakeNode(Script(status=500)) as node, scene(settings("M1", node)) as play:
        assert play.ask(turn=1).failure(1)
        node.script = Script(answer="Back again.")
        assert play.ask(turn=2).answer(2) == "Back again."
        play.wait_for(lambda: play.state("M1") is NodeState.UP)


def test_an_idle_node_is_asked_before_a_working_one(good: FakeNode) -> None:
    go_on = threading.Event()
    with (
        FakeNode(Script(before_token=lambda index: go_on.wait(60))) as slow,
        scene(settings("M1", slow), settings("M2", good)) as play,
    ):
        play.router.check()
        play.router.ask(Ask(1, "Long.", "en"))
        wait_until(lambda: slow.chats)
        play.ask(turn=2)
        assert play.answer(2) == "All is well."
        go_on.set()
        play.wait_for(lambda: play.of(AnswerEnded, 1))
    assert [event.attribution.node for event in play.of(AnswerStarted, 1)] == ["M1"]


def test_a_node_asked_by_name_is_asked_alone(good: FakeNode, dead: Node) -> None:
    with FakeNode() as other, scene(settings("M1", other), settings("M2", good), dead) as play:
        assert play.ask(turn=1, node="M2").answer(1) == "All is well."
        assert play.ask(turn=2, node="dead").failure(2) == "No node could answer: dead."
        assert play.ask(turn=3, node="M9").failure(3) == 'There is no node called "M9".'
        remedy = play.of(Failed, 3)[0].remedy
        assert remedy is not None
        assert render(remedy, "en") == "Nodes: M1, M2, dead, guide."
        assert play.ask("What?", turn=4, node="guide").answer(4) == "guide (en): What?"
        assert other.chats == []


def test_without_any_node_the_guide_answers() -> None:
    with scene() as play:
        play.ask("What are you?")
    assert play.answer() == "guide (en): What are you?"
    assert play.of(AnswerStarted)[0].attribution == Attribution(node="guide", model="help")


def test_stop_ends_the_work_of_the_node() -> None:
    with (
        FakeNode(Script(answer="one two three", hang_after=1)) as node,
        scene(settings("M1", node), routing=ENDLESS) as play,
    ):
        play.router.ask(Ask(1, "Long.", "en"))
        play.wait_for(lambda: play.of(AnswerText))
        play.router.stop(1)
        assert node.left.wait(60)
        play.wait_for(lambda: not any(status.in_flight for status in play.router.statuses()))
        play.router.stop(1)
        play.router.stop(99)
        # The node is not to blame.
        assert play.router.statuses()[0].state is NodeState.UP
        assert play.answer() == "one "
        assert not play.of(AnswerEnded)
        assert not play.of(Failed)


def test_leaving_while_everything_runs_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeNode(Script(hang_after=1, hangs_in_list=True)) as node:
        patiently(monkeypatch)
        with scene(settings("M1", node, model="x", max_in_flight=5), routing=ENDLESS, watch=True) as play:
            for turn in range(5):
                play.router.ask(Ask(turn, f"Long, {turn}.", "en"))
            wait_until(lambda: len(node.chats) == 5)
            leaving_s = time.monotonic()
        assert time.monotonic() - leaving_s < LONG_S / 2, "it waited for one that hangs"


def test_a_name_server_that_does_not_answer_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()
    really = socket.getaddrinfo

    def never(host: str | bytes, *rest: object, **more: object) -> object:
        if host not in ("nowhere.test", b"nowhere.test"):
            return really(host, *rest, **more)  # type: ignore[arg-type]
        asked.set()
        answer.wait(2 * LONG_S)
        raise socket.gaierror("too late")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    with scene(Node(name="M1", url="http://nowhere.test", model="x")) as play:
        play.router.ask(Ask(1, "Hello?", "en"))
        assert asked.wait(60)
        leaving_s = time.monotonic()
    assert time.monotonic() - leaving_s < LONG_S / 2, "it waited for an address"
    answer.set()


def test_a_name_that_is_not_known_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*rest: object, **more: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with scene(Node(name="M1", url="http://nowhere.test", model="x")) as play:
        assert "its host name is not known" in " ".join(play.ask().passed_over())


def test_a_keyring_that_asks_its_user_holds_nobody_else(good: FakeNode) -> None:
    unlocked = threading.Event()

    def ask_the_user(node: Node) -> str:
        unlocked.wait(60)
        return "right"

    with (
        FakeNode(Script(key="right")) as locked,
        scene(settings("M1", locked, key="keyring"), settings("M2", good), secret=ask_the_user) as play,
    ):
        play.router.ask(Ask(1, "Hello?", "en"))
        assert play.ask(turn=2, node="M2").answer(2) == "All is well."
        unlocked.set()
        play.wait_for(lambda: play.of(AnswerEnded, 1))


def test_a_refused_key_is_fetched_anew() -> None:
    keys = iter(["old", "new"])
    with (
        FakeNode(Script(key="new")) as node,
        scene(settings("M1", node, key="keyring"), secret=lambda _: next(keys)) as play,
    ):
        play.ask(turn=1)
        assert play.state("M1") is NodeState.AUTH
        assert play.ask(turn=2).answer(2)


def test_a_failure_of_our_own_ends_the_turn(good: FakeNode, caplog: pytest.LogCaptureFixture) -> None:
    def broken(node: Node) -> str:
        raise RuntimeError("a bug")

    with scene(settings("M1", good, key="keyring"), secret=broken) as play:
        assert "Something went wrong inside Etoile" in play.ask().failure()
    assert "a bug" in caplog.text


def test_statuses_before_anybody_was_asked_claim_nothing(good: FakeNode) -> None:
    with scene(settings("M1", good)) as play:
        (status,) = play.router.statuses()
    assert status.state is NodeState.DOWN
    assert status.reason is not None
    assert render(status.reason, "en") == "it has not answered yet"


def test_check_waits_for_nobody_longer_than_its_budget(good: FakeNode, dead: Node) -> None:
    with (
        FakeNode(Script(hangs_in_list=True)) as hung,
        scene(settings("M1", hung), dead, settings("M3", good)) as play,
    ):
        started_s = time.monotonic()
        statuses = play.router.check()
        assert time.monotonic() - started_s < 30, "it waited for one that hangs for ever"
    assert [status.state for status in statuses] == [NodeState.DOWN, NodeState.DOWN, NodeState.UP]
    assert statuses[2].models == ("tiny",)
    assert statuses[2].latency_ms is not None


def test_an_address_may_end_in_v1(good: FakeNode) -> None:
    with scene(Node(name="M1", url=good.url + "/v1/")) as play:
        assert play.ask().answer() == "All is well."


def test_the_password_in_an_address_is_not_shown(good: FakeNode) -> None:
    with scene(Node(name="M1", url=good.url.replace("http://", "http://me:hidden@"))) as play:
        (status,) = play.router.check()
    assert status.url == good.url


def test_the_rooms_imports_stay_lazy() -> None:
    code = "import sys, etoile.llm.router; print(sorted({'httpx', 'keyring', 'sqlite3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"


def test_the_scripted_node_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "tests.llm.fake_node", "--dialect", "ollama", "--answer", "From afar."]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            port = int(program.stdout.readline())
            with scene(Node(name="M1", url=f"http://127.0.0.1:{port}", dialect="ollama")) as play:
                assert play.ask().answer() == "From afar."
        finally:
            program.kill()
