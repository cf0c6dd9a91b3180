"""Whether several nodes say the same: a comparison of words, numbers and yes or no, without any model.

It compares their conclusions where they wrote one, and it is told as what it is: a count, not a judgement.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from etoile.domain.tasks.features import words

ALIKE: Final = 0.5
"""Answers that share so much of the shorter one's words say the same."""

_CONCLUSION = re.compile(r"^[\s*_#>`-]*conclusion[\s*_`]*:[\s*_`]*(?P<said>\S.*)$", re.IGNORECASE | re.MULTILINE)
_YES: Final = frozenset({"yes", "oui", "yeah", "yep", "true", "vrai", "correct"})
_NO: Final = frozenset({"no", "non", "nope", "false", "faux", "incorrect"})
_DENIALS: Final = "not no never n t ne pas jamais aucun aucune sans without non cannot"
_NOT: Final = frozenset(_DENIALS.split())
_LITTLE: Final = """
    the a an and or of to in on at for with is are was be it its this that as by from than more most very can could
    should would will you your i we they there if so but le la les un une des du de et ou au aux en dans sur pour
    avec est sont il elle ce cette ces que qui plus tres peut peux vous votre je nous ils elles si mais par son sa ses
    l d s c j qu use using choose prefer utilise utiliser choisir choisis prefere
    """
_LIGHT: Final = frozenset(_LITTLE.split())
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who says the same."""

    groups: tuple[tuple[str, ...], ...]
    """The names of those that agree with each other, the largest group first."""

    @property
    def share(self) -> float:
        """The part of all that the largest group is: 1 where all agree."""
        return len(self.groups[0]) / sum(map(len, self.groups)) if self.groups else 0.0


def agreement(answers: Mapping[str, str], question: str = "") -> Agreement:
    """Return who of `answers` (by name) says the same to `question`.

    A word of the question that all of them repeat tells nothing; one that only some repeat is what they chose.
    """
    asked = frozenset(map(_stem, words(question)))
    seen = {name: _Said.of(text) for name, text in answers.items()}
    repeated = asked.intersection(*(said.stems for said in seen.values()))
    seen = {
        name: replace(said, stems=said.stems - repeated, chosen=said.stems & asked - repeated)
        for name, said in seen.items()
    }
    groups: list[list[str]] = []
    for name, said in seen.items():
        group = next((group for group in groups if all(said.agrees(seen[other]) for other in group)), None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    return Agreement(tuple(tuple(group) for group in sorted(groups, key=len, reverse=True)))


def conclusion_of(answer: str) -> str:
    """Return the last line that an answer marks as its conclusion, else all of it."""
    found: Sequence[re.Match[str]] = list(_CONCLUSION.finditer(answer))
    return found[-1]["said"].strip(" *_`") if found else answer


@dataclass(frozen=True, slots=True)
class _Said:
    """What is compared of an answer."""

    stance: bool | None
    negated: bool
    numbers: frozenset[str]
    stems: frozenset[str]
    chosen: frozenset[str] = frozenset()

    @classmethod
    def of(cls, answer: str) -> "_Said":
        text = conclusion_of(answer)
        tokens = [word for word in words(text) if word[0].isalnum()]
        first = tokens[0] if tokens else ""
        stance = True if first in _YES else False if first in _NO else None
        stems = frozenset(_stem(token) for token in tokens if token not in _LIGHT and token not in _YES | _NO | _NOT)
        numbers = frozenset(number.replace(",", ".") for number in _NUMBER.findall(text))
        return cls(stance, any(token in _NOT for token in tokens), numbers, stems)

    def agrees(self, other: "_Said") -> bool:
        if self.stance is not None and other.stance is not None:
            return self.stance is other.stance
        apart = ((self.numbers, other.numbers), (self.chosen, other.chosen))
        if self.negated is not other.negated or any(one and two and one.isdisjoint(two) for one, two in apart):
            return False
        shorter = min(len(self.stems), len(other.stems))
        return not shorter or len(self.stems & other.stems) / shorter >= ALIKE


def _stem(word: str) -> str:
    """Return the beginning of `word`, which its endings share."""
    return word[:6]
