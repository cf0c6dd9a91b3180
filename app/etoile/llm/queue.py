"""Who goes next when every node that would do is full: by priority, then by arrival.

A waiter says itself whether there is a place for it now (`seek`), for one wants this node and another one that.  All of
it runs on the net thread, between two awaits: a place that becomes free goes to the first who can use it before anybody
new can see it, so that nobody who waits is overtaken by one who has just come.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from etoile.domain.effects import Priority
from etoile.errors import EtoileError
from etoile.text import message, plural

Place = TypeVar("Place")


class QueueFull(EtoileError):
    """So many wait already that the request is refused."""

    def __init__(self, most: int) -> None:
        super().__init__(
            plural(
                "All nodes are busy, and {count} request waits already.",
                "All nodes are busy, and {count} requests wait already.",
                most,
            ),
            message("Try again in a moment, or allow a node more requests at once: max_in_flight in the settings."),
        )


@dataclass(slots=True, eq=False)
class _Waiter(Generic[Place]):
    priority: Priority
    number: int
    """The order of arrival."""
    seek: Callable[[], Place | None]
    tell: Callable[[int], None]
    taken: "asyncio.Future[Place]"
    told: int | None = None
    """The position that it was told last."""

    @property
    def rank(self) -> tuple[Priority, int]:
        return self.priority, self.number


class Queue(Generic[Place]):
    """Those who wait for a place at a node, at most `most` of them.  Lives on the net thread."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._waiting: list[_Waiter[Place]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(
        self,
        priority: Priority,
        seek: Callable[[], Place | None],
        tell: Callable[[int], None],
        give_back: Callable[[Place], None],
    ) -> Place:
        """Return the place that `seek` takes, at once where it finds one.

        `seek` takes a place and returns it, returns None while there is none, and raises what makes waiting useless.
        `tell` hears the position, from 1, whenever it changes.  `give_back` takes back a place that came too late: its
        waiter was cancelled.  Raises QueueFull.
        """
        if (place := seek()) is not None:
            return place
        self._make_room(priority)
        taken: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(priority, next(self._numbers), seek, tell, taken)
        self._waiting.append(waiter)
        self._waiting.sort(key=lambda one: one.rank)
        self._tell_positions()
        try:
            return await taken
        except asyncio.CancelledError:
            if taken.done() and not taken.cancelled() and taken.exception() is None:
                give_back(taken.result())
            raise
        finally:
            self._leave(waiter)

    def reconsider(self) -> None:
        """Let everybody who waits look again: a place may have become free, or a node come up."""
        self._drop_gone()
        for waiter in tuple(self._waiting):
            try:
                place = waiter.seek()
            except EtoileError as error:
                self._leave(waiter)
                waiter.taken.set_exception(error)
                continue
            if place is not None:
                self._leave(waiter)
                waiter.taken.set_result(place)

    def _make_room(self, priority: Priority) -> None:
        """Send the last one away if it is less urgent; raise QueueFull where nobody is."""
        self._drop_gone()
        if len(self._waiting) < self.most:
            return
        last = self._waiting[-1] if self._waiting else None
        if last is None or last.priority <= priority:
            raise QueueFull(self.most)
        self._leave(last)
        last.taken.set_exception(QueueFull(self.most))

    def _drop_gone(self) -> None:
        """Forget who was cancelled and has not run since: a place that it took would never come back."""
        for waiter in [one for one in self._waiting if one.taken.done()]:
            self._leave(waiter)

    def _leave(self, waiter: _Waiter[Place]) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
            self._tell_positions()

    def _tell_positions(self) -> None:
        for position, waiter in enumerate(self._waiting, start=1):
            if waiter.told != position:
                waiter.told = position
                waiter.tell(position)
