"""The shipped model of task kinds is the one that the prompts make, and it does what it is shipped for."""

from collections import Counter

import pytest

from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.kinds import TaskKind
from etoile.resources import resource
from etoile.task_kinds import shipped_model
from tests.task_kinds.corpus import DEVELOPMENT, LANGUAGES, Prompt, digest, lexicon, read, training_prompts
from tests.task_kinds.score import accuracy, calibration_error, judge, report

RETRAIN = "run `python3 installer/dev.py train -m tests.task_kinds.train`"


@pytest.fixture(scope="module")
def development() -> list[Prompt]:
    return list(read(DEVELOPMENT))


def test_the_shipped_model_was_fitted_to_these_prompts_and_words() -> None:
    assert shipped_model().corpus == digest(), f"prompts or words were changed: {RETRAIN}"


def test_the_shipped_model_knows_these_features() -> None:
    learnt = judge(training_prompts(), shipped_model())
    assert accuracy(learnt) > 0.97, f"features or rules were changed: {RETRAIN}"


def test_the_model_is_small() -> None:
    assert resource("task_kinds.model").stat().st_size < 1_500_000


def test_prompts_are_many_balanced_and_written_once() -> None:
    prompts = training_prompts()
    texts = Counter(prompt.text.casefold() for prompt in [*prompts, *read(DEVELOPMENT)])
    assert [text for text, count in texts.items() if count > 1] == []
    assert len(prompts) >= 2400
    for language in LANGUAGES:
        counts = Counter(prompt.kind for prompt in prompts if prompt.language == language)
        assert min(counts.values()) > 0.6 * max(counts.values())


def test_every_word_of_the_lexicon_has_a_group() -> None:
    groups = lexicon()
    assert all(feature.strip() for feature in groups)
    assert {group.partition(".")[0] for names in groups.values() for group in names} == {*TaskKind, "language"}


def test_the_development_split_is_understood(development: list[Prompt]) -> None:
    judged = judge(development, shipped_model())
    sure = [one for one in judged if not one.said.second_opinion]
    assert accuracy(judged) >= 0.75
    assert accuracy(sure) >= 0.88
    assert len(sure) >= len(judged) * 2 / 3
    assert calibration_error(judged) < 0.08


def test_rules_are_never_wrong() -> None:
    judged = judge([*training_prompts(), *read(DEVELOPMENT)], shipped_model())
    assert [one.prompt.text for one in judged if one.said.by == "rules" and not one.is_right] == []
    assert sum(one.said.by == "rules" for one in judged) > 30


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Écris une fonction Python qui trie une liste", TaskKind.CODE),
        ("Write a function that reverses a string", TaskKind.CODE),
        ("Fix the bug in main.py", TaskKind.CODE),
        ("Escreva um script em Python que baixa imagens", TaskKind.CODE),
        ("Compare la Révolution française et la Révolution américaine", TaskKind.ANALYSE),
        ("Analyze the impact of remote work on productivity", TaskKind.ANALYSE),
        ("Analise as vantagens da energia solar", TaskKind.ANALYSE),
        ("Faut-il acheter du bitcoin maintenant ?", TaskKind.TRADING),
        ("Is this stock market portfolio too volatile?", TaskKind.TRADING),
        ("Qual é a tendência do bitcoin na bolsa?", TaskKind.TRADING),
        ("Pourquoi mon ordinateur est si lent ?", TaskKind.SYSTEME),
        ("My GPU driver crashes after the update", TaskKind.SYSTEME),
        ("Como reiniciar o servidor Linux?", TaskKind.SYSTEME),
        ("Quelle est la météo demain à Lyon ?", TaskKind.WEB),
        ("who won the football match tonight", TaskKind.WEB),
        ("Quais são as notícias de hoje?", TaskKind.WEB),
        ("Raconte-moi une blague", TaskKind.SIMPLE),
        ("What is the capital of Japan?", TaskKind.SIMPLE),
        ("Quelle est la capitale du Pérou ?", TaskKind.SIMPLE),
        ("Quanto é doze vezes doze?", TaskKind.SIMPLE),
    ],
)
def test_plain_prompts(text: str, kind: TaskKind) -> None:
    assert classify(text, shipped_model()).kind is kind


def test_a_report_tells_what_was_taken_for_what(development: list[Prompt]) -> None:
    lines = list(report(judge(development[:40], shipped_model())))
    assert any("calibration error" in line for line in lines)
    assert any("taken for" in line for line in lines)
