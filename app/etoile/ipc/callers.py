"""What callers may ask of the running app, each answered in lines of JSON."""

import itertools
import os
import queue
import time
from collections.abc import Callable

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Report
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.shapes import Line, gpu_line, node_line, outcome_line, question_line, unit_line
from etoile.domain.state import State
from etoile.errors import EtoileError
from etoile.ipc.server import Caller
from etoile.text import Message, render

LOOK_S = 0.05
"""How often a waiting call looks whether its caller hung up."""
LAST_WORDS_S = 1.0
"""So long after that the outcome is waited for."""


class Callers:
    """Turns calls into events, and reports of the turn into lines for the caller who asked.

    `state` returns the app's newest state; `quit_app` ends it; `learn` changes what was learned and tells what it did.
    Called from many threads.
    """

    def __init__(
        self,
        publish: Callable[[Event], None],
        state: Callable[[], State],
        quit_app: Callable[[], None],
        confirm_node: Callable[[str], None],
        language: str,
        learn: Callable[[str, int | None], Message],
    ) -> None:
        self._publish = publish
        self._state = state
        self._quit_app = quit_app
        self._confirm_node = confirm_node
        self.language = language
        """In which callers are told what is going on."""
        self._learn = learn
        self._tickets = itertools.count(1)
        self._waiting: dict[str, queue.SimpleQueue[Report]] = {}

    def report(self, report: Report) -> None:
        """Hand a report of the turn to the caller who waits for it; nobody waits any more when it hung up."""
        if waiting := self._waiting.get(report.ticket):
            waiting.put(report)

    def answer(self, line: Line, caller: Caller) -> None:
        """Answer one call; blocks its thread until the call is over."""
        match line.get("do"):
            case "show":
                self._publish(on.WindowWanted())
                caller.send({"ok": True})
            case "talk":
                caller.send(self._talk(str(line.get("key"))))
            case "ask":
                self._ask(line, caller)
            case "new_conversation":
                self._publish(on.NewConversationWanted())
                caller.send({"ok": True})
            case "gpu":
                state = self._state()
                now_s = time.monotonic()
                lines = [
                    gpu_line(gpu, state.thermal(uuid), state.limits_of(uuid), state.forecast(uuid), now_s=now_s)
                    for gpu in state.watched
                    if (uuid := gpu.uuid)
                ]
                caller.send({"gpus": lines, "notes": self._notes(state)})
            case "nodes":
                caller.send({"nodes": [node_line(node, self.language) for node in self._state().nodes]})
            case "confirm":
                self._confirm_node(str(line.get("node")))
                caller.send({"ok": True})
            case "learn":
                caller.send(self._learned(line))
            case "status":
                caller.send(self._status())
            case "quit":
                caller.send({"ok": True})
                self._quit_app()
            case other:
                caller.send({"ok": False, "error": f"unknown call {other!r}"})

    def _notes(self, state: State) -> list[str]:
        """Return why GPUs are not seen, of this machine and of nodes."""
        parts = [gone for part, gone in sorted(state.missing.items()) if part.partition(" ")[0] in ("gpu", "gpus")]
        said = [said for gone in parts for said in (gone.said, gone.remedy) if said]
        return [render(one, self.language) for one in said]

    def _talk(self, key: str) -> Line:
        at_s = time.monotonic()
        events: dict[str, Event] = {
            "press": on.TalkPressed(at_s),
            "release": on.TalkReleased(at_s),
            "toggle": on.TalkToggled(at_s),
            "cancel": on.Cancelled(),
            "wake": on.WakeWordWanted(wanted=True),
            "no-wake": on.WakeWordWanted(wanted=False),
        }
        if key not in events:
            return {"ok": False, "error": f"unknown talk key event {key!r}"}
        self._publish(events[key])
        return {"ok": True}

    def _learned(self, line: Line) -> Line:
        """Take, or forget, what was learned; tell it in the caller's language."""
        language, number = str(line.get("language", self.language)), line.get("number")
        try:
            said = self._learn(str(line.get("what")), number if isinstance(number, int) else None)
        except EtoileError as error:
            remedy = render(error.remedy, language) if error.remedy else None
            return {"ok": False, "error": render(error.said, language), "remedy": remedy}
        return {"ok": True, "said": render(said, language)}

    def _status(self) -> Line:
        state = self._state()
        return {
            "pid": os.getpid(),
            "phase": state.turn.phase,
            "turn": state.turn.number,
            "answer_length": len(state.turn.answer),
            "muted": state.turn.muted,
            "listening_for": state.listening_for,
            "missing": sorted(state.missing),
            "speech": render(state.speech.said, self.language) if state.speech else None,
        }

    def _ask(self, line: Line, caller: Caller) -> None:
        ticket = f"{os.getpid()}-{next(self._tickets)}"
        waiting: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._waiting[ticket] = waiting
        node, plan, nodes = line.get("node"), line.get("plan"), line.get("nodes")
        asking = Asking(
            origin=Origin.LINE,
            ticket=ticket,
            can_confirm=bool(line.get("can_confirm")),
            dry_run=bool(line.get("dry_run")),
            node=str(node) if node else None,
            plan=str(plan) if plan else None,
            why=bool(line.get("why")),
            fresh=bool(line.get("fresh")),
            nodes=tuple(map(str, nodes)) if isinstance(nodes, list) else (),
            aloud=bool(line.get("aloud")),
        )
        try:
            self._publish(on.Typed(str(line.get("text", "")), asking))
            self._follow(waiting, ticket, caller)
        except OSError:
            self._hung_up(ticket)
            raise
        finally:
            del self._waiting[ticket]

    def _follow(self, waiting: "queue.SimpleQueue[Report]", ticket: str, caller: Caller) -> None:
        """Pass reports on until the outcome.

        A caller that says no more cancels its request; it may still listen for the outcome.
        """
        over_s: float | None = None
        while True:
            try:
                report = waiting.get(timeout=LOOK_S)
            except queue.Empty:
                if over_s is not None and time.monotonic() > over_s:
                    return
                if over_s is None and caller.is_gone():
                    self._hung_up(ticket)
                    over_s = time.monotonic() + LAST_WORDS_S
                continue
            match report:
                case do.ReportText(text=text):
                    caller.send({"text": text})
                case do.ReportStep(doing=doing):
                    caller.send({"doing": render(doing, self.language)})
                case do.ReportUnits(units=units):
                    caller.send({"units": [unit_line(unit, self.language) for unit in units]})
                case do.ReportQuestion(question=question):
                    caller.send({"question": question_line(question, self.language)})
                    self._put(question, caller.receive())
                case do.ReportOutcome(outcome=outcome):
                    caller.send({"outcome": outcome_line(outcome)})
                    return

    def _put(self, question: do.Question, reply: Line | None) -> None:
        """Publish the caller's answer to a question; anything but a choice declines it."""
        chosen = reply.get("choose") if reply else None
        asked = question.turn, question.number
        self._publish(on.Chosen(*asked, chosen) if isinstance(chosen, int) else on.Declined(*asked))

    def _hung_up(self, ticket: str) -> None:
        """Cancel the turn of a caller that is gone, and no other."""
        turn = self._state().turn
        if turn.asking.ticket == ticket:
            self._publish(on.Cancelled(turn.number))
