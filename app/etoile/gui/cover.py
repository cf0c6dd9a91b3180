"""What is shown instead of everything while the screen is locked."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.text import message


class Cover(QWidget):
    """A star, and why nothing else is shown."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        said = Label(look, Type.UI, Tone.TEXT2, parent=self)
        said.say(message("Hidden while the screen is locked"))
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.addStretch()
        column.addWidget(Sign(look, Glyph.STAR, self, side=48, faint=True), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        column.addWidget(said)
        column.addStretch()
