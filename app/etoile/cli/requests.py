"""Where a request of the command line is made: in the running app, else in this process, by the same turn."""

import argparse
import contextlib
import queue
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.cli.view import View, can_confirm
from etoile.cli.why import with_heat
from etoile.config import Config, interface_language
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.shapes import outcome_line, question_line, unit_line
from etoile.domain.state import advance
from etoile.domain.turn import Phase
from etoile.errors import UsageError
from etoile.ipc import client, endpoint
from etoile.text import message, render

if TYPE_CHECKING:
    from etoile.parts import Rooms

TICKET = "line"
LOOK_S = 0.05
"""How often a wait looks up: Windows tells of Ctrl+C only then."""
_PASSED_ON = ("can_confirm", "node", "nodes", "plan", "dry_run", "why", "fresh", "aloud")
"""What the running app is told of how a request is to be taken."""


def ask(arguments: argparse.Namespace, console: Console) -> int:
    """Make one request."""
    config, _ = settings(arguments)
    text = " ".join(arguments.text).strip()
    if not text:
        raise UsageError(message("There is nothing to ask."), message("Write the request after “etoile ask”."))
    view = View(console)
    with Requests(config, arguments) as requests:
        requests.make(text, _asking(arguments), view)
    return view.end()


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


class Requests:
    """Makes requests: through the app while one runs; once it had to make one by itself it goes on so.

    What was said in this process is not known to an app that is started later.
    """

    def __init__(self, config: Config, arguments: argparse.Namespace, *, aloud: bool = False) -> None:
        """`aloud` tells that answers are spoken."""
        self._config = config
        self._simulate: str | None = arguments.simulate
        self._aloud = aloud
        usual = arguments.simulate is None and arguments.config is None
        self._app = _App(endpoint.runtime_folder()) if usual else None
        self._here: _Here | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def make(self, text: str, asking: Asking, view: View) -> None:
        """Make a request, and tell `view` what becomes of it."""
        if self._here is None and self._app and self._app.make(text, asking, view):
            return
        if self._here is None:
            self._here = self._stack.enter_context(_Here(self._config, self._simulate, aloud=self._aloud))
        self._here.make(text, asking, view)

    def begin_anew(self) -> None:
        """Begin a new conversation."""
        if self._here:
            self._here.begin_anew()
        elif self._app:
            self._app.begin_anew()

    def stop(self) -> None:
        """Give up what is being made; its outcome still comes.  For a signal's handler."""
        if self._here:
            self._here.stop()
        elif self._app:
            self._app.stop()


class _App:
    """The running app takes requests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._call: client.Call | None = None

    def make(self, text: str, asking: Asking, view: View) -> bool:
        """Make a request; False where no app runs."""
        line = {"do": "ask", "text": text, **{key: getattr(asking, key) for key in _PASSED_ON}}
        with client.call(self._folder, line) as call:
            if call is None:
                return False
            self._call = call
            try:
                _follow(call, view)
            finally:
                self._call = None
            return True

    def begin_anew(self) -> None:
        """Begin a new conversation in the app."""
        client.ask_once(self._folder, {"do": "new_conversation"})

    def stop(self) -> None:
        """Give up what is being made."""
        if self._call:
            self._call.say_no_more()


def _follow(call: client.Call, view: View) -> None:
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


class _Here:
    """This process takes requests: the same step, with a queue for a loop.  What was said is known to the next one."""

    def __init__(self, config: Config, simulate: str | None, *, aloud: bool) -> None:
        from etoile.parts import first_state

        self._config = config
        self._simulate = simulate
        self._aloud = aloud
        self._language = interface_language(config)
        self._state = first_state(config)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._view: View | None = None
        """Who hears of the request; None between two of them."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        from etoile.parts import open_rooms

        opening = open_rooms(
            self._config,
            self._events.put,
            lambda: self._state,
            simulate=self._simulate,
            desktop=False,
            aloud=self._aloud,
            report=self._report,
        )
        self._rooms: Rooms = self._stack.enter_context(opening)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            while error is None and self._state.turn.phase is Phase.SPEAKING:
                self._go_on()

    def make(self, text: str, asking: Asking, view: View) -> None:
        """Make a request, and return once it has ended."""
        self._view = view
        self._events.put(on.Typed(text, asking))
        while self._view:
            self._go_on()

    def begin_anew(self) -> None:
        """Begin a new conversation."""
        self._events.put(on.NewConversationWanted())

    def stop(self) -> None:
        """Give up what is being made."""
        self._events.put(on.Cancelled())

    def _go_on(self) -> None:
        """Take the next event, when it comes."""
        with contextlib.suppress(queue.Empty):
            self._state, effects = advance(self._state, self._events.get(timeout=LOOK_S))
            if any(isinstance(effect, do.Ask | do.Weigh) for effect in effects):
                self._state = with_heat(self._state, self._config, self._simulate)
                self._rooms.router.now().glance()
            for effect in effects:
                self._rooms.perform(effect)

    def _report(self, told: do.Report) -> None:
        view = self._view
        if view is None:
            return
        match told:
            case do.ReportText(text=text):
                view.text(text)
            case do.ReportStep(doing=doing):
                view.doing(render(doing, self._language))
            case do.ReportUnits(units=units):
                view.units([unit_line(unit, self._language) for unit in units])
            case do.ReportQuestion(question=question):
                chosen = view.choose(question_line(question, self._language))
                asked = question.turn, question.number
                self._events.put(on.Declined(*asked) if chosen is None else on.Chosen(*asked, chosen))
            case do.ReportOutcome(outcome=outcome):
                view.outcome(outcome_line(outcome))
                self._view = None
