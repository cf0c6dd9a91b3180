"""Listening for the wake word: which sound is worth showing to the speech model.  Nothing of it is kept otherwise.

The cheapest looks come first: loudness against the room's, then the voice detector, then the length; only the first
second and a half of what somebody says after a pause is written down, since the word must stand at its beginning.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from etoile.speech.capture import BLOCK_S, loudness_db
from etoile.speech.pauses import QUIET_DB

ABOVE_ROOM_DB = 8.0
"""A voice is this much louder than the room, whose fans go on."""
ROOM_RISES_DB_PER_S = 2.0
"""The room is as loud as its quietest moments: it falls at once, and rises slowly."""
BEFORE_S = 0.5
"""Belongs to what is said: soft sounds begin before it is loud."""
ONSET_S = 0.08
"""Less is a click."""
LOOK_S = 0.4
"""How often the detector of voices is asked while it is loud; it needs about so much."""
SHORTEST_S = 0.2
"""Nobody says the word in less..."""
LONGEST_S = 1.5
"""...or takes longer for it."""
PAUSE_S = 0.28
"""Ends the word, where something may follow or not."""
SILENT_S = 0.5
"""After this much somebody else may begin to speak, or the same person anew."""
KEPT_S = 15.0
"""What was said since the word, while the model is being loaded or looks at it."""

TAKEN_S = 2.0
"""A call that is not taken up within this is forgotten."""


class _Phase(Enum):
    QUIET = auto()
    LOUD = auto()
    """Something began; whether it is a voice is not known yet."""
    VOICE = auto()
    """Somebody speaks: the word may be among the first."""
    ASKED = auto()
    """The speech model has it."""
    CALLED = auto()
    """It was the word: a recording takes over, unless Etoile has no ear for it now."""
    PASSED = auto()
    """It was something else: wait for silence."""


@dataclass(frozen=True, slots=True)
class Room:
    """How loud a room is without voices."""

    db: float = QUIET_DB

    def fed(self, loudness_db: float) -> "Room":
        """Return the room after one more block."""
        return Room(max(min(loudness_db, self.db + ROOM_RISES_DB_PER_S * BLOCK_S), -96.0))

    def is_below(self, loudness_db: float) -> bool:
        """Tell whether something is louder than the room itself."""
        return loudness_db >= max(QUIET_DB, self.db + ABOVE_ROOM_DB)


class WakeWatch:
    """Takes block after block, and says which are to be looked at.  Belongs to the microphone's thread.

    `hears_voice` tells whether somebody speaks in samples later than a number of seconds.
    """

    def __init__(self, hears_voice: Callable[[bytes, float], bool]) -> None:
        self._hears_voice = hears_voice
        self._room = Room()
        self._kept: deque[bytes] = deque(maxlen=round(KEPT_S / BLOCK_S))
        self.reset()

    def reset(self) -> None:
        """Forget what was heard; the room stays as it is."""
        self._phase = _Phase.QUIET
        self._kept.clear()
        self._loud_s = self._quiet_s = self._since_s = self._unlooked_s = 0.0

    @property
    def kept(self) -> tuple[bytes, ...]:
        """What was heard since somebody began to speak, or shortly before now."""
        return tuple(self._kept)

    def fed(self, block: bytes) -> bytes | None:
        """Take one more block; return what is to be looked at, or None.  Then `answered` is waited for."""
        loudness = loudness_db(block)
        loud = self._room.is_below(loudness)
        self._room = self._room.fed(loudness)
        self._kept.append(block)
        self._loud_s = self._loud_s + BLOCK_S if loud else 0.0
        self._quiet_s = 0.0 if loud else self._quiet_s + BLOCK_S
        self._since_s += BLOCK_S
        self._unlooked_s += BLOCK_S
        match self._phase:
            case _Phase.QUIET:
                self._await_sound()
            case _Phase.LOUD:
                self._await_voice()
            case _Phase.VOICE if self._since_s >= LONGEST_S or self._quiet_s >= PAUSE_S:
                return self._ask()
            case _Phase.PASSED:
                self._await_silence()
            case _Phase.ASKED if self._since_s >= KEPT_S:
                self.reset()
            case _Phase.CALLED if self._since_s >= TAKEN_S:
                self.reset()
        return None

    def answered(self, *, called: bool) -> None:
        """Take what the speech model made of it; what is said since is kept for whoever was called."""
        if self._phase is _Phase.ASKED:
            self._enter(_Phase.CALLED if called else _Phase.PASSED)

    def _await_sound(self) -> None:
        while len(self._kept) * BLOCK_S > BEFORE_S:
            self._kept.popleft()
        if self._loud_s >= ONSET_S:
            self._enter(_Phase.LOUD)

    def _await_voice(self) -> None:
        """Ask for a voice in all that was heard; a sound that ends without one was none."""
        ended = self._quiet_s >= PAUSE_S
        if not ended and self._unlooked_s < LOOK_S:
            return
        self._unlooked_s = 0.0
        if self._since_s - self._quiet_s + ONSET_S >= SHORTEST_S and self._hears_voice(b"".join(self._kept), 0.0):
            self._phase = _Phase.VOICE
            self._since_s = min(self._since_s, LOOK_S)  # it began after the look before
        elif ended or self._since_s >= LONGEST_S:
            self._enter(_Phase.QUIET if ended else _Phase.PASSED)

    def _await_silence(self) -> None:
        while len(self._kept) * BLOCK_S > BEFORE_S + LOOK_S:
            self._kept.popleft()
        looks = self._unlooked_s >= LOOK_S
        if looks:
            self._unlooked_s = 0.0
        if self._quiet_s >= SILENT_S or (looks and not self._hears_voice(b"".join(self._kept), BEFORE_S)):
            self._enter(_Phase.QUIET)

    def _ask(self) -> bytes:
        self._enter(_Phase.ASKED)
        return b"".join(self._kept)

    def _enter(self, phase: _Phase) -> None:
        self._phase = phase
        self._since_s = self._unlooked_s = 0.0
