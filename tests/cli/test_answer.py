"""Nobody answers a question that was not shown yet."""

import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from etoile.cli.answer import answer_to
from etoile.text import message

if sys.platform == "win32":
    pytest.skip("its terminals are others", allow_module_level=True)

QUESTION = message("Shut the computer down?")


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give what is typed at a terminal, which is the stdin of this test."""
    keyboard, terminal = os.openpty()
    with os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield keyboard
    os.close(keyboard)


def console_at(keyboard: int) -> SimpleNamespace:
    """Return a console whose person answers "no" as soon as the question is shown."""
    return SimpleNamespace(note=lambda said: os.write(keyboard, b"no\n"))


def test_what_was_typed_ahead_is_no_answer(keyboard: int) -> None:
    os.write(keyboard, b"yes\n1\n")
    assert answer_to(QUESTION, console_at(keyboard)) == "no\n"  # type: ignore[arg-type]


def test_what_is_typed_then_is(keyboard: int) -> None:
    assert answer_to(QUESTION, console_at(keyboard)) == "no\n"  # type: ignore[arg-type]
