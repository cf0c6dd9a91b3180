"""The command line: `etoile`, spoken without Qt.  Without a command it is the tray app.

Exit codes: 0 done, 1 it failed, 2 the call or the configuration is wrong, 3 nothing could take the request.
"""

import io
import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from etoile.cli.starting import begun_for, tray

if TYPE_CHECKING:
    from etoile.cli.console import Console

FAILED, WRONG_CALL, NOBODY = 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    _never_fail_to_print()
    if begun := begun_for(arguments):
        said, shown = begun
        return _told(arguments, lambda console: tray(said, console, shown))
    return _told(arguments, lambda console: _run(arguments, console))


def _told(arguments: Sequence[str], act: "Callable[[Console], int]") -> int:
    """Return the exit code of `act`; what it raises is told to the user."""
    from etoile.cli.console import Console
    from etoile.cli.language import written_language
    from etoile.errors import ConfigError, EtoileError, UsageError

    console = Console(language=written_language(arguments), json="--json" in arguments)
    try:
        return act(console)
    except (ConfigError, UsageError) as error:
        console.error(error)
        return WRONG_CALL
    except EtoileError as error:
        console.error(error)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        # Whoever read us has enough (`etoile gpu | head -1`).
        sys.stderr.close()
        return FAILED


def _never_fail_to_print() -> None:
    """Let signs that the terminal does not know become "?": a dash is no reason to end."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _run(arguments: Sequence[str], console: "Console") -> int:
    """Do what the command line says."""
    from etoile.cli.parser import parse

    said = parse(arguments, console.language)
    if said.command is not None:
        from etoile import logs

        logs.set_up(logging.DEBUG if said.verbose else logging.WARNING)
    code: int = said.run(said, console)
    return code
