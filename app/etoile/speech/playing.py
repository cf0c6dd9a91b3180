"""The thread that plays what the voice has to say, and waits for a loudspeaker that goes away."""

import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from etoile.domain.events import Event, Spoken
from etoile.errors import VoiceUnavailable
from etoile.speech.part import Part
from etoile.speech.playback import Sound

log = logging.getLogger(__name__)

LINGER_S = 0.5
"""The loudspeaker stays open for this long while the next sentence is still coming."""
RETURN_S = 10.0
"""A loudspeaker that goes away while it speaks is waited for..."""
LOOK_S = 0.5
"""...and looked for this often."""


class Loudspeaker(Protocol):
    """What plays sounds, one after the other without a gap."""

    @property
    def is_open(self) -> bool:
        """Whether the device is held open."""

    def play(self, sound: Sound, wanted: Callable[[], bool]) -> bool:
        """Play it from where it stands; False when it was stopped or no longer `wanted`.  Raises VoiceUnavailable."""

    def drain(self) -> None:
        """Wait until all has been heard, and let go of the device.  Raises VoiceUnavailable."""

    def stop(self) -> None:
        """Fall silent; any thread."""


class Era:
    """Counts the hushes: what belongs to an older era is not wanted any more.  Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._now = 0

    @property
    def now(self) -> int:
        """The era that is."""
        return self._now

    def end(self) -> None:
        """Begin the next one."""
        with self._changed:
            self._now += 1
            self._changed.notify_all()

    def lasts(self, era: int, seconds: float) -> bool:
        """Wait for `seconds`; return at once, with False, when `era` is over."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._now != era, seconds)

    def if_still(self, era: int, act: Callable[[], None]) -> None:
        """Do `act` unless `era` is over; it cannot end meanwhile."""
        with self._changed:
            if self._now == era:
                act()


@dataclass(frozen=True, slots=True)
class Piece:
    """What becomes of a sentence: its sound, if it has one, and whether it is the last of its turn."""

    era: int
    turn: int
    sound: Sound | None
    last: bool = False
    speech: bool = True
    """Whether words are to be heard, and no mere sign."""
    done: Callable[[], object] = bool
    """Called once it was played, or will not be."""


class Playing:
    """Plays pieces in their order, on its thread `loudspeaker`."""

    def __init__(
        self,
        loudspeaker: Loudspeaker,
        era: Era,
        publish: Callable[[Event], None],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loudspeaker = loudspeaker
        self._era = era
        self._publish = publish
        self._part = Part("loudspeaker", publish)
        self._pieces: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._sounding: int | None = None
        """The turn of which something has been heard."""
        self._now_s = now_s
        self._talking = False
        self._silent_since_s = -math.inf
        self.thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)

    def put(self, piece: Piece) -> None:
        """Play `piece` after those before it."""
        self._pieces.put(piece)

    @property
    def silent_s(self) -> float:
        """For how long no word was to be heard: 0 while one is, infinity where none ever was."""
        return 0.0 if self._talking else self._now_s() - self._silent_since_s

    def end(self) -> None:
        """End the thread once all pieces are through."""
        self._pieces.put(None)

    def _run(self) -> None:
        while True:
            try:
                piece = self._pieces.get(timeout=LINGER_S if self._loudspeaker.is_open else None)
            except queue.Empty:
                self._let_go()
                continue
            if piece is None:
                break
            self._play(piece)
        self._let_go()

    def _play(self, piece: Piece) -> None:
        try:
            if piece.sound is not None:
                self._play_sound(piece, piece.sound)
        except VoiceUnavailable as error:
            log.info("no loudspeaker: %s", error)
        except Exception:
            log.exception("playing failed")
        piece.done()
        self._listen_for_silence()
        if piece.last:
            self._let_go()
            self._era.if_still(piece.era, lambda: self._publish(Spoken(piece.turn)))

    def _play_sound(self, piece: Piece, sound: Sound) -> None:
        """Play `sound`; where the loudspeaker is lost while it speaks, wait for it and go on where it broke off.

        Raises VoiceUnavailable when there is none, or it does not come back.
        """
        looks = round(RETURN_S / LOOK_S)
        self._talking = self._talking or piece.speech
        while self._era.now == piece.era:
            try:
                if self._loudspeaker.play(sound, lambda: self._era.now == piece.era):
                    self._sounding = piece.turn
                    self._part.ready()
                return
            except VoiceUnavailable as error:
                self._part.missing(error)
                looks -= 1
                if looks == 0 or not (sound.position or self._sounding == piece.turn):
                    self._sounding = None
                    raise
            self._era.lasts(piece.era, LOOK_S)

    def _let_go(self) -> None:
        """Wait until all has been heard, and close the loudspeaker."""
        try:
            self._loudspeaker.drain()
        except VoiceUnavailable as error:
            self._part.missing(error)
        except Exception:
            log.exception("playing failed")
        self._listen_for_silence()

    def _listen_for_silence(self) -> None:
        """Note when the last word was heard: once the loudspeaker is let go."""
        if self._talking and not self._loudspeaker.is_open:
            self._talking = False
            self._silent_since_s = self._now_s()
