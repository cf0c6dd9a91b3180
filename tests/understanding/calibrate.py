"""Prints the table of `etoile.domain.matching.confidence`: how often matches are right, by their evidence.

    .venv/bin/python -m tests.understanding.calibrate

It counts on the development lines, as they stand and under one and two slips, never on the lines that judge.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from etoile.catalogue import load_catalogues
from etoile.domain.matching.confidence import RUNS, confidence_of
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.noise import noisy
from etoile.domain.matching.scoring import Line
from etoile.text import SPOKEN_LANGUAGES

HERE = Path(__file__).parent
SEEDS = 4
STEP = 0.01
IDENTITY = ((0.0, 0.0), (1.0, 1.0))

Judged = tuple[float, bool]
"""The evidence of a match, and whether it was right."""


def machine(language: str) -> dict[str, list[str]]:
    """Return the names of the machine that the lines speak of."""
    written = json.loads((HERE / "machine.json").read_text("utf-8"))
    return {slot: names if isinstance(names, list) else names[language] for slot, names in written.items()}


def judged() -> Iterator[Judged]:
    """Return every match, or first choice, that is made of the lines."""
    catalogues = load_catalogues(HERE / "nothing of the user's")
    for language in SPOKEN_LANGUAGES:
        matcher = Matcher(catalogues, machine(language), IDENTITY)
        for line in itertools.chain(*map(lines, sorted((HERE / "development").glob(f"*{language}.jsonl")))):
            for text in (line.text, *_noisy(line.text, language)):
                found = matcher.match(text, language)
                top = found.command or (found.choices[0].command if found.choices else None)
                if top is not None:
                    yield found.confidence, top == line.command


def lines(path: Path) -> list[Line]:
    """Return the lines of a file of JSON lines."""
    return [Line.of(json.loads(written)) for written in path.read_text("utf-8").splitlines()]


def _noisy(text: str, language: str) -> Iterator[str]:
    for seed in range(SEEDS):
        for operations in (1, 2):
            yield noisy(text, language, operations, Random(f"{seed} {operations} {text}"))[0]


def isotonic(matches: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """Return evidence, share of right ones and number of matches, pooled until the shares rise with the evidence."""
    pools: list[tuple[float, int, int]] = []
    for evidence in sorted({_step(evidence) for evidence, _ in matches}):
        here = [right for found, right in matches if _step(found) == evidence]
        pool = (evidence, sum(here), len(here))
        while pools and pools[-1][1] * pool[2] >= pool[1] * pools[-1][2]:
            lowest, right, count = pools.pop()
            pool = (lowest, right + pool[1], count + pool[2])
        pools.append(pool)
    return [(evidence, right / count, count) for evidence, right, count in pools]


def _step(evidence: float) -> float:
    return round(int(evidence / STEP + 1e-6) * STEP, 2)


def main() -> None:
    """Print what was counted, and the table to be put into confidence.py."""
    pools = isotonic(list(judged()))
    for evidence, share, count in pools:
        print(f"# evidence from {evidence:.2f}: {100 * share:6.2f} % of {count} right")
    print("MEASURED: Final[Table] = (")
    print("    (0.0, 0.0),")
    for evidence, share, _ in pools:
        print(f"    ({evidence:.2f}, {confidence_of(share):.3f}),")
    print("    (1.0, 1.0),\n)")
    below = [evidence for evidence, share, _ in pools if evidence >= RUNS and confidence_of(share) < RUNS]
    print("# all that runs is right in 99 % of the cases or more" if not below else f"# too often wrong: {below}")


if __name__ == "__main__":
    main()
