"""A node as a chip: its state as a shape, its name, and its model or what is wrong with it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from etoile.domain.nodes import NodeState, NodeStatus
from etoile.gui.design import Look, Type
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.gui.severity import Severity, paint_sign
from etoile.gui.words import NODE_STATE, node_detail, short_model
from etoile.text import message

GLYPHS = {
    NodeState.UP: Glyph.DISC,
    NodeState.BUSY: Glyph.RUNNING,
    NodeState.LOADING: Glyph.RUNNING,
    NodeState.UNCONFIRMED: Glyph.RING,
}
SEVERITIES = {
    NodeState.DEGRADED: Severity.WARNING,
    NodeState.AUTH: Severity.WARNING,
    NodeState.OPEN: Severity.WARNING,
    NodeState.QUARANTINED: Severity.WARNING,
    NodeState.DOWN: Severity.LOST,
}
LONGEST_MODEL_PX = 78


class NodeChip(QAbstractButton):
    """While it is down, the line below the chips tells more about its node; a found node is taken into use by it."""

    def __init__(self, look: Look, node: NodeStatus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.node = node
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_node(node)

    def show_node(self, node: NodeStatus) -> None:
        """Show another state of the same node."""
        words = self._look.words
        self.node = node
        found = node.state is NodeState.UNCONFIRMED
        self.setCheckable(not found)
        self.setText(words(message("Use {node}", node=node.name)) if found else node.name)
        self.setAccessibleName(self.text() if found else f"{node.name}, {words(NODE_STATE[node.state])}")
        self.setAccessibleDescription(words(node_detail(node)))
        self.setToolTip(words(node_detail(node)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = self._look
        name = look.metrics(Type.TITLE).horizontalAdvance(self.text())
        more = look.metrics(Type.META).horizontalAdvance(self._more())
        width = look.px(36) + name + (look.px(8) + more if more else 0)
        return QSize(width + 2, look.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, palette = self._look, self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = face.height() / 2
        raised = self.isChecked() or self.underMouse() or self.isDown()
        outlined = self.isChecked() or not self.isCheckable()
        painter.setPen(QPen(palette.ctrl if outlined else palette.border, 1))
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
        painter.setBrush(palette.raised if raised else palette.surface)
        painter.drawRoundedRect(face, radius, radius)
        side = look.px(14)
        self._paint_sign(painter, QRectF(face.left() + look.px(7), face.center().y() - side / 2, side, side))
        text = face.adjusted(look.px(25), 0, -look.px(8), 0)
        painter.setFont(look.font(Type.TITLE))
        painter.setPen(palette.text)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        text.setLeft(text.left() + look.metrics(Type.TITLE).horizontalAdvance(self.text()) + look.px(8))
        painter.setFont(look.font(Type.META))
        painter.setPen(palette.text2)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self._more())

    def _paint_sign(self, painter: QPainter, box: QRectF) -> None:
        state = self.node.state
        if state in SEVERITIES:
            paint_sign(painter, box, SEVERITIES[state], self._look)
        else:
            paint_glyph(painter, GLYPHS[state], box, self._look.palette.text2)

    def _more(self) -> str:
        """Return the model of a node that is well, the state of another."""
        look = self._look
        if self.node.state is NodeState.UNCONFIRMED:
            return ""
        if self.node.state is not NodeState.UP:
            return look.words(NODE_STATE[self.node.state])
        model = short_model(self.node.model or "")
        longest = look.px(LONGEST_MODEL_PX)
        return look.metrics(Type.META).elidedText(model, Qt.TextElideMode.ElideRight, longest)
