"""Reading takes time in proportion to the text, whatever is in it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from etoile.speech.spoken import speakable

PIECES = [
    *("a", "*", "**a ", "_", "`", "[", "[a](", "![", "<a", "< ", "|", "| - ", "- ", "> ", "#", "&", "&amp;"),
    *("1 ", "1.", "1,", "1 234 ", "12:", "1-", "1–", "1/", "1e", "$1", "5 k", "€", "5 °", "10:30:", "2026-11-"),
    *("a.b", "a@b.", "/a", "~/", "\\a", "http://", "www.", "v1.", "127.0."),
    *("sk-", "key: ", "token is a1", "aB1", "Z9z", "0123456789abcdef-", "«", "(", "((x", "[a](x("),
    *("| a |\n", "| a |\n|-|\n", "```\n", "- a\n", "# a\n", "\n", " ", "\t", ". ", "e.g.", "p. ex.", "é", "😀", "→"),
]


def cpu_s(text: str) -> float:
    started_s = time.process_time()
    speakable(text, "fr")
    return time.process_time() - started_s


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_takes_no_sixteen_times_the_time(piece: str) -> None:
    """What is quadratic takes sixteen times as long; ten leaves room for a busy machine."""
    small = piece * (1_500 // len(piece))
    one_s = min(cpu_s(small) for _ in range(3))
    four_s = min(cpu_s(small * 4) for _ in range(3))
    assert four_s < 10 * one_s + 0.02


def test_a_megabyte() -> None:
    paragraph = "The **GPU** is at 85 °C, see https://example.org/a; `code_name` took 3.5 tok/s.\n\n- item 1,234\n"
    said = speakable(paragraph * (1_000_000 // len(paragraph)), "en")
    assert said.count("85 degrees") == 1_000_000 // len(paragraph)


@settings(max_examples=200, deadline=None)
@given(
    some.text(max_size=300) | some.lists(some.sampled_from(PIECES), max_size=60).map("".join),
    some.sampled_from(["en", "fr"]),
)
def test_anything_becomes_one_line(text: str, language: str) -> None:
    said = speakable(text, language)
    assert "\n" not in said
    assert said == said.strip()
