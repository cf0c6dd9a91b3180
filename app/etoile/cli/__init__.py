"""The command line: `etoile`, spoken without Qt.  Without a command it is the tray app.

Exit codes: 0 done, 1 it failed, 2 the call or the configuration is wrong, 3 nothing could take the request.
"""

import argparse
import io
import logging
import sys
from collections.abc import Sequence

from etoile.cli.console import Console
from etoile.cli.parser import parse, written_language
from etoile.errors import ConfigError, EtoileError, UsageError

FAILED, WRONG_CALL, NOBODY = 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    _never_fail_to_print()
    console = Console(language=written_language(arguments), json="--json" in arguments)
    try:
        return _run(parse(arguments, console.language), console)
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


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.command is not None:
        from etoile import logs

        logs.set_up(logging.DEBUG if arguments.verbose else logging.WARNING)
    code: int = arguments.run(arguments, console)
    return code
