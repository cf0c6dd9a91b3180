"""One piece of work among nodes that fail in every way, over real sockets."""

import asyncio
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from etoile.config import Routing
from etoile.domain.nodes import NodeState
from etoile.errors import NodeRejected
from etoile.llm.dispatch import Ended, NobodyAnswered, Started, Waiting, Work
from etoile.llm.records import Tool, ToolCall
from tests.llm.dispatching import Course, bench, until
from tests.llm.fake_node import FakeNode, Script
from tests.llm.scene import settings

IMPATIENT = Routing(connect_s=2.0, first_token_s=1.0, between_tokens_s=1.0, open_s=30.0)
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen."


def rest_of(full: str) -> Callable[[list[dict[str, Any]]], str]:
    """Return a script's answer that goes on where the conversation says that it was cut off."""

    def answer(messages: list[dict[str, Any]]) -> str:
        said = [message["content"] for message in messages if message["role"] == "assistant"]
        return full.removeprefix(said[-1]) if said else full

    return answer


def story(coroutine: Any) -> Any:
    """Run a story to its end."""
    return asyncio.run(coroutine)


def test_what_breaks_off_late_goes_on_at_the_next_node() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", dying), settings("M2", good)) as at:
            return await at.do()

    with FakeNode(Script(answer=LONG, die_after=15)) as dying, FakeNode(Script(answer=rest_of(LONG))) as good:
        course = story(tell())
        asked = good.chats[0].body["messages"]
    assert course.text == LONG
    assert course.story == ["M1 begins", "M1 passed over: it broke off, or does not speak HTTP", "M2 goes on"]
    assert [said["role"] for said in asked] == ["user", "assistant", "user"]
    assert LONG.startswith(asked[1]["content"])


def test_what_breaks_off_early_begins_afresh() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", dying), settings("M2", good)) as at:
            return await at.do()

    with FakeNode(Script(answer=LONG, die_after=2)) as dying, FakeNode(Script(answer=LONG)) as good:
        course = story(tell())
        assert len(good.chats[0].body["messages"]) == 1
    assert course.text == "one two " + LONG
    assert course.story[-1] == "M2 begins"


def test_an_answer_that_breaks_off_twice_goes_on_twice() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", first), settings("M2", second), settings("M3", third)) as at:
            return await at.do()

    whole = f"{LONG} {LONG}"
    with (
        FakeNode(Script(answer=rest_of(whole), die_after=15)) as first,
        FakeNode(Script(answer=rest_of(whole), die_after=5)) as second,
        FakeNode(Script(answer=rest_of(whole))) as third,
    ):
        course = story(tell())
    assert course.text == whole
    assert course.story[-1] == "M3 goes on"


def test_a_lone_node_that_breaks_off_ends_with_an_error_and_never_silently() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", dying)) as at:
            return await at.do()

    with FakeNode(Script(answer=LONG, end_after=15)) as dying:
        course = story(tell())
    assert isinstance(course.error, NobodyAnswered)
    assert not any(isinstance(step, Ended) for step in course.steps)


def test_an_answer_cut_at_the_limit_of_length_says_so() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", node)) as at:
            return await at.do()

    body = [
        b'data: {"choices": [{"delta": {"content": "And so"}}]}\n\n',
        b'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n',
        b"data: [DONE]\n\n",
    ]
    with FakeNode(Script(body=lambda: body)) as node:
        assert story(tell()).steps[-1].cut is True


def test_a_request_that_is_wrong_itself_counts_against_nobody() -> None:
    async def tell() -> tuple[Course, NodeState]:
        async with bench(settings("M1", strict), settings("M2", other)) as at:
            return await at.do(), at.state("M1")

    with FakeNode(Script(status=400, complaint="no such parameter")) as strict, FakeNode() as other:
        course, state = story(tell())
        assert other.chats == []
    assert isinstance(course.error, NodeRejected)
    assert state is not NodeState.OPEN


def test_when_all_failed_the_best_is_tried_again_and_everybody_waits_for_that_one_trial() -> None:
    go_on = threading.Event()

    async def tell() -> list[Course]:
        async with bench(settings("M1", node)) as at:
            await at.do()
            assert at.state("M1") is NodeState.OPEN
            node.script = Script(answer="Back.", before_token=lambda index: go_on.wait(60))
            courses = [Course() for _ in range(5)]
            at_work = [asyncio.create_task(at.do(course=course)) for course in courses]
            await until(lambda: len(node.chats) == 2 and sum(any(course.steps) for course in courses) == 4)
            go_on.set()
            return list(await asyncio.gather(*at_work))

    with FakeNode(Script(status=500)) as node:
        courses = story(tell())
        assert len(node.chats) == 6
    assert [course.text for course in courses] == ["Back."] * 5


def test_who_waited_for_a_trial_that_failed_does_not_repeat_it() -> None:
    go_on = threading.Event()

    async def tell() -> list[Course]:
        async with bench(settings("M1", node)) as at:
            await at.do()
            node.script = Script(before_token=lambda index: go_on.wait(60), error_after=1)
            courses = [Course() for _ in range(5)]
            at_work = [asyncio.create_task(at.do(course=course)) for course in courses]
            await until(lambda: len(node.chats) == 2 and sum(any(course.steps) for course in courses) == 4)
            go_on.set()
            return list(await asyncio.gather(*at_work))

    with FakeNode(Script(status=500)) as node:
        courses = story(tell())
        assert len(node.chats) == 2
    assert all(isinstance(course.error, NobodyAnswered) for course in courses)


def test_a_node_gets_no_more_at_once_than_its_settings_say() -> None:
    busy, most, lock = 0, 0, threading.Lock()
    three = threading.Barrier(3)

    def answer(messages: list[dict[str, str]]) -> str:
        return f"{messages[-1]['content']} it is."

    def count(index: int) -> None:
        nonlocal busy, most
        with lock:
            busy += {0: 1, 2: -1}.get(index, 0)
            most = max(most, busy)
        if index == 0:
            three.wait(60)

    async def tell() -> list[Course]:
        async with bench(settings("M1", node, max_in_flight=3)) as at:
            return list(await asyncio.gather(*(at.do(f"{number}") for number in range(12))))

    with FakeNode(Script(answer=answer, before_token=count)) as node:
        courses = story(tell())
    assert [course.text for course in courses] == [f"{number} it is." for number in range(12)]
    assert most == 3


def test_those_who_wait_hear_their_number() -> None:
    go_on = threading.Event()

    async def tell() -> list[Course]:
        async with bench(settings("M1", node, max_in_flight=1)) as at:
            courses = [Course() for _ in range(3)]
            at_work = [asyncio.create_task(at.do(course=course)) for course in courses]
            await until(lambda: courses[1].steps and courses[2].steps)
            go_on.set()
            return list(await asyncio.gather(*at_work))

    with FakeNode(Script(before_token=lambda index: go_on.wait(60))) as node:
        first, second, third = story(tell())
    assert [step.position for step in second.steps if isinstance(step, Waiting)] == [1, None]
    assert [step.position for step in third.steps if isinstance(step, Waiting)] == [2, 1, None]
    assert not any(isinstance(step, Waiting) for step in first.steps)


def test_a_node_that_loads_its_model_is_waited_for_when_there_is_no_other() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", node)) as at:
            course = Course()
            at_work = asyncio.create_task(at.do(course=course))
            await until(lambda: len(node.chats) >= 2)
            assert at.state("M1") is NodeState.LOADING
            node.script = Script(answer="Ready.")
            return await at_work

    with FakeNode(Script(status=503, complaint="Loading model")) as node:
        course = story(tell())
    assert course.text == "Ready."
    assert course.story[:2] == ["M1 passed over: it is loading its model", "waiting: M1: it is loading its model"]


def test_a_rate_limit_is_honoured_and_ends_by_itself() -> None:
    async def tell() -> tuple[Course, list[NodeState]]:
        async with bench(settings("M1", node), settings("M2", other)) as at:
            first = await at.do()
            states = [at.state("M1")]
            assert (await at.do()).story == ["M2 begins"]
            (member, _) = at.fleet.members
            assert member.status().retry_at_s is not None
            member.health = replace(member.health, until_s=0.0)
            states.append(at.state("M1"))
            return first, states

    headers = (("retry-after", "120"),)
    with FakeNode(Script(status=429, headers=headers)) as node, FakeNode(Script(answer="Other.")) as other:
        course, states = story(tell())
        assert len(node.chats) == 1
    assert course.story == ["M1 passed over: its rate limit is reached", "M2 begins"]
    assert states == [NodeState.BUSY, NodeState.UP]


def test_nobody_waits_for_a_rate_limit_that_lasts_for_long() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", node)) as at:
            return await at.do()

    with FakeNode(Script(status=429, headers=(("retry-after", "3600"),))) as node:
        course = story(tell())
    assert isinstance(course.error, NobodyAnswered)
    assert course.story[-1].startswith("M1 passed over: its rate limit is reached, for ")


NONSENSE = [
    pytest.param(Script(answer=""), "its answer is empty", id="empty"),
    pytest.param(Script(body=lambda: [b"data: <html>\n\n"]), "what it sent is not what", id="garbage"),
    pytest.param(Script(answer="the same again, " * 800), "it says the same over and over", id="a loop"),
]


@pytest.mark.parametrize(("script", "reason"), NONSENSE)
def test_a_node_that_talks_nonsense_twice_is_set_aside_until_a_trial_makes_sense(script: Script, reason: str) -> None:
    async def tell() -> list[NodeState]:
        preferred = settings("M1", node, weight=100.0)  # though it failed a moment ago
        async with bench(preferred, settings("M2", other), routing=Routing(open_s=0.05)) as at:
            (member, _) = at.fleet.members
            first = await at.do()
            assert reason in first.story[-2]
            assert first.text.endswith("Sense.")
            states = [at.state("M1")]
            # One token is no proof of sense, and closes the breaker all the same: it may try again.
            member.health = member.health.spoke()
            assert (await at.do()).text.endswith("Sense.")
            states.append(at.state("M1"))
            await until(lambda: member.health.trial_due(at.fleet._now_s()))
            await at.fleet._check_up(member)
            states.append(at.state("M1"))
            node.script = Script(answer="Sense again.")
            await until(lambda: member.health.trial_due(at.fleet._now_s()))
            await at.fleet._check_up(member)
            states.append(at.state("M1"))
            return states

    with FakeNode(script) as node, FakeNode(Script(answer="Sense.")) as other:
        states = story(tell())
    assert states == [NodeState.OPEN, NodeState.QUARANTINED, NodeState.QUARANTINED, NodeState.DEGRADED]


def test_a_question_that_makes_every_node_talk_nonsense_counts_against_the_first_alone() -> None:
    async def tell() -> list[NodeState]:
        async with bench(settings("M1", one), settings("M2", two)) as at:
            assert isinstance((await at.do()).error, NobodyAnswered)
            return [at.state("M1"), at.state("M2")]

    with FakeNode(Script(answer="")) as one, FakeNode(Script(answer="")) as two:
        states = story(tell())
    assert states == [NodeState.OPEN, NodeState.UP]


@pytest.mark.parametrize(
    ("finish_reason", "reason"),
    [("length", "it had no room left to answer after its reasoning"), ("its_own_word", "it gave no answer")],
)
def test_an_answer_that_is_empty_for_a_reason_is_no_nonsense(finish_reason: str, reason: str) -> None:
    async def tell() -> tuple[Course, NodeState]:
        async with bench(settings("M1", node), settings("M2", other)) as at:
            await at.do()
            return await at.do(), at.state("M1")

    body = [
        b'data: {"choices": [{"delta": {"reasoning_content": "Hm."}}]}\n\n',
        b'data: {"choices": [{"delta": {}, "finish_reason": "%s"}]}\n\n' % finish_reason.encode(),
        b"data: [DONE]\n\n",
    ]
    with FakeNode(Script(body=lambda: body)) as node, FakeNode(Script(answer="Other.")) as other:
        course, state = story(tell())
    assert course.text == "Other."
    assert reason in course.story[0]
    assert state is not NodeState.OPEN


def test_a_model_is_loaded_once_for_all_who_ask_for_it() -> None:
    go_on = threading.Event()

    def load(index: int) -> None:
        if len(node.chats) == 1:
            go_on.wait(60)

    async def tell() -> tuple[list[Course], int, NodeState]:
        async with bench(settings("M1", node, max_in_flight=3)) as at:
            await at.fleet.check()
            courses = [Course() for _ in range(3)]
            at_work = [asyncio.create_task(at.do(course=course)) for course in courses]
            await until(lambda: all(course.steps for course in courses) and node.chats)
            state, asked = at.state("M1"), len(node.chats)
            go_on.set()
            await asyncio.gather(*at_work)
            assert at.state("M1") is NodeState.UP
            return courses, asked, state

    with FakeNode(Script(dialect="ollama", loaded=(), before_token=load)) as node:
        courses, asked, state = story(tell())
    assert asked == 1
    assert state is NodeState.LOADING
    assert [course.story for course in courses] == [["waiting: M1 is loading tiny.", "M1 begins"]] * 3


def test_loading_is_not_hung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.llm.attempt.LOOK_EVERY_S", 0.1)

    async def tell() -> Course:
        routing = Routing(first_token_s=0.05, between_tokens_s=20.0)
        async with bench(settings("M1", node), routing=routing) as at:
            await at.fleet.check()
            before = len(node.requests)
            at_work = asyncio.create_task(at.do())
            # That takes longer than anything that does not answer would be given.
            await until(lambda: len(node.requests) - before > 30)
            go_on.set()
            return await at_work

    go_on = threading.Event()
    with FakeNode(Script(dialect="ollama", loaded=(), before_token=lambda index: go_on.wait(60))) as node:
        assert story(tell()).story == ["waiting: M1 is loading tiny.", "M1 begins"]


def test_a_node_that_hangs_instead_of_loading_costs_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.llm.attempt.LOOK_EVERY_S", 0.1)

    async def tell() -> Course:
        async with bench(settings("M1", node, weight=100.0), settings("M2", other), routing=IMPATIENT) as at:
            await at.fleet.check()
            node.script = replace(node.script, hangs_in_list=True, hang_after=0)
            return await at.do()

    with FakeNode(Script(dialect="ollama", loaded=())) as node, FakeNode(Script(answer="Other.")) as other:
        course = story(tell())
    assert course.text == "Other."
    assert "nothing came for" in course.story[1]


def test_what_was_measured_is_shown() -> None:
    async def tell() -> Any:
        async with bench(settings("M1", node)) as at:
            await at.do()
            return at.fleet.statuses()[0]

    with FakeNode(Script(answer=LONG)) as node:
        status = story(tell())
    assert status.first_token_ms > 0
    assert status.tokens_per_s > 0


def test_after_sleep_the_same_node_goes_on() -> None:
    go_on = threading.Event()

    async def tell() -> tuple[Course, NodeState]:
        async with bench(settings("M1", node)) as at:
            course = Course()
            at_work = asyncio.create_task(at.do(course=course))
            await until(lambda: len(course.text) > 80)
            await at.fleet.woke()
            go_on.set()
            return await at_work, at.state("M1")

    def stall(index: int) -> None:
        if index == 15 and len(node.chats) == 1:
            go_on.wait(60)

    with FakeNode(Script(answer=rest_of(LONG), before_token=stall)) as node:
        course, state = story(tell())
    assert course.text == LONG
    assert course.story == [
        "M1 begins",
        "M1 passed over: this computer slept, and the connection is gone",
        "M1 goes on",
    ]
    assert state is NodeState.UP


def test_after_sleep_no_failure_counts_any_more() -> None:
    async def tell() -> list[NodeState]:
        async with bench(settings("M1", node)) as at:
            await at.do()
            states = [at.state("M1")]
            await at.fleet.woke()
            return [*states, at.state("M1")]

    with FakeNode(Script(status=500)) as node:
        assert story(tell()) == [NodeState.OPEN, NodeState.UP]


def test_tools_are_offered_and_what_the_model_wants_of_them_is_passed_on() -> None:
    body = [
        (
            b'data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "c1", "type": "function",'
            b' "function": {"name": "gpus", "arguments": "{}"}}]}}]}\n\n'
        ),
        b'data: {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}\n\n',
        b"data: [DONE]\n\n",
    ]

    async def tell() -> list[Any]:
        async with bench(settings("M1", node, tools=("etoile",))) as at:
            work = Work(messages=({"role": "user", "content": "Hot?"},), tools=(Tool("gpus", "All GPUs.", {}),))
            return [step async for step in at.dispatch.answer(work)]

    with FakeNode(Script(body=lambda: body)) as node:
        steps = story(tell())
        assert node.chats[0].body["tools"][0]["function"]["name"] == "gpus"
    assert isinstance(steps[0], Started)
    assert [step.name for step in steps if isinstance(step, ToolCall)] == ["gpus"]
    assert isinstance(steps[-1], Ended)


@pytest.mark.parametrize("moment", ["before the first token", "in the middle", "in the queue", "while it loads"])
def test_leaving_tells_the_node_at_once(moment: str) -> None:
    async def tell() -> None:
        async with bench(settings("M1", node, max_in_flight=1)) as at:
            if moment == "while it loads":
                await at.fleet.check()
            course = Course()
            at_work = asyncio.create_task(at.do(course=course))
            await until(lambda: node.chats and (moment != "in the middle" or course.text))
            waiting = asyncio.create_task(at.do()) if moment == "in the queue" else None
            await asyncio.sleep(0)
            for task in filter(None, (waiting, at_work)):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            await until(node.left.is_set)
            assert at.fleet.statuses()[0].in_flight == 0
            assert at.state("M1") is not NodeState.OPEN

    hang = 2 if moment == "in the middle" else 0
    script = Script(dialect="ollama", loaded=(), hang_after=hang) if "loads" in moment else Script(hang_after=hang)
    with FakeNode(script) as node:
        story(tell())


def test_whoever_leaves_and_whenever_no_place_is_lost() -> None:
    async def tell() -> tuple[list[object], int, Course]:
        async with bench(settings("M1", one, max_in_flight=2), settings("M2", two, max_in_flight=1)) as at:
            at_work = [asyncio.create_task(at.do(f"{number}")) for number in range(40)]
            chance = random.Random(7)
            for task in chance.sample(at_work, 25):
                for _ in range(chance.randrange(60)):
                    await asyncio.sleep(0)
                task.cancel()
            results = await asyncio.gather(*at_work, return_exceptions=True)
            in_flight = sum(status.in_flight for status in at.fleet.statuses())
            return list(results), in_flight, await at.do("last")

    with FakeNode(Script(answer=LONG)) as one, FakeNode(Script(answer=LONG)) as two:
        results, in_flight, last = story(tell())
    courses = [result for result in results if isinstance(result, Course)]
    assert len(courses) >= 15
    assert all(course.text == LONG for course in courses)
    assert in_flight == 0
    assert last.text == LONG


def test_a_node_asked_by_name_fails_alone() -> None:
    async def tell() -> Course:
        async with bench(settings("M1", broken), settings("M2", other)) as at:
            return await at.do(node="M1")

    with FakeNode(Script(status=500)) as broken, FakeNode() as other:
        course = story(tell())
        assert other.chats == []
    assert isinstance(course.error, NobodyAnswered)
    assert list(course.error.reasons) == ["M1"]
