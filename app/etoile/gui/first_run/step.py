"""What each of the first steps is, and what they share."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.config.writing import Change
from etoile.domain.events import Event, PartMissing
from etoile.domain.state import State
from etoile.gui.design import Look, Tone, Type
from etoile.gui.first_run.aids import Aids
from etoile.gui.label import Label
from etoile.gui.page import first_stop
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.outside import Outside
from etoile.text import Message, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What steps are made with."""

    look: Look
    file: SettingsFile
    outside: Outside
    aids: Aids
    publish: Callable[[Event], None]
    confirm_node: Callable[[str], None]
    now_s: Callable[[], float]
    """The monotonic clock."""


class Step(QWidget):
    """A page: what it is about, and what it changes in the settings when the user goes on."""

    language_wanted = Signal(str)
    """The first steps are to be shown in this language from now on."""
    settled = Signal()
    """What had to be found out before going on is known, and stands in the way no more."""
    title: Message

    def __init__(self, means: Means, lead: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._means, self._look = means, means.look
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self._said(lead, tone=Tone.TEXT2)

    def enter(self) -> None:
        """The page comes into view."""

    def begin(self) -> None:
        """Give the focus to where one begins: the first part that takes it, if there is one."""
        if part := first_stop(self):
            part.setFocus(Qt.FocusReason.TabFocusReason)

    def leave(self) -> None:
        """The page goes out of view."""

    def show_state(self, state: State) -> None:
        """Show what of `state` belongs here."""

    def holds_back(self) -> bool:
        """Whether something stands in the way of going on; what must be found out is begun, and `settled` tells."""
        return False

    def chosen(self) -> tuple[Change, ...]:
        """Return what the user chose, as changes to the settings file; none where all stays as it is."""
        return ()

    def _said(self, said: Message | None, kind: Type = Type.UI, tone: Tone = Tone.TEXT) -> Label:
        """Add a line of text, and return it."""
        label = Label(self._look, kind, tone, parent=self)
        label.say(said)
        self.column.addWidget(label)
        return label


def with_remedy(missing: PartMissing) -> Message:
    """Return what is wrong with a part, and how to mend it."""
    if missing.remedy is None:
        return missing.said
    return message("{first} {following}", first=missing.said, following=missing.remedy)
