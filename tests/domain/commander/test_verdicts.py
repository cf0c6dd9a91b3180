"""What reviewers write, and the score that is read from it."""

import pytest

from etoile.domain.commander.verdicts import SUMMARY_CHARACTERS, verdict_in


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ('{"score": 0.85, "problems": [], "summary": "fine"}', 0.85),
        ('```json\n{"score": 0.4}\n```', 0.4),
        ('Here is my review:\n```\n{"Score": "0.9"}\n```\nHope this helps.', 0.9),
        ('I thought about {this} and {that}. {"score": 0.5}', 0.5),
        ('{"summary": "no score here"} {"score": 0.6}', 0.6),
        ('{"score": 1}', 1.0),
        ('{"score": 0}', 0.0),
        ('{"score": 8}', 0.8),
        ('{"score": 85}', 0.85),
        ('{"score": "8/10"}', 0.8),
        ('{"score": "85 %"}', 0.85),
        ('{"score": "0,85"}', 0.85),
        ('{"score": "8,5 sur 10"}', 0.85),
        ('{"note": "17/20"}', 0.85),
        ('{"score": 0,85, "summary": "virgule française"}', 0.85),
        ("Score : 7,5/10. Le code fonctionne.", 0.75),
        ("**Note :** 8 sur 10", 0.8),
        ("Rating: 4 out of 5", 0.8),
        ("Score: 90%", 0.9),
        ("My score is 0.3, sorry.", 0.3),
        ('{"score": 0.5', 0.5),
    ],
)
def test_a_score_is_found(text: str, score: float) -> None:
    assert verdict_in(text).score == pytest.approx(score)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Looks good to me!",
        '{"score": null}',
        '{"score": true}',
        '{"score": -1}',
        '{"score": 1000}',
        '{"score": NaN}',
        '{"score": Infinity}',
        '{"score": [0.9]}',
        '{"score": "12/10"}',
        '{"score": "very good"}',
        "Score: 5/0",
        "{" * 5000,
        '{"a":' * 5000,
    ],
)
def test_what_makes_no_sense_is_no_score(text: str) -> None:
    assert verdict_in(text).score is None


def test_problems_and_summary_are_kept_on_one_line() -> None:
    verdict = verdict_in('{"score": 0.5, "summary": "Half\\nright.", "problems": ["No tests.", 3, "\\u001b[31mred"]}')
    assert verdict.summary == "Half right. No tests. [31mred"


def test_a_french_decimal_does_not_cost_the_summary() -> None:
    assert verdict_in('```json\n{"score": 0,4, "summary": "À revoir."}\n```').summary == "À revoir."


def test_a_long_review_is_cut() -> None:
    assert len(verdict_in(f"Score: 0.5. {'word ' * 5000}").summary) <= SUMMARY_CHARACTERS
