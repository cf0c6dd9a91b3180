"""The floating window: the machine at a glance, the conversation, and the line to type in."""

import time
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QPalette,
    QResizeEvent,
    QSessionManager,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QMenu, QStackedLayout, QSystemTrayIcon, QVBoxLayout, QWidget

from etoile.domain.events import (
    Asking,
    Cancelled,
    Declined,
    NewConversationWanted,
    Typed,
    UndoWanted,
    VoiceMuted,
)
from etoile.domain.state import State
from etoile.domain.turn import Phase, Standing
from etoile.gui.activity import Activity
from etoile.gui.announcements import announce, announcements
from etoile.gui.chart_page import ChartPage
from etoile.gui.composer import Composer
from etoile.gui.conversation import Conversation
from etoile.gui.design import PADDING, SHADOW, Look
from etoile.gui.doors import Doors
from etoile.gui.frame import Frame
from etoile.gui.gpu_view import GpuView
from etoile.gui.header import NEW_KEYS, Header
from etoile.gui.history import History
from etoile.gui.icons import app_icon
from etoile.gui.machine import Machine
from etoile.gui.notices import Notices
from etoile.gui.offer import OfferView
from etoile.gui.question import QuestionView
from etoile.gui.scroll import GUTTER, beside_bar
from etoile.gui.style import style_sheet
from etoile.text import message

WIDTH, HEIGHT = 440, 680
NARROWEST, WIDEST = 380, 720
LOWEST = 240
SHORT = 400
"""A screen that is not higher, as at 250 % scale, is used whole."""
TICK_MS = 250
_HEARD = (Phase.LISTENING, Phase.TRANSCRIBING)
_TIMED = (*_HEARD, Phase.THINKING, Phase.CONFIRMING)


def local_time() -> datetime:
    """Return the time of day here."""
    return datetime.now().astimezone()


def _application() -> QGuiApplication:
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    return app


class Window(Frame):
    """Shows `State` and nothing else.  While it is hidden nothing is laid out or painted."""

    def __init__(
        self,
        look: Look,
        doors: Doors,
        *,
        talk_key: str = "F9",
        tray_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        now_s: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = local_time,
    ) -> None:
        super().__init__(look)
        self._doors, self._tray_available, self._now_s = doors, tray_available, now_s
        self._state = State()
        self._history = History()
        self._since = (0, Phase.IDLE, Standing.OPEN, 0.0)
        self._session_ends = False
        self._header = Header(look, self.dismiss, self._begin_anew, self)
        self._machine = Machine(look, doors.confirm_node, now_s, clock, self)
        self._machine.opened.connect(self._open_chart)
        self._chart = ChartPage(look, doors.publish, self._close_chart, self)
        self._notices = Notices(look, doors.publish)
        self._conversation = Conversation(look, talk_key, self._ask, self._undo, self._ask_afresh, self._notices, self)
        self._offer = OfferView(look, doors.publish, self)
        self._question = QuestionView(look, doors.publish, self)
        self._activity = Activity(look, doors.publish, self)
        self._composer = Composer(look, talk_key, doors.publish, self)
        self._pages = QStackedLayout()
        """What is now; in its place, the history of a card."""
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_times)
        self._arrange()
        self._bind_keys()
        self._restyle()
        self._composer.setFocus()
        look.changed.connect(self._restyle)
        _application().commitDataRequest.connect(self._leave_with_session)

    def _arrange(self) -> None:
        self.setWindowTitle(self._look.words(message("Etoile")))
        self.setWindowIcon(app_icon())
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 0, PADDING - GUTTER, PADDING)
        column.setSpacing(8)
        column.addLayout(beside_bar(self._header))
        column.addLayout(self._pages, 1)
        now = QWidget(self)
        below = QVBoxLayout(now)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(self._machine)
        below.addWidget(self._conversation, 1)
        self._pages.addWidget(now)
        self._pages.addWidget(self._chart)
        for part in (self._offer, self._question, self._activity, self._composer):
            column.addLayout(beside_bar(part))
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.setMinimumSize(min(NARROWEST, screen.width()), min(LOWEST, screen.height()))
        self.setMaximumWidth(WIDEST + 2 * SHADOW)
        room = max(round(screen.height() * 0.85), min(screen.height(), SHORT))
        self.resize(min(WIDTH, screen.width()), min(HEIGHT, room))
        right, bottom = screen.right() - self.width(), screen.bottom() - self.height()
        self.move(max(screen.left(), right - PADDING), max(screen.top(), bottom - PADDING))

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Esc": self._step_back,
            "Ctrl+L": self.compose,
            NEW_KEYS: self._begin_anew,
            "Ctrl+.": lambda: self._doors.publish(Cancelled()),
            "Ctrl+M": lambda: self._doors.publish(VoiceMuted(not self._state.turn.muted)),
            "Ctrl+,": self._doors.open_settings,
            "Ctrl+Shift+C": self._copy_answer,
            "Ctrl+W": self.dismiss,
            "Ctrl+Q": self._doors.quit,
        }
        for key, call in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(call)

    def offer_menu(self, menu: QMenu) -> None:
        """Let `menu` be opened from the window as well."""
        self._header.offer_menu(menu)

    # Coming and going

    def present(self) -> None:
        """Show the window and give it the keyboard: the user asked for it, so no session is ending."""
        self._session_ends = False
        self._show(activating=True)
        self.raise_()
        self.activateWindow()

    def compose(self) -> None:
        """Show the window, ready to type."""
        self.present()
        self._composer.setFocus()

    def appear(self) -> None:
        """Show the window without taking the keyboard: it has something to show by itself."""
        if not self.isVisible():
            self._show(activating=False)

    def dismiss(self) -> None:
        """Hide the window; without a tray to bring it back, only minimise it."""
        if self._tray_available():
            self.hide()
        else:
            self.showMinimized()

    def toggle(self) -> None:
        """Show the window, or hide it when it is in view."""
        if self.isVisible() and not self.isMinimized():
            self.dismiss()
        else:
            self.present()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide instead of closing; without a tray, and with the session of the desktop, closing ends the app."""
        ending = self._session_ends or _application().isSavingSession()
        event.setAccepted(ending)
        if ending or not self._tray_available():
            self._doors.quit()
        else:
            self.hide()

    def _leave_with_session(self, _: QSessionManager) -> None:
        """Stand in the way of no logout: whoever closes the windows next means it.  Nothing is asked, all is kept."""
        self._session_ends = True

    def showEvent(self, event: QShowEvent) -> None:
        self._refresh()
        super().showEvent(event)

    def hideEvent(self, event: object) -> None:
        self._tick.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._machine.fit_into(self.face.height())

    def _show(self, *, activating: bool) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not activating)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()

    # What is shown

    def show_state(self, state: State) -> None:
        """Take in `state`; show it if the window is in view, and come into view when the user begins to speak."""
        before, self._state = self._state, state
        self._history.add(state.watched)
        self._conversation.follow(state.turn)
        turn = state.turn
        if (turn.number, turn.phase, turn.standing) != self._since[:3]:
            self._since = (turn.number, turn.phase, turn.standing, self._now_s())
        if state.turn.phase is Phase.LISTENING and before.turn.phase is not Phase.LISTENING:
            self.appear()
        if turn.number != before.turn.number and self._chart.is_open:
            self._close_chart()
        if self.isVisible():
            self._refresh()
            for told in announcements(before, state):
                announce(self, self._look.words(told.said), assertive=told.assertive)

    def _refresh(self) -> None:
        state = self._state
        self._header.show_state(state)
        self._machine.show_state(state, self._history)
        self._chart.show_state(state)
        self._notices.show_state(state)
        self._offer.show_offer(state.learning.visible)
        self._conversation.refresh()
        self._show_times()
        if state.turn.phase in _TIMED:
            self._tick.start()
        else:
            self._tick.stop()

    def _show_times(self) -> None:
        """Show what changes by time alone: how long something takes, and how long a question stands."""
        turn = self._state.turn
        since_s = self._now_s() - self._since[3]
        had_focus = self._question.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        stands_s = turn.shown_s if turn.standing is Standing.SHOWN else turn.confirm_s + turn.shown_s
        self._question.show_question(turn.question, stands_s - since_s)
        if had_focus and turn.question is None:
            self._composer.setFocus()
        self._activity.show_turn(turn, since_s)

    def _restyle(self) -> None:
        palette = self._look.palette
        colours = QPalette()
        role = QPalette.ColorRole
        for part, colour in (
            (role.Window, palette.bg),
            (role.WindowText, palette.text),
            (role.Base, palette.surface),
            (role.Text, palette.text),
            (role.PlaceholderText, palette.text3),
            (role.Link, palette.accent),
            (role.LinkVisited, palette.accent),
            (role.Highlight, palette.accent_fill),
        ):
            colours.setColor(part, colour)
        self.setPalette(colours)
        self.setStyleSheet(style_sheet(palette))
        self.repaint_backdrop()

    # What the user does

    def _ask(self, text: str) -> None:
        self._doors.publish(Typed(text))

    def _ask_afresh(self, text: str) -> None:
        self._doors.publish(Typed(text, Asking(fresh=True)))

    def _begin_anew(self) -> None:
        self._doors.publish(NewConversationWanted())
        self._composer.setFocus()

    def _undo(self) -> None:
        self._doors.publish(UndoWanted())

    def _step_back(self) -> None:
        """Leave what is nearest: the recording, then the question, the history of a card, and then the window."""
        turn = self._state.turn
        if turn.phase in _HEARD:
            self._doors.publish(Cancelled())
        elif turn.question:
            self._doors.publish(Declined(turn.number, turn.question.number))
        elif self._chart.is_open:
            self._chart.step_back()
        else:
            self.dismiss()

    def _open_chart(self, uuid: str) -> None:
        # A click leaves the focus where it is.
        by_keys = isinstance(self.focusWidget(), GpuView)
        self._chart.show_state(self._state)
        self._pages.setCurrentWidget(self._chart)
        self._chart.open(uuid, by_keys=by_keys)

    def _close_chart(self) -> None:
        uuid = self._chart.uuid
        self._chart.close_card()
        self._pages.setCurrentIndex(0)
        self._machine.reach(uuid)

    def _copy_answer(self) -> None:
        if answer := self._conversation.last_answer:
            QGuiApplication.clipboard().setText(answer)
