"""The floating window: tabs over pages, each page made when it is shown for the first time."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QPixmap,
    QResizeEvent,
    QSessionManager,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QMenu, QStackedLayout, QSystemTrayIcon

from etoile.domain.events import Cancelled, Declined, NewConversationWanted, VoiceMuted
from etoile.domain.state import State
from etoile.domain.turn import LISTENED, Phase
from etoile.gui.announcements import announce, announcements
from etoile.gui.body import Body
from etoile.gui.cover import Cover
from etoile.gui.design import SHADOW, Look
from etoile.gui.doors import Doors
from etoile.gui.frame import Frame, can_be_placed
from etoile.gui.header import FOLD_KEYS, NEW_KEYS
from etoile.gui.icons import app_icon
from etoile.gui.page import CONVERSATION, Ground, Page, begins_to_listen, ground_of, local_time
from etoile.gui.pages import PAGES
from etoile.gui.pill import Pill
from etoile.gui.places import Places
from etoile.gui.second_press import SecondPress
from etoile.gui.unfolding import Unfolding
from etoile.text import message

WIDTH, HEIGHT = 440, 680
NARROWEST, WIDEST = 380, 720
LOWEST = 240
SHORT = 400
"""A screen that is not higher, as at 250 % scale, is used whole."""
_OF_THE_PILL = ("Ctrl+L", NEW_KEYS, "Ctrl+.", "Ctrl+M", "Ctrl+,", "Ctrl+Q")
"""Keys that the pill has as well."""


def wants_reading(before: State, after: State) -> bool:
    """Whether there is now something that a pill cannot show: a question, an answer, an error with a remedy.  Pure."""
    turn = after.turn
    if turn.question and turn.question is not before.turn.question:
        return True
    ended = before.turn.phase is Phase.THINKING and turn.phase in (Phase.IDLE, Phase.SPEAKING)
    return ended and bool(turn.answer or (turn.failed and turn.remedy))


def _application() -> QGuiApplication:
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    return app


class Window(Frame):
    """Shows `State` and nothing else.  While it is hidden nothing is laid out or painted.

    It folds to a pill and unfolds from it; both keep the same corner where it is.
    """

    def __init__(
        self,
        look: Look,
        doors: Doors,
        *,
        talk_key: str = "F9",
        places: Places | None = None,
        tray_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        now_s: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = local_time,
        ground: Ground | None = None,
    ) -> None:
        """`ground` is one that has followed the state while there was no window."""
        super().__init__(look, places or Places())
        self._doors, self._tray_available = doors, tray_available
        self._state = State()
        self._session_ends = False
        self._ground = ground or ground_of(look, doors, talk_key, now_s, clock)
        self.pill = Pill(self._ground, self._places, self._unfold, self._hide_pill, self.closeEvent)
        """The form to which it folds."""
        self._menu: QMenu | None = None
        self._faces = QStackedLayout(self)
        self._make_body()
        self._unfolding = Unfolding(look, self)
        self._arrange()
        self._bind_keys()
        look.language_changed.connect(self._speak)
        _application().commitDataRequest.connect(self._leave_with_session)

    def _make_body(self) -> None:
        """Make all that stands in the window, in the language of the interface: texts are made once."""
        self._body, self._cover = Body(self._ground, self.fold, self._begin_anew, self), Cover(self._look, self)
        self._faces.addWidget(self._body)
        self._faces.addWidget(self._cover)

    def _speak(self) -> None:
        """Show everything in the language that is the interface's now; where the user is, and what was typed, stays."""
        former, cover, focus = self._body, self._cover, self.focusWidget()
        self.setUpdatesEnabled(False)
        self._make_body()
        self._faces.setCurrentWidget(self._body)
        self._body.take_over(former, focus)
        if self._menu:
            self._body.header.offer_menu(self._menu)
        if self._state.locked:
            self._faces.setCurrentWidget(self._cover)
        for gone in (former, cover):
            self._faces.removeWidget(gone)
            gone.deleteLater()
        self.pill.speak()
        self.setUpdatesEnabled(True)

    def _arrange(self) -> None:
        self.setWindowTitle(self._look.words(message("Etoile")))
        self.setWindowIcon(app_icon())
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.setMinimumSize(min(NARROWEST, screen.width()), min(LOWEST, screen.height()))
        self.setMaximumWidth(WIDEST + 2 * SHADOW)
        room = max(round(screen.height() * 0.85), min(screen.height(), SHORT))
        self.resize(min(WIDTH, screen.width()), min(HEIGHT, room))

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Esc": self._step_back,
            "Ctrl+L": self.compose,
            NEW_KEYS: self._begin_anew,
            "Ctrl+.": lambda: self._doors.publish(Cancelled()),
            "Ctrl+M": lambda: self._doors.publish(VoiceMuted(not self._state.turn.muted)),
            "Ctrl+,": self._doors.open_settings,
            "Ctrl+Shift+C": self._copy_answer,
            FOLD_KEYS: self.fold,
            "Ctrl+Q": self._doors.quit,
            "F1": self._show_keys,
            "F6": self._next_region,
            "Shift+F6": partial(self._next_region, -1),
        }
        for place, key in enumerate(PAGES, 1):
            keys[f"Ctrl+{place}"] = partial(self._go_to, key)
        for shortcut, call in keys.items():
            QShortcut(QKeySequence(shortcut), self).activated.connect(call)
            if shortcut in _OF_THE_PILL:
                QShortcut(QKeySequence(shortcut), self.pill).activated.connect(call)

    def offer_menu(self, menu: QMenu) -> None:
        """Let `menu` be opened from the window as well."""
        self._menu = menu
        self._body.header.offer_menu(menu)
        self.pill.offer_menu(menu)

    @property
    def page(self) -> str:
        """The key of the page that is shown."""
        return self._body.page

    def show_page(self, key: str) -> Page:
        """Show the page `key` and return it; it is made when it is wanted for the first time."""
        return self._body.show_page(key)

    # The body is another one after a change of language: keys go by the window.

    def _go_to(self, key: str) -> None:
        self._body.go_to(key)

    def _show_keys(self) -> None:
        self._body.show_keys()

    def _next_region(self, step: int = 1) -> None:
        self._body.next_region(step)

    # Coming and going

    def present(self) -> None:
        """Show the window and give it the keyboard: the user asked for it, so no session is ending."""
        self._session_ends = False
        self._show(activating=True)
        self.raise_()
        self.activateWindow()

    def _unfold(self) -> None:
        """Come out of the pill; the second press of a double click on it is not for what stands here."""
        self.present()
        if handle := self.windowHandle():
            SecondPress(handle)

    def compose(self) -> None:
        """Show the window, ready to type."""
        self.present()
        self._go_to(CONVERSATION)

    def appear(self) -> None:
        """Come into view, folded as it was, without taking the keyboard: there is something to show."""
        if self._places.folded and not self.isVisible():
            self.pill.appear()
        elif not self.isVisible():
            self._show(activating=False)

    def fold(self) -> None:
        """Become a pill, which has the keyboard if the window had it."""
        self._places.fold(True)
        if self._unfolding.folds:
            return
        if self.isVisible():
            self._unfolding.fold(*self._pill_here(), self._become_pill)
        else:
            self._become_pill()

    def _become_pill(self) -> None:
        had_keys = self.isActiveWindow()
        self.hide()
        self.pill.come(activating=had_keys)

    def _pill_here(self) -> tuple[QPixmap, QRect]:
        """Return what the pill looks like, and where it stands in the window; all of it where nobody knows."""
        if not can_be_placed():
            return QPixmap(), self.face
        self.pill.prepare()
        return self.pill.grab(self.pill.face), self.pill.place.translated(-self.pos())

    def dismiss(self) -> None:
        """Hide, whether folded or not; without a tray to come back from, fold or stay folded."""
        if self._tray_available():
            self.vanish()
        else:
            self.fold()

    def vanish(self) -> None:
        """Hide both forms, whatever there is to come back from."""
        self.pill.hide()
        self.hide()

    def toggle(self) -> None:
        """Show the window, or hide it when it is in view."""
        if self.isVisible() and not self.isMinimized() and not self._unfolding.folds:
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
            self.dismiss()

    def _leave_with_session(self, _: QSessionManager) -> None:
        """Stand in the way of no logout: whoever closes the windows next means it.  Nothing is asked, all is kept."""
        self._session_ends = True

    def showEvent(self, event: QShowEvent) -> None:
        if self._body.empty:
            self._go_to(CONVERSATION)
        self._refresh()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._unfolding.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._unfolding.finish()
        self._body.fit_into_low(low=self.face.height() < SHORT)

    def _show(self, *, activating: bool) -> None:
        """Show the window unfolded, where the pill was."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not activating)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self._places.fold(False)
        if not self.isVisible():
            self.settle(self.face.size())
        came, folded = not self.isVisible(), self._unfolding.folds or self.pill.isVisible()
        self.show()
        if folded and (came or self._unfolding.folds):
            self._unfolding.unfold(*self._pill_here())
        elif came:
            self._unfolding.appear()
        self.pill.hide()

    def _hide_pill(self) -> None:
        """Hide the pill, or what is about to become it, unless it is the only way back."""
        if self._tray_available():
            self.vanish()

    # What is shown

    def show_state(self, state: State) -> None:
        """Take in `state`; show it if the window is in view, and come into view when the user begins to speak."""
        before, self._state = self._state, state
        self._ground.follow(state)
        self._body.follow(state)
        self.pill.show_state(state)
        if state.locked:  # anybody may look
            self._unfolding.finish()
            self._faces.setCurrentWidget(self._cover)
            return
        self._faces.setCurrentWidget(self._body)
        if before.locked and not self._body.empty:
            self._go_to(self.page)
        if begins_to_listen(before, state):
            self.appear()
        if (self.pill.isVisible() or self._unfolding.folds) and wants_reading(before, state):
            self._show(activating=False)
        if state.turn.number != before.turn.number and self.page != CONVERSATION:
            self._body.return_to_conversation()
        if self.isVisible():
            self._refresh()
            for told in announcements(before, state):
                announce(self, self._look.words(told.said), assertive=told.assertive)

    def _refresh(self) -> None:
        if not self._state.locked:
            self.follow_compositor()
            self._body.refresh()

    # What the user does

    def _begin_anew(self) -> None:
        self._doors.publish(NewConversationWanted())
        self._go_to(CONVERSATION)

    def _step_back(self) -> None:
        """Leave what is nearest: the recording, then the question, then what is open on the page; at last, fold."""
        turn = self._state.turn
        if turn.phase in LISTENED:
            self._doors.publish(Cancelled())
        elif turn.question and self.page == CONVERSATION:
            self._doors.publish(Declined(turn.number, turn.question.number))
        elif self._unfolding.folds:
            self._hide_pill()
        elif not self._body.step_back():
            self.fold()

    def _copy_answer(self) -> None:
        if answer := self._body.last_answer:
            QGuiApplication.clipboard().setText(answer)
