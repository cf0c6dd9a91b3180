"""All GPUs in their order: cards for one or two, rows for more."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import groupby

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from etoile.domain.alerting.scope import Scope
from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.state import State
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glance import Glance, memory_parts
from etoile.gui.gpu_card import GpuCard
from etoile.gui.gpu_row import GpuRow
from etoile.gui.gpu_view import GpuView
from etoile.gui.history import History
from etoile.gui.label import Label
from etoile.gui.roster import goal
from etoile.gui.scroll import ScrollColumn
from etoile.gui.severity import Severity, severity_of
from etoile.gui.words import time_of
from etoile.text import message, verbatim

CARD_GAP, ROW_GAP = 8, 4
MOST_CARDS = 2
"""More GPUs than these are shown as rows."""
_RANK = {Severity.WARNING: 1, Severity.CRITICAL: 2}


def as_rows(state: State) -> bool:
    """Tell whether the GPUs of `state` are shown as rows."""
    return len(state.gpus) + len(state.processors) > MOST_CARDS


def all_simulated(state: State) -> bool:
    """Tell whether every GPU of `state` is simulated."""
    return all(gpu.simulated for gpu in (*state.gpus, *state.processors))


class GpuStrip(ScrollColumn):
    """A column that scrolls when there are more GPUs than fit, and brings one that turns hot into view.

    It is one stop for the Tab key; within it ↑ ↓ Home End go from GPU to GPU.  `now_s` is the monotonic clock of the
    readings, `clock` the time of day.
    """

    opened = Signal(str)
    """The UUID of the GPU whose history is wanted."""
    menu_wanted = Signal(str, QPoint)
    """The UUID of the GPU whose menu is wanted, and where on the screen."""

    def __init__(
        self,
        look: Look,
        now_s: Callable[[], float],
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._now_s, self._clock = look, now_s, clock
        self._views: dict[str, GpuView] = {}
        self._hosts: list[Label] = []
        self._places: list[tuple[str, str]] = []
        self._ranks: dict[str, int] = {}
        """How much each GPU was a reason to look when it was shown last."""
        self._hottest = ""
        # New rows have their places only after the layout has run.
        self._reveal = QTimer(self)
        self._reveal.setSingleShot(True)
        self._reveal.setInterval(0)
        self._reveal.timeout.connect(self._show_hottest)
        self.setAccessibleName(look.words(message("GPUs")))

    def show_state(self, state: State, history: History) -> None:
        """Show the GPUs of `state`, with what `history` knows of them."""
        watched = state.watched
        places = [(gpu.host, gpu.uuid) for gpu in watched]
        if places != self._places:
            self._places = places
            self._rebuild(state, history)
        for gpu in watched:
            self._views[gpu.uuid].show_wanted(partial(self.glance, gpu, state, history))
        before, self._ranks = self._ranks, {gpu.uuid: _rank(gpu, state) for gpu in watched}
        ranks = self._ranks
        if worse := [uuid for uuid, rank in ranks.items() if rank > before.get(uuid, 0)]:
            self._hottest = max(worse, key=lambda uuid: ranks[uuid])
            self._reveal.start()
        self.setVisible(bool(watched))

    def sizeHint(self) -> QSize:
        return self.column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.column.minimumSize().width(), self._look.px(48))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        views = list(self._views.values())
        here = next((place for place, view in enumerate(views) if view.hasFocus()), None)
        there = None if here is None else goal(event.key(), here, len(views) - 1)
        if there is None:
            super().keyPressEvent(event)
        else:
            self._reach(views[there])

    def _rebuild(self, state: State, history: History) -> None:
        focused = next((uuid for uuid, view in self._views.items() if view.hasFocus()), None)
        for shown in (*self._views.values(), *self._hosts):
            shown.hide()
            shown.deleteLater()
        while self.column.takeAt(0):
            pass
        made = GpuRow if as_rows(state) else GpuCard
        self._views = {gpu.uuid: made(self._look, self.glance(gpu, state, history)) for gpu in state.watched}
        self._hosts = []
        self.column.setSpacing(ROW_GAP if as_rows(state) else CARD_GAP)
        for host, gpus in groupby(state.watched, key=lambda gpu: gpu.host):
            if len({gpu.host for gpu in state.watched}) > 1:
                self._add_host(host)
            for gpu in gpus:
                self._add_view(self._views[gpu.uuid])
        self.column.addStretch()
        if focused in self._views:
            self._reach(self._views[focused])
        self.updateGeometry()

    def _add_host(self, host: str) -> None:
        """Say above the GPUs of a machine which one it is."""
        label = Label(self._look, Type.CAPTION, Tone.TEXT2, parent=self.widget())
        label.say(verbatim(host))
        self._hosts.append(label)
        self.column.addWidget(label)

    def _add_view(self, view: GpuView) -> None:
        first = self.column.indexOf(next(iter(self._views.values()))) < 0
        view.setFocusPolicy(Qt.FocusPolicy.TabFocus if first else Qt.FocusPolicy.NoFocus)
        view.opened.connect(self.opened)
        view.menu_wanted.connect(self.menu_wanted)
        self.column.addWidget(view)
        view.show()

    def reach(self, uuid: str) -> None:
        """Give the focus to the GPU `uuid`, if it is there."""
        if uuid in self._views:
            self._reach(self._views[uuid])

    def _reach(self, view: GpuView) -> None:
        """Give `view` the focus: it is where the Tab key comes back to."""
        for other in self._views.values():
            other.setFocusPolicy(Qt.FocusPolicy.TabFocus if other is view else Qt.FocusPolicy.NoFocus)
        view.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(view, 0, 0)

    def _show_hottest(self) -> None:
        """Scroll to the GPU that turned hot, unless the user is looking at others."""
        bar, focus = self.verticalScrollBar(), QApplication.focusWidget()
        in_use = self.underMouse() or bar.isSliderDown() or (focus is not None and self.isAncestorOf(focus))
        if self._hottest in self._views and not in_use:
            self.ensureWidgetVisible(self._views[self._hottest], 0, 0)

    def glance(self, gpu: GpuReading, state: State, history: History) -> Glance:
        """Return what is shown of `gpu`."""
        old = gpu.state in (GpuState.STALE, GpuState.LOST) and gpu.temperature_c is not None
        return Glance(
            gpu=gpu,
            thermal=state.thermal(gpu.uuid),
            limits=state.limits_of(gpu.uuid),
            forecast=state.forecast(gpu.uuid),
            samples=history.of(gpu.uuid),
            measured_at=time_of(gpu.at_s, self._now_s(), self._clock()) if old else "",
            parts=memory_parts(gpu, state),
            snoozed=state.desk.is_snoozed(self._now_s(), Scope(subject=gpu.uuid)),
            says_simulated=not (as_rows(state) and all_simulated(state)),
        )


def _rank(gpu: GpuReading, state: State) -> int:
    """Return how much `gpu` is a reason to look."""
    severity = severity_of(gpu, state.thermal(gpu.uuid))
    return _RANK.get(severity, 0) if severity else 0
