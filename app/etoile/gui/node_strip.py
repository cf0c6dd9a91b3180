"""All nodes as chips; the one that is pressed tells more below."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.domain.nodes import NodeState, NodeStatus
from etoile.gui.design import Look, Tone, Type
from etoile.gui.flow import Flow
from etoile.gui.label import Label
from etoile.gui.node_chip import NodeChip
from etoile.gui.words import node_detail
from etoile.text import message


class NodeStrip(QWidget):
    """Shows the nodes; `confirm` is called with the name of a found node that the user wants to use."""

    def __init__(self, look: Look, confirm: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._confirm = look, confirm
        self._nodes: tuple[NodeStatus, ...] = ()
        self._told: str | None = None
        self._chips: dict[str, NodeChip] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._row = QWidget(self)
        self._flow = Flow(self._row, gap=6)
        self._detail = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._detail.hide()
        column.addWidget(self._row)
        column.addWidget(self._detail)
        self.setAccessibleName(look.words(message("Nodes")))

    def show_nodes(self, nodes: tuple[NodeStatus, ...]) -> None:
        """Show `nodes`."""
        if nodes == self._nodes:
            return
        if list(self._chips) == [node.name for node in nodes]:
            for node in nodes:
                self._chips[node.name].show_node(node)
        else:
            self._rebuild(nodes)
        self._nodes = nodes
        self._tell(self._told)
        self.setVisible(bool(nodes))

    def _rebuild(self, nodes: tuple[NodeStatus, ...]) -> None:
        for chip in self._chips.values():
            self._flow.removeWidget(chip)
            chip.deleteLater()
        self._chips = {node.name: self._made(node) for node in nodes}
        for chip in self._chips.values():
            self._flow.addWidget(chip)
            chip.show()

    def _made(self, node: NodeStatus) -> NodeChip:
        chip = NodeChip(self._look, node, self._row)
        chip.clicked.connect(partial(self._pressed, chip))
        return chip

    def _pressed(self, chip: NodeChip, _: bool = False) -> None:
        node = chip.node
        if node.state is NodeState.UNCONFIRMED:
            self._confirm(node.name)
        else:
            self._tell(None if self._told == node.name else node.name)

    def _tell(self, name: str | None) -> None:
        """Show the details of the node `name` below the chips; of none when it is None or gone."""
        node = next((node for node in self._nodes if node.name == name), None)
        self._told = node.name if node else None
        for own, chip in self._chips.items():
            chip.setChecked(own == self._told)
        self._detail.say(node_detail(node) if node else None)
