"""The page of the nodes."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.node_strip import NodeStrip
from etoile.gui.page import Ground, Page
from etoile.gui.scroll import beside_bar


class NodePage(Page):
    """All nodes, and what is known of them."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes = NodeStrip(ground.look, ground.doors.confirm_node, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(beside_bar(self._nodes))
        column.addStretch()

    def show_state(self, state: State) -> None:
        """Show the nodes of `state`."""
        self._nodes.show_nodes(state.nodes)
