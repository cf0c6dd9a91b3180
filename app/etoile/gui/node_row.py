"""A node as a card: its state and why, how fast and busy it is, and its models in memory with what may be done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from etoile.domain.care import Caring
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.gui.button import Button, Kind, outdented
from etoile.gui.design import CARD_PADDING, Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.line import Line
from etoile.gui.node_words import (
    GLYPHS,
    RETRIED,
    SEVERITIES,
    going_on,
    how_busy,
    how_fast,
    keeps_models,
    loadable,
    what_it_is,
    why,
    works,
)
from etoile.gui.roster import Row
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.gui.state_word import StateWord
from etoile.gui.sure import Sure
from etoile.gui.words import NODE_STATE, joined, short_model
from etoile.text import Message, message, verbatim

ASKED_MS = 2_500
"""So long a node that is asked again gets for its answer before it can be asked once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user may want of a node; each is called with its name."""

    confirm: Callable[[str], None]
    retry: Callable[[], None]
    help: Callable[[str], None]
    """Opens the help on the state of a node ("node.auth")."""
    load: Callable[[str, str], None]
    unload: Callable[[str, str], None]


class ModelLine(QWidget):
    """A model in memory: its name, its size there, and the button that takes it out."""

    def __init__(self, look: Look, node: NodeStatus, name: str, unload: Callable[[], None], *, idle: bool) -> None:
        super().__init__()
        said = Line(look, Type.UI, side=Qt.TextElideMode.ElideMiddle, parent=self)
        said.say(verbatim(short_model(name)))
        size = Label(look, Type.META, Tone.TEXT3, wraps=False, parent=self)
        lies = next((model for model in node.in_memory if model.name == name), None)
        size.say(message("{size:bytes}", size=lies.size_bytes) if lies else None)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Sign(look, Glyph.TICK, self, side=12))
        row.addWidget(said)
        row.addWidget(size)
        row.addStretch()
        if keeps_models(node):
            self.unload = Button(look, message("Unload"), kind=Kind.FLAT, parent=self)
            self.unload.setAccessibleName(look.words(message("Unload {model}", model=short_model(name))))
            self.unload.setEnabled(idle)
            self.unload.clicked.connect(unload)
            row.addWidget(self.unload)


class NodeRow(Row):
    """Shows a `NodeStatus`, and the same one again as it changes."""

    def __init__(self, look: Look, node: NodeStatus, wishes: Wishes, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._wishes = wishes
        self.node = node
        self._caring: Caring | None = None
        self._models: object = None
        self._sure: Sure | None = None
        self._sign = Sign(look, Glyph.DISC, self, side=14)
        self._name = Line(look, Type.TITLE, side=Qt.TextElideMode.ElideMiddle, parent=self)
        self._state = StateWord(look, self)
        self._more = Button(look, message("More"), kind=Kind.FLAT, glyph=Glyph.MORE, words=False, parent=self)
        self._more.clicked.connect(self._open_more)
        self._what = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._why = Label(look, Type.META, parent=self)
        self._busy = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._going = Label(look, Type.META, parent=self)
        self._failed_sign = Sign(look, Severity.WARNING, self, side=14, height=16)
        self._failed = Label(look, Type.META, parent=self)
        self._lines = QVBoxLayout()
        self._buttons = QWidget(self)
        self._retry = self._button(message("Ask again now"), self._ask_again)
        self._use = self._button(message("Use it"), lambda: wishes.confirm(self.node.name))
        self._load = self._button(message("Load a model…"), self._open_models)
        self._arrange()
        self.opened.connect(self._open_more)

    def _button(self, said: Message, call: Callable[[], None]) -> Button:
        button = Button(self._look, said, parent=self._buttons)
        button.clicked.connect(call)
        return button

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._sign)
        head.addWidget(self._name)
        head.addStretch()
        head.addWidget(self._state)
        head.addWidget(self._more)
        self._lines.setSpacing(0)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self._use, self._retry, self._load):
            row.addWidget(button)
        row.addStretch()
        failed = QHBoxLayout()
        failed.setSpacing(6)
        failed.addWidget(self._failed_sign, 0, Qt.AlignmentFlag.AlignTop)
        failed.addWidget(self._failed, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(CARD_PADDING, 4, 8, 8)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        for label in (self._why, self._what, self._busy):
            self._column.addWidget(label)
        self._column.addLayout(self._lines)
        self._column.addWidget(self._going)
        self._column.addLayout(failed)
        self._column.addLayout(outdented(self._buttons))

    # What is shown

    def show_node(
        self, node: NodeStatus, caring: Caring | None, now_s: float, *, down_since_s: float | None = None
    ) -> None:
        """Show `node` at `now_s`, and what the user asked of its models; `down_since_s` is when it went."""
        self.node = node
        severity = SEVERITIES.get(node.state)
        self._sign.show_sign(severity or GLYPHS[node.state])
        self._name.say(verbatim(node.name))
        self._state.say(NODE_STATE[node.state], severity)
        self._what.say(joined([part for part in (what_it_is(node), how_fast(node)) if part]))
        reason = why(node, None if down_since_s is None else now_s - down_since_s)
        self._why.say(reason)
        self._busy.say(how_busy(node))
        self.show_caring(caring, now_s)
        self._show_models()
        self._retry.setVisible(node.state in RETRIED)
        self._use.setVisible(node.state is NodeState.UNCONFIRMED)
        self._load.setVisible(keeps_models(node) and bool(loadable(node)))
        self._load.setEnabled(self._is_idle)
        self._buttons.setVisible(any(not one.isHidden() for one in (self._retry, self._use, self._load)))
        self._tell_readers(reason)

    def show_caring(self, caring: Caring | None, now_s: float) -> None:
        """Show what is done with a model, and for how long; or why that failed."""
        self._caring = caring
        on = caring is not None and caring.going_on
        self._going.say(going_on(caring, now_s - caring.since_s) if caring and on else None)
        failed = caring.failed if caring and not on else None
        said = message("{said} {remedy}", said=failed, remedy=caring.remedy) if caring and caring.remedy else failed
        self._failed.say(said if failed else None)
        self._failed_sign.setVisible(failed is not None)

    @property
    def _is_idle(self) -> bool:
        return self._caring is None or not self._caring.going_on

    def _show_models(self) -> None:
        """Show a line for each model in memory, made anew only where they are others."""
        wanted = (self.node.loaded, self.node.in_memory, keeps_models(self.node), self._is_idle)
        if wanted == self._models:
            return
        self._models = wanted
        focus = self.window().focusWidget()
        had_focus = False
        while item := self._lines.takeAt(0):
            if line := item.widget():
                had_focus = had_focus or (focus is not None and line.isAncestorOf(focus))
                line.hide()
                line.deleteLater()
        for name in self.node.loaded:
            line = ModelLine(self._look, self.node, name, partial(self._unload, name), idle=self._is_idle)
            self._lines.addWidget(line)
            line.show()
        self.adopt_buttons()
        for part, following in pairwise(self.stops()):
            self.setTabOrder(part, following)
        if had_focus:
            self.setFocus()

    def stops(self) -> list[QWidget]:
        """Return the row, its menu, the buttons of its models, and those below."""
        lines = [line.findChild(Button) for line in self.findChildren(ModelLine) if not line.isHidden()]
        return [self, self._more, *(button for button in lines if button), self._use, self._retry, self._load]

    def _tell_readers(self, reason: Message | None) -> None:
        words, node = self._look.words, self.node
        self.setAccessibleName(f"{node.name}, {words(NODE_STATE[node.state])}")
        parts = (reason, what_it_is(node), how_fast(node), how_busy(node))
        loaded = (
            [words(message("in memory: {models}", models=list(map(short_model, node.loaded))))] if node.loaded else []
        )
        self.setAccessibleDescription("\n".join([*(words(part) for part in parts if part), *loaded]))
        self.setToolTip(node.url)

    # What the user wants

    def menu(self) -> QMenu:
        """Return what may be done with the node."""
        menu, words, node = QMenu(self), self._look.words, self.node
        if node.state is NodeState.UNCONFIRMED:
            confirm = menu.addAction(words(message("Use {node}", node=node.name)))
            confirm.triggered.connect(lambda _=False: self._wishes.confirm(node.name))
        menu.addAction(words(message("Ask again now"))).triggered.connect(lambda _=False: self._ask_again())
        if node.state is not NodeState.UP:
            menu.addAction(words(message("Help"))).triggered.connect(
                lambda _=False: self._wishes.help(f"node.{node.state}")
            )
        if keeps_models(node):
            for name in node.loaded:
                unload = menu.addAction(words(message("Unload {model}", model=short_model(name))))
                unload.setEnabled(self._is_idle)
                unload.triggered.connect(lambda _=False, name=name: self._unload(name))
            if loadable(node):
                models = menu.addMenu(words(message("Load a model…")))
                models.setEnabled(self._is_idle)
                self._offer_models(models)
        return menu

    def _offer_models(self, menu: QMenu) -> None:
        """Add to `menu` the models that may be loaded, with about what they take."""
        for name in loadable(self.node):
            need = self.node.need_bytes.get(name)
            said = message("{model} · about {size:bytes}", model=name, size=need) if need else verbatim(name)
            action = menu.addAction(self._look.words(said))
            action.triggered.connect(lambda _=False, name=name: self._wishes.load(self.node.name, name))

    def _open_more(self) -> None:
        self.open_menu(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _open_models(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self._offer_models(menu)
        menu.popup(self._load.mapToGlobal(QPoint(0, self._load.height())))

    def _ask_again(self) -> None:
        self._retry.setEnabled(False)
        QTimer.singleShot(ASKED_MS, self._retry, lambda: self._retry.setEnabled(True))
        self._wishes.retry()

    def _unload(self, name: str) -> None:
        """Take a model out of memory; while its node answers somebody, that is asked first."""
        go = partial(self._wishes.unload, self.node.name, name)
        if not works(self.node):
            go()
            return
        self.drop_question()
        self._sure = Sure(
            self._look,
            message("Unload {model} from {node}?", model=short_model(name), node=self.node.name),
            message("{node} is answering: what it is at breaks off.", node=self.node.name),
            message("Unload"),
            go,
            self.drop_question,
            self,
        )
        self._column.addWidget(self._sure)
        self._sure.cancel.setFocus()
        self.reveal(self._sure)

    def drop_question(self) -> bool:
        """Take the question away; return whether there was one."""
        sure, self._sure = self._sure, None
        if sure is None:
            return False
        self._column.removeWidget(sure)
        sure.hide()
        sure.deleteLater()
        self.setFocus()
        return True
