"""When it is worth making text of what is still being spoken: pure arithmetic on the loudness of the blocks.

Energy is enough here: a pause taken for speech, or speech for a pause, costs a decode and never a word.
"""

from dataclasses import dataclass, replace

QUIET_DB = -50.0
"""Below this it is quiet in any room."""
BELOW_SPEECH_DB = 20.0
"""A pause is this much quieter than the loudest syllable, where fans keep the room above `QUIET_DB`."""
PAUSE_S = 0.12
"""From here on it is a pause; within a word no sound is quiet for that long."""
LONG_PAUSE_S = 0.7
STEP_S = 2.0
"""Somebody who speaks without a pause still sees words this often."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """What is remembered from block to block of one utterance."""

    loudest_db: float = QUIET_DB
    quiet_s: float = 0.0
    """How long it has been quiet."""
    since_s: float = 0.0
    """How long ago text was last worth making."""
    spoken: bool = False
    """Whether anything was loud since then."""

    def fed(self, loudness_db: float, block_s: float) -> "tuple[Pauses, bool]":
        """Return what is remembered after one more block, and whether text is worth making now."""
        loudest_db = max(self.loudest_db, loudness_db)
        quiet = loudness_db < max(QUIET_DB, loudest_db - BELOW_SPEECH_DB)
        quiet_s = self.quiet_s + block_s if quiet else 0.0
        after = replace(
            self,
            loudest_db=loudest_db,
            quiet_s=quiet_s,
            since_s=self.since_s + block_s,
            spoken=self.spoken or not quiet,
        )
        begins = after.spoken and _crosses(PAUSE_S, self.quiet_s, quiet_s)
        lasts = _crosses(LONG_PAUSE_S, self.quiet_s, quiet_s)
        if begins or lasts or (after.spoken and after.since_s >= STEP_S):
            return replace(after, since_s=0.0, spoken=False), True
        return after, False


def _crosses(limit: float, before: float, after: float) -> bool:
    return before < limit <= after
