"""How well lines are understood that authors wrote who never saw a template.

Those in `judging/` only judge.  The first ones judged until rules were made from what they showed; since then they hold
what was reached.
"""

from pathlib import Path

import pytest

from etoile.catalogue import load_catalogues
from etoile.domain.match import Match
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.scoring import Score, Share, score
from etoile.text import SPOKEN_LANGUAGES
from tests.understanding.calibrate import lines, machine

HERE = Path(__file__).parent
NEVER = ("negation", "code", "quote", "question")
"""Groups of lines of which not a single one may run anything."""


@pytest.fixture(scope="module", params=["judging/{}.jsonl", "development/first_{}.jsonl"])
def scored(request: pytest.FixtureRequest) -> dict[str, Score]:
    catalogues = load_catalogues(HERE / "nothing of the user's")
    matchers = {language: Matcher(catalogues, machine(language)) for language in SPOKEN_LANGUAGES}

    def match(text: str, language: str | None) -> Match:
        return matchers[language or "en"].match(text, language)

    written = [line for language in SPOKEN_LANGUAGES for line in lines(HERE / request.param.format(language))]
    return score(written, match)


def test_there_are_enough_lines_of_each_language(scored: dict[str, Score]) -> None:
    assert all(scored[language].verdicts.total() >= 400 for language in SPOKEN_LANGUAGES)


def test_what_must_run_nothing_hardly_ever_runs_anything(scored: dict[str, Score]) -> None:
    assert scored["all"].false_execution.percent <= 0.3
    assert {group: scored["all"].false_executions[group].count for group in NEVER} == dict.fromkeys(NEVER, 0)


def test_a_command_is_hardly_ever_taken_for_another(scored: dict[str, Score]) -> None:
    assert scored["all"].wrong.percent <= 0.5
    assert scored["all"].wrong_destructive <= 1  # which asks before it does anything
    assert scored["all"].wrong_in_noise.percent <= 0.2


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
@pytest.mark.parametrize(("level", "percent"), [("canonical", 98), ("paraphrase", 85), ("loose", 45)])
def test_commands_are_understood(scored: dict[str, Score], language: str, level: str, percent: float) -> None:
    assert scored[language].right.get(level, Share()).percent >= percent


def test_slots_are_right(scored: dict[str, Score]) -> None:
    assert scored["all"].slots.percent >= 97


@pytest.mark.parametrize(("operations", "percent"), [(1, 92), (2, 82)])
def test_slips_are_repaired(scored: dict[str, Score], operations: int, percent: float) -> None:
    assert scored["all"].noise[operations].percent >= percent
