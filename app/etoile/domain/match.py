"""What a request means as a command of Etoile's own: the result of matching, before any decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Slots = Mapping[str, str | int]
"""The values that a command needs: {"level": 40}, {"app": "firefox"}."""


class Reason(StrEnum):
    """How a match came about, or why there is none."""

    EXACT = "exact"
    TEMPLATE = "template"
    FUZZY = "fuzzy"
    BELOW_THRESHOLD = "below_threshold"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"
    """Understood, and it must not run: a negation, a question about the command, reported speech."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A command that a request may mean."""

    command: str
    slots: Slots = field(default_factory=dict)
    confidence: float = 0.0
    """0 to 1; 0.85 and more may run."""
    steps: "tuple[Candidate, ...]" = ()
    """What a skill consists of, in order; empty for everything that is done in one step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What `text` means.  `command` is None unless it may run."""

    text: str
    language: str | None = None
    command: str | None = None
    slots: Slots = field(default_factory=dict)
    confidence: float = 0.0
    runner_up: Candidate | None = None
    choices: tuple[Candidate, ...] = ()
    """"Did you mean": at most three, none of which runs by itself."""
    then: tuple[Candidate, ...] = ()
    """Further commands of a compound request."""
    steps: tuple[Candidate, ...] = ()
    """What `command` consists of, if it is a skill."""
    reason: Reason = Reason.NONE
