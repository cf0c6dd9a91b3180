"""What each kind of request takes: roles, one step after the other, and side by side within a step."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from etoile.config import Config
from etoile.config.writing import Change, setting
from etoile.domain.roles import DEFAULT_MATRIX, Steps, matrix_of
from etoile.errors import ConfigError
from etoile.gui.design import Look
from etoile.gui.settings.controls import Field
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.group import Titled
from etoile.gui.settings.node_rows import KINDS, ROLES
from etoile.gui.settings.setting import IDLE_MS
from etoile.text import message

SECTION = "routing.matrix"


class StepsRow(RowFrame):
    """The steps of one kind; empty for the usual ones."""

    def __init__(self, look: Look, kind: str, file: SettingsFile, parent: QWidget | None = None) -> None:
        self._kind, self._file = kind, file
        usual = as_steps_line(DEFAULT_MATRIX[kind])
        self.control = Field(look, width=216)
        self.control.setPlaceholderText(usual)
        super().__init__(look, KINDS[kind], message("Usually: {steps}", steps=usual), self.control, parent=parent)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._write)
        self.control.textEdited.connect(lambda _: self._judge())
        self.control.editingFinished.connect(self._write)
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show the steps of `config`, where they are not the usual ones."""
        own = {str(kind) for kind in config.routing.matrix}
        steps = matrix_of(config.routing.matrix)[self._kind] if self._kind in own else ()
        self.control.show_text(as_steps_line(steps))

    def _judge(self) -> None:
        error = self._file.refusal(self._edit())
        self._show_wrong(error)
        if error:
            self._idle.stop()
        else:
            self._idle.start()

    def _edit(self) -> Change:
        steps = as_steps(self.control.text())
        return setting(SECTION, self._kind, steps or None)

    def _write(self) -> None:
        self._idle.stop()
        if not self.control.isModified():
            return
        error = self._file.change(self._edit())
        self._show_wrong(error)
        if error is None:
            self.control.setModified(False)

    def _show_wrong(self, error: ConfigError | None) -> None:
        self.wrong.say(error)
        self.control.show_wrong(error is not None)


class MatrixGroup(Titled):
    """A row for each kind of request."""

    def __init__(self, look: Look, file: SettingsFile, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Who does what"), parent)
        self.explain(
            message(
                "Roles, one after the other: code, review. Side by side: analyse + search. There are: {roles}.",
                roles=list(ROLES),
            )
        )
        self.rows = {kind: StepsRow(look, kind, file, self) for kind in KINDS}
        self.add(*self.rows.values())

    def show_config(self, config: Config) -> None:
        """Show what stands in `config`."""
        for row in self.rows.values():
            row.show_config(config)


def as_steps(line: str) -> list[str | list[str]]:
    """Return the steps that `line` names: "analyse + search, validate"."""
    steps = [[role.strip() for role in step.split("+")] for step in line.split(",") if step.strip()]
    return [step[0] if len(step) == 1 else step for step in steps]


def as_steps_line(steps: Steps | Sequence[Sequence[str]]) -> str:
    """Return `steps` as they are typed."""
    return ", ".join(" + ".join(step) for step in steps)
