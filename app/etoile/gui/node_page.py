"""The page of the nodes: how each fares, what is in its memory, and what may be done about it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from etoile.domain.alerting.scope import Kind as Wrong
from etoile.domain.events import ModelCareWanted, NodesCheckWanted
from etoile.domain.nodes import NodeStatus
from etoile.domain.state import State
from etoile.gui.blank import Blank
from etoile.gui.button import Button, Kind
from etoile.gui.glyphs import Glyph
from etoile.gui.node_row import NodeRow, Wishes
from etoile.gui.page import Ground, Page
from etoile.gui.roster import Roster
from etoile.text import message

TICK_MS = 1_000


class NodePage(Page):
    """All nodes, and what is known of them."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground = ground
        self._state = State()
        self._wishes = Wishes(
            confirm=ground.doors.confirm_node,
            retry=lambda: ground.doors.publish(NodesCheckWanted()),
            help=ground.doors.open_help,
            load=lambda node, model: self._care(node, model, loaded=True),
            unload=lambda node, model: self._care(node, model, loaded=False),
        )
        self._nodes: Roster[NodeRow] = Roster(self)
        self._nodes.setAccessibleName(ground.look.words(message("Nodes")))
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_rows)
        add = message("Add a node")
        self._none = Blank(ground.look, Glyph.SLASHED, add, ground.doors.open_nodes, self)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self._face())
        self._faces.addWidget(self._none)

    def _face(self) -> QWidget:
        """Return the list, and below it what concerns all nodes."""
        face, look = QWidget(self), self._ground.look
        ask = Button(look, message("Ask all nodes now"), kind=Kind.FLAT, parent=face)
        ask.clicked.connect(self._wishes.retry)
        add = Button(look, message("Add a node"), kind=Kind.FLAT, parent=face)
        add.clicked.connect(self._ground.doors.open_nodes)
        below = QHBoxLayout()
        below.addWidget(ask)
        below.addStretch()
        below.addWidget(add)
        column = QVBoxLayout(face)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._nodes, 1)
        self._nodes.go_on_with(ask, add)
        column.addLayout(below)
        return face

    def show_state(self, state: State) -> None:
        """Show the nodes of `state`."""
        self._state = state
        self._faces.setCurrentIndex(0 if state.nodes else 1)
        missing = state.missing.get("nodes")
        self._none.say(message("No node"), missing.remedy if missing else None)
        if list(self._nodes.rows) != [node.name for node in state.nodes]:
            self._nodes.show_rows([(node.name, self._row(node)) for node in state.nodes])
        self._show_rows()
        if any(caring.going_on for caring in state.cared.values()):
            self._tick.start()
        else:
            self._tick.stop()

    def hideEvent(self, event: object) -> None:
        self._tick.stop()

    def step_back(self) -> bool:
        """Take away a question that stands."""
        return any(row.drop_question() for row in self._nodes.rows.values())

    def _row(self, node: NodeStatus) -> NodeRow:
        return self._nodes.rows.get(node.name) or NodeRow(self._ground.look, node, self._wishes)

    def _show_rows(self) -> None:
        state, now_s = self._state, self._ground.now_s()
        for node in state.nodes:
            wrong = state.desk.nodes.wrong.get((Wrong.NODE, node.name))
            down_since_s = wrong.since_s if wrong else None
            self._nodes.rows[node.name].show_node(node, state.cared.get(node.name), now_s, down_since_s=down_since_s)

    def _care(self, node: str, model: str, *, loaded: bool) -> None:
        self._ground.doors.publish(ModelCareWanted(node, model, loaded, self._ground.now_s()))
