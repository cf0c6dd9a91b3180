"""The fifth step: servers that were found, and the address of another one, tried before it is written down."""

from functools import partial
from itertools import pairwise
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from etoile.config import Node
from etoile.config.writing import Change, node_at
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.state import State
from etoile.errors import EtoileError, NodeError, NodeUnreachable
from etoile.gui.button import Button
from etoile.gui.design import Tone, Type
from etoile.gui.first_run.step import Means, Step
from etoile.gui.label import Label
from etoile.gui.settings.controls import Field
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.frame import Box, RowFrame, Wrong
from etoile.gui.settings.node_form import found
from etoile.gui.settings.outside import Outside
from etoile.gui.words import NODE_STATE
from etoile.llm.trying import Tried
from etoile.text import Message, message, verbatim

ADDRESS_WIDTH = 280
_PORTS = {11434: "ollama", 1234: "lmstudio"}
_DIALECTS = ("ollama", "lmstudio", "openai")


class _Address(Field):
    """Enter tries what is typed, rather than anything else of the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()
        else:
            super().keyPressEvent(event)


class NodesStep(Step):
    """What answers here is used or waits for the user's word; a tried address is added when the user goes on."""

    title = message("Nodes")

    def __init__(self, means: Means, parent: QWidget | None = None) -> None:
        super().__init__(
            means, message("Nodes are the servers that run language models: yours, or ones you trust."), parent
        )
        self._shown: list[tuple[str, NodeState, Message | None]] | None = None
        self._none = self._said(message("No server was found on this computer: Ollama and LM Studio are looked for."))
        self._box = Box(self._look, self)
        self.column.addWidget(self._box)
        self._said(message("The address of another one, as “http://10.5.0.2:11434”"))
        self.address = _Address(self._look, self, width=ADDRESS_WIDTH)
        self.address.setAccessibleName(self._look.words(message("Address of a node")))
        self.address.textEdited.connect(lambda _: self._forget())
        self.address.returnPressed.connect(self._try)
        self.test = Button(self._look, message("Test"), parent=self)
        self.test.clicked.connect(self._try)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.address)
        row.addWidget(self.test)
        row.addStretch()
        self.column.addLayout(row)
        self.verdict = Label(self._look, Type.META, Tone.TEXT2, parent=self)
        self.wrong = Wrong(self._look, self)
        self.column.addWidget(self.verdict)
        self.column.addWidget(self.wrong)
        self.column.addStretch()
        self._errand = Errand(self)
        self._tried: Node | None = None
        self._going_on = False

    def show_state(self, state: State) -> None:
        """Show every node; one that waits for the user's word has a button."""
        shown = [(node.name, node.state, node.reason) for node in state.nodes]
        if shown == self._shown:
            return
        self._shown = shown
        self._box.clear()
        for node in state.nodes:
            self._box.add(self._row(node))
        stops = [*self._box.findChildren(Button), self.address, self.test]
        for stop, following in pairwise(stops):
            QWidget.setTabOrder(stop, following)
        self._box.setVisible(bool(state.nodes))
        self._none.setVisible(not state.nodes)

    def holds_back(self) -> bool:
        """Whether an address is typed that did not answer yet: it is tried first, lest it be lost."""
        if self._tried or not self.address.text().strip():
            return False
        if not self._errand.busy:
            self._try()
        self._going_on = True
        return True

    def chosen(self) -> tuple[Change, ...]:
        """Return the addition of the node that was tried and answered."""
        return (node_at(None, self._tried),) if self._tried else ()

    def _row(self, node: NodeStatus) -> RowFrame:
        said = message("{url} · {state}", url=node.url, state=NODE_STATE[node.state])
        if node.reason:
            said = message("{said}: {reason}", said=said, reason=node.reason)
        if node.state is not NodeState.UNCONFIRMED:
            return RowFrame(self._look, verbatim(node.name), said, parent=self._box)
        use = Button(self._look, message("Use it"))
        use.clicked.connect(partial(self._means.confirm_node, node.name))
        row = RowFrame(self._look, verbatim(node.name), said, use, parent=self._box)
        use.setAccessibleName(self._look.words(message("Use {node} ({url})", node=node.name, url=node.url)))
        return row

    def _try(self) -> None:
        self._forget()
        url = address_of(self.address.text())
        if not url:
            return
        taken = [node.name for node in self._means.file.config.nodes]
        node = Node(name=name_of(url, taken), url=url)
        if error := self._means.file.refusal(node_at(None, node)):
            self.wrong.say(error)
            return
        self.verdict.say(message("Asking {url}…", url=url))
        self._errand.begin(partial(speaking, node, self._means.outside), self._tell, self._tell_failure)

    def _forget(self) -> None:
        """What was tried is another address now."""
        self._errand.drop()
        self._tried, self._going_on = None, False
        self.verdict.say(None)
        self.wrong.say(None)

    def _tell(self, answered: tuple[Node, Tried]) -> None:
        self._tried, answer = answered
        said = found(answer)
        self.verdict.say(message("{said} It is added as {name} when you go on.", said=said, name=self._tried.name))
        if self._going_on:
            self.settled.emit()

    def _tell_failure(self, error: EtoileError) -> None:
        self.verdict.say(None)
        self._going_on = False
        url = address_of(self.address.text())
        self.wrong.say(EtoileError(message("{url}: {error}", url=url, error=error.said), error.remedy))


def address_of(typed: str) -> str:
    """Return what is typed as an address: "10.5.0.2:1234" is "http://10.5.0.2:1234"."""
    typed = typed.strip().rstrip("/")
    return typed if "://" in typed or not typed else f"http://{typed}"


def name_of(url: str, taken: list[str]) -> str:
    """Return a name for the node at `url`: its host, with a number where that is taken."""
    try:
        host = urlsplit(url).hostname or url
    except ValueError:
        host = url
    names = [host, *(f"{host}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def speaking(node: Node, outside: Outside) -> tuple[Node, Tried]:
    """Return `node` in the dialect that its server speaks, and what it said.  Blocks.  Raises NodeError.

    A server that does not answer at all is asked once; else the error of the most general dialect is told.
    """
    for dialect in dialects_at(node.url):
        candidate = msgspec.structs.replace(node, dialect=dialect)
        try:
            return candidate, outside.try_node(candidate, None)
        except NodeUnreachable:
            raise
        except NodeError:
            if dialect == _DIALECTS[-1]:
                raise
    raise AssertionError("the last dialect answers or raises")


def dialects_at(url: str) -> tuple[str, ...]:
    """Return the dialects to try at `url`: that of its port first, the most general one last."""
    try:
        usual = _PORTS.get(urlsplit(url).port or 0)
    except ValueError:
        usual = None
    return tuple(dict.fromkeys((*filter(None, [usual]), *_DIALECTS)))
