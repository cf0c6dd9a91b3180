"""The units of a request as they run: a shape for how far each is, what it does, and who does it."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.commander.telling import row
from etoile.domain.commander.units import TaskUnit, Units, UnitStatus
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.text import message

SIGNS: dict[UnitStatus, Severity | Glyph] = {
    UnitStatus.WAITING: Glyph.RING,
    UnitStatus.RUNNING: Glyph.RUNNING,
    UnitStatus.DONE: Glyph.TICK,
    UnitStatus.FAILED: Severity.CRITICAL,
    UnitStatus.SKIPPED: Glyph.DASH,
    UnitStatus.STOPPED: Glyph.STOP,
}


class UnitList(QWidget):
    """A row for each unit; nothing where the request is one."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setAccessibleName(look.words(message("Steps")))
        self.hide()

    def show_units(self, units: Units) -> None:
        """Show `units`."""
        while len(self._rows) < len(units):
            self._rows.append(_Row(self._look, self))
            self._column.addWidget(self._rows[-1])
        for shown, unit in zip(self._rows, units, strict=False):
            shown.show_unit(unit)
        for left in self._rows[len(units) :]:
            left.hide()
        self.setVisible(bool(units))


class _Row(QWidget):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._sign = Sign(look, Glyph.RING, self, side=14, height=16)
        self._said = Label(look, Type.META, Tone.TEXT2, parent=self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._sign)
        line.addWidget(self._said, 1)

    def show_unit(self, unit: TaskUnit) -> None:
        self._sign.show_sign(SIGNS[unit.status])
        self._said.say(row(unit))
        self.setAccessibleName(self._said.text())
        self.show()
