"""A growing answer is spoken sentence by sentence, its first clause early, code and tables in one piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from etoile.domain.spoken import is_block, pieces, sentences

CODE = "```py\nx = 1. y\n```"
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"


@pytest.mark.parametrize(
    ("text", "start", "ready", "rest"),
    [
        ("The sky is", 0, (), "The sky is"),
        ("The sky is blue. It", 0, ("The sky is blue.",), " It"),
        ("The sky is blue. ", 0, (), "The sky is blue. "),
        ("Pourquoi ? Parce que", 0, ("Pourquoi ?",), " Parce que"),
        ("It is 3.5 degrees", 0, (), "It is 3.5 degrees"),
        ("One. Two! Three? F", 0, ("One.", "Two!", "Three?"), " F"),
        ("One. Two! F", 4, ("Two!",), " F"),
        ("**Bold.** Then", 0, ("**Bold.**",), " Then"),
        ("A title\n\nA text", 0, ("A title",), "A text"),
        ("# A title\nA text", 0, ("# A title",), "\nA text"),
        ("Points:\n- one\n- two\n", 0, ("Points:", "- one"), "- two\n"),
        ("1. One thing\n2. Two", 0, ("1. One thing",), "2. Two"),
        ("See e.g. this. And M. Dupont came. Then", 0, ("See e.g. this.", "And M. Dupont came."), " Then"),
        ("J. Doe, etc. are here. Yes", 0, ("J. Doe, etc. are here.",), " Yes"),
        ("Prends p. ex. celui-ci. Puis", 0, ("Prends p. ex. celui-ci.",), " Puis"),
        ("Look.\n```py\nx = 1. y\n", 0, ("Look.",), "```py\nx = 1. y\n"),
        (f"Look:\n{CODE}\nDone. So", 0, ("Look:", CODE, "Done."), " So"),
        (f"Look:\n{TABLE}", 0, ("Look:",), TABLE),
        (f"{TABLE}After. So", 0, (TABLE.strip(), "After."), " So"),
    ],
)
def test_whole_sentences_are_ready(text: str, start: int, ready: tuple[str, ...], rest: str) -> None:
    parts, position = sentences(text, start)
    assert (parts, text[position:]) == (ready, rest)


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("To free the memory of that card, you", ("To free the memory of that card,",)),
        ("Pour libérer la mémoire du GPU : il", ("Pour libérer la mémoire du GPU :",)),
        ("Your two graphics cards are cool – the first one", ("Your two graphics cards are cool –",)),
        ("Yes, of course", ()),
        ("It has 1,234,567 rows of data", ()),
    ],
)
def test_of_the_first_sentence_a_clause_is_enough(text: str, ready: tuple[str, ...]) -> None:
    assert sentences(text, 0)[0] == ready
    assert sentences(f"Well. {text}", len("Well."))[0] == ()


def test_a_sentence_without_end_is_cut_at_a_clause() -> None:
    clause = "and then it went on and on about nothing at all, "
    parts, _ = sentences(f"Well. {clause * 12}", len("Well."))
    assert parts
    assert all(len(part) <= 280 and part.endswith(",") for part in parts)


PROSE = (
    "First one. ",
    "A clause that is long enough, ",
    "word ",
    "Third? ",
    "e.g. this ",
    "M. Dupont ",
    "3.5 ",
    "…",
    "\n",
)
MARKUP = (f"\n{CODE}\n", f"\n{TABLE}", "\n\n", "- item\n", "1. item\n", "# Title\n", "```", "|", "`")
ANSWERS = some.lists(some.sampled_from((*PROSE, *MARKUP)), max_size=30).map("".join)


@given(ANSWERS, some.integers(1, 9))
def test_nothing_is_spoken_twice_or_lost_however_the_answer_arrives(whole: str, size: int) -> None:
    spoken, position = [], 0
    for end in range(size, len(whole) + size, size):
        ready, further = sentences(whole[:end], position)
        assert further >= position
        spoken += ready
        position = further
    said = "".join([*spoken, whole[position:]])
    assert "".join(said.split()) == "".join(whole.split())


@given(ANSWERS)
def test_a_finished_text_is_cut_without_loss(whole: str) -> None:
    assert "".join("".join(pieces(whole)).split()) == "".join(whole.split())


def test_code_and_tables_are_no_sentences() -> None:
    assert [is_block(piece) for piece in pieces(f"Look.\n{CODE}\n{TABLE}Done.")] == [False, True, True, False]
