"""The matcher: which command a request means, or that it means none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from etoile.domain.match import Match, Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.interpreter import RUNS, Interpreter, Outcome, runs

LONGEST_REQUEST = 600
"""Characters; no command is longer."""
_MOST_CHOICES = 3


class Matcher:
    """Finds the command that a request means.  Safe from any thread; other values make another matcher."""

    def __init__(self, catalogues: Mapping[str, Catalogue], slot_values: Mapping[str, Sequence[str]]) -> None:
        """Take a catalogue for each language, and the names that this machine has for "app", "folder" and so on."""
        self._interpreters = {
            language: Interpreter(catalogue, slot_values) for language, catalogue in catalogues.items()
        }

    def match(self, text: str, language: str | None) -> Match:
        """Return what `text` means; `language` None tries every language, and the best explanation wins."""
        tried = [language] if language in self._interpreters else list(self._interpreters)
        if not text.strip() or len(text) > LONGEST_REQUEST:
            return Match(text=text, language=language)
        outcomes = {spoken: self._interpreters[spoken].outcome(text) for spoken in tried}
        best = max(outcomes, key=lambda spoken: _weight(outcomes[spoken]))
        return _match(text, best if outcomes[best].found else language, outcomes[best])


def _weight(outcome: Outcome) -> tuple[float, int, bool]:
    if not outcome.found:
        return 0.0, 0, outcome.refused
    return outcome.found[0].candidate.confidence, outcome.found[0].explained, False


def _match(text: str, language: str | None, outcome: Outcome) -> Match:
    """Return `outcome` as the answer: a command that may run, or choices, or nothing."""
    if not outcome.found:
        reason = Reason.REFUSED if outcome.refused else Reason.NONE
        return Match(text=text, language=language, reason=reason)
    best, *others = outcome.found
    candidates = tuple(found.candidate for found in outcome.found)
    runner_up = others[0].candidate if others else None
    near = Match(
        text=text,
        language=language,
        confidence=best.candidate.confidence,
        runner_up=runner_up,
        choices=candidates[:_MOST_CHOICES],
        reason=Reason.BELOW_THRESHOLD,
    )
    if best.candidate.confidence < RUNS:
        return near
    if not runs(outcome.found):
        return replace(near, reason=Reason.AMBIGUOUS)
    return replace(
        near,
        command=best.candidate.command,
        slots=best.candidate.slots,
        choices=(),
        then=outcome.then,
        reason=best.reason,
    )
