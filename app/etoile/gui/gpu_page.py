"""The page of the GPUs; in its place, the history of one of them."""

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.chart_page import ChartPage
from etoile.gui.gpu_row import GpuHeading
from etoile.gui.gpu_strip import GpuStrip, all_simulated, as_rows
from etoile.gui.gpu_view import GpuView
from etoile.gui.page import Ground, Page
from etoile.gui.scroll import beside_bar

_HEADING_GAP = 4


class GpuPage(Page):
    """All GPUs, local and remote."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground = ground
        self._state = State()
        self._heading = GpuHeading(ground.look, self)
        self._gpus = GpuStrip(ground.look, ground.now_s, ground.clock, self)
        self._gpus.opened.connect(self.open_chart)
        self._chart = ChartPage(ground.look, ground.doors.publish, self._close_chart, self)
        now = QWidget(self)
        column = QVBoxLayout(now)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_HEADING_GAP)
        column.addLayout(beside_bar(self._heading))
        column.addWidget(self._gpus, 1)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(now)
        self._faces.addWidget(self._chart)

    def show_state(self, state: State) -> None:
        """Show the GPUs of `state`, and the history that is open."""
        self._state = state
        self._heading.show_simulated(all_simulated(state))
        self._heading.setVisible(as_rows(state))
        self._gpus.show_state(state, self._ground.history)
        self._chart.show_state(state)

    def step_back(self) -> bool:
        """Leave the history of a card, if one is open."""
        if not self._chart.is_open:
            return False
        self._chart.step_back()
        return True

    def open_chart(self, uuid: str) -> None:
        """Show the history of the card `uuid`; a click leaves the focus where it is."""
        by_keys = isinstance(self.window().focusWidget(), GpuView)
        self._chart.show_state(self._state)
        self._faces.setCurrentWidget(self._chart)
        self._chart.open(uuid, by_keys=by_keys)

    def _close_chart(self) -> None:
        uuid = self._chart.uuid
        self._chart.close_card()
        self._faces.setCurrentIndex(0)
        self._gpus.reach(uuid)
