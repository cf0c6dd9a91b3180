"""A node that was found here, as a chip: pressed, it is taken into use."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from etoile.domain.nodes import NodeStatus
from etoile.gui.design import Look, Type
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.gui.words import node_detail
from etoile.text import message


class NodeChip(QAbstractButton):
    """Says "Use Ollama"; where it was found is in its tool tip and description."""

    def __init__(self, look: Look, node: NodeStatus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.node = node
        self.setText(look.words(message("Use {node}", node=node.name)))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(look.words(node_detail(node)))
        self.setToolTip(look.words(node_detail(node)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        look = self._look
        return QSize(look.metrics(Type.TITLE).horizontalAdvance(self.text()) + look.px(36) + 2, look.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, palette = self._look, self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(palette.accent, 2) if self.hasFocus() else QPen(palette.ctrl, 1))
        painter.setBrush(palette.raised if self.underMouse() or self.isDown() else palette.surface)
        painter.drawRoundedRect(face, face.height() / 2, face.height() / 2)
        side = look.px(14)
        sign = QRectF(face.left() + look.px(7), face.center().y() - side / 2, side, side)
        paint_glyph(painter, Glyph.RING, sign, palette.text2)
        painter.setFont(look.font(Type.TITLE))
        painter.setPen(palette.text)
        text = face.adjusted(look.px(25), 0, -look.px(8), 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
