"""When somebody who holds no key has finished speaking: pure, but for the detector that is asked."""

from collections.abc import Callable

LOOK_S = 0.4
"""How often the detector of voices is asked; each time it takes some milliseconds."""
FIRST_WORD_S = 6.0
"""Whoever has not begun to speak is given this long."""


class Silence:
    """Counts for how long nobody has spoken.  Quiet is no voice; where a fan or music goes on, the detector decides."""

    def __init__(self, silence_s: float, *, spoken: bool = False) -> None:
        """`spoken` tells that somebody has begun already."""
        self._silence_s = silence_s
        self._spoken = spoken
        self._silent_s = 0.0
        self._unlooked_s = 0.0

    def is_over(self, block_s: float, quiet_s: float, hears_voice: Callable[[float], bool]) -> bool:
        """Take one more block; tell whether the speaker has finished.

        `quiet_s` tells for how long it has been quiet, and `hears_voice` whether the last seconds hold a voice.
        """
        self._silent_s += block_s
        self._unlooked_s += block_s
        if self._unlooked_s >= LOOK_S or self._silent_s >= self._allowed_s:
            if quiet_s < self._unlooked_s and hears_voice(self._unlooked_s):
                self._spoken, self._silent_s = True, 0.0
            self._unlooked_s = 0.0
        return self._silent_s >= self._allowed_s

    @property
    def _allowed_s(self) -> float:
        return self._silence_s if self._spoken else max(FIRST_WORD_S, self._silence_s)
