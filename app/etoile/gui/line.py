"""A line of text that is elided where it has no room, and told whole by its tool tip and to a screen reader."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.text import Message

NARROWEST = 64


class Line(Label):
    """As wide as its words where there is room; it yields to what stands beside it."""

    def __init__(
        self,
        look: Look,
        kind: Type,
        tone: Tone = Tone.TEXT,
        *,
        side: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, kind, tone, wraps=False, parent=parent)
        self._side, self._whole = side, ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, said: Message | None) -> None:
        """Show `said`; nothing takes no room."""
        self._whole = self._look.words(said) if said else ""
        self.setVisible(bool(self._whole))
        self.setAccessibleName(self._whole)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._look.px(NARROWEST)), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._side, self.width())
        if shown != self.text():
            self.setText(shown)
            self.setToolTip(self._whole if shown != self._whole else "")
