"""The icon in the tray: its shape tells the state, its menu reaches everything."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from etoile.domain.alerting.scope import EVERYTHING, Scope
from etoile.domain.events import SpeechStopped, TalkToggled, VoiceMuted, WakeWordWanted
from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.readings import called
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.domain.turn.lifetime import is_sounding
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.icons import TrayState, tray_icon
from etoile.gui.snoozing import offer_silence
from etoile.gui.style import style_sheet
from etoile.gui.tray_state import tray_state
from etoile.gui.window import Window
from etoile.gui.words import NODE_STATE, PHASE, gpu_line
from etoile.text import Message, message

MOST_GPUS = 8
"""Lines of the tool tip: more do not fit on a screen."""


class Tray(QObject):
    """Owns the icon and its menu.  Without a tray host the icon waits until there is one."""

    def __init__(
        self,
        look: Look,
        doors: Doors,
        window: Window,
        icon: QSystemTrayIcon | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`icon` is the one that shows already."""
        super().__init__()
        self._look, self._doors, self._window, self._now_s = look, doors, window, now_s
        self._state = State()
        self._outline: object = None
        self._menu = QMenu()
        self._add_actions()
        self._menu.aboutToShow.connect(self._refresh_menu)
        self.icon = icon or QSystemTrayIcon()
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._activated)
        window.offer_menu(self._menu)
        look.changed.connect(self._restyle)
        self._shown: tuple[TrayState, bool] | None = None
        self.show_state(self._state)
        self._restyle()

    def show(self) -> None:
        """Put the icon into the tray, now or as soon as there is one."""
        self.icon.show()

    def hide(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    @property
    def menu(self) -> QMenu:
        """The menu of the icon."""
        return self._menu

    def show_state(self, state: State) -> None:
        """Show `state`; what has not changed is not sent to the desktop again."""
        self._state = state
        self._show_icon()
        tip = self._words(tool_tip(state))
        if tip != self.icon.toolTip():
            self.icon.setToolTip(tip)
        wrong = state.desk.gpus.wrong.keys(), state.desk.nodes.wrong.keys()
        turn = state.turn
        heard = turn.phase, is_sounding(turn), turn.muted, state.listening_for
        outline = (heard, state.nodes, state.desk.snoozes, wrong)
        if outline != self._outline:
            self._outline = outline
            self._refresh_menu()

    def _restyle(self) -> None:
        self._menu.setStyleSheet(style_sheet(self._look.palette))
        self._show_icon()

    def _show_icon(self) -> None:
        wanted = (tray_state(self._state), self._look.dark_panel)
        if wanted != self._shown:
            self._shown = wanted
            self.icon.setIcon(tray_icon(wanted[0], on_dark=wanted[1]))

    def _add_actions(self) -> None:
        menu, doors = self._menu, self._doors
        self._what = self._line(menu)
        self._hottest = self._line(menu)
        menu.addSeparator()
        self._talk = self._action(menu, message("Talk"), lambda: doors.publish(TalkToggled(self._now_s())))
        self._action(menu, message("Ask…"), self._window.compose)
        self._toggle = self._action(menu, message("Show the window"), self._window.toggle)
        menu.addSeparator()
        self._nodes = menu.addMenu(self._words(message("Nodes")))
        menu.addSeparator()
        self._stop = self._action(menu, message("Stop speaking"), lambda: doors.publish(SpeechStopped()))
        self._mute = self._action(menu, message("Mute the voice"), self._mute_voice)
        self._mute.setCheckable(True)
        self._wake = self._action(menu, message("Listen for a word"), self._listen_for_word)
        self._wake.setCheckable(True)
        self._snooze = menu.addMenu(self._words(message("Snooze alerts")))
        self._snoozed_gpus: object = None
        menu.addSeparator()
        self._action(menu, message("Settings…"), doors.open_settings)
        self._action(menu, message("First steps…"), doors.open_first_steps)
        self._action(menu, message("Help"), lambda: doors.open_help(""))
        self._action(menu, message("Quit"), doors.quit)

    def _refresh_menu(self) -> None:
        """Bring the lines of the menu up to now: hosts ask before they show it, and some only read what is there."""
        state, turn = self._state, self._state.turn
        self._what.setText(self._words(PHASE[turn.phase]))
        self._hottest.setText(self._words(hottest_line(state)))
        listening = turn.phase is Phase.LISTENING
        self._talk.setText(self._words(message("Stop listening") if listening else message("Talk")))
        shown = self._window.isVisible() and not self._window.isMinimized()
        self._toggle.setText(self._words(message("Hide the window") if shown else message("Show the window")))
        self._stop.setEnabled(is_sounding(state.turn))
        self._mute.setChecked(turn.muted)
        self._wake.setText(self._words(message("Listen for “{word}”", word=turn.wake_word)))
        self._wake.setChecked(bool(state.listening_for))
        self._refresh_snoozes(state)
        self._refresh_nodes(state.nodes)

    def _refresh_snoozes(self, state: State) -> None:
        """Offer silence about everything, and about each GPU: the menu is made anew when it would be another."""
        now_s = self._now_s()
        snoozed = state.desk.is_snoozed(now_s)
        self._snooze.setTitle(self._words(message("Alerts are snoozed") if snoozed else message("Snooze alerts")))
        gpus = sorted(state.watched, key=lambda gpu: -(gpu.temperature_c or 0))[:MOST_GPUS]
        gpus.sort(key=lambda gpu: (gpu.host, gpu.index))
        silent = [state.desk.is_snoozed(now_s, Scope(subject=gpu.uuid)) for gpu in gpus]
        hot = [any(subject == gpu.uuid for _, subject in state.desk.gpus.wrong) for gpu in gpus]
        offered = bool(state.desk.wrong), snoozed, [gpu.uuid for gpu in gpus], silent, hot
        if offered == self._snoozed_gpus:
            return
        self._snoozed_gpus = offered
        for action in self._snooze.actions():
            if inner := action.menu():
                inner.deleteLater()  # a menu keeps its own menus
        self._snooze.clear()
        self._offer_silence(self._snooze, EVERYTHING, snoozed=snoozed, wrong=bool(state.desk.wrong))
        self._snooze.addSeparator()
        for gpu, is_silent, is_hot in zip(gpus, silent, hot, strict=True):
            title = message("{gpu} on {host}", gpu=called(gpu), host=gpu.host)
            menu = self._snooze.addMenu(self._words(message("{gpu}: snoozed", gpu=title) if is_silent else title))
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
                action.triggered.connect(lambda _=False, name=node.name: self._doors.confirm_node(name))
            else:
                action.setEnabled(False)

    def _action(self, menu: QMenu, said: Message, call: Callable[[], object]) -> QAction:
        action = menu.addAction(self._words(said))
        action.triggered.connect(lambda _: call())
        return action

    def _line(self, menu: QMenu) -> QAction:
        """Return a line that only tells."""
        action = menu.addAction("")
        action.setEnabled(False)
        return action

    def _mute_voice(self) -> None:
        self._doors.publish(VoiceMuted(self._mute.isChecked()))

    def _listen_for_word(self) -> None:
        self._doors.publish(WakeWordWanted(self._wake.isChecked()))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._window.toggle()

    def _words(self, said: Message) -> str:
        return self._look.words(said)


def tool_tip(state: State) -> Message:
    """Return "Etoile — Thinking" and one line a GPU, the hottest first."""
    said = message("Etoile — {what}", what=PHASE[state.turn.phase])
    if state.listening_for:
        said = message("{first}, listening for “{word}”", first=said, word=state.listening_for)
    for gpu in sorted(state.watched, key=lambda gpu: -(gpu.temperature_c or 0))[:MOST_GPUS]:
        said = message("{first}\n{following}", first=said, following=gpu_line(gpu, state.thermal(gpu.uuid)))
    return said


def hottest_line(state: State) -> Message:
    """Return the line about the hottest GPU; of none when no temperature is known."""
    known = [gpu for gpu in state.watched if gpu.temperature_c is not None]
    if not known:
        return message("No GPU temperature is known")
    hottest = max(known, key=_temperature)
    return gpu_line(hottest, state.thermal(hottest.uuid))


def node_line(node: NodeStatus) -> Message:
    """Return "M1: online", or "Use Ollama (http://…)" for a node that waits to be confirmed."""
    if node.state is NodeState.UNCONFIRMED:
        return message("Use {node} ({url})", node=node.name, url=node.url)
    return message("{node}: {state}", node=node.name, state=NODE_STATE[node.state])


def _temperature(gpu: GpuReading) -> int:
    return gpu.temperature_c if gpu.temperature_c is not None else -1
