"""Motion: how long things take to change, and a control that warms up under the mouse.

Times and curve are those of Microsoft's "Timing and easing": fast out of rest, slow into it.  Where the desktop wants
things to stand still, everything is at its end at once.
"""

from functools import cache

from PySide6.QtCore import QEasingCurve, QPointF, QVariantAnimation
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

TOUCH_MS = 83
"""A control under the mouse or pressed."""
FADE_MS = 167
"""Something that comes or goes, and the window while it folds."""
UNFOLD_MS = 250


class Motion:
    """How long things take; one for the whole interface, main thread."""

    def __init__(self) -> None:
        self.still = False
        """Whether the desktop wants no motion."""
        self.pace = 1.0
        """0 where nobody looks, as in tests."""

    def ms(self, usual_ms: int) -> int:
        """Return how long something takes that usually takes `usual_ms`; 0 to be at the end at once."""
        return 0 if self.still else round(usual_ms * self.pace)


@cache
def curve() -> QEasingCurve:
    """Return the curve of every motion, bezier (0, 0, 0, 1)."""
    bezier = QEasingCurve(QEasingCurve.Type.BezierSpline)
    bezier.addCubicBezierSegment(QPointF(0, 0), QPointF(0, 1), QPointF(1, 1))
    return bezier


class Glow:
    """How far a control has warmed up under the mouse, 0 to 1; it is asked for at every painting."""

    def __init__(self, owner: QWidget, motion: Motion) -> None:
        self._owner, self._motion = owner, motion
        self._lit = False
        self._run: QVariantAnimation | None = None

    def towards(self, *, lit: bool) -> float:
        """Return how warm the control is now, on its way to be `lit` or not."""
        if lit is not self._lit:
            self._lit = lit
            self._start(0.0 if lit else 1.0)
        running = self._run is not None and self._run.state() is QVariantAnimation.State.Running
        return float(self._run.currentValue()) if self._run and running else float(self._lit)

    def _start(self, before: float) -> None:
        """Go on from where it is."""
        if self._run is None:
            if not self._motion.ms(TOUCH_MS):
                return
            self._run = QVariantAnimation(self._owner)
            self._run.valueChanged.connect(self._repaint)
        elif self._run.state() is QVariantAnimation.State.Running:
            before = float(self._run.currentValue())
        self._run.stop()
        self._run.setDuration(self._motion.ms(TOUCH_MS))
        self._run.setStartValue(before)
        self._run.setEndValue(float(self._lit))
        self._run.start()

    def _repaint(self, _: object) -> None:
        self._owner.update()


def faded(colour: QColor, part: float) -> QColor:
    """Return `colour`, of which only `part` is seen."""
    seen = QColor(colour)
    seen.setAlphaF(colour.alphaF() * part)
    return seen
