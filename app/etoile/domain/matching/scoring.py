"""How well a matcher does on lines of known meaning: what it runs rightly, wrongly, and though nothing is meant.

A line says {"text", "language", "command": id or null, "slots", "level" or "group"}.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from etoile.domain.commands import COMMANDS, Consequence
from etoile.domain.match import Match, Slots
from etoile.domain.matching.noise import noisy

LEVELS = ("canonical", "paraphrase", "loose")
"""How far a line is from the plain way to say its command."""

Matching = Callable[[str, str | None], Match]
"""Text and language -> what it means."""


class Verdict(StrEnum):
    """What a match is worth."""

    RIGHT = "right"
    WRONG_SLOTS = "wrong_slots"
    WRONG_COMMAND = "wrong_command"
    MISSED = "missed"
    FALSE_EXECUTION = "false_execution"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody says, and the command that it means; None for none."""

    text: str
    language: str | None = None
    command: str | None = None
    slots: Slots | None = None
    """None: any will do."""
    kind: str = ""
    """Of a command its level; of another line why it is none: negation, question, ..."""

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> "Line":
        """Return the line of a JSON object.  Raises ValueError if it is none."""
        text, command, slots = written.get("text"), written.get("command"), written.get("slots")
        if not isinstance(text, str) or not (command is None or command in COMMANDS):
            raise ValueError("no text, or no such command")
        if not (slots is None or isinstance(slots, dict)):
            raise ValueError("slots are no object")
        kind = str(written.get("level" if command else "group") or "")
        return cls(text=text, language=written.get("language"), command=command, slots=slots, kind=kind)


@dataclass(slots=True)
class Share:
    """How many of how many."""

    count: int = 0
    of: int = 0

    def add(self, holds: bool) -> None:
        """Count one more, which `holds` or not."""
        self.count += holds
        self.of += 1

    @property
    def percent(self) -> float:
        return 100 * self.count / self.of if self.of else 0.0

    @property
    def line(self) -> dict[str, float]:
        return {"count": self.count, "of": self.of, "percent": round(self.percent, 2)}


@dataclass(slots=True)
class Score:
    """What was counted for the lines of one language, or of all."""

    verdicts: Counter[str] = field(default_factory=Counter)
    right: dict[str, Share] = field(default_factory=dict)
    """Level -> right commands."""
    slots: Share = field(default_factory=Share)
    """Right slots, of right commands that have some."""
    wrong: Share = field(default_factory=Share)
    """Wrong commands, of lines that are a command."""
    wrong_destructive: int = 0
    false_executions: dict[str, Share] = field(default_factory=dict)
    """Group -> lines that must run nothing and do."""
    noise: dict[int, Share] = field(default_factory=dict)
    """Number of noise operations -> right, of those that are right when clean."""
    noise_by_kind: dict[str, Share] = field(default_factory=dict)
    """The same by the kind of a single operation."""
    wrong_in_noise: Share = field(default_factory=Share)

    @property
    def false_execution(self) -> Share:
        """All groups together."""
        return Share(
            sum(share.count for share in self.false_executions.values()),
            sum(share.of for share in self.false_executions.values()),
        )

    @property
    def line(self) -> dict[str, Any]:
        """The score as a JSON object."""
        return {
            "verdicts": dict(self.verdicts),
            "right": {level: share.line for level, share in self.right.items()},
            "slots": self.slots.line,
            "wrong_command": self.wrong.line,
            "wrong_destructive": self.wrong_destructive,
            "false_execution": self.false_execution.line,
            "false_execution_by_group": {group: share.line for group, share in sorted(self.false_executions.items())},
            "noise": {str(operations): share.line for operations, share in self.noise.items()},
            "noise_by_kind": {kind: share.line for kind, share in sorted(self.noise_by_kind.items())},
            "wrong_in_noise": self.wrong_in_noise.line,
        }


def verdict(line: Line, found: Match) -> Verdict:
    """Return what `found` is worth."""
    if line.command is None:
        return Verdict.REJECTED if found.command is None else Verdict.FALSE_EXECUTION
    if found.command is None:
        return Verdict.MISSED
    if found.command != line.command or found.then:
        return Verdict.WRONG_COMMAND
    right = line.slots is None or _plain(found.slots) == _plain(line.slots)
    return Verdict.RIGHT if right else Verdict.WRONG_SLOTS


def score(
    lines: Iterable[Line],
    match: Matching,
    *,
    seed: int = 1,
    tell: Callable[[int, Line, Match, Verdict], None] = lambda number, line, found, verdict: None,
) -> dict[str, Score]:
    """Return the score of every language, and of "all"; `tell` hears of each line, which count from 1.

    The noise is the same for the same `seed` and line.
    """
    scores: dict[str, Score] = {}
    for number, line in enumerate(lines, start=1):
        found = match(line.text, line.language)
        judged = verdict(line, found)
        tell(number, line, found, judged)
        for name in (line.language or "any", "all"):
            _count(scores.setdefault(name, Score()), line, found, judged)
        if judged is Verdict.RIGHT:
            _count_noise([scores[line.language or "any"], scores["all"]], line, match, seed)
    return scores


def _count(into: Score, line: Line, found: Match, judged: Verdict) -> None:
    into.verdicts[judged] += 1
    if line.command is None:
        into.false_executions.setdefault(line.kind, Share()).add(judged is Verdict.FALSE_EXECUTION)
        return
    right = judged in (Verdict.RIGHT, Verdict.WRONG_SLOTS)
    into.right.setdefault(line.kind, Share()).add(right)
    into.wrong.add(judged is Verdict.WRONG_COMMAND)
    into.wrong_destructive += _is_wrong_and_destroys(line, found)
    if right and line.slots:
        into.slots.add(judged is Verdict.RIGHT)


def _count_noise(into: Sequence[Score], line: Line, match: Matching, seed: int) -> None:
    if line.language is None:
        return
    for operations in (1, 2):
        text, kinds = noisy(line.text, line.language, operations, Random(f"{seed} {operations} {line.text}"))
        if len(kinds) < operations:
            continue
        found = match(text, line.language)
        for one in into:
            one.noise.setdefault(operations, Share()).add(found.command == line.command)
            one.wrong_in_noise.add(found.command not in (None, line.command))
            if operations == 1:
                one.noise_by_kind.setdefault(kinds[0], Share()).add(found.command == line.command)


def _is_wrong_and_destroys(line: Line, found: Match) -> bool:
    run = [command for command in (found.command, *(candidate.command for candidate in found.then)) if command]
    return any(
        command != line.command and COMMANDS[command].consequence is Consequence.DESTRUCTIVE
        for command in run
        if command in COMMANDS
    )


def _plain(slots: Slots) -> dict[str, str | int]:
    """Return `slots` as far as they matter: a text in any capitals, without the punctuation at its end."""
    return {
        name: value if isinstance(value, int) else value.casefold().strip().rstrip(" .!?…").strip()
        for name, value in slots.items()
    }
