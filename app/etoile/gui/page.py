"""What a page of the window is, and what all pages are built on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from etoile.domain.state import State
from etoile.domain.turn import Phase, Standing, Turn
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.history import History
from etoile.gui.transcript import Entry, follow

HEARD = 0.25
"""A level of the microphone that is sound: -45 dB of full scale.  Below it there is the noise of a quiet room."""

CONVERSATION, GPU, NODES, HISTORY, KEYS = "conversation", "gpu", "nodes", "history", "keys"
"""The pages of the window."""


def local_time() -> datetime:
    """Return the time of day here."""
    return datetime.now().astimezone()


def begins_to_listen(before: State, after: State) -> bool:
    """Whether the user begins to speak to Etoile: what is only tried in the first steps is shown there.  Pure."""
    return after.turn.phase is Phase.LISTENING and before.turn.phase is not Phase.LISTENING and not after.trial


class Stopwatch:
    """For how long the turn has been doing what it does."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._since: tuple[int, Phase, Standing] | None = None
        self._since_s = now_s()

    def follow(self, turn: Turn) -> None:
        """Begin anew where `turn` does something else now."""
        now = turn.number, turn.phase, turn.standing
        if now != self._since:
            self._since, self._since_s = now, self._now_s()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the turn began what it does."""
        return self._now_s() - self._since_s


class Silence:
    """For how long a recording has been going on in which nothing was heard yet."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._turn = -1
        self._since_s: float | None = None

    def follow(self, turn: Turn) -> None:
        """Take in what is heard in `turn`; sound that was heard once is enough for it."""
        if turn.phase is not Phase.LISTENING:
            self._turn, self._since_s = -1, None
        elif turn.hearing and turn.number != self._turn:
            self._turn, self._since_s = turn.number, self._now_s()
        if turn.level >= HEARD or turn.stable or turn.tentative:
            self._since_s = None

    @property
    def lasts_s(self) -> float:
        """Seconds; 0 where something was heard, or nobody listens."""
        return 0.0 if self._since_s is None else self._now_s() - self._since_s


class Transcript:
    """The turns so far, taken in whether or not anything is shown."""

    def __init__(self) -> None:
        self.entries: tuple[Entry, ...] = ()

    def follow(self, turn: Turn) -> None:
        """Take in what `turn` tells now."""
        self.entries = follow(self.entries, turn)


@dataclass(slots=True, kw_only=True)
class Ground:
    """What pages share; it follows the state while nothing is in view, so that a page can be built at any time."""

    look: Look
    doors: Doors
    talk_key: str
    """As it is shown; where it changes everything is to be written anew."""
    now_s: Callable[[], float]
    """The monotonic clock of the readings."""
    clock: Callable[[], datetime]
    """The time of day."""
    stopwatch: Stopwatch
    silence: Silence
    history: History = field(default_factory=History)
    """The last minutes of every GPU."""
    transcript: Transcript = field(default_factory=Transcript)

    def follow(self, state: State) -> None:
        """Take in `state`."""
        self.look.motion.still = state.still
        self.history.add(state.watched)
        self.transcript.follow(state.turn)
        self.stopwatch.follow(state.turn)
        self.silence.follow(state.turn)


def ground_of(
    look: Look, doors: Doors, talk_key: str, now_s: Callable[[], float], clock: Callable[[], datetime]
) -> Ground:
    """Return a ground that has seen nothing yet."""
    return Ground(
        look=look,
        doors=doors,
        talk_key=talk_key,
        now_s=now_s,
        clock=clock,
        stopwatch=Stopwatch(now_s),
        silence=Silence(now_s),
    )


class Page(QWidget):
    """The content of a tab, made when it is shown for the first time; told of the state only while it is in view."""

    def show_state(self, state: State) -> None:
        """Show what of `state` belongs here."""
        raise NotImplementedError

    def step_back(self) -> bool:
        """Leave what is nearest within the page; return whether there was anything to leave."""
        return False

    @property
    def regions(self) -> Sequence[QWidget]:
        """The parts between which F6 goes."""
        return (self,)

    def begin(self) -> None:
        """Give the focus to where one begins: the first part that takes it."""
        if part := first_stop(self):
            part.setFocus(Qt.FocusReason.TabFocusReason)


def first_stop(region: QWidget) -> QWidget | None:
    """Return the first part of `region` that the Tab key reaches; None when there is none in view."""
    part = region.nextInFocusChain()
    while part is not None and part is not region:
        reached = part.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reached and region.isAncestorOf(part) and part.isVisibleTo(region) and part.isEnabled():
            return part
        part = part.nextInFocusChain()
    return None
