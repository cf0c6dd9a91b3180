"""`etoile ask` and `etoile chat`: the same turn as the tray's, through the running app, else by itself."""

import argparse
import queue
import sys
from pathlib import Path

from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.cli.why import show_plan, with_heat
from etoile.config import Config
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.ages import from_memory
from etoile.domain.commander.units import SETTLED, UnitStatus
from etoile.domain.effects import Decision
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.replies import reply_to
from etoile.domain.shapes import Line, outcome_line, question_line, unit_line
from etoile.domain.state import advance
from etoile.errors import UsageError
from etoile.ipc import client, endpoint
from etoile.text import message, render, verbatim

TICKET = "line"
_PASSED_ON = ("node", "plan", "dry_run", "why", "fresh")
"""What the running app is told of how a request is to be taken."""


def ask(arguments: argparse.Namespace, console: Console) -> int:
    """Make one request."""
    config, _ = settings(arguments)
    text = " ".join(arguments.text).strip()
    if not text:
        raise UsageError(message("There is nothing to ask."), message("Write the request after “etoile ask”."))
    line = {"do": "ask", "text": text, **{key: getattr(arguments, key) for key in _PASSED_ON}}
    view = _View(console)
    if arguments.simulate is None and arguments.config is None and _through_app(line, view):
        return view.end()
    _by_itself(config, text, _asking(arguments), view, arguments.simulate)
    return view.end()


def chat(arguments: argparse.Namespace, console: Console) -> int:
    """Make a request of every line that is typed."""
    code = 0
    while True:
        console.write("> " if sys.stdin.isatty() else "")
        text = sys.stdin.readline()
        if not text:
            return code
        if text.strip():
            arguments.text, arguments.why, arguments.dry_run, arguments.fresh = [text], False, False, False
            code = ask(arguments, console)


class _View:
    """Prints what becomes of a request, and asks the person at the terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._streamed = False
        self._outcome: Line | None = None
        self._units: dict[str, str] = {}
        """What was last told of each unit."""
        self._break = ""
        """What ends the line of the answer that stands open on the screen."""

    def text(self, text: str) -> None:
        """Print a piece of the answer."""
        if not self._console.json:
            self._console.write(text)
            self._streamed = True
            self._break = "" if text.endswith("\n") or not sys.stdout.isatty() else "\n"

    def doing(self, doing: str) -> None:
        """Print which of several commands begins."""
        if not self._console.json:
            self._console.note(verbatim(doing))

    def units(self, units: list[Line]) -> None:
        """Print what happens to units of the request, a line each: who takes one, and how it ends."""
        for unit in units:
            running = unit["status"] == UnitStatus.RUNNING
            worth_it = unit["status"] in SETTLED or (unit["target"] if running else unit["note"])
            if worth_it and self._units.get(unit["id"]) != unit["said"] and not self._console.json:
                self._units[unit["id"]] = unit["said"]
                self._console.note(verbatim(f"{self._break}  {unit['said']}"))
                self._break = ""

    def choose(self, question: Line) -> int | None:
        """Return which option the person chose; None when none."""
        if not can_confirm():
            return None
        for said in (question["asked"], question["consequence"]):
            if said:
                self._console.note(verbatim(said))
        for number, option in enumerate(question["options"], start=1):
            self._console.note(verbatim(f"  {number}  {option}"))
        if question["by_hand"]:
            self._console.note(message("Its number carries it out, anything else does nothing:"))
            keyed = sys.stdin.readline().strip()
            numbers = [str(number) for number, _ in enumerate(question["options"], start=1)]
            return numbers.index(keyed) if keyed in numbers else None
        self._console.note(message("Yes or a number carries it out, anything else does nothing:"))
        reply = reply_to(sys.stdin.readline(), self._console.language, len(question["options"]))
        return reply if isinstance(reply, int) else None

    def outcome(self, outcome: Line) -> None:
        """Take how it ended."""
        self._outcome = outcome

    def end(self) -> int:
        """Print the end, and return the exit code."""
        from etoile.cli import FAILED, NOBODY

        if self._outcome is None:
            self._console.note(message("The running app ended before it had answered."))
            return FAILED
        outcome = self._outcome
        if self._console.json:
            self._console.line(outcome)
        else:
            self._print(outcome)
        if outcome["ok"]:
            return 0
        unanswered = outcome["decision"] == Decision.ROUTE and not outcome["attribution"]
        return NOBODY if unanswered or outcome["decision"] == Decision.REFUSE else FAILED

    def _print(self, outcome: Line) -> None:
        show_plan(outcome["plan"], self._console)
        for passed in outcome["passed_over"]:
            self._console.note(verbatim(f"{passed['node']}: {passed['reason']}"))
        if self._streamed:
            self._console.write("\n")
        elif outcome["answer"] and outcome["ok"]:
            self._console.say(verbatim(outcome["answer"]))
        if not outcome["ok"]:
            self._console.note(verbatim(outcome["answer"] or ""))
        elif outcome["answer"] is None:
            self._console.line({key: outcome[key] for key in ("decision", "command", "slots")})
        if outcome["remedy"]:
            self._console.note(verbatim(outcome["remedy"]))
        for note in outcome["notes"]:
            self._console.note(verbatim(note))
        if outcome["attribution"]:
            self._console.note(verbatim(_attribution(outcome, self._console)))


def _attribution(outcome: Line, console: Console) -> str:
    names = [f"{part['node']} · {part['model']}" for part in outcome["attribution"]]
    if outcome["reused_s"] is not None:
        names.insert(0, console.words(from_memory(outcome["reused_s"])))
    elif outcome["elapsed_ms"] is not None:
        names.append(f"{outcome['elapsed_ms'] / 1000:.1f} s")
    return "— " + " · ".join(names)


def can_confirm() -> bool:
    """Whether a person is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asking(arguments: argparse.Namespace) -> Asking:
    return Asking(
        origin=Origin.LINE,
        ticket=TICKET,
        can_confirm=can_confirm(),
        dry_run=arguments.dry_run,
        node=arguments.node,
        plan=arguments.plan,
        why=arguments.why,
        fresh=arguments.fresh,
    )


def _through_app(line: Line, view: _View, folder: Path | None = None) -> bool:
    """Have the running app take the request; False when none runs."""
    with client.call(folder or endpoint.runtime_folder(), {**line, "can_confirm": can_confirm()}) as call:
        if call is None:
            return False
        for told in call:
            if "text" in told:
                view.text(told["text"])
            elif "doing" in told:
                view.doing(told["doing"])
            elif "units" in told:
                view.units(told["units"])
            elif "question" in told:
                chosen = view.choose(told["question"])
                call.send({"choose": chosen} if chosen is not None else {"decline": True})
            elif "outcome" in told:
                view.outcome(told["outcome"])
        return True


def _by_itself(config: Config, text: str, asking: Asking, view: _View, simulate: str | None) -> None:
    """Take the request in this process: the same step, with a queue for a loop."""
    from etoile.parts import first_state, interface_language, open_rooms

    language = interface_language(config)
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    state = first_state(config)
    ended = False

    def report(told: do.Report) -> None:
        nonlocal ended
        match told:
            case do.ReportText(text=text):
                view.text(text)
            case do.ReportStep(doing=doing):
                view.doing(render(doing, language))
            case do.ReportUnits(units=units):
                view.units([unit_line(unit, language) for unit in units])
            case do.ReportQuestion(question=question):
                chosen = view.choose(question_line(question, language))
                asked = question.turn, question.number
                events.put(on.Declined(*asked) if chosen is None else on.Chosen(*asked, chosen))
            case do.ReportOutcome(outcome=outcome):
                view.outcome(outcome_line(outcome))
                ended = True

    with open_rooms(config, events.put, lambda: state, simulate=simulate, desktop=False, report=report) as rooms:
        events.put(on.Typed(text, asking))
        while not ended:
            state, effects = advance(state, events.get())
            if any(isinstance(effect, do.Ask | do.Weigh) for effect in effects):
                state = with_heat(state, config, simulate)
                rooms.router.glance()
            for effect in effects:
                rooms.perform(effect)
