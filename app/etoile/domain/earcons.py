"""Which short sound tells a speaker, whose eyes are elsewhere, what became of the request."""

from etoile.domain.effects import Earcon
from etoile.domain.events import Origin
from etoile.domain.turn import LISTENED, Phase, Turn

_BY_VOICE = (Origin.VOICE, Origin.WAKE)
_ENDED = (Phase.IDLE, Phase.SPEAKING, Phase.CONFIRMING)


def earcon(before: Turn, after: Turn) -> Earcon | None:
    """Return what is to be heard of a step of the turn; None for nothing.

    Typed requests are silent, and so is everything while the voice is muted: who wants quiet means all of it.
    """
    if after.muted or before.number != after.number:
        return None
    if after.hearing and not before.hearing:
        return Earcon.START
    if (before.phase, after.phase) == (Phase.LISTENING, Phase.TRANSCRIBING):
        return Earcon.END
    if after.asking.origin not in _BY_VOICE or before.phase in _ENDED or after.phase not in _ENDED:
        return None
    if before.question and not after.question:
        return None  # "no" is no failure
    if after.phase is Phase.CONFIRMING:
        return Earcon.ERROR if before.phase in LISTENED and after.said is not before.said else None
    if after.failed:
        return Earcon.ERROR
    return Earcon.DONE if after.phase is Phase.IDLE and not after.hushed else None
