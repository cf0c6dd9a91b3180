"""A node being written down: address, kind of server, key; tried before it is kept."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from etoile.config import Node
from etoile.config.writing import node_at
from etoile.errors import ConfigError, EtoileError
from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.settings.controls import Choice, Field, Switch
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame, Wrong
from etoile.gui.settings.group import Fold, Titled
from etoile.gui.settings.node_more import NodeMore, place_of
from etoile.gui.settings.outside import Outside
from etoile.llm.trying import Tried
from etoile.text import Message, message, plural, verbatim

DIALECTS = {
    "openai": message("OpenAI-compatible"),
    "ollama": verbatim("Ollama"),
    "lmstudio": verbatim("LM Studio"),
    "gemini": verbatim("Gemini"),
    "anthropic": verbatim("Anthropic"),
}
KEYS = {
    "none": message("None"),
    "keyring": message("In the keyring"),
    "env": message("In the environment"),
}
KEY_HINT = message("Kept by this computer's keyring, never in the settings file.")
MOST_NAMED = 6
"""Models that are named; of others it is told how many."""


class NodeForm(Titled):
    """Changes `node` of the settings, or adds one; `leave` is called when that is done, or dropped."""

    def __init__(
        self,
        look: Look,
        file: SettingsFile,
        outside: Outside,
        node: Node | None,
        leave: Callable[[], None],
        forget_key: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        """`forget_key` is called with the name under which the keyring holds a key that is wanted no more."""
        self._was = node or Node(name="", url="")
        title = message("Change {node}", node=node.name) if node else message("Add a node")
        super().__init__(look, title, parent)
        self._file, self._outside, self._leave, self._forget_key = file, outside, leave, forget_key
        self._errand = Errand(self)
        self._make_controls(look)
        self._arrange(look)
        self._show(self._was)

    def _make_controls(self, look: Look) -> None:
        self.name, self.url, self.model = (Field(look, width=216) for _ in range(3))
        self.url.setPlaceholderText("http://10.5.0.2:11434")
        self.dialect = Choice(look, DIALECTS)
        self.keyed = Choice(look, KEYS)
        self.key = Field(look, width=216)
        self.more = NodeMore(look, self._judge, self._save)
        self.cloud = Switch(look)
        self.name_row = RowFrame(look, message("Name"), message("Answers are signed with it."), self.name)
        self.url_row = RowFrame(look, message("Address"), message("Without /v1 or /api."), self.url)
        self.model_row = RowFrame(look, message("Model"), message("Empty for the one that is loaded."), self.model)
        self.key_row = RowFrame(look, message("Key"), KEY_HINT, self.key)
        self.foot = Wrong(look)
        self.verdict = Label(look, Type.META, Tone.TEXT2)
        self.test = Button(look, message("Test"))
        self.save = Button(look, message("Save"), kind=Kind.PRIMARY)
        self.cancel = Button(look, message("Cancel"))

    def _arrange(self, look: Look) -> None:
        self.add(
            self.name_row,
            self.url_row,
            RowFrame(look, message("Server"), message("What it speaks."), self.dialect),
            self.model_row,
            RowFrame(look, message("Where its key is"), message("Most servers of one's own have none."), self.keyed),
            self.key_row,
            RowFrame(
                look,
                message("Cloud provider"),
                message("Is asked only about what you allow, or by its name."),
                self.cloud,
            ),
        )
        seldom = tuple(self.more.rows.values())
        self.fold = Fold(look, seldom)
        self.add(self.fold, *seldom)
        self.column.addWidget(self.foot)
        self.column.addWidget(self.verdict)
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        self.column.addLayout(buttons)
        for field in (self.name, self.url, self.model, self.key):
            field.textEdited.connect(lambda _: self._judge())
            field.returnPressed.connect(self._save)
        self.dialect.activated.connect(lambda _: self._judge())
        self.keyed.activated.connect(lambda _: self._choose_key())
        self.test.clicked.connect(self._try)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self._leave)

    @property
    def _index(self) -> int | None:
        """Where the node is in the file now; None for one that is new, or was taken out meanwhile."""
        names = [node.name for node in self._file.config.nodes]
        return names.index(self._was.name) if self._was.name in names else None

    def begin(self) -> None:
        """Take the focus."""
        self.name.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _show(self, node: Node) -> None:
        self.name.show_text(node.name)
        self.url.show_text(node.url)
        self.model.show_text(node.model or "")
        self.dialect.show_value(node.dialect)
        self.more.show_node(node)
        self.cloud.setChecked(not node.local)
        place = (node.key or "none").partition(":")[0]
        self.keyed.show_value(place)
        self.key.show_text((node.key or "").removeprefix("env:") if place == "env" else "")
        self._show_key()

    def _choose_key(self) -> None:
        self.key.clear()
        self._show_key()
        self._judge()

    def _show_key(self) -> None:
        """A key is masked; the name of a variable is not."""
        place = self.keyed.value
        self.key_row.setVisible(place != "none")
        masked = place == "keyring"
        self.key.setEchoMode(QLineEdit.EchoMode.Password if masked else QLineEdit.EchoMode.Normal)
        kept = masked and self._was.key == "keyring"
        self.key.setPlaceholderText(self._look.words(message("Unchanged")) if kept else "")
        self.key_row.explain(KEY_HINT if masked else message("The name of an environment variable."))

    # What is wrong, and what is meant

    def node(self) -> Node | ConfigError:
        """Return the node that is written here; an error for what cannot be one at all."""
        key = {"none": None, "keyring": "keyring", "env": f"env:{self.key.text().strip()}"}[self.keyed.value]
        node = msgspec.structs.replace(
            self._was,
            name=self.name.text().strip(),
            url=self.url.text().strip(),
            dialect=self.dialect.value,
            model=self.model.text().strip() or None,
            key=key,
            local=not self.cloud.isChecked(),
        )
        return self.more.node(node)

    def _judge(self) -> ConfigError | None:
        """Show what is wrong in its place; what was tried is another node now."""
        self._errand.drop()
        self.test.setEnabled(True)
        self.verdict.say(None)
        node = self.node()
        error = node if isinstance(node, ConfigError) else None
        if error is None and self.keyed.value == "env" and not self.key.text().strip():
            error = ConfigError(message("{key}: the name of an environment variable is wanted.", key="key"))
        if error is None and isinstance(node, Node):
            error = self._file.refusal(node_at(self._index, node))
        self._point_at(error)
        return error

    def _point_at(self, error: ConfigError | None) -> None:
        """Show `error` in the row that it is about, else below all of them."""
        rows = {"name": self.name_row, "url": self.url_row, "model": self.model_row, "key": self.key_row}
        rows |= self.more.rows
        place = rows.get(place_of(error)) if error else None
        for row in rows.values():
            row.wrong.say(error if row is place else None)
            for field in row.findChildren(Field):
                field.show_wrong(row is place)
        self.foot.say(error if place is None else None)
        if place in self.more.rows.values() and not self.fold.is_open:
            self.fold.show_rows(True)

    # Trying and keeping

    def _try(self) -> None:
        node = self.node()
        if self._judge() or isinstance(node, ConfigError):
            return
        self.verdict.say(message("Asking {url}…", url=node.url))
        self.test.setEnabled(False)
        key = self.key.text() if self.keyed.value == "keyring" and self.key.text() else None
        former = msgspec.structs.replace(node, name=self._was.name) if self._was.key == "keyring" else node
        self._errand.begin(partial(self._outside.try_node, former, key), self._tell, self._tell_failure)

    def _tell(self, answer: Tried) -> None:
        self.test.setEnabled(True)
        self.verdict.say(found(answer))

    def _tell_failure(self, error: EtoileError) -> None:
        self.test.setEnabled(True)
        self.verdict.say(None)
        self.foot.say(error)

    def _save(self) -> None:
        node = self.node()
        if self._judge() or isinstance(node, ConfigError):
            return
        self.save.setEnabled(False)
        self._errand.begin(partial(self._keep_key, node, self.key.text()), lambda _: self._write(node), self._refuse)

    def _keep_key(self, node: Node, typed: str) -> None:
        """Have the keyring hold what the file will say that it holds.  Blocks."""
        if node.key == "keyring" and typed:
            self._outside.keep_key(node.name, typed)
        elif node.key == "keyring" == self._was.key and node.name != self._was.name:
            self._outside.copy_key(self._was.name, node.name)

    def _write(self, node: Node) -> None:
        self.save.setEnabled(True)
        error = self._file.change(node_at(self._index, node))
        self._point_at(error)
        if error is None:
            if self._was.key == "keyring" and (node.key != "keyring" or node.name != self._was.name):
                self._forget_key(self._was.name)
            self._leave()

    def _refuse(self, error: EtoileError) -> None:
        self.save.setEnabled(True)
        self.foot.say(error)


def found(answer: Tried) -> Message:
    """Return what was found: how quickly it answered, and which models it has."""
    if not answer.models:
        return message("It answered within {latency_ms:.0f} ms, and has no model.", latency_ms=answer.latency_ms)
    names = list(answer.models[:MOST_NAMED])
    if len(answer.models) > MOST_NAMED:
        names.append("…")
    return plural(
        "It answered within {latency_ms:.0f} ms and has {count} model: {models}.",
        "It answered within {latency_ms:.0f} ms and has {count} models: {models}.",
        len(answer.models),
        latency_ms=answer.latency_ms,
        models=names,
    )
