"""What stays where a view is made anew, as in another language: what was typed, how far was scrolled, the focus."""

from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QPlainTextEdit, QWidget

Some = TypeVar("Some", bound=QWidget)


def carry_over(former: QWidget, new: QWidget) -> None:
    """Give `new`, which was built like `former`, what the user had typed there, and the place to which it was scrolled.

    What has no counterpart is left out.
    """
    for line in former.findChildren(QLineEdit):
        twin = counterpart(line, former, new)
        if twin and line.isModified():
            twin.setText(line.text())
            twin.setModified(True)
            twin.setCursorPosition(line.cursorPosition())
    for field in former.findChildren(QPlainTextEdit):
        if field.document().isModified() and (other := counterpart(field, former, new)):
            _retype(field, other)
    lay_out()
    for area in former.findChildren(QAbstractScrollArea):
        bar = area.verticalScrollBar()
        if bar.maximum() and (same := counterpart(area, former, new)):
            now = same.verticalScrollBar()
            now.setValue(now.maximum() if bar.value() == bar.maximum() else bar.value())


def counterpart(part: Some, former: QWidget, new: QWidget) -> Some | None:
    """Return what stands in `new` where `part` stands in `former`; None where the two are not built alike."""
    before, after = former.findChildren(type(part)), new.findChildren(type(part))
    return after[before.index(part)] if len(before) == len(after) else None


def heir(former: Some, new: Some) -> Some:
    """Return `new`, unless what is typed in `former` has no place in it, or is a whole text: then `former` as it is."""
    alike = len(former.findChildren(QLineEdit)) == len(new.findChildren(QLineEdit))
    texts = former.findChildren(QPlainTextEdit)
    if not alike or any(text.document().isModified() for text in texts):
        new.deleteLater()
        return former
    return new


def focus_again(part: QWidget | None, former: QWidget, new: QWidget) -> None:
    """Give the focus to what stands in `new` where `part`, which had it, stood in `former`."""
    if part is not None and former.isAncestorOf(part) and (twin := counterpart(part, former, new)):
        twin.setFocus(Qt.FocusReason.OtherFocusReason)


def taken_out(window: QWidget) -> QWidget:
    """Take everything that is laid out in `window` out of it, and return it as one; whoever asks deletes it."""
    former = QWidget()
    if layout := window.layout():
        former.setLayout(layout)
    return former


def bring_in(window: QWidget) -> None:
    """Show what was just laid out in `window` now, not when the loop comes to it."""
    for part in window.children():
        if isinstance(part, QWidget) and not part.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            part.show()


def lay_out() -> None:
    """Have everything that was just made take its place now, not when the loop comes to it."""
    for _ in range(3):  # from the innermost column to the window
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def _retype(field: QPlainTextEdit, twin: QPlainTextEdit) -> None:
    twin.setPlainText(field.toPlainText())
    twin.document().setModified(True)
    was, cursor = field.textCursor(), twin.textCursor()
    cursor.setPosition(was.anchor())
    cursor.setPosition(was.position(), QTextCursor.MoveMode.KeepAnchor)
    twin.setTextCursor(cursor)
