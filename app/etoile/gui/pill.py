"""The window folded to a pill: what goes on, or how hot the hottest GPU is, in one line."""

from collections.abc import Callable, Mapping
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from etoile.domain.events import Cancelled, SpeechStopped
from etoile.domain.readings import called
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.activity import STOP, STOP_SPEAKING, Level, clock
from etoile.gui.button import RING, Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.frame import Frame, can_be_placed
from etoile.gui.glyphs import Glyph
from etoile.gui.hottest import BAR, gpus_severity, hottest, memory_part
from etoile.gui.icons import app_icon
from etoile.gui.label import Label
from etoile.gui.page import Ground
from etoile.gui.places import Places
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.gui.sparkline import paint_bar
from etoile.gui.words import NOTHING, PHASE, gpu_line
from etoile.text import Message, message, verbatim

HEIGHT = 40
WIDTHS = {"idle": 184, "busy": 224, "warning": 264}
WIDEST = 392
_AROUND = 138
"""What a line of text leaves of the widest pill for sign, time and button."""
_BARS = 67
"""What the level of the microphone takes."""
TOLD_S = 8.0
"""How long the pill shows what was said at the end of a turn."""
TICK_MS = 250
_TIMED = (Phase.LISTENING, Phase.TRANSCRIBING, Phase.THINKING)
_SIGNS: Mapping[Phase, Severity | Glyph] = {
    Phase.LISTENING: Glyph.STAR,
    Phase.TRANSCRIBING: Glyph.HOLLOW_STAR,
    Phase.THINKING: Glyph.HOLLOW_STAR,
    Phase.SPEAKING: Glyph.STAR,
    Phase.CONFIRMING: Severity.WARNING,
}


class Shown(Enum):
    """What the pill shows, the most urgent first."""

    LOCKED = "locked"
    """Nothing: the screen is locked, and anybody may look."""
    LISTENING = "listening"
    CRITICAL = "critical"
    BUSY = "busy"
    """Thinking, speaking, or waiting for an answer."""
    TOLD = "told"
    """What was said at the end of the turn."""
    WARNING = "warning"
    IDLE = "idle"


def shown_of(state: State, since_s: float) -> Shown:
    """Return what the pill shows of `state`, whose turn has been doing what it does for `since_s`.  Pure."""
    turn, severity = state.turn, gpus_severity(state)
    if state.locked:
        return Shown.LOCKED
    if turn.phase is Phase.LISTENING:
        return Shown.LISTENING
    if severity is Severity.CRITICAL:
        return Shown.CRITICAL
    if turn.phase is not Phase.IDLE:
        return Shown.BUSY
    if turn.said and turn.number and since_s < TOLD_S:
        return Shown.TOLD
    return Shown.WARNING if severity else Shown.IDLE


class _Memory(QWidget):
    """How full the memory of the hottest GPU is."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._part: float | None = None
        self.setFixedSize(QSize(look.px(BAR[0]), look.px(BAR[1])))

    def show_part(self, part: float | None) -> None:
        """Show `part`, 0 to 1; what is unknown has no bar."""
        self.setVisible(part is not None)
        if part != self._part:
            self._part = part
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_bar(painter, QRectF(self.rect()), self._part, self._look.palette)


class Pill(Frame):
    """A click or Enter unfolds it; `unfold`, `hide_away` and `close_window` are the window's.

    It takes the keyboard only from whoever folded the window by it.
    """

    RADIUS = 20
    RESIZABLE = False

    def __init__(
        self,
        ground: Ground,
        places: Places,
        unfold: Callable[[], None],
        hide_away: Callable[[], None],
        close_window: Callable[[QCloseEvent], None],
    ) -> None:
        # A tool has no place in the task bar; where it could get lost among other windows, it needs one.
        super().__init__(ground.look, places, Qt.WindowType.Tool if can_be_placed() else Qt.WindowType.Window)
        self._ground, self._unfold, self._hide_away, self._close = ground, unfold, hide_away, close_window
        self._menu: QMenu | None = None
        self._state, self._shown = State(), Shown.IDLE
        self._edged: QPen | None = None
        look = ground.look
        self._sign = Sign(look, Glyph.STAR, self)
        self._first = Label(look, Type.UI, wraps=False, parent=self)
        self._second = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        self._level = Level(look, self)
        self._memory = _Memory(look, self)
        self._time = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._time.setMinimumWidth(look.metrics(Type.META).horizontalAdvance("24:59"))
        stop = Glyph.STOP
        self._end = Button(look, STOP, kind=Kind.FLAT, glyph=stop, words=False, face=24, radius=12, parent=self)
        self._end.clicked.connect(self._stop)
        self._show = Button(look, message("Show"), kind=Kind.LINK, face=28, radius=14, parent=self)
        self._show.clicked.connect(unfold)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self.setWindowTitle(look.words(message("Etoile")))
        self.setWindowIcon(app_icon())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(16), 0, look.px(16) - RING, 0)
        self._row.setSpacing(look.px(8))
        left: list[QWidget] = [self._sign, self._first, self._second, self._memory, self._level]
        for part in left:
            self._row.addWidget(part)
        self._row.addStretch()
        right: list[QWidget] = [self._time, self._end, self._show]
        for part in right:
            self._row.addWidget(part)

    def offer_menu(self, menu: QMenu) -> None:
        """Open `menu` by the right button and the menu key."""
        self._menu = menu

    def show_state(self, state: State) -> None:
        """Show `state`; nothing is done while the pill is hidden."""
        self._state = state
        if self.isVisible():
            self._refresh()

    def prepare(self) -> None:
        """Look as the state wants it, at the place where the pill stands, whether or not it is in view."""
        self._refresh()
        if not self.isVisible():
            self._tick.stop()

    def come(self, *, activating: bool) -> None:
        """Show the pill at its place; it gets the keyboard only when `activating`."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not activating)
        self._refresh()
        self.show()
        if activating:
            self.activateWindow()
            self.setFocus()

    # What is shown

    def _refresh(self) -> None:
        state, look = self._state, self._look
        self._shown = shown_of(state, self._ground.stopwatch.elapsed_s)
        gpu = hottest(state)
        hot = self._shown in (Shown.CRITICAL, Shown.WARNING)
        at_rest, locked = self._shown is Shown.IDLE, self._shown is Shown.LOCKED
        listening, busy = self._shown is Shown.LISTENING, self._shown is Shown.BUSY
        metered = listening and not state.turn.note
        self._sign.show_sign(self._signed(), faint=at_rest or locked)
        self._say_first(Type.TITLE if hot or at_rest else Type.UI, beside=look.px(_BARS) if metered else 0)
        self._second.say(called(gpu) if gpu and (hot or at_rest) else None)
        self._memory.show_part(memory_part(gpu) if gpu and at_rest else None)
        self._level.setVisible(metered)
        if metered:
            self._level.show_level(state.turn.level, hearing=state.turn.hearing, still=state.still)
        else:
            self._level.reset()
        waits = state.turn.phase is Phase.CONFIRMING
        self._end.setVisible(listening or (busy and not waits))
        speaking = state.turn.phase is Phase.SPEAKING
        name, glyph = (message("Cancel"), Glyph.CLOSE) if listening else (STOP, Glyph.STOP)
        self._end.show_as(STOP_SPEAKING if speaking else name, glyph, Kind.FLAT)
        self._show.setVisible(hot or (busy and waits))
        self._show_time()
        self._name()
        self._fit()
        if self.edge() != self._edged:
            self._edged = self.edge()
            self.repaint_backdrop()

    def _show_time(self) -> None:
        """Show for how long it goes on; what was said at the end goes after a while."""
        since_s, phase = self._ground.stopwatch.elapsed_s, self._state.turn.phase
        timed = phase in _TIMED and self._shown in (Shown.LISTENING, Shown.BUSY)
        self._time.say(verbatim(clock(since_s)) if timed else None)
        if not timed and self._shown is not Shown.TOLD:
            self._tick.stop()
        elif not self._tick.isActive():
            self._tick.start()
        elif self._shown is not shown_of(self._state, since_s):
            self._refresh()

    def _signed(self) -> Severity | Glyph:
        if self._shown in (Shown.CRITICAL, Shown.WARNING):
            return gpus_severity(self._state) or Severity.WARNING
        if self._shown is Shown.LOCKED:
            return Glyph.STAR
        if self._shown is Shown.TOLD:
            return Severity.WARNING if self._state.turn.failed else Glyph.TICK
        return _SIGNS.get(self._state.turn.phase, Glyph.STAR)

    def _said(self) -> Message | None:
        """Return what stands first: a temperature, what goes on, or what was said."""
        turn, gpu = self._state.turn, hottest(self._state)
        match self._shown:
            case Shown.LISTENING:
                return turn.note or (None if turn.hearing else message("Opening the microphone…"))
            case Shown.BUSY:
                return PHASE[turn.phase]
            case Shown.TOLD:
                return turn.said
            case Shown.LOCKED:
                return None
            case _ if gpu is None:
                return PHASE[Phase.IDLE]
            case _:
                return verbatim(NOTHING) if gpu.temperature_c is None else _degrees(gpu.temperature_c)

    def _say_first(self, kind: Type, *, beside: int) -> None:
        """Show the words that stand first, as far as they have room when `beside` is taken as well."""
        look, said = self._look, self._said()
        room = look.px(WIDEST - _AROUND) - beside
        words = look.metrics(kind).elidedText(look.words(said) if said else "", Qt.TextElideMode.ElideRight, room)
        self._first.setFont(look.font(kind))
        self._first.say(verbatim(words) if words else None)

    def _fit(self) -> None:
        """Be as wide as the state wants; the nearest corner stays where it is."""
        look = self._look
        want = {
            Shown.IDLE: "idle",
            Shown.LOCKED: "idle",
            Shown.CRITICAL: "warning",
            Shown.WARNING: "warning",
            Shown.TOLD: "warning",
        }
        least = look.px(WIDTHS[want.get(self._shown, "busy")])
        margin = 2 * self.margin
        width = min(max(least, self._row.totalSizeHint().width() - margin), look.px(WIDEST))
        size = QSize(width, look.px(HEIGHT))
        if size != self.face.size() or not self.isVisible():
            self.setMinimumSize(size.width() + margin, size.height() + margin)
            self.settle(size)

    def _name(self) -> None:
        gpu = hottest(self._state)
        words = self._look.words
        said = gpu_line(gpu, self._state.thermal(gpu.uuid)) if gpu else PHASE[Phase.IDLE]
        if self._shown in (Shown.LISTENING, Shown.BUSY, Shown.LOCKED):
            said = PHASE[self._state.turn.phase]
        self.setAccessibleName(words(message("Etoile, {what}", what=said)))
        self.setAccessibleDescription(words(message("Click or press Enter to unfold the window.")))
        self.setToolTip(words(said))

    def fill(self) -> QColor:
        return self._look.palette.surface

    def edge(self) -> QPen:
        palette = self._look.palette
        if self.isActiveWindow() and self.hasFocus():
            return QPen(palette.accent, 2)
        critical = self._shown is not Shown.LOCKED and gpus_severity(self._state) is Severity.CRITICAL
        return QPen(palette.critical, 2) if critical else super().edge()

    # What the user does

    def _stop(self) -> None:
        speaking = self._state.turn.phase is Phase.SPEAKING
        self._ground.doors.publish(SpeechStopped() if speaking else Cancelled())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and event.button() is Qt.MouseButton.LeftButton
        super().mouseReleaseEvent(event)
        if clicked:
            self._unfold()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._unfold()
        elif event.key() == Qt.Key.Key_Escape:
            self._step_back()
        else:
            super().keyPressEvent(event)

    def _step_back(self) -> None:
        if self._state.turn.phase in (Phase.LISTENING, Phase.TRANSCRIBING):
            self._ground.doors.publish(Cancelled())
        else:
            self._hide_away()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._menu:
            self._menu.popup(event.globalPos())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._close(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()


def _degrees(temperature_c: int) -> Message:
    return message("{degrees} °C", degrees=temperature_c)
