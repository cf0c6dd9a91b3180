"""The menu of the icon in the tray: what goes on, and the way to everything."""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from etoile.domain.alerting.scope import EVERYTHING, Scope
from etoile.domain.events import SpeechStopped, TalkToggled, VoiceMuted, WakeWordWanted
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.readings import called
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.domain.turn.lifetime import is_sounding
from etoile.gui.design import Look
from etoile.gui.doings import Doing, Times, doings, snoozed_until
from etoile.gui.doors import Doors
from etoile.gui.page import GPU, Stopwatch, local_time
from etoile.gui.snoozing import offer_silence
from etoile.gui.style import style_sheet
from etoile.gui.tray_words import MOST_GPUS, hottest_line, node_line
from etoile.text import Message, message

if TYPE_CHECKING:
    from etoile.gui.later_window import LaterWindow
    from etoile.gui.window import Window

MOST_DOINGS = 8
"""Lines that tell what goes on."""


class TrayMenu(QMenu):
    """Brings itself up to now whenever it is shown; hosts that only read it are kept informed of what changes."""

    def __init__(
        self,
        look: Look,
        doors: Doors,
        window: "Window | LaterWindow",
        now_s: Callable[[], float],
        clock: Callable[[], datetime] = local_time,
        platform: str = sys.platform,
    ) -> None:
        super().__init__()
        self._look, self._doors, self._window, self._now_s, self._clock = look, doors, window, now_s, clock
        self._platform = platform
        self._state, self._stopwatch = State(), Stopwatch(now_s)
        self._outline: object = None
        self._write()
        self.restyle()
        self.aboutToShow.connect(self._refresh)

    def show_state(self, state: State) -> None:
        """Tell of `state`; what has not changed is not sent to the desktop again."""
        self._state = state
        self._stopwatch.follow(state.turn)
        turn, desk = state.turn, state.desk
        heard = turn.phase, is_sounding(turn), turn.muted, state.listening_for
        wrong = desk.gpus.wrong.keys(), desk.nodes.wrong.keys()
        doing = turn.attribution, turn.queued, state.locked, state.downloading, state.cared
        nodes = [(node.name, node.state, node.load and node.load.waiting) for node in state.nodes]
        outline = (heard, nodes, desk.snoozes, wrong, doing)
        if outline != self._outline:
            self._outline = outline
            self._refresh()
        elif self.isVisible():
            self._refresh_doings(state, self._times)

    def restyle(self) -> None:
        """Take the colours of now."""
        self.setStyleSheet(style_sheet(self._look.palette))

    def rewrite(self) -> None:
        """Say everything in the language that is the interface's now; others go on to open this menu."""
        for inner in self.findChildren(QMenu):
            inner.deleteLater()
        self.clear()
        self._write()
        self._refresh()

    def _write(self) -> None:
        doors = self._doors
        self._doings = [self.addAction("") for _ in range(MOST_DOINGS)]
        for place, line in enumerate(self._doings):
            line.triggered.connect(partial(self._show_doing, place))
        self._told: list[Doing] = []
        self._hottest = self._action(message("GPU"), lambda: self._show_page(GPU))
        self.addSeparator()
        self._talk = self._action(message("Talk"), lambda: doors.publish(TalkToggled(self._now_s())))
        self._action(message("Ask…"), self._window.compose)
        self._toggle = self._action(message("Show the window"), self._window.toggle)
        if self._platform == "win32":
            self.setDefaultAction(self._toggle)  # bold there: it is what a click on the icon does
        self.addSeparator()
        self._nodes = self.addMenu(self._words(message("Nodes")))
        self.addSeparator()
        self._stop = self._action(message("Stop speaking"), lambda: doors.publish(SpeechStopped()))
        self._mute = self._action(message("Mute the voice"), lambda: doors.publish(VoiceMuted(self._mute.isChecked())))
        self._mute.setCheckable(True)
        self._wake = self._action(message("Listen for a word"), self._listen_for_word)
        self._wake.setCheckable(True)
        self._snooze = self.addMenu(self._words(message("Snooze alerts")))
        self._snoozed_gpus: object = None
        self.addSeparator()
        self._action(message("Settings…"), doors.open_settings)
        self._action(message("First steps…"), doors.open_first_steps)
        self._action(message("Help"), lambda: doors.open_help(""))
        self._action(message("Quit"), doors.quit)

    def _refresh(self) -> None:
        """Bring all lines up to now."""
        state, turn = self._state, self._state.turn
        times = self._times
        self._refresh_doings(state, times)
        listening = turn.phase is Phase.LISTENING
        self._talk.setText(self._words(message("Stop listening") if listening else message("Talk")))
        shown = self._window.isVisible() and not self._window.isMinimized()
        self._toggle.setText(self._words(message("Hide the window") if shown else message("Show the window")))
        self._stop.setEnabled(is_sounding(turn))
        self._mute.setChecked(turn.muted)
        self._wake.setText(self._words(message("Listen for “{word}”", word=turn.wake_word)))
        self._wake.setChecked(bool(state.listening_for))
        self._refresh_snoozes(state, times)
        self._nodes.menuAction().setVisible(not state.locked)
        self._refresh_nodes(state.nodes)

    @property
    def _times(self) -> Times:
        return Times(self._now_s(), self._clock(), self._stopwatch.elapsed_s)

    def _refresh_doings(self, state: State, times: Times) -> None:
        self._told = doings(state, times)[:MOST_DOINGS]
        for place, line in enumerate(self._doings):
            line.setVisible(place < len(self._told))
            line.setText(self._words(self._told[place].said) if place < len(self._told) else "")
        self._hottest.setText(self._words(hottest_line(state)))
        self._hottest.setVisible(not state.locked)

    def _refresh_snoozes(self, state: State, times: Times) -> None:
        """Offer silence about everything, and about each GPU: the menu is made anew when it would be another."""
        snoozed = snoozed_until(state, times)
        self._snooze.setTitle(self._words(snoozed or message("Snooze alerts")))
        self._snooze.menuAction().setVisible(not state.locked)
        gpus = sorted(state.watched, key=lambda gpu: -(gpu.temperature_c or 0))[:MOST_GPUS]
        gpus.sort(key=lambda gpu: (gpu.host, gpu.index))
        silent = [state.desk.is_snoozed(times.now_s, Scope(subject=gpu.uuid)) for gpu in gpus]
        hot = [any(subject == gpu.uuid for _, subject in state.desk.gpus.wrong) for gpu in gpus]
        offered = bool(state.desk.wrong), bool(snoozed), [gpu.uuid for gpu in gpus], silent, hot
        if offered == self._snoozed_gpus:
            return
        self._snoozed_gpus = offered
        for action in self._snooze.actions():
            if inner := action.menu():
                inner.deleteLater()  # a menu keeps its own menus
        self._snooze.clear()
        self._offer_silence(self._snooze, EVERYTHING, snoozed=bool(snoozed), wrong=bool(state.desk.wrong))
        self._snooze.addSeparator()
        for gpu, is_silent, is_hot in zip(gpus, silent, hot, strict=True):
            title = message("{gpu} on {host}", gpu=called(gpu), host=gpu.host)
            # Made here: what `addMenu` makes of a text, PySide holds for ever.
            menu = QMenu(self._words(message("{gpu}: snoozed", gpu=title) if is_silent else title), self._snooze)
            self._snooze.addMenu(menu)
            self._offer_silence(menu, Scope(subject=gpu.uuid), snoozed=is_silent, wrong=is_hot)

    def _offer_silence(self, menu: QMenu, scope: Scope, *, snoozed: bool, wrong: bool) -> None:
        offer_silence(menu, self._look, self._doors.publish, self._now_s, scope, snoozed=snoozed, wrong=wrong)

    def _refresh_nodes(self, nodes: tuple[NodeStatus, ...]) -> None:
        lines = [self._words(node_line(node)) for node in nodes] or [self._words(message("No node"))]
        if lines == [action.text() for action in self._nodes.actions()]:
            return
        self._nodes.clear()
        for line, node in zip(lines, nodes or (None,), strict=True):
            action = self._nodes.addAction(line)
            if node and node.state is NodeState.UNCONFIRMED:
                action.triggered.connect(partial(self._confirm, node.name))
            else:
                action.setEnabled(False)

    def _action(self, said: Message, call: Callable[[], object]) -> QAction:
        action = self.addAction(self._words(said))
        action.triggered.connect(lambda _: call())
        return action

    def _confirm(self, name: str) -> None:
        self._doors.confirm_node(name)

    def _show_doing(self, place: int) -> None:
        if place < len(self._told):
            self._show_page(self._told[place].page)

    def _show_page(self, page: str) -> None:
        """Show the window where that is to be seen; on a locked screen it shows nothing."""
        self._window.present()
        if not self._state.locked:
            self._window.show_page(page).begin()

    def _listen_for_word(self) -> None:
        self._doors.publish(WakeWordWanted(self._wake.isChecked()))

    def _words(self, said: Message) -> str:
        return self._look.words(said)
