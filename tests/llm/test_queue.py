"""Who goes next where every node is full."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from etoile.domain.effects import Priority
from etoile.errors import EtoileError
from etoile.llm.queue import Queue, QueueFull
from etoile.text import message

PERSON, LINE, BACKGROUND = Priority.PERSON, Priority.LINE, Priority.BACKGROUND


class Nodes:
    """Places at nodes, and those who wait for them."""

    def __init__(self, most: int = 10, **free: int) -> None:
        self.free = free
        self.queue = Queue[str](most)
        self.positions: dict[str, list[int]] = {}
        self.went: list[str] = []
        self.broken: EtoileError | None = None

    def come(self, name: str, priority: Priority = PERSON, node: str | None = None) -> "asyncio.Task[str]":
        """Let `name` ask for a place, at `node` or anywhere."""
        return asyncio.create_task(self._come(name, priority, node))

    async def _come(self, name: str, priority: Priority, node: str | None) -> str:
        place = await self.queue.wait(
            priority,
            lambda: self._seek(node),
            lambda position: self.positions.setdefault(name, []).append(position),
            self.leave,
        )
        self.went.append(name)
        return place

    def _seek(self, node: str | None) -> str | None:
        if self.broken:
            raise self.broken
        for name, places in self.free.items():
            if places and node in (None, name):
                self.free[name] -= 1
                return name
        return None

    def leave(self, place: str) -> None:
        """Free a place."""
        self.free[place] += 1
        self.queue.reconsider()


async def settle() -> None:
    """Let every task go as far as it can: none of them waits for anything but a place."""
    for _ in range(10):
        await asyncio.sleep(0)


def play(story: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 10))


def test_a_free_place_is_taken_at_once_and_nobody_is_told_to_wait() -> None:
    async def story() -> None:
        nodes = Nodes(M1=1)
        assert await nodes.come("a") == "M1"
        assert nodes.positions == {}

    play(story)


def test_the_more_urgent_goes_first_then_who_came_first() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        tasks = [
            nodes.come("summary", BACKGROUND),
            nodes.come("script", LINE),
            nodes.come("voice", PERSON),
            nodes.come("window", PERSON),
        ]
        await settle()
        assert nodes.positions == {"summary": [1, 2, 3, 4], "script": [1, 2, 3], "voice": [1], "window": [2]}
        for _ in tasks:
            nodes.leave("M1")
            await settle()
        assert nodes.went == ["voice", "window", "script", "summary"]

    play(story)


def test_who_wants_one_node_does_not_hold_up_who_takes_another() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0, M2=0)
        first, second = nodes.come("only M1", node="M1"), nodes.come("any")
        await settle()
        nodes.leave("M2")
        assert await second == "M2"
        assert not first.done()
        nodes.leave("M1")
        assert await first == "M1"

    play(story)


def test_who_comes_later_does_not_overtake_who_waits() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        waiting = nodes.come("waiting")
        await settle()
        nodes.leave("M1")
        late = nodes.come("late")
        await settle()
        assert nodes.went == ["waiting"]
        assert waiting.done()
        late.cancel()

    play(story)


def test_who_gives_up_leaves_the_queue_and_those_behind_move_up() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        first, second = nodes.come("first"), nodes.come("second")
        await settle()
        first.cancel()
        await settle()
        assert nodes.positions == {"first": [1], "second": [2, 1]}
        nodes.leave("M1")
        assert await second == "M1"
        assert len(nodes.queue) == 0

    play(story)


def test_a_place_that_comes_to_one_who_has_just_given_up_goes_to_the_next() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        first, second = nodes.come("first"), nodes.come("second")
        await settle()
        nodes.leave("M1")
        first.cancel()
        assert await second == "M1"
        assert nodes.free == {"M1": 0}

    play(story)


def test_a_full_queue_refuses_clearly() -> None:
    async def story() -> None:
        nodes = Nodes(most=1, M1=0)
        waiting = nodes.come("waiting")
        await settle()
        with pytest.raises(QueueFull, match="1 request waits already"):
            await nodes.come("too many")
        waiting.cancel()

    play(story)


def test_a_person_takes_the_place_of_what_runs_in_the_background() -> None:
    async def story() -> None:
        nodes = Nodes(most=2, M1=0)
        script, summary = nodes.come("script", LINE), nodes.come("summary", BACKGROUND)
        await settle()
        person = nodes.come("person", PERSON)
        await settle()
        with pytest.raises(QueueFull):
            await summary
        assert not script.done()
        nodes.leave("M1")
        assert await person == "M1"
        script.cancel()

    play(story)


def test_a_queue_of_no_places_refuses_everybody_who_would_wait() -> None:
    async def story() -> None:
        nodes = Nodes(most=0, M1=1)
        assert await nodes.come("first") == "M1"
        with pytest.raises(QueueFull):
            await nodes.come("second")

    play(story)


def test_who_waits_for_what_will_never_be_is_told() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        waiting = nodes.come("waiting")
        await settle()
        nodes.broken = EtoileError(message("every node is down"))
        nodes.queue.reconsider()
        with pytest.raises(EtoileError, match="every node is down"):
            await waiting
        assert len(nodes.queue) == 0

    play(story)


def test_one_who_has_given_up_takes_no_place_even_before_it_could_leave() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        first, second = nodes.come("first"), nodes.come("second")
        await settle()
        first.cancel()
        nodes.leave("M1")  # `first` has not run since it was cancelled
        assert await second == "M1"
        assert nodes.free == {"M1": 0}

    play(story)


def test_a_place_is_not_lost_to_the_only_one_who_waited_and_has_given_up() -> None:
    async def story() -> None:
        nodes = Nodes(M1=0)
        alone = nodes.come("alone")
        await settle()
        alone.cancel()
        nodes.leave("M1")
        await settle()
        assert nodes.free == {"M1": 1}

    play(story)


def test_one_who_has_given_up_makes_room_in_a_full_queue() -> None:
    async def story() -> None:
        nodes = Nodes(most=1, M1=0)
        gone = nodes.come("gone")
        await settle()
        late = nodes.come("late")
        gone.cancel()  # runs after `late`, which is ahead of it
        await settle()
        nodes.leave("M1")
        assert await late == "M1"

    play(story)


def test_one_who_has_given_up_is_not_sent_away_once_more() -> None:
    async def story() -> None:
        nodes = Nodes(most=1, M1=0)
        gone = nodes.come("gone", BACKGROUND)
        await settle()
        person = nodes.come("person", PERSON)
        gone.cancel()
        await settle()
        nodes.leave("M1")
        assert await person == "M1"

    play(story)
