"""Requests that ask the same at the same time share one work, and each hears all of it as if it were its own.

The first to ask leads; who joins hears what was told so far, then the rest.  Any of them may leave, the leader too: the
work goes on while anybody wants it.  Lives on the net thread.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from etoile.domain.events import AnswerEnded, Event


@dataclass(slots=True)
class Shared:
    """One work, and the turns that it answers."""

    key: Hashable
    leader: int
    turns: list[int]
    told: list[Event] = field(default_factory=list)
    """All that was told of it."""


class Joining:
    """Knows what is being worked on, and passes on what comes of it."""

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._by_key: dict[Hashable, Shared] = {}
        self._led: dict[int, Shared] = {}
        """By the turn of the leader, the latest of each: one that asks twice may ask again before the first is over."""

    def join(self, key: Hashable, turn: int) -> Shared | None:
        """Let `turn` share the work that answers `key`; where there is none, return the one that it leads now."""
        shared = self._by_key.get(key)
        if shared is None:
            shared = self._by_key[key] = self._led[turn] = Shared(key, turn, [turn])
            return shared
        shared.turns.append(turn)
        for event in shared.told:
            self._publish(_to(turn, event))
        return None

    def publish(self, event: Event) -> None:
        """Publish `event`; what tells of a work that is shared goes to every turn that shares it."""
        shared = self._led.get(getattr(event, "turn", -1))
        if shared is None:
            self._publish(event)
            return
        shared.told.append(event)
        if isinstance(event, AnswerEnded):
            self._close(shared)  # who comes now asks again
        for turn in tuple(shared.turns):
            self._publish(event if turn == shared.leader else _to(turn, event))

    def leave(self, turn: int) -> int | None:
        """Let `turn` hear no more; return the leader whose work nobody wants any more, None while somebody does."""
        shared = next((one for one in self._led.values() if turn in one.turns), None)
        if shared is None:
            return turn
        shared.turns.remove(turn)
        if shared.turns:
            return None
        self._close(shared)  # it is about to be given up: who comes now would hear nothing
        return shared.leader

    def over(self, shared: Shared) -> list[Event]:
        """Forget `shared`; return all that was told of it."""
        if self._led.get(shared.leader) is shared:
            del self._led[shared.leader]
        self._close(shared)
        return shared.told

    def _close(self, shared: Shared) -> None:
        """Let nobody join `shared` any more; its key may lead to a later work by now, which stays open."""
        if self._by_key.get(shared.key) is shared:
            del self._by_key[shared.key]


def _to(turn: int, event: Event) -> Event:
    return replace(event, turn=turn)  # type: ignore[arg-type]  # only what tells of a turn is shared
