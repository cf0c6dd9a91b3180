"""The cards of all GPUs, in their order."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.gpu_card import Card, GpuCard
from etoile.gui.history import History
from etoile.gui.scroll import ScrollColumn
from etoile.text import message

CARD_GAP = 8


class GpuStrip(ScrollColumn):
    """A column of cards that scrolls when there are more than fit.

    `now_s` is the monotonic clock of the readings, `clock` the time of day.
    """

    def __init__(
        self,
        look: Look,
        now_s: Callable[[], float],
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._now_s, self._clock = look, now_s, clock
        self._cards: dict[str, GpuCard] = {}
        self.column.setSpacing(CARD_GAP)
        self.setAccessibleName(look.words(message("GPUs")))

    def show_state(self, state: State, history: History) -> None:
        """Show the GPUs of `state`, with what `history` knows of them."""
        if list(self._cards) != [gpu.uuid for gpu in state.gpus]:
            self._rebuild(state, history)
        for gpu in state.gpus:
            self._cards[gpu.uuid].show_card(self._card(gpu, state, history))
        self.setVisible(bool(state.gpus))

    def sizeHint(self) -> QSize:
        return self.column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.column.minimumSize().width(), self._look.px(48))

    def _rebuild(self, state: State, history: History) -> None:
        for card in self._cards.values():
            card.deleteLater()
        self._cards = {gpu.uuid: GpuCard(self._look, self._card(gpu, state, history)) for gpu in state.gpus}
        for card in self._cards.values():
            self.column.addWidget(card)
            card.show()
        self.updateGeometry()

    def _card(self, gpu: GpuReading, state: State, history: History) -> Card:
        stale = gpu.state is GpuState.STALE
        return Card(
            gpu=gpu,
            thermal=state.thermal(gpu.uuid),
            limits=state.limits,
            samples=history.of(gpu.uuid),
            measured_at=self._time_of(gpu.at_s) if stale else "",
        )

    def _time_of(self, at_s: float) -> str:
        then = self._clock().timestamp() - (self._now_s() - at_s)
        return datetime.fromtimestamp(then).astimezone().strftime("%H:%M")
