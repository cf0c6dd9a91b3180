"""Sixty conversations at once over four nodes, of which one is killed and one hangs half-way."""

import asyncio
import threading
from typing import Any

from etoile.config import Routing
from etoile.domain.nodes import NodeState
from etoile.llm.dispatch import Ended
from tests.llm.dispatching import bench
from tests.llm.fake_node import FakeNode, Script
from tests.llm.scene import settings

CONVERSATIONS = 60
WORDS = 40


def whole(number: str) -> str:
    """Return the answer that conversation `number` is to have."""
    return " ".join(f"{number}.{word}" for word in range(WORDS))


def answer(messages: list[dict[str, Any]]) -> str:
    """Answer the question; go on where the conversation says that it was cut off."""
    said = "".join(message["content"] for message in messages if message["role"] == "assistant")
    return whole(messages[0]["content"]).removeprefix(said)


def test_none_is_lost_and_none_is_duplicated() -> None:
    half_way, trouble = threading.Semaphore(0), threading.Event()

    def wait_for_trouble(index: int) -> None:
        """Stop in the middle of the answer until the trouble begins."""
        if index == WORDS // 2 and not trouble.is_set():
            half_way.release()
            trouble.wait(60)

    def script() -> Script:
        return Script(answer=answer, before_token=wait_for_trouble)

    async def tell() -> None:
        routing = Routing(connect_s=5.0, first_token_s=20.0, between_tokens_s=6.0)
        nodes = [settings(f"M{number}", server, max_in_flight=4) for number, server in enumerate(servers, start=1)]
        async with bench(*nodes, routing=routing) as at:
            everybody = asyncio.gather(*(at.do(f"{number}") for number in range(CONVERSATIONS)))
            for _ in range(4 * len(servers)):
                assert await asyncio.to_thread(half_way.acquire, timeout=60)
            killed.script.die_after = hung.script.hang_after = WORDS // 2 + 1
            hung.script = Script(hang_after=0)
            trouble.set()
            await asyncio.to_thread(killed.close)
            courses = await everybody
            states = [at.state(node.name) for node in nodes]
        for number, course in enumerate(courses):
            assert course.error is None, course.story
            assert course.text == whole(f"{number}"), course.story
            assert sum(isinstance(step, Ended) for step in course.steps) == 1
        # Eight stood half-way at the two that failed, and went on elsewhere.
        assert sum("goes on" in line for course in courses for line in course.story) >= 8
        assert NodeState.UP not in states[:2]

    with (
        FakeNode(script()) as killed,
        FakeNode(script()) as hung,
        FakeNode(script()) as third,
        FakeNode(script()) as last,
    ):
        servers = [killed, hung, third, last]
        asyncio.run(tell())
