"""The switch between the spans of a chart: one of a row, for mouse and arrow keys."""

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from etoile.domain.history import Span
from etoile.gui.design import Look
from etoile.gui.tabs import PADDING, Tab
from etoile.text import message

SPANS = {
    Span.HOUR: message("Hour"),
    Span.DAY: message("Day"),
    Span.WEEK: message("Week"),
    Span.MONTH: message("Month"),
    Span.YEAR: message("Year"),
}


class SpanSwitch(QWidget):
    """A tab for each span; `choose` is called with the one that was chosen."""

    def __init__(self, look: Look, choose: Callable[[Span], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choose = choose
        self._tabs = {span: Tab(look, said, self) for span, said in SPANS.items()}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for span, tab in self._tabs.items():
            tab.toggled.connect(lambda on, span=span: self._choose(span) if on else None)
            row.addWidget(tab, tab.sizeHint().width())  # a longer word has more room
        self.setAccessibleName(look.words(message("Time shown")))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the tabs be hardly wider than their words where they would not fit otherwise."""
        super().resizeEvent(event)
        wanted = sum(tab.width_with(PADDING) for tab in self._tabs.values())
        for tab in self._tabs.values():
            tab.tighten(wanted > self.width())

    def show_span(self, span: Span) -> None:
        """Show `span` as the chosen one."""
        self._tabs[span].setChecked(True)
