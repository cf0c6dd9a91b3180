"""The settings that count only from the next start on, each with the reason; all others count at once."""

from collections.abc import Mapping

from etoile.text import Message, message

_VOICE = message("The voice's program runs since the start.")
_CARDS = message("The readers of the cards run at their pace since the start.")

LATER: Mapping[str, Message] = {
    "speech.engine": _VOICE,
    "speech.engine_command": _VOICE,
    "speech.engine_rate_hz": _VOICE,
    "gpu.period_s": _CARDS,
    "gpu.processes_every": _CARDS,
    "gpu.far_period_s": _CARDS,
}
"""By their names in the file."""
