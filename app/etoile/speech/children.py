"""Processes of our own that do for this room what may hang, or takes much memory."""

import subprocess
import sys
from collections.abc import Sequence

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""For `creationflags`: Windows opens a console for a child otherwise."""


def own_python(arguments: Sequence[str]) -> list[str]:
    """Return the command line of a process of our own: `-m MODULE`, and what it is told.

    In an installed bundle `sys.executable` is Etoile itself, whose entry point must take `-m MODULE` for that reason.
    """
    # -P: the folder where Etoile happens to be started must not offer modules of its own.
    options = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *options, *arguments]
