"""A layout that sets its items in a line and breaks it where the room ends, as words in a paragraph."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """Items at their wanted size, `gap` apart both ways; each line stands at the left or at the right."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        gap: int = 4,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._side = gap, side
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arranged(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, box: QRect) -> None:
        super().setGeometry(box)
        self._arranged(box, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arranged(self, box: QRect, *, move: bool) -> int:
        """Place the items within `box` when `move`; return the height they take."""
        top = box.top()
        for line in self._lines(box.width()):
            if move:
                self._place(line, QPoint(box.left(), top), box.width())
            top += max(size.height() for _, size in line) + self._gap
        return max(0, top - self._gap - box.top())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """Return the items in view, with their sizes, line by line."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(width, 10_000))
            if not lines or used + size.width() > width:
                lines.append([])
                used = 0
            lines[-1].append((item, size))
            used += size.width() + self._gap
        return lines

    def _place(self, line: list[tuple[QLayoutItem, QSize]], corner: QPoint, width: int) -> None:
        taken = sum(size.width() for _, size in line) + self._gap * (len(line) - 1)
        x = corner.x() + (width - taken if self._side is Qt.AlignmentFlag.AlignRight else 0)
        for item, size in line:
            item.setGeometry(QRect(QPoint(x, corner.y()), size))
            x += size.width() + self._gap
