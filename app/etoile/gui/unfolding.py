"""How the window grows out of its pill, goes back into it, or fades in: pictures painted over what is there already.

Nothing is laid out or resized meanwhile.  Below the pictures the window is itself: it takes clicks and keys at once.
"""

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from etoile.gui.anew import lay_out
from etoile.gui.design import Look
from etoile.gui.frame import Frame
from etoile.gui.motion import FADE_MS, UNFOLD_MS, curve

_FOLDED, _UNFOLDED = 0.0, 1.0
_CORNER = 20
"""What a corner takes of the face, in which nothing is stretched."""


class Unfolding(QWidget):
    """Lies over `window` while it unfolds, folds or fades in; hidden at all other times."""

    def __init__(self, look: Look, window: Frame) -> None:
        super().__init__(window)
        self._look, self._window = look, window
        self._small = QRect()
        """Where the pill is, in the window."""
        self._pill, self._content = QPixmap(), QPixmap()
        self._then: Callable[[], None] | None = None
        self._waits = False
        """Whether it sets off with the first painting: a window may take a while to come into view."""
        self._run = QVariantAnimation(self)
        self._run.setEasingCurve(curve())
        self._run.valueChanged.connect(self._step)
        self._run.finished.connect(self.finish)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._set_off)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def folds(self) -> bool:
        """Whether the window is about to become a pill."""
        return not self.isHidden() and self._run.endValue() == _FOLDED

    def unfold(self, pill: QPixmap, small: QRect) -> None:
        """Grow out of `small`, a place in the window that looks as `pill`; turn round if it folds just now."""
        if self.folds:
            self._go(self._grown, _UNFOLDED, UNFOLD_MS)
        elif self._aim(pill, small):
            self._go(_FOLDED, _UNFOLDED, UNFOLD_MS, waits=True)

    def fold(self, pill: QPixmap, small: QRect, then: Callable[[], None]) -> None:
        """Go into `small`, a place in the window that looks as `pill`, and call `then`: at once where nothing moves."""
        before = self._grown if self._grows else _UNFOLDED
        if not self._aim(pill, small):
            then()
            return
        if self._content.isNull():
            self._take_content()
        self._go(before, _FOLDED, FADE_MS)
        self._then = then

    def appear(self) -> None:
        """Fade in: the window comes from nowhere."""
        if self._aim(QPixmap(), self._window.face):
            self._go(_FOLDED, _UNFOLDED, FADE_MS, waits=True)

    def finish(self) -> None:
        """Be at the end now."""
        then = self._then
        self.stop()
        if then:
            then()

    def stop(self) -> None:
        """Be no longer on the way; what was to follow does not."""
        self._then = None
        self._run.stop()
        self._waits = False
        self._content = QPixmap()
        self.hide()

    @property
    def _grows(self) -> bool:
        """Whether it is on the way between pill and window; fading in it has its size already."""
        return not self.isHidden() and self._small != self._window.face

    def _aim(self, pill: QPixmap, small: QRect) -> bool:
        """Return whether there is to be any motion: where windows are not blended, nothing can be seen through them."""
        if not self._window.margin or not self._look.motion.ms(UNFOLD_MS):
            return False
        self._pill, self._small = pill, small.intersected(self._window.face)
        return not self._small.isEmpty()

    def _take_content(self) -> None:
        """Take a picture of what stands in the window, once it has its place there."""
        lies_there = not self.isHidden()
        self.hide()
        lay_out()
        self._content = self._window.grab(self._window.face)
        self.setVisible(lies_there)

    def _set_off(self) -> None:
        """Begin, now that the window is in view and laid out."""
        if self._waits:
            self._take_content()
            self._waits = False
            self._run.start()

    def _go(self, before: float, after: float, usual_ms: int, *, waits: bool = False) -> None:
        self._then = None
        self._run.stop()
        self._run.setDuration(self._look.motion.ms(usual_ms))
        self._run.setStartValue(before)
        self._run.setEndValue(after)
        self._waits = waits
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        if not waits:
            self._run.start()

    @property
    def _grown(self) -> float:
        """How far it is unfolded, 0 to 1."""
        return float(self._run.startValue() if self._waits else self._run.currentValue())

    def _step(self, _: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        grown, face = self._grown, self._window.face
        box = _between(self._small, face, grown)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        margin = self._window.margin
        painter.setOpacity(grown if self._small == face else 1.0)
        _stretch(painter, self._window.backdrop, margin + _CORNER, box.adjusted(-margin, -margin, margin, margin))
        inside = QPainterPath()
        radius = self._look.px(self._window.radius())
        inside.addRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
        painter.setClipPath(inside)
        painter.setOpacity(grown)
        painter.drawPixmap(face.topLeft(), self._content)
        painter.setOpacity(max(0.0, 1 - 4 * grown))
        painter.drawPixmap(self._small.topLeft(), self._pill)
        if self._waits:
            self._due.start()


def _between(small: QRect, whole: QRect, grown: float) -> QRectF:
    """Return the box that is `grown` from `small`, 0, to `whole`, 1."""
    one, other = QRectF(small), QRectF(whole)
    corner = one.topLeft() + (other.topLeft() - one.topLeft()) * grown
    size = one.size() + (other.size() - one.size()) * grown
    return QRectF(corner, size)


def _stretch(painter: QPainter, picture: QPixmap, corner: int, box: QRectF) -> None:
    """Paint `picture` into `box`: its corners as they are, what lies between them stretched."""
    ratio = picture.devicePixelRatio()
    size = picture.deviceIndependentSize()
    across = ((0, corner), (corner, size.width() - 2 * corner), (size.width() - corner, corner))
    down = ((0, corner), (corner, size.height() - 2 * corner), (size.height() - corner, corner))
    wide = (0, corner), (corner, box.width() - 2 * corner), (box.width() - corner, corner)
    high = (0, corner), (corner, box.height() - 2 * corner), (box.height() - corner, corner)
    for (x, width), (to_x, to_width) in zip(across, wide, strict=True):
        for (y, height), (to_y, to_height) in zip(down, high, strict=True):
            source = QRectF(x * ratio, y * ratio, width * ratio, height * ratio)
            painter.drawPixmap(QRectF(box.left() + to_x, box.top() + to_y, to_width, to_height), picture, source)
