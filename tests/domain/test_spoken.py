"""A growing answer is spoken sentence by sentence, and code never."""

import pytest

from etoile.domain.spoken import sentences


@pytest.mark.parametrize(
    ("text", "start", "ready", "rest"),
    [
        ("The sky is", 0, (), "The sky is"),
        ("The sky is blue. It", 0, ("The sky is blue.",), " It"),
        ("The sky is blue.", 0, (), "The sky is blue."),
        ("Pourquoi ? Parce que", 0, ("Pourquoi ?",), " Parce que"),
        ("It is 3.5 degrees", 0, (), "It is 3.5 degrees"),
        ("One. Two! Three? F", 0, ("One.", "Two!", "Three?"), " F"),
        ("One. Two! F", 4, ("Two!",), " F"),
        ("A title\n\nA text", 0, ("A title",), "A text"),
        ("Points:\n- one\n- two\n", 0, ("Points:", "- one"), "- two\n"),
        ("Look.\n```py\nx = 1. y\n", 0, ("Look.",), "\n```py\nx = 1. y\n"),
        ("Look:\n```py\nx = 1. y\n```\nDone. ", 0, ("Look:", "Done."), " "),
    ],
)
def test_whole_sentences_are_ready(text: str, start: int, ready: tuple[str, ...], rest: str) -> None:
    parts, position = sentences(text, start)
    assert (parts, text[position:]) == (ready, rest)


def test_nothing_is_spoken_twice_or_lost_however_the_answer_arrives() -> None:
    whole = "First one. Second one!\n\n```\ncode. more\n```\nThird? And the rest"
    for size in (1, 3, 7, len(whole)):
        spoken, position = [], 0
        for end in range(size, len(whole) + size, size):
            ready, position = sentences(whole[:end], position)
            spoken += ready
        assert spoken == ["First one.", "Second one!", "Third?"]
        assert whole[position:].strip() == "And the rest"
