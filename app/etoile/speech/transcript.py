"""What was said, and what it took to find out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The text of a recording; empty when nothing was said."""

    text: str
    alternatives: tuple[str, ...] = ()
    """What may have been said instead, the likeliest first."""
    rivals: int = 0
    """How many of these are about as likely as `text`."""
    language: str
    """"fr" or "en"."""
    audio_s: float
    speech_s: float
    """How much of it is speech."""
    elapsed_ms: float
    model: str
    device: str
    """"cpu" or "cuda"."""
