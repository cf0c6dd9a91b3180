"""The words that were heard so far: they grow to a few lines, then scroll, and what may still change is underlined."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from etoile.gui.design import Look, Type

MOST_LINES = 4
LINE_HEIGHT = 22
_CARET = 2


class Heard(QTextEdit):
    """Shows the settled words and the tentative ones after them, with a caret at their end.

    The newest words stay in sight unless the user has scrolled up.  It takes no focus.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._stable = self._tentative = ""
        self._most_lines = MOST_LINES
        self.setReadOnly(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(look.font(Type.TRANSCRIPT))
        self.document().setDocumentMargin(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        look.changed.connect(self._write)

    def show_words(self, stable: str, tentative: str) -> None:
        """Show these words instead of the former ones."""
        if (stable, tentative) == (self._stable, self._tentative):
            return
        self._stable, self._tentative = stable, tentative
        # What may still change is not read aloud: a screen reader would say it again and again.
        self.setAccessibleName(stable)
        self._write()

    def allow_lines(self, most: int) -> None:
        """Have `most` lines before the words scroll."""
        if most != self._most_lines:
            self._most_lines = most
            self.updateGeometry()

    def _write(self) -> None:
        bar, palette = self.verticalScrollBar(), self._look.palette
        scrolled_up_to = bar.value() if bar.value() < bar.maximum() else None
        self.clear()
        cursor = QTextCursor(self.document())
        lines = QTextBlockFormat()
        lines.setLineHeight(self._line_height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor.setBlockFormat(lines)
        between = " " if self._stable and self._tentative else ""
        cursor.insertText(self._stable + between, _ink(palette.text))
        cursor.insertText(self._tentative, _ink(palette.text2, dotted=True))
        self.updateGeometry()
        bar.setValue(bar.maximum() if scrolled_up_to is None else scrolled_up_to)

    @property
    def _line_height(self) -> int:
        return self._look.px(LINE_HEIGHT)

    def lines_at(self, width: int) -> int:
        """Return over how many lines the words go where they have `width`."""
        document = self.document().clone()
        document.setTextWidth(width)
        lines = max(1, round(document.size().height() / self._line_height))
        document.setParent(None)  # PySide holds clones for as long as what they are clones of
        return lines

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(self._most_lines, self.lines_at(width)) * self._line_height

    def sizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._line_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        bar = self.verticalScrollBar()
        if event.oldSize().height() < event.size().height():
            bar.setValue(bar.maximum())

    def viewportEvent(self, event: QEvent) -> bool:
        """Let presses through to what lies below: the pill is dragged and unfolded by them."""
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseMove):
            event.ignore()
            return False
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        end = self.cursorRect(cursor)
        painter = QPainter(self.viewport())
        height = self.fontMetrics().height()
        painter.fillRect(QRectF(end.left() + 1, end.bottom() - height, _CARET, height), self._look.palette.accent)


def _ink(colour: QColor, *, dotted: bool = False) -> QTextCharFormat:
    ink = QTextCharFormat()
    ink.setForeground(colour)
    if dotted:
        ink.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        ink.setUnderlineColor(colour)
    return ink
