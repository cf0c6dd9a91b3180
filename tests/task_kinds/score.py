"""Say how well the shipped model tells the kinds of prompts in a file.

Use: `.venv/bin/python -m tests.task_kinds.score FILE.jsonl [--wrong]`; a line holds {"text", "kind", "language"}.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.domain.tasks.model import Model
from etoile.task_kinds import shipped_model
from tests.task_kinds.corpus import Prompt, read

BINS = 10


class Judged(NamedTuple):
    """A prompt, and what was said of it."""

    prompt: Prompt
    said: Classification
    ms: float

    @property
    def is_right(self) -> bool:
        """Whether the kind is the expected one."""
        return self.said.kind is self.prompt.kind


def judge(prompts: Iterable[Prompt], model: Model) -> list[Judged]:
    """Classify `prompts`."""
    return [_judged(prompt, model) for prompt in prompts]


def _judged(prompt: Prompt, model: Model) -> Judged:
    started_s = time.perf_counter()
    said = classify(prompt.text, model)
    return Judged(prompt, said, (time.perf_counter() - started_s) * 1000)


def accuracy(judged: Sequence[Judged]) -> float:
    """Return the share that is right."""
    return sum(one.is_right for one in judged) / max(1, len(judged))


def calibration_error(judged: Sequence[Judged]) -> float:
    """Return the expected calibration error: how far confidence and accuracy are apart, over ten bins."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for one in judged:
        bins[min(BINS - 1, int(one.said.confidence * BINS))].append(one)
    gaps = (abs(sum(one.said.confidence for one in held) - sum(one.is_right for one in held)) for held in bins)
    return sum(gaps) / max(1, len(judged))


def report(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the lines of a report."""
    sure = [one for one in judged if not one.said.second_opinion]
    by_rules = [one for one in judged if one.said.by == "rules"]
    times_ms = sorted(one.ms for one in judged)
    yield f"  right {accuracy(judged):.1%} of {len(judged)}; calibration error {calibration_error(judged):.3f}"
    yield f"  second opinion asked for {1 - len(sure) / len(judged):.1%}; right without one {accuracy(sure):.1%}"
    yield f"  by rules {len(by_rules)}, right {accuracy(by_rules):.1%}"
    yield f"  ms: p50 {times_ms[len(times_ms) // 2]:.3f}, p99 {times_ms[int(len(times_ms) * 0.99)]:.3f}"
    yield from _by("language", judged, lambda one: one.prompt.language)
    yield from _by("kind", judged, lambda one: one.prompt.kind)
    for kind in TaskKind:
        said = [one.said.kind for one in judged if one.prompt.kind is kind]
        yield f"  {kind:<8} taken for  " + "  ".join(f"{other} {said.count(other)}" for other in TaskKind)


def _by(what: str, judged: Sequence[Judged], key: Callable[[Judged], str]) -> Iterator[str]:
    for value in sorted({key(one) for one in judged}):
        yield f"  {what} {value}: {accuracy([one for one in judged if key(one) == value]):.1%}"


def main(arguments: list[str]) -> int:
    """Print the report on each file."""
    for name in arguments:
        if name != "--wrong":
            judged = judge(read(Path(name)), shipped_model())
            print(name, *report(judged), sep="\n")
            for one in judged if "--wrong" in arguments else ():
                if not one.is_right:
                    print(f"  {one.prompt.kind} -> {one.said.kind} {one.said.confidence:.2f} {one.prompt.text[:120]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
