"""The matcher: which command a request means, or that it means none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from etoile.domain.commands import COMMANDS
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.confidence import MEASURED, RUNS, Table, calibrated
from etoile.domain.matching.found import Found, Outcome, runs
from etoile.domain.matching.interpreter import Interpreter

LONGEST_REQUEST = 600
"""Characters; no command is longer."""
_MOST_CHOICES = 3


class Matcher:
    """Finds the command that a request means.  Safe from any thread; other values make another matcher."""

    def __init__(
        self,
        catalogues: Mapping[str, Catalogue],
        slot_values: Mapping[str, Sequence[str]],
        confidences: Table = MEASURED,
    ) -> None:
        """Take a catalogue for each language, and the names that this machine has for "app", "folder" and so on."""
        self._confidences = confidences
        words = {language: catalogue.vocabulary for language, catalogue in catalogues.items()}
        self._interpreters = {
            language: Interpreter(catalogue, slot_values, _all(words[other] for other in words if other != language))
            for language, catalogue in catalogues.items()
        }

    def prepare(self) -> None:
        """Make at once what is otherwise made when a request first needs it: a fifth of a second a language."""
        for interpreter in self._interpreters.values():
            interpreter.prepare()

    def match(self, text: str, language: str | None) -> Match:
        """Return what `text` means; `language` None tries every language, and the best explanation wins."""
        found = self._match(text, language)
        sure = replace(
            found,
            confidence=calibrated(found.confidence, self._confidences),
            runner_up=self._sure(found.runner_up) if found.runner_up else None,
            choices=tuple(map(self._sure, found.choices)),
            then=tuple(map(self._sure, found.then)),
        )
        return sure if sure.command is None or sure.confidence >= RUNS else _proposed(sure)

    def _sure(self, candidate: Candidate) -> Candidate:
        return replace(candidate, confidence=calibrated(candidate.confidence, self._confidences))

    def _match(self, text: str, language: str | None) -> Match:
        tried = [language] if language in self._interpreters else list(self._interpreters)
        if not text.strip() or len(text) > LONGEST_REQUEST:
            return Match(text=text, language=language)
        outcomes = {spoken: self._interpreters[spoken].outcome(text) for spoken in tried}
        native = {
            spoken: outcome for spoken, outcome in outcomes.items() if not self._is_foreign(text, spoken, outcome)
        }
        best = max(native, key=lambda spoken: _weight(native[spoken]), default=None)
        if best is None or not native[best].found:
            refused = any(outcome.refused for outcome in outcomes.values())
            return Match(text=text, language=language, reason=Reason.REFUSED if refused else Reason.NONE)
        rivals = [outcome.found[0] for spoken, outcome in native.items() if spoken != best and outcome.found]
        return _match(text, best, native[best], rivals)

    def _is_foreign(self, text: str, language: str, outcome: Outcome) -> bool:
        """Whether free text is taken for this language while it is rather another's: "note the time" is no French."""
        if not outcome.found or not any(slot.is_open for slot in COMMANDS[outcome.found[0].candidate.command].slots):
            return False
        own = self._interpreters[language].familiarity(text)
        others = [other for spoken, other in self._interpreters.items() if spoken != language]
        return any(other.knows_start(text) and other.familiarity(text) > own for other in others)


def _all(words: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*words)


def _weight(outcome: Outcome) -> tuple[float, int]:
    if not outcome.found:
        return 0.0, 0
    return outcome.found[0].candidate.confidence, outcome.found[0].explained


def _match(text: str, language: str, outcome: Outcome, rivals: Sequence[Found]) -> Match:
    """Return `outcome` as the answer: a command that may run, or choices; `rivals` are other languages' findings."""
    best = outcome.found[0]
    own = {found.candidate.command for found in outcome.found}
    found = (*outcome.found, *(rival for rival in rivals if rival.candidate.command not in own))
    others = sorted(found[1:], key=lambda one: one.candidate.confidence, reverse=True)
    candidates = (best.candidate, *(other.candidate for other in others))
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
    if not runs((best, *others)):
        return replace(near, reason=Reason.AMBIGUOUS)
    return replace(
        near,
        command=best.candidate.command,
        slots=best.candidate.slots,
        choices=(),
        then=outcome.then,
        reason=best.reason,
    )


def _proposed(match: Match) -> Match:
    """Return `match`, which was right too seldom with such evidence, as a choice."""
    choice = Candidate(command=match.command or "", slots=match.slots, confidence=match.confidence)
    return replace(
        match, command=None, slots={}, then=(), choices=(choice, *match.choices), reason=Reason.BELOW_THRESHOLD
    )
