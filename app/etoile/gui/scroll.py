"""A column that scrolls, whose content keeps its width whether or not the bar is there."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

GUTTER = 12
"""Room at the right for the scroll bar: whatever stands beside such a column must leave it as well."""
BAR = 8


class ScrollColumn(QScrollArea):
    """Scrolls up and down only; `column` takes the content."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setViewportMargins(0, 0, GUTTER, 0)
        # Not while the content is being laid out: it would not learn of its new width.
        self.verticalScrollBar().rangeChanged.connect(self._leave_room, Qt.ConnectionType.QueuedConnection)

    def show_whole(self, part: QWidget) -> None:
        """Scroll until all of `part` is in view: `ensureWidgetVisible` is content once its caret is."""
        content = self.widget()
        if content and content.isAncestorOf(part):
            begins = part.mapTo(content, QPoint())
            self.ensureVisible(0, begins.y() + part.height(), 0, GUTTER)
            self.ensureVisible(0, begins.y(), 0, GUTTER)

    def focusNextPrevChild(self, forward: bool) -> bool:
        moved = super().focusNextPrevChild(forward)
        if moved and (part := self.focusWidget()):
            self.show_whole(part)
        return moved

    def _leave_room(self, lowest: int, highest: int) -> None:
        self.setViewportMargins(0, 0, GUTTER - BAR if highest > lowest else GUTTER, 0)


def beside_bar(part: QWidget) -> QHBoxLayout:
    """Return a layout that keeps `part` as wide as the content of a column that scrolls."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, GUTTER, 0)
    row.addWidget(part)
    return row
