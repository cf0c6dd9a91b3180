"""What is seen of the units of a request: one speaks at a time, at once as it does; others wait for their turn."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from etoile.domain.commander.running import settled_with_reviews
from etoile.domain.commander.units import Units, named
from etoile.domain.events import AnswerStarted, Event
from etoile.domain.nodes import Attribution
from etoile.llm.pieces import Pieces
from etoile.llm.work import Started


class Stage:
    """Publishes what the units `order` of turn `turn` say, one after the other.  Lives on the net thread."""

    def __init__(self, turn: int, order: Sequence[str], publish: Callable[[Event], None], pieces: Pieces) -> None:
        self._turn = turn
        self._waiting = list(order)
        self._held: dict[str, list[Started | str]] = {unit_id: [] for unit_id in order}
        self._publish = publish
        self._pieces = pieces
        self.first_token_s: float | None = None
        """When the first text was shown, by the monotonic clock."""

    def __enter__(self) -> Self:
        self._pieces.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pieces.__exit__(kind, error, trace)

    def flush(self) -> None:
        """Publish what is held back: something else is about to be published."""
        self._pieces.flush()

    def show(self, unit_id: str, said: Started | str) -> None:
        """Take who begins, or a piece of what it says; nothing is seen of units that are not in `order`."""
        if self._waiting and unit_id == self._waiting[0]:
            self._say(said)
        elif unit_id in self._held:
            self._held[unit_id].append(said)

    def move_on(self, units: Units) -> None:
        """Show the next unit where nothing more comes of the one that was shown."""
        while self._waiting and settled_with_reviews(named(units, self._waiting[0]), units):
            self._waiting.pop(0)
            for said in self._held[self._waiting[0]] if self._waiting else ():
                self._say(said)

    def _say(self, said: Started | str) -> None:
        if isinstance(said, str):
            self._pieces.add(said)
            return
        self._pieces.flush()
        if self.first_token_s is None:
            self.first_token_s = time.monotonic()
        self._publish(AnswerStarted(self._turn, said.attribution, said.notes, said.continues))

    def put(self, by: Attribution, text: str) -> None:
        """Show a whole result, named after its node."""
        self._say(Started(by))
        self._say(f"**{by.node}**\n\n{text}")
        self._pieces.flush()
