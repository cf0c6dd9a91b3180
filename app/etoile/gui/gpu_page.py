"""The page of the GPUs; in its place, the history of one of them."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from etoile.domain.alerting.scope import Scope
from etoile.domain.state import State
from etoile.gui.blank import Blank
from etoile.gui.chart_page import ChartPage
from etoile.gui.glyphs import Glyph
from etoile.gui.gpu_card import OpenCard
from etoile.gui.gpu_row import GpuHeading
from etoile.gui.gpu_strip import GpuStrip, all_simulated, as_rows
from etoile.gui.gpu_view import GpuView
from etoile.gui.page import Ground, Page
from etoile.gui.scroll import GUTTER, beside_bar
from etoile.gui.snoozing import offer_silence
from etoile.text import message

_HEADING_GAP = 4
_LOW = 420
"""On a page that is not higher, as at 250 %, the history has all the room: above it is no card."""


class GpuPage(Page):
    """All GPUs, local and remote: a click or Enter opens one, a right click or the Menu key its menu."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = ground.look
        self._ground = ground
        self._state = State()
        self._heading = GpuHeading(look, self)
        self._gpus = GpuStrip(look, ground.now_s, ground.clock, self)
        self._gpus.opened.connect(self.open_chart)
        self._gpus.menu_wanted.connect(self._open_menu)
        now = QWidget(self)
        column = QVBoxLayout(now)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_HEADING_GAP)
        column.addLayout(beside_bar(self._heading))
        column.addWidget(self._gpus, 1)
        self._none = Blank(look, Glyph.SLASHED, message("Add a node"), ground.doors.open_nodes, self)
        self._chart = ChartPage(look, ground.doors.publish, self._close_chart, self)
        self._open_card: OpenCard | None = None
        self._opened = QVBoxLayout()
        self._opened.setContentsMargins(0, 0, GUTTER, 0)
        self._faces = QStackedLayout(self)
        for face in (now, self._none, self._face_of_one()):
            self._faces.addWidget(face)

    def _face_of_one(self) -> QWidget:
        """Return where the history of a GPU is shown, below what it tells now."""
        face = QWidget(self)
        column = QVBoxLayout(face)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_HEADING_GAP)
        column.addLayout(self._opened)
        column.addWidget(self._chart, 1)
        return face

    def show_state(self, state: State) -> None:
        """Show the GPUs of `state`, and the history that is open."""
        self._state = state
        self._heading.show_simulated(all_simulated(state))
        self._heading.setVisible(as_rows(state))
        self._gpus.show_state(state, self._ground.history)
        self._chart.show_state(state)
        self._show_open_card()
        missing = state.missing.get("gpu")
        self._none.say(message("No GPU reported yet"), missing.said if missing else None)
        if not self._chart.is_open:
            self._faces.setCurrentIndex(0 if state.watched else 1)

    def step_back(self) -> bool:
        """Leave the history of a card, if one is open."""
        if not self._chart.is_open:
            return False
        self._chart.step_back()
        return True

    def open_chart(self, uuid: str) -> None:
        """Show the history of the card `uuid`; a click leaves the focus where it is."""
        by_keys = isinstance(self.window().focusWidget(), GpuView)
        self._chart.show_state(self._state)
        self._faces.setCurrentIndex(2)
        self._chart.open(uuid, by_keys=by_keys)
        self._show_open_card()

    def _show_open_card(self) -> None:
        """Show above the history what its GPU tells now; one that is gone tells nothing."""
        open_gpu = (gpu for gpu in self._state.watched if self._chart.is_open and gpu.uuid == self._chart.uuid)
        gpu, card = next(open_gpu, None), self._open_card
        if card and (gpu is None or gpu.uuid != card.glance.gpu.uuid):
            self._opened.removeWidget(card)
            card.hide()
            card.deleteLater()
            self._open_card = None
        if gpu is None:
            return
        glance = self._gpus.glance(gpu, self._state, self._ground.history)
        if self._open_card is None:
            self._open_card = OpenCard(self._ground.look, glance, self)
            self._open_card.menu_wanted.connect(self._open_menu)
            self._opened.addWidget(self._open_card)
        else:
            self._open_card.show_glance(glance)
        self._open_card.setVisible(self.height() > self._ground.look.px(_LOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_open_card()

    def _close_chart(self) -> None:
        uuid = self._chart.uuid
        self._chart.close_card()
        self._show_open_card()
        self._faces.setCurrentIndex(0 if self._state.watched else 1)
        self._gpus.reach(uuid)

    # The menu of a GPU

    def _open_menu(self, uuid: str, place: QPoint) -> None:
        self.menu(uuid).popup(place)

    def menu(self, uuid: str) -> QMenu:
        """Return the menu of the GPU `uuid`: its history, and for how long there may be silence about it."""
        look, state, scope = self._ground.look, self._state, Scope(subject=uuid)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if not self._chart.is_open:
            menu.addAction(look.words(message("History"))).triggered.connect(lambda _=False: self.open_chart(uuid))
            menu.addSeparator()
        menu.addAction(look.words(message("Snooze alerts"))).setEnabled(False)
        offer_silence(
            menu,
            look,
            self._ground.doors.publish,
            self._ground.now_s,
            scope,
            snoozed=state.desk.is_snoozed(self._ground.now_s(), scope),
            wrong=any(subject == uuid for _, subject in state.desk.gpus.wrong),
        )
        return menu
