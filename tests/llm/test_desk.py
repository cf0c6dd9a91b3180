"""Work that is saved: answers from memory, requests that share one, what fits of a conversation, who waits."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from etoile.config import Node, Routing
from etoile.domain.effects import Ask, Priority
from etoile.domain.events import (
    AnswerEnded,
    AnswerReused,
    AnswerStarted,
    AnswerText,
    Failed,
    NodePassedOver,
    Queued,
    Summarised,
)
from etoile.domain.exchange import Exchange, Remembered
from etoile.domain.nodes import Attribution
from etoile.text import Message, render
from tests.llm.fake_node import FakeNode, Script
from tests.llm.scene import FakeGuide, Scene, scene, settings
from tests.waiting import wait_until

M1 = Attribution(node="M1", model="tiny")
STEADY = Ask(1, "What is the capital of France?", "en")


class Memory:
    """Answers by what they answer; one that `hangs` never tells."""

    def __init__(self, *, hangs: bool = False, broken: bool = False) -> None:
        self.kept: dict[str, Remembered] = {}
        self.hangs = hangs
        self.broken = broken

    def find(self, sense: str) -> "Future[Remembered | None]":
        found: Future[Remembered | None] = Future()
        if self.broken:
            found.set_exception(OSError("the disk is gone"))
        elif not self.hangs:
            found.set_result(self.kept.get(sense))
        return found

    def keep(self, sense: str, request: str, answer: str, attribution: tuple[Attribution, ...]) -> None:
        self.kept[sense] = Remembered(request=request, answer=answer, attribution=attribution, age_s=60.0)


class Gate:
    """Holds a node before a token of its answer until it is opened."""

    def __init__(self, before: int = 0) -> None:
        self._before = before
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, index: int) -> None:
        if index == self._before:
            self.reached.set()
            assert self.opened.wait(60)


def asked(play: Scene, ask: Ask) -> Scene:
    """Ask, and wait until it is over and what came of it is kept."""
    before = len(play.of(AnswerEnded)) + len(play.of(Failed))
    play.router.ask(ask)
    play.wait_for(lambda: len(play.of(AnswerEnded)) + len(play.of(Failed)) > before)
    return play


def notes(play: Scene, turn: int = 1) -> list[str]:
    said: list[Message] = []
    for event in play.events:
        if isinstance(event, AnswerStarted | AnswerEnded) and event.turn == turn:
            said += event.notes
    return [render(note, "en") for note in said]


class TestMemory:
    def test_a_steady_question_is_answered_once_by_a_node_then_from_memory(self) -> None:
        memory = Memory()
        with FakeNode(Script(answer="Paris.")) as node, scene(settings("M1", node), answers=memory) as play:
            asked(play, STEADY)
            wait_until(lambda: memory.kept, what="the answer is kept")
            asked(play, replace(STEADY, turn=2, text="Tell me what the capital of France is, please"))
            assert len(node.chats) == 1
        assert play.answer(2) == "Paris."
        assert play.of(AnswerReused) == [AnswerReused(2, 60.0)]
        assert play.of(AnswerStarted, 2)[0].attribution == M1

    def test_asked_afresh_a_node_answers_and_its_answer_is_the_one_kept(self) -> None:
        memory = Memory()
        memory.keep("the capital of france", "?", "Lyon.", (M1,))
        with FakeNode(Script(answer="Paris.")) as node, scene(settings("M1", node), answers=memory) as play:
            asked(play, replace(STEADY, fresh=True))
            wait_until(lambda: memory.kept["the capital of france"].answer == "Paris.", what="the new answer is kept")
        assert play.of(AnswerReused) == []

    @pytest.mark.parametrize(
        "ask",
        [
            pytest.param(replace(STEADY, text="What time is it in Paris?"), id="depends on time"),
            pytest.param(replace(STEADY, before=(Exchange("Hi", "Hello."),)), id="follows something"),
            pytest.param(replace(STEADY, summary="They spoke of Texas."), id="follows a summary"),
            pytest.param(replace(STEADY, node="M1"), id="names a node"),
            pytest.param(replace(STEADY, kind="web"), id="looks at the world"),
        ],
    )
    def test_other_questions_are_neither_recalled_nor_kept(self, ask: Ask) -> None:
        memory = Memory()
        memory.keep("the capital of france", "?", "Lyon.", (M1,))
        kept = dict(memory.kept)
        with FakeNode(Script(answer="Paris.")) as node, scene(settings("M1", node), answers=memory) as play:
            asked(play, ask)
            asked(play, Ask(2, "And so?", "en"))
        assert play.answer() == "Paris."
        assert memory.kept == kept

    @pytest.mark.parametrize("memory", [Memory(hangs=True), Memory(broken=True)], ids=["hangs", "broken"])
    def test_a_memory_that_cannot_be_read_holds_nobody_up(self, memory: Memory) -> None:
        with FakeNode(Script(answer="Paris.")) as node, scene(settings("M1", node), answers=memory) as play:
            assert asked(play, STEADY).answer() == "Paris."

    def test_an_answer_with_a_seam_is_not_kept(self) -> None:
        memory = Memory()
        with (
            FakeNode(Script(answer="Par is a town", die_after=2)) as dying,
            FakeNode(Script(answer="Paris.")) as node,
            scene(settings("M1", dying), settings("M2", node), answers=memory) as play,
        ):
            asked(play, STEADY)
            asked(play, replace(STEADY, turn=2, text="And so?"))
        assert play.of(NodePassedOver, 1)
        assert memory.kept == {}

    def test_other_instructions_make_another_answer(self) -> None:
        memory = Memory()
        memory.keep("the capital of france", "?", "Paris.", (M1,))
        routing = Routing(system="Talk like a pirate.")
        with (
            FakeNode(Script(answer="Arr, Paris.")) as node,
            scene(settings("M1", node), answers=memory, routing=routing) as play,
        ):
            assert asked(play, STEADY).answer() == "Arr, Paris."
            wait_until(lambda: len(memory.kept) == 2, what="it is kept beside the other")

    def test_where_every_node_is_down_what_was_answered_before_still_is(self) -> None:
        memory = Memory()
        memory.keep("the capital of france", "?", "Paris.", (M1,))
        with FakeNode() as node:
            dead = settings("M1", node)
        with scene(dead, answers=memory) as play:
            assert asked(play, STEADY).answer() == "Paris."


class TestJoining:
    def test_the_same_request_twice_is_one_work_and_both_hear_all_of_it(self) -> None:
        gate = Gate(before=2)
        with FakeNode(Script(answer="one two three", before_token=gate)) as node, scene(settings("M1", node)) as play:
            play.router.ask(Ask(1, "Count.", "en"))
            play.wait_for(lambda: gate.reached.is_set() and play.of(AnswerText, 1))
            play.router.ask(Ask(2, "Count.", "en"))
            play.wait_for(lambda: play.of(AnswerStarted, 2))
            gate.opened.set()
            play.wait_for(lambda: play.of(AnswerEnded, 1) and play.of(AnswerEnded, 2))
            assert len(node.chats) == 1
        assert play.answer(1) == play.answer(2) == "one two three"

    @pytest.mark.parametrize("leaving", [1, 2])
    def test_one_may_leave_and_the_other_still_hears_the_end(self, leaving: int) -> None:
        gate = Gate(before=1)
        with FakeNode(Script(answer="one two three", before_token=gate)) as node, scene(settings("M1", node)) as play:
            for turn in (1, 2):
                play.router.ask(Ask(turn, "Count.", "en"))
            play.wait_for(lambda: gate.reached.is_set() and play.of(AnswerText, 2))
            play.router.stop(leaving)
            gate.opened.set()
            staying = 3 - leaving
            play.wait_for(lambda: play.of(AnswerEnded, staying))
        assert play.answer(staying) == "one two three"
        assert not play.of(AnswerEnded, leaving)

    def test_when_both_have_left_the_node_stops(self) -> None:
        with FakeNode(Script(hang_after=1)) as node, scene(settings("M1", node)) as play:
            for turn in (1, 2):
                play.router.ask(Ask(turn, "Count.", "en"))
            play.wait_for(lambda: play.of(AnswerText, 2))
            play.router.stop(1)
            play.router.stop(2)
            wait_until(node.left.is_set, what="the node hears of it")

    def test_a_failure_is_told_to_both(self) -> None:
        gate = Gate()
        script = Script(answer="one two", before_token=gate, error_after=1, complaint="out of memory")
        with FakeNode(script) as node, scene(settings("M1", node)) as play:
            for turn in (1, 2):
                play.router.ask(Ask(turn, "Count.", "en"))
            play.wait_for(gate.reached.is_set)
            gate.opened.set()
            play.wait_for(lambda: play.of(Failed, 1) and play.of(Failed, 2))
            assert len(node.chats) == 1
        assert play.failure(1) == play.failure(2) == "No node could answer: M1."

    def test_what_differs_is_asked_apart(self) -> None:
        with FakeNode(Script(answer="one")) as node, scene(settings("M1", node)) as play:
            play.router.ask(Ask(1, "Count.", "en"))
            play.router.ask(Ask(2, "Count.", "en", before=(Exchange("Hi", "Hello."),)))
            play.wait_for(lambda: play.of(AnswerEnded, 1) and play.of(AnswerEnded, 2))
            assert len(node.chats) == 2

    def test_who_comes_after_the_end_asks_again(self) -> None:
        with FakeNode(Script(answer="one")) as node, scene(settings("M1", node)) as play:
            asked(play, Ask(1, "Count.", "en"))
            asked(play, Ask(2, "Count.", "en"))
            assert len(node.chats) == 2


class TestQueue:
    def test_a_full_node_is_waited_for_and_the_position_is_told(self) -> None:
        gate = Gate()
        with (
            FakeNode(Script(answer="one", before_token=gate)) as node,
            scene(settings("M1", node, max_in_flight=1)) as play,
        ):
            play.router.ask(Ask(1, "First.", "en"))
            play.wait_for(gate.reached.is_set)
            play.router.ask(Ask(2, "A script.", "en", priority=Priority.LINE))
            play.wait_for(lambda: play.of(Queued, 2))
            play.router.ask(Ask(3, "A person.", "en"))
            play.wait_for(lambda: play.of(Queued, 3))
            play.wait_for(lambda: play.of(Queued, 2)[-1].position == 2)
            gate.opened.set()
            play.wait_for(lambda: len(play.of(AnswerEnded)) == 3)
        assert [event.turn for event in play.of(AnswerEnded)] == [1, 3, 2]
        said = [render(event.said, "en") for event in play.of(Queued, 3)]
        assert said == ["Number 1 in the queue: all nodes are busy.", "M1 is at work on it."]

    def test_a_full_queue_refuses(self) -> None:
        gate = Gate()
        with (
            FakeNode(Script(answer="one", before_token=gate)) as node,
            scene(settings("M1", node, max_in_flight=1), routing=Routing(queue_most=0)) as play,
        ):
            play.router.ask(Ask(1, "First.", "en"))
            play.wait_for(gate.reached.is_set)
            asked(play, Ask(2, "Second.", "en"))
            assert "requests wait already" in play.failure(2)
            gate.opened.set()
            play.wait_for(lambda: play.of(AnswerEnded, 1))


LONG = "word " * 700
"""Some seven hundred tokens."""


def talk(count: int, answer: str = LONG) -> tuple[Exchange, ...]:
    return tuple(Exchange(f"Question {number}?", answer, (M1,), number) for number in range(1, count + 1))


class TestConversation:
    def test_what_does_not_fit_is_left_out_and_told(self) -> None:
        with FakeNode(Script(answer="one")) as node, scene(settings("M1", node)) as play:
            asked(play, Ask(1, "And then?", "en", before=talk(6)))
            sent = [said["content"] for said in node.chats[0].body["messages"] if said["role"] == "user"]
        assert sent == ["Question 3?", "Question 4?", "Question 5?", "Question 6?", "And then?"]
        assert "2 exchanges of its beginning were left out" in notes(play)[0]

    def test_what_fits_goes_along_whole_and_nothing_is_told(self) -> None:
        with FakeNode(Script(answer="one")) as node, scene(settings("M1", node)) as play:
            asked(play, Ask(1, "And then?", "en", before=talk(2), summary="They greeted."))
            messages = node.chats[0].body["messages"]
        assert messages[0]["role"] == "system"
        assert "They greeted." in messages[0]["content"]
        assert len(messages) == 6
        assert notes(play) == []

    def test_a_conversation_that_grows_too_long_is_summarised_when_nobody_waits(self) -> None:
        def answer(messages: list[dict[str, str]]) -> str:
            return "They counted." if "minutes" in messages[0]["content"] else "one"

        with FakeNode(Script(answer=answer)) as node, scene(settings("M1", node)) as play:
            asked(play, Ask(1, "And then?", "en", before=talk(4), summary="They greeted.", conversation=3))
            play.wait_for(lambda: play.of(Summarised))
            [chat] = [chat for chat in node.chats if "minutes" in chat.body["messages"][0]["content"]]
        [summarised] = play.of(Summarised)
        assert (summarised.conversation, summarised.summary) == (3, "They counted.")
        assert summarised.upto in (3, 4)
        told = chat.body["messages"][1]["content"]
        assert told.startswith("What was said before, in short:\nThey greeted.")
        assert "Question 1?" in told
        assert "And then?" not in told

    def test_whoever_asks_meanwhile_does_not_wait_for_a_summary(self) -> None:
        def answer(messages: list[dict[str, str]]) -> str:
            return "never heard" if "minutes" in messages[0]["content"] else "one"

        gate = Gate()
        with FakeNode(Script(answer=answer)) as node, scene(settings("M1", node, max_in_flight=1)) as play:
            node.script.before_token = lambda index: gate(index) if len(node.chats) == 2 else None
            asked(play, Ask(1, "And then?", "en", before=talk(4), conversation=1))
            play.wait_for(gate.reached.is_set)
            play.router.ask(Ask(2, "Quick!", "en"))
            play.wait_for(lambda: play.of(AnswerEnded, 2))
            gate.opened.set()
        assert play.of(Summarised) == []

    def test_the_next_question_of_a_skill_can_be_stopped_though_a_summary_is_given_up_for_it(self) -> None:
        gate = Gate()
        with FakeNode(Script(answer="one")) as node, scene(settings("M1", node)) as play:
            node.script.before_token = lambda index: gate(index) if len(node.chats) == 2 else None
            asked(play, Ask(1, "And then?", "en", before=talk(4), conversation=1))
            play.wait_for(gate.reached.is_set)
            node.script = Script(hang_after=1)
            play.router.ask(Ask(1, "And at last?", "en"))
            play.wait_for(lambda: len(play.of(AnswerText, 1)) == 2)
            gate.opened.set()
            play.router.stop(1)
            wait_until(node.left.is_set)
        assert play.of(Summarised) == []

    def test_where_no_node_can_summarise_nothing_is_said(self) -> None:
        with FakeNode(Script(answer="one")) as node, scene(settings("M1", node)) as play:
            node.script.before_token = lambda index: setattr(node.script, "status", 500)
            asked(play, Ask(1, "And then?", "en", before=talk(4), conversation=1))
            play.wait_for(lambda: len(node.chats) >= 2)
            node.script.before_token, node.script.status = (lambda index: None), 200
        assert play.of(Summarised) == []
        assert play.of(Failed) == []

    def test_the_node_whose_cache_is_warm_is_asked_again(self) -> None:
        with (
            FakeNode(Script(answer="one")) as first,
            FakeNode(Script(answer="two")) as second,
            scene(settings("M1", first), settings("M2", second)) as play,
        ):
            warm = (Exchange("Hi", "Hello.", (Attribution(node="M2", model="tiny"),), 1),)
            asked(play, Ask(1, "And then?", "en", before=warm))
        assert play.of(AnswerStarted)[0].attribution.node == "M2"


class KnowingGuide(FakeGuide):
    """Knows something about everything."""

    def stand_in(self, question: str, language: str, nodes: Sequence[str]) -> Sequence[str]:
        return ("I found this: ", f"{question} {language} {list(nodes)}")


class TestGuide:
    @pytest.fixture
    def dead(self) -> Node:
        with FakeNode() as node:
            return settings("M1", node)

    def test_it_answers_what_it_can_when_every_node_is_down(self, dead: Node) -> None:
        with scene(dead, guide=KnowingGuide()) as play:
            asked(play, Ask(1, "What did I note?", "en"))
        assert play.answer() == "I found this: What did I note? en ['M1']"
        assert play.of(AnswerStarted)[0].attribution.node == "guide"
        assert play.passed_over() == ["M1: connection refused"]

    def test_where_it_knows_nothing_it_says_nothing(self, dead: Node) -> None:
        with scene(dead) as play:
            asked(play, Ask(1, "What did I note?", "en"))
        assert play.failure() == "No node could answer: M1."

    def test_who_names_a_node_wants_that_node(self, dead: Node) -> None:
        with scene(dead, guide=KnowingGuide()) as play:
            asked(play, Ask(1, "What did I note?", "en", node="M1"))
        assert play.failure() == "No node could answer: M1."


def test_an_answer_that_was_cut_short_is_told_so() -> None:
    ending = b'data: {"choices": [{"delta": {"content": "one two"}, "finish_reason": "length"}]}\n\ndata: [DONE]\n\n'
    memory = Memory()
    with FakeNode(Script(body=lambda: [ending])) as node, scene(settings("M1", node), answers=memory) as play:
        asked(play, STEADY)
        asked(play, replace(STEADY, turn=2, text="And so?"))
    assert "length" in notes(play)[0]
    assert memory.kept == {}
