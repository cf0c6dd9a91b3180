"""Lines written to mislead: near-commands that must run nothing, and commands among much that is none."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from etoile.catalogue import load_catalogues
from etoile.domain.commands import COMMANDS, Consequence
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.scoring import Line
from etoile.text import SPOKEN_LANGUAGES
from tests.understanding.calibrate import HERE, lines, machine
from tests.understanding.talked_about import talked_about

TALKED_ABOUT = {"negation", "question", "code", "quote", "conditional", "chat"}
"""Kinds of which not one may run."""

Judged = list[tuple[Line, str | None]]
"""Each line with the command that runs."""


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalogue]:
    return load_catalogues(tmp_path_factory.mktemp("nothing"))


@pytest.fixture(scope="module", params=SPOKEN_LANGUAGES)
def judged(request: pytest.FixtureRequest, catalogues: dict[str, Catalogue]) -> Judged:
    return judge(catalogues, lines(adversarial(request.param)))


def judge(catalogues: dict[str, Catalogue], among: Iterable[Line]) -> Judged:
    matchers = {language: Matcher(catalogues, machine(language)) for language in SPOKEN_LANGUAGES}
    return [(line, matchers[line.language or ""].match(line.text, line.language).command) for line in among]


def adversarial(language: str) -> Path:
    return HERE / f"development/adversarial_{language}.jsonl"


def test_what_is_only_talked_about_runs_nothing(judged: Judged) -> None:
    assert [line.text for line, ran in judged if ran and line.kind in TALKED_ABOUT] == []


def test_hardly_anything_else_that_is_no_command_runs(judged: Judged) -> None:
    ran = [(line.text, ran) for line, ran in judged if ran and line.command is None]
    assert len(ran) <= 0.015 * sum(line.command is None for line, _ in judged)
    assert all(COMMANDS[command].consequence is not Consequence.DESTRUCTIVE for _, command in ran)


def test_a_command_is_understood_or_left_and_never_taken_for_another(judged: Judged) -> None:
    verdicts = Counter(ran == line.command for line, ran in judged if line.command and ran)
    assert verdicts[False] == 0
    assert verdicts[True] >= 0.75 * sum(line.command is not None for line, _ in judged)


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_no_sentence_about_a_command_is_one(catalogues: dict[str, Catalogue], language: str) -> None:
    judged = judge(catalogues, talked_about(language, every=7))
    assert len(judged) > 1000
    assert [line.text for line, ran in judged if ran] == []


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_what_has_the_words_of_a_command_and_is_none_runs_nothing(
    catalogues: dict[str, Catalogue], language: str
) -> None:
    misleading = lines(HERE / f"development/misleading_{language}.jsonl")
    assert [line.text for line, ran in judge(catalogues, misleading) if ran] == []
