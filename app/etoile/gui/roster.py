"""Rows that are one stop for the Tab key: ↑ ↓ Home End go from row to row, Enter opens one, the Menu key its menu."""

from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget

from etoile.gui.button import Button
from etoile.gui.design import CARD_RADIUS, Look
from etoile.gui.scroll import ScrollColumn

GAP = 8
_UP_AND_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class Row(QWidget):
    """A card of a roster.  Its buttons are stops of the Tab key only while the row is."""

    opened = Signal()
    """Enter or Space on it."""
    clicked = Signal()
    entered = Signal()
    """It has the focus now."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pressed: QPointF | None = None
        self._is_stop = False

    def menu(self) -> QMenu:
        """Return the menu of the row."""
        raise NotImplementedError

    def make_stop(self, is_stop: bool) -> None:
        """Be the row that the Tab key reaches, or no longer."""
        self._is_stop = is_stop
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)
        self.adopt_buttons()

    def stops(self) -> list[QWidget]:
        """Return the row and its buttons, in the order of the Tab key."""
        return [self, *self.findChildren(Button)]

    def adopt_buttons(self) -> None:
        """Let the buttons be stops if the row is one: to be called when it has others."""
        policy = Qt.FocusPolicy.StrongFocus if self._is_stop else Qt.FocusPolicy.ClickFocus
        for button in self.findChildren(Button):
            button.setFocusPolicy(policy)
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from row to row by ↑ and ↓ from a button, too: Qt would go to the next button."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in _UP_AND_DOWN:
            QCoreApplication.sendEvent(self, event)
            return True
        return False

    def open_menu(self, place: QPoint) -> None:
        """Open the menu at `place` of the screen, if it holds anything."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        if menu.actions():
            menu.popup(place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        place = QPoint(self._look.px(24), self._look.px(24))
        self.open_menu(self.mapToGlobal(place) if by_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed and (event.position() - pressed).manhattanLength() < QApplication.startDragDistance():
            self.clicked.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def reveal(self, part: QWidget) -> None:
        """Scroll until `part` of the row is in view, as soon as it has its place."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if isinstance(around, QScrollArea):
            QTimer.singleShot(0, part, lambda: _show_within(around, part))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(palette.surface)
        painter.setPen(QPen(palette.accent, 2) if self.hasFocus() else QPen(palette.border, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CARD_RADIUS, CARD_RADIUS)


def _show_within(around: QScrollArea, part: QWidget) -> None:
    """Scroll `around` to `part`, which has its place only once all that was asked of layouts is done."""
    for _ in range(2):  # the row first, then what it is in
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    around.ensureWidgetVisible(part, 0, GAP)


Some = TypeVar("Some", bound=Row)


class Roster(ScrollColumn, Generic[Some]):
    """A column of rows, each by its key; between them there may be headings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, Some] = {}
        self._others: list[QWidget] = []
        self._behind: tuple[QWidget, ...] = ()
        self.column.setSpacing(GAP)

    def go_on_with(self, *parts: QWidget) -> None:
        """Let the Tab key go from the rows to `parts`."""
        self._behind = parts

    def show_rows(self, parts: Iterable[tuple[str, Some] | QWidget]) -> None:
        """Show `parts` in their order: rows with their keys, headings without.

        Rows that were there already stay as they are, and the focus stays where it was.
        """
        parts = list(parts)
        rows = {part[0]: part[1] for part in parts if isinstance(part, tuple)}
        others = [part for part in parts if not isinstance(part, tuple)]
        lost = self._place_of_focus(rows)
        former: list[QWidget] = [*self.rows.values(), *self._others]
        for gone in former:
            if gone not in rows.values() and gone not in others:
                gone.hide()
                gone.deleteLater()
        while self.column.takeAt(0):
            pass
        self.rows, self._others = rows, others
        for part in parts:
            shown = part[1] if isinstance(part, tuple) else part
            self.column.addWidget(shown)
            shown.show()
        self.column.addStretch()
        for row in (row for row in rows.values() if row not in former):
            row.entered.connect(partial(self._make_stop, row))
        stop = next((row for row in rows.values() if row.focusPolicy() is Qt.FocusPolicy.StrongFocus), None)
        self._make_stop(stop or next(iter(rows.values()), None))
        self._order_stops()
        if lost is not None and rows:
            self.reach(list(rows)[min(lost, len(rows) - 1)])

    def _order_stops(self) -> None:
        """Have the Tab key go through the rows in their order, each with its buttons, and on to what follows."""
        parts = [part for row in self.rows.values() for part in row.stops()]
        for part, following in pairwise([*parts, *self._behind]):
            self.setTabOrder(part, following)

    def reach(self, key: str) -> None:
        """Give the focus to the row `key`, if it is there."""
        if row := self.rows.get(key):
            self._make_stop(row)
            row.setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(row, 0, 0)

    def reach_stop(self) -> None:
        """Give the focus to the row that the Tab key reaches."""
        for key, row in self.rows.items():
            if row.focusPolicy() is Qt.FocusPolicy.StrongFocus:
                self.reach(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = list(self.rows)
        here = next((place for place, row in enumerate(self.rows.values()) if _has_focus(row)), None)
        there = None if here is None else goal(event.key(), here, len(keys) - 1)
        if there is None:
            super().keyPressEvent(event)
        else:
            self.reach(keys[there])

    def _make_stop(self, row: Some | None) -> None:
        for other in self.rows.values():
            other.make_stop(other is row)

    def _place_of_focus(self, coming: dict[str, Some]) -> int | None:
        """Return which row has the focus and goes; None where the focus is elsewhere, or stays."""
        for place, row in enumerate(self.rows.values()):
            if _has_focus(row) and row not in coming.values():
                return place
        return None


def _has_focus(row: QWidget) -> bool:
    focus = row.window().focusWidget()
    return focus is not None and (focus is row or row.isAncestorOf(focus))


def goal(key: int, here: int, last: int) -> int | None:
    """Return the place to which `key` goes from `here`; None where it goes nowhere."""
    match key:
        case Qt.Key.Key_Up:
            return max(0, here - 1)
        case Qt.Key.Key_Down:
            return min(last, here + 1)
        case Qt.Key.Key_Home:
            return 0
        case Qt.Key.Key_End:
            return last
        case _:
            return None
