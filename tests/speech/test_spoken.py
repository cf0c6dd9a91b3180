"""What of an answer is read aloud."""

import pytest

from etoile.speech.spoken import speakable


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("The volume is at 40%.", "The volume is at 40%."),
        ("Le volume est à **quarante** pour *cent*.", "Le volume est à quarante pour cent."),
        ("***Both*** and __underlined__ and _leaning_ and ~~gone~~.", "Both and underlined and leaning and gone."),
        ("a * b = c, and snake_case_name stays", "a * b = c, and snake_case_name stays"),
        ("Run `nvidia-smi` now.", "Run nvidia-smi now."),
        ("# Heading\n\nText.", "Heading Text."),
        ("- first\n- second\n* third", "first second third"),
        ("> quoted", "quoted"),
        ("- [x] done", "done"),
        ("1. one\n2. two", "1. one 2. two"),
        ("See [the help](https://example.org/help?x=1).", "See the help."),
        ("![a cat](cat.png)", "a cat"),
        ("Open https://www.example.org/a/b?c=d.", "Open example.org."),
        ("<https://example.org>", "example.org"),
        ("| Name | Heat |\n|------|-----:|\n| M1 | 70 |", "Name, Heat M1, 70"),
        ("Before\n```python\nprint(1)\n```\nafter", "Before after"),
        ("Before\n```python\nprint(1)", "Before"),
        ("~~~\ncode\n~~~", ""),
        ("Line one<br>line two", "Line one line two"),
        ("Great 🎉👍 work ✅", "Great work"),
        ("---", ""),
        ("***", ""),
        ("…", ""),
        ("", ""),
        ("  \n ", ""),
        ("https://[broken", ""),
    ],
)
def test_what_is_spoken(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


def test_a_long_text_does_not_take_long() -> None:
    """Emphasis that never closes must not make the patterns search for ever."""
    assert speakable("**_`[<" * 5_000) is not None
