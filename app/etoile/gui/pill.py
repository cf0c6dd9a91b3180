"""The window folded to a pill: what goes on, or how hot the hottest GPU is, in one line."""

from collections.abc import Callable

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
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from etoile.domain.events import Cancelled, SpeechStopped
from etoile.domain.readings import called
from etoile.domain.state import State
from etoile.domain.turn import LISTENED, Phase
from etoile.gui.button import RING, Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.frame import Frame, can_be_placed
from etoile.gui.glance import memory_part
from etoile.gui.glyphs import Glyph
from etoile.gui.hottest import BAR, gpus_severity
from etoile.gui.icons import app_icon
from etoile.gui.label import Label
from etoile.gui.listening_panel import ListeningPanel
from etoile.gui.page import Ground
from etoile.gui.pill_shown import Shown, named, said_of, shown_of, sign_of
from etoile.gui.places import Places
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.gui.sparkline import paint_bar
from etoile.gui.tray_state import hottest
from etoile.gui.unfolding import Unfolding
from etoile.gui.words import STOP, STOP_SPEAKING, clock
from etoile.text import message, verbatim

HEIGHT = 40
WIDTHS = {"idle": 184, "busy": 224, "warning": 264}
WIDEST = 392
_AROUND = 138
"""What a line of text leaves of the widest pill for sign, time and button."""
PANEL_WIDTH = 400
"""While it listens it is a panel, in which words have room."""
_PANEL_PADDING = _PANEL_RADIUS = 16
SHOW = message("Show")
TICK_MS = 250
_SIZED = {
    Shown.IDLE: "idle",
    Shown.LOCKED: "idle",
    Shown.CRITICAL: "warning",
    Shown.WARNING: "warning",
    Shown.TOLD: "warning",
}


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
        self._panel: ListeningPanel | None = None
        """Made when somebody first speaks to the pill."""
        self._line = QWidget(self)
        self._fading = Unfolding(look, self)
        self._sign = Sign(look, Glyph.STAR, self._line)
        self._first = Label(look, Type.UI, wraps=False, parent=self._line)
        self._second = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self._line)
        self._memory = _Memory(look, self._line)
        self._time = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self._line)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._time.setMinimumWidth(look.metrics(Type.META).horizontalAdvance("24:59"))
        stop = Glyph.STOP
        self._end = Button(look, STOP, kind=Kind.FLAT, glyph=stop, words=False, face=24, radius=12, parent=self._line)
        self._end.clicked.connect(self._stop)
        self._show = Button(look, SHOW, kind=Kind.LINK, face=28, radius=14, parent=self._line)
        self._show.clicked.connect(unfold)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._pass_time)
        self.setWindowTitle(look.words(message("Etoile")))
        self.setWindowIcon(app_icon())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._line)
        self._row = QHBoxLayout(self._line)
        self._row.setSpacing(look.px(8))
        left: list[QWidget] = [self._sign, self._first, self._second, self._memory]
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

    def speak(self) -> None:
        """Say everything in the language that is the interface's now."""
        show = self._look.words(SHOW)
        self._show.setText(show)
        self._show.setAccessibleName(show)
        if self._panel:
            self._panel.hide()
            self._panel.deleteLater()
            self._panel = None
        self.prepare()

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

    def appear(self) -> None:
        """Come into view by itself, without the keyboard."""
        came = not self.isVisible()
        self.come(activating=False)
        if came:
            self._fading.appear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fading.stop()

    # What is shown

    def _refresh(self) -> None:
        self.follow_compositor()
        self._shown = shown_of(self._state, self._ground.stopwatch.elapsed_s)
        listening = self._shown is Shown.LISTENING
        self._line.setVisible(not listening)
        if listening:
            self._made_panel().show_state(self._state)
        else:
            self._show_line()
        if self._panel:
            self._panel.setVisible(listening)
        self._show_time()
        self._name()
        self._fit()
        if self.edge() != self._edged:
            self._edged = self.edge()
            self.repaint_backdrop()

    def _made_panel(self) -> ListeningPanel:
        if self._panel is None:
            self._panel = ListeningPanel(self._ground, self)
            padding = self._look.px(_PANEL_PADDING)
            self._panel.setContentsMargins(padding, padding - 4, padding, padding // 2)
            self._column.addWidget(self._panel)
        return self._panel

    def _show_line(self) -> None:
        state, gpu = self._state, hottest(self._state)
        hot = self._shown in (Shown.CRITICAL, Shown.WARNING)
        at_rest, busy = self._shown is Shown.IDLE, self._shown is Shown.BUSY
        self._sign.show_sign(sign_of(state, self._shown), faint=at_rest or self._shown is Shown.LOCKED)
        self._say_first(Type.TITLE if hot or at_rest else Type.UI)
        self._second.say(called(gpu) if gpu and (hot or at_rest) else None)
        self._memory.show_part(memory_part(gpu) if gpu and at_rest else None)
        waits = state.turn.phase is Phase.CONFIRMING
        self._end.setVisible(busy and not waits)
        speaking = state.turn.phase is Phase.SPEAKING
        self._end.show_as(STOP_SPEAKING if speaking else STOP, Glyph.STOP, Kind.FLAT)
        self._show.setVisible(hot or (busy and waits))
        side = self._look.px(16)
        self._row.setContentsMargins(side, 0, side - RING if hot or busy else side, 0)

    def _show_time(self) -> None:
        """Show for how long it goes on, and look again while it does."""
        timed = self._shown is Shown.BUSY and self._state.turn.phase is Phase.THINKING
        self._time.say(verbatim(clock(self._ground.stopwatch.elapsed_s)) if timed else None)
        if not (timed or self._shown in (Shown.LISTENING, Shown.TOLD)):
            self._tick.stop()
        elif not self._tick.isActive():
            self._tick.start()

    def _pass_time(self) -> None:
        """Show what changes by time alone; what was said at the end goes after a while."""
        if self._shown is not shown_of(self._state, self._ground.stopwatch.elapsed_s):
            self._refresh()
        elif self._panel and self._shown is Shown.LISTENING:
            self._panel.pass_time()
            self._fit()
        else:
            self._show_time()

    def _say_first(self, kind: Type) -> None:
        """Show the words that stand first, as far as they have room."""
        look, said = self._look, said_of(self._state, self._shown)
        room = look.px(WIDEST - _AROUND)
        words = look.metrics(kind).elidedText(look.words(said) if said else "", Qt.TextElideMode.ElideRight, room)
        self._first.setFont(look.font(kind))
        self._first.say(verbatim(words) if words else None)

    def _fit(self) -> None:
        """Be as large as the state wants; the nearest corner stays where it is."""
        size, margin = self._wanted_size(), 2 * self.margin
        if size != self.face.size() or not self.isVisible():
            self.setMinimumSize(size.width() + margin, size.height() + margin)
            self.settle(size)

    def _wanted_size(self) -> QSize:
        look = self._look
        if self._shown is Shown.LISTENING:
            width = min(look.px(PANEL_WIDTH), self.screen().availableGeometry().width())
            return QSize(width, self._made_panel().height_at(width))
        least = look.px(WIDTHS[_SIZED.get(self._shown, "busy")])
        wanted = self._row.totalSizeHint().width()
        return QSize(min(max(least, wanted), look.px(WIDEST)), look.px(HEIGHT))

    def _name(self) -> None:
        words = self._look.words
        said = named(self._state, self._shown)
        self.setAccessibleName(words(message("Etoile, {what}", what=said)))
        self.setAccessibleDescription(words(message("Click or press Enter to unfold the window.")))
        self.setToolTip(words(said))

    def fill(self) -> QColor:
        return self._look.palette.surface

    def radius(self) -> int:
        return _PANEL_RADIUS if self._shown is Shown.LISTENING else HEIGHT // 2

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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take no second press: the first one was for the pill and has unfolded it, or for what was here before."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._unfold()
        elif event.key() == Qt.Key.Key_Escape:
            self._step_back()
        else:
            super().keyPressEvent(event)

    def _step_back(self) -> None:
        if self._state.turn.phase in LISTENED:
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
        self._fading.stop()
