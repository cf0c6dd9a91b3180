"""The nodes that were found here and wait for a word, as chips."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from etoile.domain.nodes import NodeStatus
from etoile.gui.design import Look
from etoile.gui.flow import Flow
from etoile.gui.node_chip import NodeChip
from etoile.text import message


class NodeStrip(QWidget):
    """`confirm` is called with the name of a node that the user wants to use."""

    def __init__(self, look: Look, confirm: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._confirm = look, confirm
        self._nodes: tuple[NodeStatus, ...] = ()
        self._chips: list[NodeChip] = []
        self._flow = Flow(self, gap=6)
        self.setAccessibleName(look.words(message("Nodes")))

    def show_nodes(self, nodes: tuple[NodeStatus, ...]) -> None:
        """Show `nodes`; of none there is no room taken."""
        if nodes == self._nodes:
            return
        self._nodes = nodes
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [self._made(node) for node in nodes]
        self.setVisible(bool(nodes))

    def _made(self, node: NodeStatus) -> NodeChip:
        chip = NodeChip(self._look, node, self)
        chip.clicked.connect(lambda _=False: self._confirm(node.name))
        self._flow.addWidget(chip)
        chip.show()
        return chip
