"""`etoile history` and `etoile learn`: what was asked and what was learned from it, to be seen, taken out, forgotten.

The running app makes the changes, so that its window and its matcher follow at once; without it they are made here.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etoile.cli import unfinished
from etoile.cli.commands import open_interpreter
from etoile.cli.console import Console
from etoile.cli.new_file import written_new
from etoile.cli.settings import settings
from etoile.domain.effects import Decision
from etoile.domain.learning.learned import Learned, Standing
from etoile.domain.learning.offers import Alias, Misheard, Question, TimeHabit
from etoile.errors import UsageError
from etoile.ipc import client, endpoint
from etoile.text import Message, message, plural, verbatim

if TYPE_CHECKING:
    from etoile.learner import Learner
    from etoile.store.conversations import Conversations, Kept

Line = dict[str, Any]

_STANDING = {
    Standing.OFFERED: message("offered"),
    Standing.TAKEN: message("taken"),
    Standing.REFUSED: message("refused"),
}


def history(arguments: argparse.Namespace, console: Console) -> int:
    """Show the latest requests, newest first; or write the whole history to a file."""
    if arguments.count < 1:
        raise UsageError(
            message("{count} requests cannot be shown.", count=arguments.count),
            message("Write how many, from 1 on: --count 20."),
        )
    with open_kept(arguments, console) as kept:
        if arguments.export:
            return _export(Path(arguments.export), _exchanges(kept), console)
        for exchange in kept.latest(arguments.count) if kept else ():
            at = datetime.fromtimestamp(exchange.at_s).astimezone()
            if console.json:
                console.line(_history_line(exchange, at))
            else:
                console.say(verbatim(f"{at:%Y-%m-%d %H:%M}  {exchange.request}"))
                if exchange.answer:
                    console.say(verbatim(f"    {exchange.answer.splitlines()[0]}"))
    unfinished.show(console)
    return 0


def _history_line(kept: "Kept", at: datetime) -> Line:
    return {
        "at": at.isoformat(timespec="seconds"),
        "text": kept.request,
        "command": kept.command,
        "ok": kept.ok,
        "answer": kept.answer,
        "nodes": list(kept.nodes),
        "decision": kept.decision,
        "handed_over": kept.decision == Decision.ROUTE,
        "undone": kept.undone,
        "origin": kept.origin,
        "confidence": kept.confidence,
        "reason": kept.reason,
    }


def learn(arguments: argparse.Namespace, console: Console) -> int:
    """List what was learned; accept an alias or a word; forget; or write all of it to a file."""
    match arguments.what:
        case "accept":
            return _change("accept", _number(arguments), arguments, console)
        case "forget" if arguments.all:
            return _change("forget all", None, arguments, console)
        case "forget":
            return _change("forget", _number(arguments), arguments, console)
        case "export":
            return _export_all(arguments, console)
        case _:
            return _list(arguments, console)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    with _learner(arguments, console) as (learner, _):
        known = learner.learned()
    for one in known:
        if console.json:
            console.line(learned_line(one, console))
        else:
            standing = console.words(_STANDING[one.standing])
            console.say(verbatim(f"{one.number}  {standing:<8}  {console.words(one.said)}"))
    if not known and not console.json:
        console.say(message("Nothing was learned yet."))
    return 0


def learned_line(one: Learned, console: Console) -> Line:
    """Return the line of something learned for `etoile learn --json`."""
    line: Line = {"number": one.number, "kind": _kind(one), "standing": one.standing, "said": console.words(one.said)}
    habit = one.offer if one.offer and not isinstance(one.offer, Question) else None
    what = one.alias.what if one.alias else habit.what if habit else None
    if one.misheard:
        line |= {"heard": one.misheard.heard, "meant": one.misheard.meant, "language": one.misheard.language}
    return line | {
        "phrase": one.alias.said if one.alias else None,
        "command": what.command if what else None,
        "slots": dict(what.slots) if what else {},
        "evidence": len(one.offer.evidence) if one.offer else 0,
    }


def _kind(one: Learned) -> str:
    if one.alias:
        return "alias"
    if one.misheard or one.key.startswith("heard:"):
        return "word"
    return "time" if isinstance(one.offer, TimeHabit) or one.key.startswith("time:") else "sequence"


def _number(arguments: argparse.Namespace) -> int:
    try:
        return int(arguments.value)
    except (TypeError, ValueError):
        raise UsageError(
            message("Which one?  Give its number."), message("“etoile learn” lists the numbers.")
        ) from None


def _change(what: str, number: int | None, arguments: argparse.Namespace, console: Console) -> int:
    """Have the running app make the change, else make it here."""
    line = {"do": "learn", "what": what, "number": number, "language": console.language}
    told = client.ask_once(endpoint.runtime_folder(), line) if arguments.config is None else None
    if told is None:
        with _learner(arguments, console) as (learner, _):
            return _tell(console, learner.change(what, number))
    if not told.get("ok"):
        remedy = told.get("remedy")
        raise UsageError(verbatim(str(told.get("error"))), verbatim(remedy) if remedy else None)
    return _tell(console, verbatim(told["said"]))


def _tell(console: Console, said: Message) -> int:
    console.line({"ok": True, "said": console.words(said)}) if console.json else console.say(said)
    return 0


def _export_all(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.value:
        raise UsageError(message("Which file?"))
    with _learner(arguments, console) as (learner, kept):
        learned = [{"learned": learned_line(one, console)} for one in learner.learned()]
        exchanges = [{"exchange": line} for line in _exchanges(kept)]
    return _export(Path(arguments.value), [*learned, *exchanges], console)


def _exchanges(kept: "Conversations | None") -> list[Line]:
    from etoile.store.learning import Memory

    return list(Memory(kept.database).exchanges()) if kept else []


def _export(path: Path, lines: Sequence[Line], console: Console) -> int:
    """Write `lines` to a new file that its owner alone can read."""
    with written_new(path):
        path.touch(mode=0o600, exist_ok=False)
        with path.open("w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return _tell(
        console,
        plural("{count} line written to {path}.", "{count} lines written to {path}.", len(lines), path=str(path)),
    )


@contextmanager
def open_kept(arguments: argparse.Namespace, console: Console) -> "Iterator[Conversations | None]":
    from etoile.parts import open_history

    config, _ = settings(arguments)
    with ExitStack() as stack:
        yield open_history(stack, config, console.language, lambda event: None)


@contextmanager
def _learner(arguments: argparse.Namespace, console: Console) -> "Iterator[tuple[Learner, Conversations | None]]":
    from etoile.aliases import AliasFile
    from etoile.parts import open_learner

    def objections(learned: Sequence[Alias | Misheard]) -> Sequence[Message | None]:
        # The catalogue takes its time to read, and is seldom needed.
        with open_interpreter(arguments) as interpreter:
            return interpreter.objections(learned)

    with (
        open_kept(arguments, console) as kept,
        open_learner(lambda event: None, kept, AliasFile(), objections) as learner,
    ):
        yield learner, kept
