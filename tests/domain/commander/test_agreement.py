"""Who says the same, by words, numbers, yes and no."""

import pytest

from etoile.domain.commander.agreement import agreement, conclusion_of
from etoile.domain.commander.telling import agreement_of, notes_on, score_of
from etoile.domain.commander.units import Units
from etoile.text import render
from tests.domain.commander.making import CODE, done, failed, judged, polled, unit


@pytest.mark.parametrize(
    ("question", "answers", "groups"),
    [
        ("Is Rust faster than Go?", ["Conclusion: Yes.", "Conclusion: yes, usually"], ["AB"]),
        ("Is Rust faster than Go?", ["Conclusion: Yes.", "Conclusion: No, not always."], ["A", "B"]),
        (
            "Faut-il passer à Wayland ?",
            ["Conclusion : Oui.", "**Conclusion :** oui, sans hésiter", "Non."],
            ["AB", "C"],
        ),
        (
            "Postgres or SQLite?",
            ["Conclusion: Use SQLite.", "Conclusion: SQLite is enough", "Use Postgres."],
            ["AB", "C"],
        ),
        ("Postgres or SQLite?", ["Use SQLite.", "Use Postgres."], ["A", "B"]),
        ("How far is it?", ["Conclusion: 384 400 km", "Conclusion: about 384 400 kilometres"], ["AB"]),
        ("How many?", ["Conclusion: 12 legs", "Conclusion: 8 legs"], ["A", "B"]),
        ("Is it safe?", ["Conclusion: it is safe", "Conclusion: it is not safe"], ["A", "B"]),
        ("Which sort?", ["Merge sort", "Quick sort, in place", "Merge sort, stable"], ["AC", "B"]),
    ],
)
def test_who_agrees(question: str, answers: list[str], groups: list[str]) -> None:
    named = dict(zip("ABC", answers, strict=False))
    assert ["".join(group) for group in agreement(named, question).groups] == groups


def test_the_last_conclusion_counts() -> None:
    assert conclusion_of("Conclusion: no.\n\nOn second thought.\n\n**Conclusion: yes.**") == "yes."


def test_half_of_them_is_a_half() -> None:
    units = polled(M1="Yes.", M2="Yes, indeed.", M3="No.", M4="Perhaps, under load")
    assert score_of(units, "Is it?") == 0.5


def test_agreement_is_told_by_node() -> None:
    def told(**answers: str) -> list[str]:
        return [render(note, "en") for note in notes_on(polled(**answers), "Is it?")]

    assert told(M1="Yes.", M2="Yes!") == ["By their words, all agree: M1, M2."]
    assert told(M1="Yes.", M2="No.", M3="Yes.") == ["By their words, M1, M3 agree; otherwise: M2."]
    assert told(M1="Yes.", M2="No.") == ["By their words, no two agree: M1, M2."]


def test_one_answer_agrees_with_nobody() -> None:
    assert agreement_of(polled(M1="Yes."), "") is None


class TestNotes:
    def test_who_reviewed_it_and_what_it_got(self) -> None:
        units = judged(done(CODE, "write", "M1"), "M2", 0.85)
        assert [render(note, "en") for note in notes_on(units, "")] == ["M2 reviewed it: 0.85 of 1. said M2"]
        assert score_of(units, "") == 0.85

    def test_a_better_version_before_the_last_is_named(self) -> None:
        units: Units = CODE
        for node, score in (("M1", 0.3), ("M2", 0.6), ("M3", 0.4)):
            units = judged(done(units, "write", node, f"by {node}"), "M4", score)
        assert render(notes_on(units, "")[-1], "en") == "The version of M2 got a better score: 0.60."
        assert score_of(units, "") == 0.6

    def test_what_is_missing_is_told(self) -> None:
        units = failed((unit("opinion"), unit("feasibility", "opinion")), "opinion")
        assert [render(note, "en") for note in notes_on(units, "")] == [
            "“opinion” is missing: nobody could",
            "“feasibility” was left out: what it builds on is missing.",
        ]
