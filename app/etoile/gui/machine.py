"""The machine at a glance: its GPUs, and the nodes."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.gpu_row import GpuHeading
from etoile.gui.gpu_strip import GpuStrip, all_simulated, as_rows
from etoile.gui.history import History
from etoile.gui.node_strip import NodeStrip
from etoile.gui.scroll import beside_bar

PART = 0.46
"""How much of the window's height the GPUs may take; more of them scroll."""
KEPT_FREE = 330
"""Height that conversation, question and composer keep in a low window, before the GPUs get any."""
_HEADING_GAP = 4


class Machine(QWidget):
    """GPUs above node chips."""

    def __init__(
        self,
        look: Look,
        confirm_node: Callable[[str], None],
        now_s: Callable[[], float],
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._room = 10_000
        self._heading = GpuHeading(look, self)
        self._gpus = GpuStrip(look, now_s, clock, self)
        self.opened, self.reach = self._gpus.opened, self._gpus.reach
        self._nodes = NodeStrip(look, confirm_node, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        gpus = QVBoxLayout()
        gpus.setSpacing(_HEADING_GAP)
        gpus.addLayout(beside_bar(self._heading))
        gpus.addWidget(self._gpus)
        column.addLayout(gpus)
        column.addLayout(beside_bar(self._nodes))

    def show_state(self, state: State, history: History) -> None:
        """Show GPUs and nodes of `state`."""
        self._heading.show_simulated(all_simulated(state))
        self._heading.setVisible(as_rows(state))
        self._gpus.show_state(state, history)
        self._nodes.show_nodes(state.nodes)
        self._fit()
        self.setVisible(bool(state.watched or state.nodes) and self._room > 0)

    def fit_into(self, height: int) -> None:
        """Take no more room than a window of this `height` can spare."""
        self._room = max(0, min(round(height * PART), height - self._look.px(KEPT_FREE)))
        self._fit()

    def _fit(self) -> None:
        heading = 0 if self._heading.isHidden() else self._heading.height() + _HEADING_GAP
        self._gpus.setFixedHeight(max(0, min(self._gpus.sizeHint().height(), self._room - heading)))
