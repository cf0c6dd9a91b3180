"""How fast one model on one node answers, as measured lately, and how long it may therefore let wait.

A fixed limit is wrong everywhere: slow hardware is cut off, and a fast node that hangs costs a minute.  So the limits
are those of the settings until something is measured, then a multiple of what this very model took on this very node,
in proportion to the length of the prompt, between a floor and a ceiling.

What an earlier run measured counts as one answer more where a node is chosen, and nothing where one is given up.
"""

from collections import deque
from collections.abc import Sequence
from math import ceil

from etoile.domain.averages import median
from etoile.domain.routing.usual import UsualPace

_KEPT = 20
_FACTOR = 4.0
"""Times the 95th percentile."""
_FIRST_FLOOR_S, _BETWEEN_FLOOR_S = 5.0, 10.0
_FIRST_CEILING_S, _BETWEEN_CEILING_S = 600.0, 120.0
_LOADING_S, _LOADING_CEILING_S = 300.0, 1800.0
"""Forty gigabytes from a usual disk."""
_PUT_OUT_S = 240.0
"""A model that has not answered for so long may have been put out of memory (Ollama does it after five minutes)."""
_READS_ALWAYS = 500
"""Tokens of a prompt that cost nothing worth counting beside all else."""
_SLOWEST_READING_PER_S = 50.0
"""Tokens a second at which a processor without a GPU reads a prompt."""


class Pace:
    """What one model on one node took for its last answers.  Times are of the monotonic clock."""

    def __init__(self, usual: UsualPace | None = None) -> None:
        self._waits: deque[tuple[int, float]] = deque(maxlen=_KEPT)
        """Tokens of the prompt, and seconds to the first sign of life, without those in which it was loaded."""
        self._loads_s: deque[float] = deque(maxlen=_KEPT)
        self._gaps_s: deque[float] = deque(maxlen=_KEPT)
        """The longest of each answer."""
        self._firsts_s: deque[float] = deque(_known(usual.first_token_s if usual else None), maxlen=_KEPT)
        self._rates: deque[float] = deque(_known(usual.tokens_per_s if usual else None), maxlen=_KEPT)
        self._missed_first_s = 0.0
        self._missed_gap_s = 0.0
        self._answered_at_s: float | None = None

    def answered(
        self,
        tokens: int,
        wait_s: float,
        first_text_s: float,
        longest_gap_s: float,
        tokens_per_s: float | None,
        now_s: float,
        *,
        cold: bool,
    ) -> None:
        """A prompt of `tokens` got the first sign of life after `wait_s`, text after `first_text_s`, and is answered.

        `cold` when the model was loaded for it; `tokens_per_s` is None where the node does not count.
        """
        self._missed_first_s = self._missed_gap_s = 0.0
        self._answered_at_s = now_s
        self._gaps_s.append(longest_gap_s)
        if cold:
            self._loads_s.append(wait_s)
        else:
            self._waits.append((tokens, wait_s))
            self._firsts_s.append(first_text_s)
        if tokens_per_s is not None:
            self._rates.append(tokens_per_s)

    def missed_first(self, limit_s: float) -> None:
        """Nothing came within `limit_s`: should the node prove alive, it is given twice as long the next time."""
        self._missed_first_s = limit_s

    def missed_next(self, limit_s: float) -> None:
        """The answer stopped for `limit_s`."""
        self._missed_gap_s = limit_s

    def first_limit_s(self, tokens: int, now_s: float, configured_s: float, abreast: int = 1) -> float:
        """Return how long the first sign of life to a prompt of `tokens` may let wait, `abreast` requests at a time."""
        unmeasured_s = configured_s + max(0, tokens - _READS_ALWAYS) / _SLOWEST_READING_PER_S
        limit_s = unmeasured_s
        if self._waits:
            usual_s = _p95([wait_s * _longer(tokens, before) for before, wait_s in self._waits])
            limit_s = max(min(_FIRST_FLOOR_S, configured_s), _FACTOR * usual_s * abreast)
            if self._answered_at_s is None or now_s - self._answered_at_s > _PUT_OUT_S:
                limit_s = max(limit_s, unmeasured_s)
        limit_s = max(limit_s, 2 * self._missed_first_s)
        return min(limit_s, max(_FIRST_CEILING_S, configured_s))

    def between_limit_s(self, configured_s: float, abreast: int = 1) -> float:
        """Return how long an answer may stop; beside another request no shorter than the settings say."""
        limit_s = configured_s
        if self._gaps_s:
            floor_s = min(_BETWEEN_FLOOR_S, configured_s) if abreast == 1 else configured_s
            limit_s = max(floor_s, _FACTOR * _p95(self._gaps_s))
        limit_s = max(limit_s, 2 * self._missed_gap_s)
        return min(limit_s, max(_BETWEEN_CEILING_S, configured_s))

    def load_limit_s(self) -> float:
        """Return how long loading the model may take."""
        return min(max(_LOADING_S, _FACTOR * max(self._loads_s, default=0.0)), _LOADING_CEILING_S)

    @property
    def measured_at_s(self) -> float | None:
        """When it answered last in this run; None where it has not."""
        return self._answered_at_s

    @property
    def first_token_ms(self) -> float | None:
        """How long it usually lets wait for the first text, the model being in memory; None until measured."""
        return 1000 * median(self._firsts_s) if self._firsts_s else None

    @property
    def tokens_per_s(self) -> float | None:
        """How fast it usually writes; None until measured, or where the node does not count."""
        return median(self._rates) if self._rates else None


def _known(figure: float | None) -> tuple[float, ...]:
    return () if figure is None else (figure,)


def _longer(tokens: int, before: int) -> float:
    """Return how many times as long a prompt of `tokens` takes as one of `before`; no less than once."""
    return max(1.0, (tokens + _READS_ALWAYS) / (before + _READS_ALWAYS))


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[ceil(0.95 * len(values)) - 1]
