"""The nodes of the settings: a row each, and a form to add or change one."""

from functools import partial

from PySide6.QtWidgets import QWidget

from etoile.config import Config, Node
from etoile.config.writing import without_node
from etoile.gui.design import Look
from etoile.gui.settings.asking import Asking
from etoile.gui.settings.entries import Entries
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.node_form import DIALECTS, NodeForm
from etoile.gui.settings.outside import Outside
from etoile.llm.keys import masked_url
from etoile.text import message, verbatim


class NodesGroup(Entries):
    """Lists the nodes of `file`; one of them at a time can be changed, or asked about before it is removed."""

    def __init__(self, look: Look, file: SettingsFile, outside: Outside, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Nodes"), message("Add a node"), parent)
        self._file, self._outside = file, outside
        self._errand = Errand(self)
        self._listed: object = None
        self.add_button.clicked.connect(lambda: self._edit(None))
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show the nodes of `config`."""
        if config.nodes == self._listed:
            return
        self._listed = config.nodes
        self.box.clear()
        if not config.nodes:
            self.list_none(message("None yet. Servers that are found on this computer need no entry here."))
        for node in config.nodes:
            told = message("{dialect} · {url}", dialect=DIALECTS[node.dialect], url=masked_url(node.url))
            self.list_entry(verbatim(node.name), told, partial(self._edit, node), partial(self._ask, node))

    def _edit(self, node: Node | None) -> None:
        form = NodeForm(self._look, self._file, self._outside, node, self.close_part, self._forget_key, self)
        self.open_part(form)
        form.begin()

    def _ask(self, node: Node) -> None:
        keyed = message("Its key is taken out of the keyring as well.")
        asking = Asking(
            self._look,
            message("Remove the node {node}?", node=node.name),
            keyed if node.key == "keyring" else message("Its lines are taken out of the settings file."),
            message("Remove {node}", node=node.name),
            partial(self._remove, node),
            self.close_part,
            self,
        )
        self.open_part(asking)
        asking.cancel.setFocus()

    def _remove(self, node: Node, _: bool = False) -> None:
        nodes = self._file.config.nodes
        error = self._file.change(without_node(nodes.index(node))) if node in nodes else None
        self.close_part()
        self.wrong.say(error)
        if error is None and node.key == "keyring":
            self._forget_key(node.name)

    def _forget_key(self, name: str) -> None:
        self._errand.begin(partial(self._outside.forget_key, name), lambda _: None, self.wrong.say)
