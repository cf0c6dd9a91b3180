"""Every button of Etoile: one painted widget, with a focus ring that shows on any background."""

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from etoile.gui.design import BUTTON_RADIUS, ON_FILL, Look, Type
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.gui.motion import Glow, faded
from etoile.text import Message

RING = 4
"""Room around the face of a button for its focus ring: 2 of ring, 2 of gap."""


FACE = 32
"""Height of a button without the room for its ring."""
QUIET_FACE = 20
"""A link by itself is as high as a line of words."""


class Kind(Enum):
    """How much a button asks to be pressed."""

    PRIMARY = "primary"
    DESTRUCTIVE = "destructive"
    OUTLINE = "outline"
    FLAT = "flat"
    LINK = "link"
    """Bold words in the accent's colour: where there is no room for an outline."""
    QUIET = "quiet"
    """Words among words, underlined under the mouse and with the focus: it leads to more, and nothing depends on it."""


_TYPES = {Kind.FLAT: Type.UI, Kind.QUIET: Type.META}


class Pressed(QAbstractButton):
    """Enter presses it as Space does: outside a dialog Qt knows Space alone."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Button(Pressed):
    """A button with words, a glyph, or both; `key` is drawn before the words as a key cap."""

    def __init__(
        self,
        look: Look,
        said: Message,
        *,
        kind: Kind = Kind.OUTLINE,
        glyph: Glyph | None = None,
        words: bool = True,
        key: str = "",
        face: int = FACE,
        radius: int = BUTTON_RADIUS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._face, self._radius = look.px(face), radius
        self._look, self._kind, self._glyph, self._words, self._key = look, kind, glyph, words, key
        self._glow = Glow(self, look.motion)
        name = look.words(said)
        self.setText(name)
        self.setAccessibleName(name)
        if not words:
            self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_as(self, said: Message, glyph: Glyph, kind: Kind) -> None:
        """Become another button in the same place."""
        name = self._look.words(said)
        if (name, glyph, kind) == (self.text(), self._glyph, self._kind):
            return
        self._glyph, self._kind = glyph, kind
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        width = self._face_width() if self._words else self._face
        return QSize(width + 2 * RING, self._face + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        narrowest = min(self._face_width(), self._look.px(160)) if self._words else self._face
        return QSize(narrowest + 2 * RING, self._face + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(RING + 0.5, RING + 0.5, -RING - 0.5, -RING - 0.5)
        fill, edge, ink = self._colours()
        painter.setPen(QPen(edge, 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(fill or Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(face, self._radius, self._radius)
        if self.hasFocus():
            painter.setPen(QPen(self._look.palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = face.adjusted(-3, -3, 3, 3)
            painter.drawRoundedRect(ring, self._radius + 3, self._radius + 3)
        self._paint_content(painter, face, ink)

    def _paint_content(self, painter: QPainter, face: QRectF, ink: QColor) -> None:
        look = self._look
        side = look.px(16)
        if not self._words:
            assert self._glyph is not None
            box = QRectF(face.center().x() - side / 2, face.center().y() - side / 2, side, side)
            paint_glyph(painter, self._glyph, box, ink)
            return
        left = face.left() + self._padding
        if self._glyph:
            paint_glyph(painter, self._glyph, QRectF(left, face.center().y() - side / 2, side, side), ink)
            left += look.px(22)
        if self._key:
            width = self._key_width()
            self._paint_key(painter, QRectF(left, face.center().y() - look.px(9), width, look.px(18)))
            left += width + look.px(8)
        font = QFont(look.font(self._type))
        font.setUnderline(self._kind is Kind.QUIET and (self.underMouse() or self.hasFocus()))
        painter.setFont(font)
        painter.setPen(ink)
        text = QRectF(left, face.top(), face.right() - self._padding - left + 1, face.height())
        shown = look.metrics(self._type).elidedText(self.text(), Qt.TextElideMode.ElideRight, round(text.width()))
        across = Qt.AlignmentFlag.AlignLeft if self._kind is Kind.QUIET else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(text, across | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_key(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.palette.raised)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._look.palette.text2)
        painter.setFont(self._look.font(Type.META))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)

    def _face_width(self) -> int:
        look = self._look
        before = look.px(22) if self._glyph else 0
        if self._key:
            before += self._key_width() + look.px(8)
        return before + look.metrics(self._type).horizontalAdvance(self.text()) + 2 * self._padding + 2

    @property
    def _type(self) -> Type:
        return _TYPES.get(self._kind, Type.TITLE)

    @property
    def _padding(self) -> int:
        return 0 if self._kind is Kind.QUIET else self._look.px(12)

    def _key_width(self) -> int:
        look = self._look
        return max(look.px(18), look.metrics(Type.META).horizontalAdvance(self._key) + look.px(8))

    def _colours(self) -> tuple[QColor | None, QColor | None, QColor]:
        """Return fill, edge and text; pressed and hovered faces are raised."""
        palette = self._look.palette
        warm = self._glow.towards(lit=self.isEnabled() and (self.underMouse() or self.isDown()))
        raised = faded(palette.raised, warm) if warm else None
        match self._kind:
            case Kind.PRIMARY if self.isEnabled():
                return palette.accent_fill.lighter(round(100 + 8 * warm)), None, ON_FILL
            case Kind.DESTRUCTIVE:
                return palette.critical_fill.lighter(round(100 + 8 * warm)), palette.critical_edge, ON_FILL
            case Kind.LINK:
                return raised, None, palette.accent
            case Kind.QUIET:
                return None, None, palette.text if warm else palette.text2
            case Kind.FLAT:
                return raised, None, self._ink()
            case _:
                return raised, palette.ctrl, self._ink()

    def _ink(self) -> QColor:
        palette = self._look.palette
        if not self.isEnabled():
            return palette.text3
        return palette.text2 if self._kind is Kind.FLAT and not self._words else palette.text


def outdented(row: QWidget) -> QHBoxLayout:
    """Return a line with `row`; the face of its first button begins where the words above it do, its ring before."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(0)
    line.addSpacing(-RING)
    line.addWidget(row)
    return line


def below(*buttons: Button) -> QHBoxLayout:
    """Return a line with `buttons` below words, as `outdented`."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 4, 0, 0)
    line.setSpacing(0)
    line.addSpacing(-RING)
    for button in buttons:
        line.addWidget(button)
    line.addStretch()
    return line
