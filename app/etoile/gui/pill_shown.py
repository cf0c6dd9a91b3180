"""What the pill shows of the state: which of all that goes on, its sign, and its words.  Pure."""

from collections.abc import Mapping
from enum import Enum

from etoile.domain.state import State
from etoile.domain.turn import LISTENED, Phase
from etoile.gui.glyphs import Glyph
from etoile.gui.hottest import gpus_severity
from etoile.gui.severity import Severity
from etoile.gui.tray_state import OFFLINE, hottest, is_offline
from etoile.gui.words import NOTHING, PHASE, gpu_line, joined
from etoile.text import Message, message, verbatim

TOLD_S = 8.0
"""How long the pill shows what was said at the end of a turn."""
_SIGNS: Mapping[Phase, Severity | Glyph] = {
    Phase.THINKING: Glyph.HOLLOW_STAR,
    Phase.SPEAKING: Glyph.STAR,
    Phase.CONFIRMING: Severity.WARNING,
}


class Shown(Enum):
    """What the pill shows, the most urgent first."""

    LOCKED = "locked"
    """Nothing: the screen is locked, and anybody may look."""
    LISTENING = "listening"
    """Also while it writes down what was said."""
    CRITICAL = "critical"
    BUSY = "busy"
    """Thinking, speaking, or waiting for an answer."""
    TOLD = "told"
    """What was said at the end of the turn."""
    WARNING = "warning"
    IDLE = "idle"


def shown_of(state: State, since_s: float) -> Shown:
    """Return what the pill shows of `state`, whose turn has been doing what it does for `since_s`.  Pure."""
    turn, severity = state.turn, gpus_severity(state)
    if state.locked:
        return Shown.LOCKED
    if turn.phase in LISTENED:
        return Shown.LISTENING
    if severity is Severity.CRITICAL:
        return Shown.CRITICAL
    if turn.phase is not Phase.IDLE:
        return Shown.BUSY
    if turn.said and turn.number and since_s < TOLD_S:
        return Shown.TOLD
    return Shown.WARNING if severity else Shown.IDLE


def sign_of(state: State, shown: Shown) -> Severity | Glyph:
    """Return the sign before the words."""
    match shown:
        case Shown.CRITICAL | Shown.WARNING:
            return gpus_severity(state) or Severity.WARNING
        case Shown.LOCKED:
            return Glyph.STAR
        case Shown.TOLD:
            return Severity.WARNING if state.turn.failed else Glyph.TICK
        case Shown.IDLE if is_offline(state):
            return Glyph.SLASHED
    return _SIGNS.get(state.turn.phase, Glyph.STAR)


def said_of(state: State, shown: Shown) -> Message | None:
    """Return what stands first: a temperature, what goes on, or what was said."""
    gpu = hottest(state)
    match shown:
        case Shown.BUSY:
            return PHASE[state.turn.phase]
        case Shown.TOLD:
            return state.turn.said
        case Shown.LOCKED:
            return None
        case _ if gpu is None:
            return OFFLINE if is_offline(state) else PHASE[Phase.IDLE]
        case _ if gpu.temperature_c is None:
            return verbatim(NOTHING)
        case _:
            return message("{degrees} °C", degrees=gpu.temperature_c)


def named(state: State, shown: Shown) -> Message:
    """Return what the pill is, in words: for a screen reader, and for the tool tip."""
    if shown in (Shown.LISTENING, Shown.BUSY, Shown.LOCKED):
        return PHASE[state.turn.phase]
    if shown is Shown.TOLD and state.turn.said:
        return state.turn.said  # whole, where the pill has no room for all of it
    gpu = hottest(state)
    parts = [gpu_line(gpu, state.thermal(gpu.uuid))] if gpu else []
    if is_offline(state):
        parts.append(OFFLINE)
    return joined(parts) or PHASE[Phase.IDLE]
