"""What becomes of a request, on the terminal: the answer on stdout, everything beside it on stderr."""

import sys

from etoile.cli.answer import answer_to
from etoile.cli.console import Console
from etoile.cli.why import show_plan
from etoile.domain.ages import from_memory
from etoile.domain.commander.units import SETTLED, UnitStatus
from etoile.domain.effects import Decision
from etoile.domain.replies import reply_to
from etoile.domain.shapes import Line
from etoile.text import Message, message, verbatim


class View:
    """Prints what becomes of a request, and asks the person at the terminal."""

    def __init__(self, console: Console, *, goes_on: bool = False) -> None:
        """`goes_on` tells that Ctrl+C at a question is a no, and not the end of the program."""
        self._console = console
        self._goes_on = goes_on
        self.is_asking = False
        """Whether the person at the terminal is being asked."""
        self._streamed = ""
        self._outcome: Line | None = None
        self._units: dict[str, str] = {}
        """What was last told of each unit."""
        self._break = ""
        """What ends the line of the answer that stands open on the screen."""

    def text(self, text: str) -> None:
        """Print a piece of the answer."""
        if not self._console.json:
            self._console.write(text)
            self._streamed += text
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
                self._console.note(verbatim(f"{self._break}{said}"))
                self._break = ""
        for number, option in enumerate(question["options"], start=1):
            self._console.note(verbatim(f"  {number}  {option}"))
        if question["by_hand"]:
            invitation = message("Its number carries it out, anything else does nothing:")
        else:
            invitation = message("Yes or a number carries it out, anything else does nothing:")
        return self._choice_in(self._typed(invitation), question)

    def _typed(self, invitation: Message) -> str:
        self.is_asking = True
        try:
            return answer_to(invitation, self._console)
        except KeyboardInterrupt:
            if not self._goes_on:
                raise
            return ""
        finally:
            self.is_asking = False

    def _choice_in(self, typed: str, question: Line) -> int | None:
        options = len(question["options"])
        if question["by_hand"]:
            numbers = [str(number + 1) for number in range(options)]
            return numbers.index(typed.strip()) if typed.strip() in numbers else None
        reply = reply_to(typed, self._console.language, options)
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
        # What was shown as it came is not shown again: only what a command said beside it, or why it broke off.
        said = (outcome["answer"] or "").removesuffix(self._streamed).strip()
        if said and outcome["ok"]:
            self._console.say(verbatim(said))
        if not outcome["ok"]:
            self._console.note(verbatim(said))
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
