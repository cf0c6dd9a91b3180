"""The window of the first steps: one page at a time, and the buttons that lead through them."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from etoile.config.writing import Change
from etoile.domain.state import State
from etoile.gui.announcements import announce
from etoile.gui.button import RING, Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.first_run.language import LanguageStep
from etoile.gui.first_run.microphone import MicrophoneStep
from etoile.gui.first_run.nodes import NodesStep
from etoile.gui.first_run.speech_model import SpeechModelStep
from etoile.gui.first_run.step import Means, Step
from etoile.gui.first_run.talk_key import TalkKeyStep
from etoile.gui.icons import app_icon
from etoile.gui.label import Label
from etoile.gui.scroll import GUTTER, ScrollColumn
from etoile.gui.settings.frame import Wrong
from etoile.gui.settings.style import settings_sheet
from etoile.text import message

WIDTH, HEIGHT = 560, 520
MARGIN = 24
AnyStep = LanguageStep | MicrophoneStep | TalkKeyStep | SpeechModelStep | NodesStep
STEPS: tuple[tuple[type[AnyStep], str], ...] = (
    (LanguageStep, "start"),
    (MicrophoneStep, "microphone"),
    (TalkKeyStep, "talk_key"),
    (SpeechModelStep, "speech_model"),
    (NodesStep, "nodes"),
)
"""The pages in their order, and what the help tells of each."""


class Face(QWidget):
    """All that stands in the window, in one language."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.progress = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        self.title = Label(look, Type.STEP, parent=self)
        self.body = ScrollColumn(self)
        self.wrong = Wrong(look, self)
        self.skip = Button(look, message("Skip"), kind=Kind.FLAT, parent=self)
        self.skip.setToolTip(look.words(message("Go on, and leave the settings as they are")))
        self.back = Button(look, message("Back"), parent=self)
        self.next = Button(look, message("Next"), kind=Kind.PRIMARY, parent=self)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, GUTTER - RING, 0)
        buttons.setSpacing(4)
        buttons.addSpacing(-RING - 12)
        buttons.addWidget(self.skip)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 16, MARGIN - GUTTER, 12)
        column.setSpacing(4)
        column.addWidget(self.progress)
        column.addWidget(self.title)
        column.addSpacing(8)
        column.addWidget(self.body, 1)
        column.addWidget(self.wrong)
        column.addLayout(buttons)

    def show_step(self, step: Step) -> None:
        """Show `step` in place of the former one."""
        while item := self.body.column.takeAt(0):
            if former := item.widget():
                former.hide()
                former.deleteLater()
        self.body.column.addWidget(step)
        step.show()


class FirstRun(QDialog):
    """Next keeps what was chosen on a page, Skip leaves the settings as they are, Esc puts all of it off.

    `ended` is called when the window goes; `open_help` with what to read about.
    """

    def __init__(
        self,
        means: Means,
        ended: Callable[[], None],
        open_help: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._means, self._ended, self._open_help = means, ended, open_help
        self._written_in = means.look.language
        self._state = State()
        self._place = 0
        self._step: Step | None = None
        self.setWindowIcon(app_icon())
        self.setModal(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.face = self._new_face()
        look = means.look
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(look.px(WIDTH), screen.width()), min(look.px(HEIGHT), screen.height()))
        self.setMinimumSize(min(look.px(400), screen.width()), min(240, screen.height()))
        self._bind_keys()

    @property
    def step(self) -> Step | None:
        """The page that is shown; None while the window is closed."""
        return self._step

    def present(self) -> None:
        """Show the first page, or the one that is open already, with the keyboard."""
        if self._step is None:
            self._go_to(0)
        self.show()
        self.raise_()
        self.activateWindow()
        self._begin()

    def show_state(self, state: State) -> None:
        """Let the page that is open show `state`."""
        self._state = state
        if self._step:
            self._step.show_state(state)

    def reject(self) -> None:
        """Esc, and closing: not now.  What was not kept is left as it was; the first steps can be opened again."""
        self._leave_step()
        super().reject()
        self._ended()

    def changeEvent(self, event: QEvent) -> None:
        """While the window is minimised nothing is tried: the talk key asks again."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange and self._step:
            if self.isMinimized():
                self._step.leave()
            else:
                self._step.enter()

    def _new_face(self) -> Face:
        look = self._means.look
        face = Face(look, self)
        face.skip.clicked.connect(lambda: self._go_to(self._place + 1))
        face.back.clicked.connect(lambda: self._go_to(self._place - 1))
        face.next.clicked.connect(self._keep)
        column = self.layout()
        assert column is not None
        column.addWidget(face)
        self.setStyleSheet(settings_sheet(look))
        look.changed.connect(self._restyle)
        return face

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Alt+Left": lambda: self._go_to(max(0, self._place - 1)),
            "Alt+Right": self._keep,
            "F1": lambda: self._open_help(STEPS[self._place][1]),
            "Ctrl+W": self.reject,
        }
        for sequence, call in keys.items():
            QShortcut(QKeySequence(sequence), self).activated.connect(call)

    def _keep(self) -> None:
        """Write what was chosen on the page, and go on; what cannot be written is told, and the page stays."""
        if self._step and self._step.holds_back():
            return
        changes = self._step.chosen() if self._step else ()
        error = self._means.file.change(_all_of(changes)) if changes else None
        self.face.wrong.say(error)
        if error is None:
            self._go_to(self._place + 1)

    def _go_to(self, place: int) -> None:
        """Show the page at `place`; behind the last one the window closes."""
        if place >= len(STEPS):
            self.reject()
            return
        self._leave_step()
        self._place = place
        self._step = STEPS[place][0](self._means)
        self._step.language_wanted.connect(self.speak, Qt.ConnectionType.QueuedConnection)
        self._step.settled.connect(self._keep)
        self.face.show_step(self._step)
        self._show_place()
        self._step.enter()
        self._step.show_state(self._state)
        self._begin()

    def _show_place(self) -> None:
        look, face, last = self._means.look, self.face, self._place == len(STEPS) - 1
        title = STEPS[self._place][0].title
        progress = message("{number} of {count}", number=self._place + 1, count=len(STEPS))
        face.progress.say(progress)
        face.title.say(title)
        face.wrong.say(None)
        face.back.setEnabled(self._place > 0)
        words = look.words(message("Start") if last else message("Next"))
        face.next.setText(words)
        face.next.setAccessibleName(words)
        self.setWindowTitle(look.words(message("First steps: {title}", title=title)))
        announce(self, look.words(message("{title}, {progress}", title=title, progress=progress)), assertive=False)

    def _begin(self) -> None:
        """Give the focus to the page, or to the button that goes on."""
        self.face.next.setFocus(Qt.FocusReason.TabFocusReason)
        if self._step:
            self._step.begin()

    def _leave_step(self) -> None:
        if self._step:
            self._step.leave()
            self._step = None

    def speak(self, language: str) -> None:
        """Show everything in `language`: texts are made once, so the window is made anew."""
        if language == self._written_in:
            return
        self._written_in = language
        self._leave_step()
        self._means.look.changed.disconnect(self._restyle)
        if language != self._means.look.language:  # only here, until it is written
            theme = self._means.file.config.window.theme
            self._means = replace(self._means, look=Look(language, theme))
        former, self.face = self.face, self._new_face()
        former.hide()
        former.deleteLater()
        self._go_to(self._place)

    def _restyle(self) -> None:
        self.setStyleSheet(settings_sheet(self._means.look))


def _all_of(changes: tuple[Change, ...]) -> Change:
    def edit(document: object) -> None:
        for change in changes:
            change(document)  # type: ignore[arg-type]  # a document of tomlkit, which is imported late

    return edit
