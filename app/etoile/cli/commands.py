"""`etoile match`, `classify` and `commands`: what requests mean, and the catalogue that says so.  Nothing is run."""

import argparse
import io
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from etoile.cli.console import Console
from etoile.cli.scoring import machine_of, score_file
from etoile.cli.settings import settings
from etoile.domain.commands import COMMANDS
from etoile.domain.descriptions import describe
from etoile.domain.match import Candidate, Match
from etoile.domain.shapes import match_line
from etoile.text import SPOKEN_LANGUAGES, Message, message, verbatim

if TYPE_CHECKING:
    from etoile.interpreter import Interpreter


def match(arguments: argparse.Namespace, console: Console) -> int:
    """Tell which command each text means."""
    language = arguments.language if arguments.language in SPOKEN_LANGUAGES else None
    with open_interpreter(arguments) as interpreter:
        for text in _texts(arguments.text):
            found, ms = interpreter.match(text, language)
            if console.json:
                console.line(match_line(found, ms))
            else:
                console.say(verbatim(_row(found)))
    return 0


def _row(found: Match) -> str:
    slots = " ".join(f"{name}={value}" for name, value in found.slots.items())
    return f"{found.command or '–'}  {slots}  {found.confidence:.2f}  {found.reason}  {found.text}"


def classify(arguments: argparse.Namespace, console: Console) -> int:
    """Tell which kind of task each text is."""
    from etoile.domain.tasks.classifier import classify as kind_of
    from etoile.task_kinds import shipped_model

    model = shipped_model()
    for text in _texts(arguments.text):
        started_s = time.perf_counter()
        said = kind_of(text, model)
        ms = (time.perf_counter() - started_s) * 1000
        if console.json:
            console.line({"text": text, **said._asdict(), "confidence": round(said.confidence, 3), "ms": round(ms, 3)})
        else:
            console.say(verbatim(f"{said.kind}  {said.confidence:.2f}{' ?' if said.second_opinion else ''}  {text}"))
    return 0


def catalogue(arguments: argparse.Namespace, console: Console) -> int:
    """List the commands, check the catalogue, or score it on lines of known meaning."""
    match arguments.what:
        case "check":
            return _check(arguments, console)
        case "score":
            return _score(arguments, console)
        case _:
            return _list(console)


def _list(console: Console) -> int:
    for command in COMMANDS.values():
        purpose = console.words(describe(Candidate(command=command.id, slots=dict.fromkeys(command.slot_names, "…"))))
        if console.json:
            console.line(
                {
                    "id": command.id,
                    "slots": list(command.slot_names),
                    "consequence": command.consequence,
                    "purpose": purpose,
                }
            )
        else:
            console.say(verbatim(f"{command.id:<28} {purpose}"))
    return 0


def _check(arguments: argparse.Namespace, console: Console) -> int:
    """Print every problem of the catalogue; the exit code is 1 when there is one."""
    from etoile.catalogue import load_catalogues
    from etoile.domain.matching.check import check

    problems = (*check(load_catalogues()), *_wrong_aliases(arguments))
    for problem in problems:
        console.line({"problem": console.words(problem)}) if console.json else console.say(problem)
    if not problems and not console.json:
        console.say(message("The commands are in order."))
    return 1 if problems else 0


def _wrong_aliases(arguments: argparse.Namespace) -> list[Message]:
    """Return what speaks against the user's aliases."""
    from etoile.aliases import AliasFile

    aliases = AliasFile().read()
    if not aliases:
        return []
    with open_interpreter(arguments) as interpreter:
        return [problem for problem in interpreter.objections(aliases) if problem]


def _score(arguments: argparse.Namespace, console: Console) -> int:
    """Score the matcher on a file, on this computer or on the machine of another file."""
    if arguments.machine:
        with machine_of(Path(arguments.machine)) as matching:
            return score_file(arguments, console, matching)
    with open_interpreter(arguments) as interpreter:
        return score_file(arguments, console, lambda text, language: interpreter.match(text, language)[0])


def _texts(words: list[str]) -> Iterable[str]:
    """Return the text of the command line, or one a line of stdin; bytes that are no text become "?"."""
    if words:
        return [_printable(" ".join(words))]
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    return (_printable(line.rstrip("\n")) for line in sys.stdin if line.strip())


def _printable(text: str) -> str:
    """Return `text` as any terminal takes it: without halves of characters."""
    return text.encode(errors="replace").decode()


@contextmanager
def open_interpreter(arguments: argparse.Namespace) -> "Iterator[Interpreter]":
    """Open a matcher that knows this computer's applications, folders, processes and services."""
    from etoile.actions.slots import SlotValues
    from etoile.interpreter import Interpreter
    from etoile.parts import Live, first_state

    config, _ = settings(arguments)
    state = first_state(config)
    live = Live(lambda: state, lambda event: None, None, None, config)
    with SlotValues(live) as slots, Interpreter(lambda event: None, slots.values) as interpreter:
        yield interpreter
