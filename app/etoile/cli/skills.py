"""`etoile skills`: the user's own sequences of commands and requests."""

import argparse

from etoile.actions.skills import folder, path_of, read_book, remove
from etoile.cli import requests, view
from etoile.cli.answer import answer_to
from etoile.cli.commands import open_interpreter
from etoile.cli.console import Console
from etoile.domain.descriptions import describe
from etoile.domain.policy import asks_first
from etoile.domain.replies import reply_to
from etoile.domain.skill import Skill, Step
from etoile.errors import ActionFailed, UsageError
from etoile.text import message, verbatim

EXAMPLE = """\
name = "morning report"
steps = [
  "what time is it",
  "how hot are the gpus",
  { ask = "A thought for the day, in one sentence." },
]
"""


def skills(arguments: argparse.Namespace, console: Console) -> int:
    """List the skills, show, run or remove one."""
    name = " ".join(arguments.name).strip()
    if arguments.what == "list":
        return _list(console)
    if not name:
        raise UsageError(message("Which skill?"), message("`etoile skills list` shows those there are."))
    try:
        path = path_of(name)
    except ActionFailed as error:
        raise UsageError(error.said, error.remedy) from error
    match arguments.what:
        case "show":
            return _show(name, arguments, console)
        case "run":
            arguments.text, arguments.node, arguments.plan = ["routine", name], None, None
            arguments.why, arguments.fresh = False, False
            return requests.ask(arguments, console)
        case _:
            return _remove(name, path, arguments, console)


def _list(console: Console) -> int:
    """Print every skill, then every file that is none; the exit code is 1 when there is one of these."""
    book = read_book()
    for skill in book.skills:
        if console.json:
            console.line(_line(skill))
        else:
            console.say(verbatim(f"{skill.name:<28} {'  '.join(map(_written, skill.steps))}"))
    for problem in book.problems:
        console.line({"problem": console.words(problem.said)}) if console.json else console.error(problem)
    if not book.skills and not book.problems and not console.json:
        console.say(message("There are no skills yet. Say for example “create a routine called morning report”."))
        console.say(message("Or write a file such as this one into {folder}:", folder=str(folder())))
        console.say(verbatim(EXAMPLE))
    return 1 if book.problems else 0


def _show(name: str, arguments: argparse.Namespace, console: Console) -> int:
    """Print what each step of a skill would do, those of the skills that it runs included."""
    with open_interpreter(arguments) as interpreter:
        steps = interpreter.steps_of(name)
    for number, step in enumerate(steps, start=1):
        asks = asks_first(step)
        if console.json:
            console.line({"number": number, "command": step.command, "slots": dict(step.slots), "asks": asks})
        else:
            note = message("{what} (asks first)", what=describe(step)) if asks else describe(step)
            console.say(message("{number}  {what}", number=number, what=note))
    return 0


def _remove(name: str, path: str, arguments: argparse.Namespace, console: Console) -> int:
    """Delete the file of a skill, once the person at the terminal says so."""
    if not arguments.yes:
        if not view.can_confirm():
            raise UsageError(
                message("Nobody is there to confirm it: nothing was done."),
                message("Add --yes to remove {path} without being asked.", path=path),
            )
        question = message("Remove the skill {skill}? {path} is deleted.", skill=name, path=path)
        if reply_to(answer_to(question, console), console.language, 1) != 0:
            console.note(message("Nothing was done."))
            return 1
    console.say(remove(name).said)
    return 0


def _line(skill: Skill) -> dict[str, object]:
    return {
        "name": skill.name,
        "also": list(skill.also),
        "language": skill.language,
        "parameters": {name: list(one.among) or one.default for name, one in skill.parameters.items()},
        "steps": [{"ask": step.text} if step.asks else step.text for step in skill.steps],
        "path": skill.path,
    }


def _written(step: Step) -> str:
    return f"“{step.text}”" if step.asks else step.text
