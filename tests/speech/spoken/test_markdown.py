"""Markdown as it is read aloud: marks go, code and tables are summarised, links keep their words."""

import pytest

from etoile.speech.spoken import speakable

TABLE = "| Name | Heat |\n|------|-----:|\n| M1 | 70 |\n| M2 | 71 |"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Le volume est à **quarante** pour *cent*.", "Le volume est à quarante pour cent."),
        ("***Both*** and __underlined__ and _leaning_ and ~~gone~~.", "Both and underlined and leaning and gone."),
        ("**Lone mark", "Lone mark"),
        ("a * b and snake_case_name", "a times b and snake case name"),
        ("Run `nvidia-smi` now.", "Run nvidia-smi now."),
        (r"Not \*leaning\*.", "Not leaning."),
        ("# Heading\n\nText.", "Heading. Text."),
        ("## Why? ##\nText.", "Why? Text."),
        ("Title\n=====\nText.", "Title Text."),
        ("- first\n- second;\n* third", "first. second; third."),
        ("- **Bold:** text", "Bold: text."),
        ("  - [x] done\n  - [ ] open", "done. open."),
        ("1. one\n2) two", "1, one. 2, two."),
        ("> quoted\n> > twice", "quoted twice"),
        ("See [the help](https://example.org/help?x=1).", "See the help."),
        ("See [one](https://example.org/a_(b)).", "See one."),
        ("See [the help][1] and this[^2].", "See the help and this."),
        ("![a cat](cat.png)", "a cat"),
        ("[![badge](a.svg)](https://example.org)", "badge"),
        ("Open https://www.example.org/a/b?c=d.", "Open example dot org."),
        ("<https://example.org>", "example dot org"),
        ("(https://example.org/a), then", "(example dot org, then"),
        ("https://[broken", ""),
        ("Line one<br>line two &amp; three", "Line one line two and three"),
        ("Great 🎉👍🏽 work ✅", "Great work"),
        ("Flag 🇫🇷 and 👨‍👩‍👧 family", "Flag and family"),
        ("---", ""),
        ("* * *", ""),
        ("***", ""),
        ("…", ""),
        ("", ""),
        ("  \n ", ""),
        (TABLE, "A table of 2 rows: Name, Heat."),
        (f"Look:\n\n{TABLE}\n\nDone.", "Look: A table of 2 rows: Name, Heat. Done."),
        ("a | b", "a, b"),
        ("Before\n```python\nprint(1)\n```\nafter", "Before A code block of 1 line in Python. after"),
        ("Before\n```python\nprint(1)\nprint(2)", "Before A code block of 2 lines in Python."),
        ("~~~\ncode\n```\nmore\n~~~", "A code block of 3 lines."),
        ("````md\n```\ncode\n```\n````", "A code block of 3 lines in Markdown."),
        ("```bash\n" + "echo\n" * 12 + "```", "A code block of 12 lines in shell."),
        ("```brainfuck\n+\n```", "A code block of 1 line in brainfuck."),
        ("```\n```", ""),
    ],
)
def test_what_is_spoken_in_english(written: str, spoken: str) -> None:
    assert speakable(written, "en") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        (TABLE, "Un tableau de 2 lignes : Name, Heat."),
        ("| Nom |\n|---|\n| M1 |", "Un tableau d'une ligne : Nom."),
        ("```py\nx = 1\n```", "Un bloc de code d'une ligne en Python."),
        ("```\nx\ny\n```", "Un bloc de code de 2 lignes."),
        ("# Résultat\n- un\n- deux", "Résultat. un. deux."),
        ("Voir <https://exemple.fr>.", "Voir exemple point fr."),
    ],
)
def test_what_is_spoken_in_french(written: str, spoken: str) -> None:
    assert speakable(written, "fr") == spoken


def test_another_language_is_spoken_as_english() -> None:
    assert speakable("40 %", "de") == "40 percent"
