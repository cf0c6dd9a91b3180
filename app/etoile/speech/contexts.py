"""How little the speech model may be shown: short looks beside the whole window, on the user's own recordings."""

import difflib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from etoile.speech.decoding import WINDOW_S, Samples
from etoile.speech.whisper import Whisper

TRIED_S = (5.0, 10.0, 15.0)
"""Contexts that are worth trying; below 5 s the time saved is small."""
ENOUGH = 10
"""Fewer recordings than this prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One context beside the whole window, over all recordings."""

    context_s: float
    words: int
    """How many the whole window heard."""
    different: int
    """How many came out otherwise."""
    elapsed_ms: float
    """Mean for a recording."""
    whole_ms: float
    """The same with the whole window."""

    @property
    def same(self) -> bool:
        """Whether every word was the same."""
        return self.different == 0


def compare(whisper: Whisper, recordings: Iterable[Samples], language: str) -> Iterator[Comparison]:
    """Yield what each context of `TRIED_S` makes of `recordings`, shortest first.  Blocks: every one is decoded."""
    heard = [(samples, *_timed(whisper, samples, language, WINDOW_S)) for samples in recordings]
    whole_ms = sum(ms for _, _, ms in heard) / max(1, len(heard))
    for context_s in TRIED_S:
        again = [(said, *_timed(whisper, samples, language, context_s)) for samples, said, _ in heard]
        yield Comparison(
            context_s=context_s,
            words=sum(len(said) for said, _, _ in again),
            different=sum(_different(said, short) for said, short, _ in again),
            elapsed_ms=sum(ms for _, _, ms in again) / max(1, len(again)),
            whole_ms=whole_ms,
        )


def safe_context_s(comparisons: Iterable[Comparison]) -> float:
    """Return the shortest context from which on every word was the same; the whole window where none was."""
    safe = WINDOW_S
    for comparison in sorted(comparisons, key=lambda each: -each.context_s):
        if not comparison.same:
            break
        safe = comparison.context_s
    return safe


def _timed(whisper: Whisper, samples: Samples, language: str, context_s: float) -> tuple[list[str], float]:
    started_s = time.perf_counter()
    text = whisper.shown(context_s).transcribe(samples, language).text
    return re.findall(r"\w+", text.casefold()), (time.perf_counter() - started_s) * 1000


def _different(one: list[str], other: list[str]) -> int:
    """Return how many words differ between two texts."""
    changes = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in changes if tag != "equal")
