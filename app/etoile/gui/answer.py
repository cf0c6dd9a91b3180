"""An answer as it streams in: finished blocks rest, the open one is laid out anew at most 20 times a second."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.gui.code_block import CodeBlock
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.markdown import Block, blocks, grown
from etoile.gui.prose import Prose
from etoile.text import message

REPAINT_MS = 50
LONGEST = 60_000
"""Characters that are shown: an answer that is longer can be copied whole, and does not hold the window up."""


class AnswerView(QWidget):
    """A column of prose and code; `grown` is called after it was laid out."""

    def __init__(self, look: Look, grown: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._grown = look, grown
        self._wanted = ("", False)
        self._markdown = ""
        self._blocks: list[Block] = []
        self._views: list[Prose | CodeBlock] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._cut = Label(look, Type.META, Tone.TEXT3, parent=self)
        self._cut.say(message("The answer goes on: Ctrl+Shift+C copies all of it."))
        self._cut.hide()
        self._column.addWidget(self._cut)
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(REPAINT_MS)
        self._repaint.timeout.connect(self._show)

    def show_answer(self, markdown: str, *, streaming: bool) -> None:
        """Show `markdown`; what arrives within 50 ms is shown together, the end at once."""
        if self._wanted == (markdown, streaming):
            return
        self._wanted = (markdown, streaming)
        if not streaming:
            self._repaint.stop()
            self._show()
        elif not self._repaint.isActive():
            self._repaint.start()

    def _show(self) -> None:
        markdown, streaming = self._wanted[0][:LONGEST], self._wanted[1]
        self._cut.setVisible(len(self._wanted[0]) > LONGEST)
        before = self._blocks
        found = grown(before, markdown) if markdown.startswith(self._markdown) else blocks(markdown)
        self._markdown, self._blocks = markdown, found
        at_rest = max(0, min(len(before), len(found)) - 1) if found[: len(before) - 1] == before[:-1] else 0
        for index in range(at_rest, len(found)):
            self._show_block(index, found[index], streaming=streaming and index == len(found) - 1)
        for view in self._views[len(found) :]:
            self._column.removeWidget(view)
            view.deleteLater()
        del self._views[len(found) :]
        self._grown()

    def _show_block(self, index: int, block: Block, *, streaming: bool) -> None:
        kind = CodeBlock if block.is_code else Prose
        if index == len(self._views) or not isinstance(self._views[index], kind):
            self._put(index, kind(self._look, self))
        view = self._views[index]
        if isinstance(view, CodeBlock):
            view.show_code(block.text, block.language)
        else:
            view.show_markdown(block.text, streaming=streaming)

    def _put(self, index: int, view: Prose | CodeBlock) -> None:
        """Set `view` at `index`, in place of what was there: a line may turn out to open code."""
        if index < len(self._views):
            self._column.removeWidget(self._views[index])
            self._views[index].deleteLater()
            self._views[index] = view
        else:
            self._views.append(view)
        self._column.insertWidget(index, view)
        view.show()
