"""`etoile chat`: one request a line, from a terminal or a pipe; what was said before is known to the next one.

Ctrl+C stops what is being answered, and the chat goes on; a second one, or Ctrl+D, leaves.
"""

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from etoile.cli.console import Console
from etoile.cli.learn import open_kept
from etoile.cli.requests import TICKET, Requests
from etoile.cli.settings import settings
from etoile.cli.view import View, can_confirm
from etoile.domain.events import Asking, Origin
from etoile.errors import StoreError, UsageError
from etoile.text import message

PROMPT = "> "
NEW, LEAVE = "/new", "/quit"
MOST_RECALLED = 500
"""Earlier requests that the arrow keys bring back."""


class Source(Protocol):
    """Where requests are typed."""

    def read(self) -> str | None:
        """Return the next line; None at the end.  Raises KeyboardInterrupt."""
        ...


def chat(arguments: argparse.Namespace, console: Console) -> int:
    """Make a request of every line, until there is none; from a pipe, the exit code is that of the last that failed."""
    config, _ = settings(arguments)
    asking = _asking(arguments)
    source: Source = _Terminal(console, _typed_before(arguments, console)) if can_confirm() else _Pipe()
    with Requests(config, arguments, aloud=arguments.speak) as requests:
        code = _converse(source, requests, asking, console)
    return 0 if can_confirm() else code


def _asking(arguments: argparse.Namespace) -> Asking:
    nodes = tuple(name for part in arguments.nodes or () for name in part.replace(",", " ").split())
    if arguments.nodes and not nodes:
        raise UsageError(message("Which nodes?"), message("Write their names: --nodes M1,M2."))
    return Asking(
        origin=Origin.LINE, ticket=TICKET, can_confirm=can_confirm(), node=None, nodes=nodes, aloud=arguments.speak
    )


def _converse(source: Source, requests: Requests, asking: Asking, console: Console) -> int:
    code = 0
    leaving = False
    while True:
        try:
            line = source.read()
        except KeyboardInterrupt:
            if leaving:
                return code
            leaving = True
            console.note(message("Ctrl+C again, or Ctrl+D, leaves."))
            continue
        leaving = False
        if line is None or line.strip() == LEAVE:
            return code
        if line.strip() == NEW:
            requests.begin_anew()
            console.note(message("A new conversation."))
        elif line.strip():
            view = View(console, goes_on=True)
            with _interruptible(requests, view):
                requests.make(line, asking, view)
            code = view.end() or code


@contextmanager
def _interruptible(requests: Requests, view: View) -> Iterator[None]:
    """Let the first Ctrl+C stop the request, and the second one the program; at a question it is a no."""
    stopped = False

    def interrupted(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        if stopped or view.is_asking:
            raise KeyboardInterrupt
        stopped = True
        requests.stop()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Pipe:
    """Lines of a program or a file: nobody is there to be asked anything."""

    def read(self) -> str | None:
        """Return the next line; None at the end."""
        return sys.stdin.readline() or None


class _Terminal:
    """A person, who edits the line and brings earlier ones back with the arrow keys, where the system can."""

    def __init__(self, console: Console, before: Sequence[str]) -> None:
        """`before` are the requests of earlier times, oldest first."""
        # What is printed may go elsewhere: then the prompt must not, and the line is edited by the terminal alone.
        self._edits = sys.stdout.isatty() and not console.json
        if self._edits:
            _recall(before)
        console.note(
            message("Talk to Etoile: {new} begins a new conversation, Ctrl+C stops an answer, Ctrl+D leaves.", new=NEW)
        )

    def read(self) -> str | None:
        """Return what is typed; None after Ctrl+D."""
        if self._edits:
            try:
                return input(PROMPT)
            except EOFError:
                print(flush=True)
                return None
        print(PROMPT, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline() or None


def _recall(before: Sequence[str]) -> None:
    """Let the arrow keys bring `before` back.  Windows has its own keys for the lines of this session."""
    with contextlib.suppress(ImportError):
        import readline

        readline.clear_history()
        for line in before:
            readline.add_history(line)


def _typed_before(arguments: argparse.Namespace, console: Console) -> list[str]:
    """Return the requests of the history, oldest first: none where none is kept."""
    try:
        with open_kept(arguments, console) as kept:
            requests = [one.request for one in kept.latest(MOST_RECALLED)] if kept else []
    except StoreError:
        return []
    lines = (" ".join(request.split()) for request in reversed(requests))
    return list(dict.fromkeys(filter(None, lines)))
