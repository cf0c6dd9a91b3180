"""Asking the person at the terminal."""

from etoile.cli.answer import answer_to
from etoile.cli.console import Console
from etoile.cli.view import can_confirm
from etoile.domain.replies import reply_to
from etoile.errors import UsageError
from etoile.text import Message, message

INITIALS = {"en": "y", "fr": "o", "pt": "s"}
"""Of "yes": enough for who types, and never taken from a voice."""


def agreed(question: Message, console: Console, *, yes: bool) -> bool:
    """Return whether the person says yes to `question`; `yes` says so beforehand.

    Raises UsageError where nobody is there to say it.
    """
    if yes:
        return True
    if not can_confirm():
        console.note(question)
        raise UsageError(
            message("Nobody is there to confirm it: nothing was done."), message("Add --yes to say yes beforehand.")
        )
    typed = answer_to(message("{question}  [yes / no]", question=question), console)
    return typed.strip().lower() == INITIALS[console.language] or reply_to(typed, console.language, 1) == 0
