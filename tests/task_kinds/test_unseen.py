"""How the shipped model does on prompts of another author, who saw neither it nor what it learned from.

`unseen.jsonl` is for judging alone: whoever tunes on it needs a new one.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.kinds import Classification
from etoile.task_kinds import shipped_model

Judged = list[tuple[dict[str, Any], Classification]]


@pytest.fixture(scope="module")
def judged() -> Judged:
    model = shipped_model()
    lines = Path(__file__).with_name("unseen.jsonl").read_text("utf-8").splitlines()
    return [(prompt, classify(prompt["text"], model)) for prompt in map(json.loads, lines)]


def share(judged: Judged) -> float:
    return sum(found.kind == prompt["kind"] for prompt, found in judged) / len(judged)


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
def test_three_of_four_are_told_rightly(judged: Judged, language: str) -> None:
    assert share([each for each in judged if each[0]["language"] == language]) >= 0.75


def test_plain_ones_nearly_always(judged: Judged) -> None:
    assert share([each for each in judged if each[0]["plain"]]) >= 0.92


def test_at_most_a_third_needs_a_second_opinion_and_the_rest_is_right(judged: Judged) -> None:
    sure = [each for each in judged if not each[1].second_opinion]
    assert len(sure) / len(judged) >= 2 / 3
    assert share(sure) >= 0.95
