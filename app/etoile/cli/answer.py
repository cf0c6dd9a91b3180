"""The line with which the person at the terminal answers a question."""

import sys
from contextlib import suppress

from etoile.cli.console import Console
from etoile.text import Message


def answer_to(invitation: Message, console: Console) -> str:
    """Say `invitation`, and return the line typed behind it; empty at the end of the input.

    What was typed or pasted before is dropped: nobody answers a question that was not shown yet.  It is dropped right
    before the invitation and not after it, so that a program that waits for it is never too quick.  Raises
    KeyboardInterrupt.
    """
    _drop_waiting()
    console.note(invitation)
    return sys.stdin.readline()


def _drop_waiting() -> None:
    """Drop what waits at the terminal; it hands over a line at a time, so that nothing waits elsewhere."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        with suppress(OSError, ValueError, AttributeError, termios.error):  # no terminal: nothing can wait there
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
