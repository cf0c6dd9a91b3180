"""What was asked before, as it is shown: exchanges of the history, newest first, and recordings without text."""

from dataclasses import dataclass

from etoile.domain.nodes import Attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class PastExchange:
    """A request of the history, and what became of it."""

    id: int
    at_s: float
    """Seconds since 1970."""
    request: str
    answer: str | None
    ok: bool
    attribution: tuple[Attribution, ...] = ()
    elapsed_ms: float | None = None
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRecording:
    """Something that was said, and that could not be turned into text yet."""

    path: str
    at_s: float
    audio_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was found of the history."""

    exchanges: tuple[PastExchange, ...] = ()
    """Newest first."""
    recordings: tuple[PastRecording, ...] = ()
    """All of them, newest first."""
    more: bool = False
    """Whether there are older exchanges as well."""
