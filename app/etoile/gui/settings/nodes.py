"""The nodes of the settings: a row each, and a form to add or change one."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.config import Config, Node
from etoile.config.writing import without_node
from etoile.gui.button import Button
from etoile.gui.design import Look, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.settings.asking import Asking
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import Plain, RowFrame, Wrong
from etoile.gui.settings.group import Titled
from etoile.gui.settings.node_form import DIALECTS, NodeForm
from etoile.gui.settings.outside import Outside
from etoile.llm.keys import masked_url
from etoile.text import message, verbatim


class NodesGroup(Titled):
    """Lists the nodes of `file`; one of them at a time can be changed, or asked about before it is removed."""

    def __init__(self, look: Look, file: SettingsFile, outside: Outside, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Nodes"), parent)
        self._file, self._outside = file, outside
        self._errand = Errand(self)
        self._listed: object = None
        self.add_button = Button(look, message("Add a node"), parent=self)
        self.add_button.clicked.connect(lambda: self._edit(None))
        self.head.addWidget(self.add_button)
        self._wrong = Wrong(look, self)
        self._below = QVBoxLayout()
        self.column.addWidget(self._wrong)
        self.column.addLayout(self._below)
        self.open: QWidget | None = None
        """The form, or the question, that is open."""
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show the nodes of `config`."""
        if config.nodes == self._listed:
            return
        self._listed = config.nodes
        self.box.clear()
        if not config.nodes:
            none = message("None yet. Servers that are found on this computer need no entry here.")
            self.add(Plain(self._look, none, Type.UI))
        for node in config.nodes:
            change = Button(self._look, message("Change"))
            remove = Button(self._look, message("Remove"), glyph=Glyph.CLOSE, words=False)
            told = message("{dialect} · {url}", dialect=DIALECTS[node.dialect], url=masked_url(node.url))
            self.add(RowFrame(self._look, verbatim(node.name), told, change, remove))
            change.setAccessibleName(self._look.words(message("Change {node}", node=node.name)))
            remove.setAccessibleName(self._look.words(message("Remove {node}", node=node.name)))
            change.clicked.connect(partial(self._edit, node))
            remove.clicked.connect(partial(self._ask, node))

    def _edit(self, node: Node | None, _: bool = False) -> None:
        form = NodeForm(self._look, self._file, self._outside, node, self._close, self._forget_key, self)
        self._open(form)
        form.begin()

    def _ask(self, node: Node, _: bool = False) -> None:
        keyed = message("Its key is taken out of the keyring as well.")
        asking = Asking(
            self._look,
            message("Remove the node {node}?", node=node.name),
            keyed if node.key == "keyring" else message("Its lines are taken out of the settings file."),
            message("Remove {node}", node=node.name),
            partial(self._remove, node),
            self._close,
            self,
        )
        self._open(asking)
        asking.cancel.setFocus()

    def _remove(self, node: Node, _: bool = False) -> None:
        nodes = self._file.config.nodes
        error = self._file.change(without_node(nodes.index(node))) if node in nodes else None
        self._close()
        self._wrong.say(error)
        if error is None and node.key == "keyring":
            self._forget_key(node.name)

    def _forget_key(self, name: str) -> None:
        self._errand.begin(partial(self._outside.forget_key, name), lambda _: None, self._wrong.say)

    def _open(self, part: QWidget) -> None:
        self._close()
        self._wrong.say(None)
        self.open = part
        self._below.addWidget(part)
        self.add_button.setEnabled(False)

    def _close(self) -> None:
        if self.open:
            self._below.removeWidget(self.open)
            self.open.hide()
            self.open.deleteLater()
            self.open = None
        self.add_button.setEnabled(True)
        self.add_button.setFocus()
