"""What is spoken into the microphone, from the pressing of the key until its text is there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from etoile.domain.events import Event, Failed, NothingHeard, Transcribed


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """One holding of the key.  A turn may have several: the answer to a question belongs to the turn that asked."""

    turn: int
    hands_free: bool = False
    """No key is held: it ends once nobody speaks any more."""
    broke_in: bool = False
    """Etoile itself spoke before: what was heard then is left out."""
    woken: bool = False
    """It began with the wake word, before it was recorded."""
    level_only: bool = False
    """How loud it is is all that is wanted of it."""


class Utterances:
    """The latest utterance of each turn that has not ended yet.  Safe from any thread."""

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._gate = threading.Lock()
        self._wanted: dict[int, Utterance] = {}
        self._left: tuple[Utterance, ...] = ()

    def begin(self, turn: int, **how: bool) -> Utterance:
        """Return a new utterance of `turn`, made as an `Utterance` is; a former one of it is no longer wanted."""
        utterance = Utterance(turn, **how)
        with self._gate:
            self._wanted[turn] = utterance
        return utterance

    def of(self, turn: int) -> Utterance | None:
        """Return the wanted utterance of `turn`."""
        with self._gate:
            return self._wanted.get(turn)

    def wants(self, utterance: Utterance) -> bool:
        """Tell whether anybody still waits for this one."""
        return self.of(utterance.turn) is utterance

    @property
    def none_wanted(self) -> bool:
        """Whether nobody speaks, or waits for what was said."""
        with self._gate:
            return not self._wanted

    def discard(self, turn: int) -> None:
        """Want nothing more of `turn`."""
        with self._gate:
            self._wanted.pop(turn, None)

    def leave(self) -> None:
        """Want nothing any more: Etoile ends."""
        with self._gate:
            self._left = tuple(self._wanted.values())
            self._wanted.clear()

    def was_wanted(self, utterance: Utterance) -> bool:
        """Tell whether anybody waits for this one, or did until Etoile ended."""
        with self._gate:
            return utterance in self._left or self._wanted.get(utterance.turn) is utterance

    def drop(self, utterance: Utterance) -> bool:
        """Want `utterance` no longer; tell whether it was wanted."""
        with self._gate:
            if self._wanted.get(utterance.turn) is not utterance:
                return False
            del self._wanted[utterance.turn]
            return True

    def end(self, utterance: Utterance, event: Transcribed | NothingHeard | Failed) -> None:
        """Report how an utterance ended, unless it was discarded or has ended already."""
        if self.drop(utterance):
            self._publish(event)
