"""What is kept and where, and how all of it is deleted."""

from PySide6.QtWidgets import QWidget

from etoile.errors import EtoileError
from etoile.gui.button import Button
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.settings.asking import Asking
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.frame import Plain, RowFrame, Wrong
from etoile.gui.settings.group import Titled
from etoile.gui.settings.outside import Outside
from etoile.text import Message, message, verbatim


class ForgetGroup(Titled):
    """Names the folders, and deletes everything after a question that says what is lost."""

    def __init__(self, look: Look, outside: Outside, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Everything that is kept"), parent)
        self._outside, self._errand = outside, Errand(self)
        places = Plain(look, verbatim("\n".join(outside.kept_at())))
        places.words.setAccessibleName(look.words(message("Folders")))
        self.delete = Button(look, message("Delete all…"))
        self.add(
            places,
            RowFrame(
                look,
                message("Delete all"),
                message("History, answers, what was learned, measurements and recordings. Settings stay."),
                self.delete,
            ),
        )
        self.delete.setAccessibleName(look.words(message("Delete all…")))
        self._said = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._wrong = Wrong(look, self)
        self.column.addWidget(self._said)
        self.column.addWidget(self._wrong)
        self.delete.clicked.connect(self._ask)
        self.asking: Asking | None = None

    def _ask(self) -> None:
        if self.asking:
            return
        self._said.say(None)
        self.asking = Asking(
            self._look,
            message("Delete everything that Etoile kept?"),
            message(
                "Every request and answer, every alias and habit, every measurement and every recording on this "
                "computer is deleted. This cannot be undone."
            ),
            message("Delete all"),
            self._delete,
            self._leave,
            self,
        )
        self.column.addWidget(self.asking)
        self.asking.cancel.setFocus()

    def _delete(self) -> None:
        self._leave()
        self._errand.begin(self._outside.forget_everything, self._tell, self._fail)

    def _leave(self) -> None:
        if self.asking:
            self.column.removeWidget(self.asking)
            self.asking.hide()
            self.asking.deleteLater()
            self.asking = None
        self.delete.setFocus()

    def _tell(self, said: Message) -> None:
        self._wrong.say(None)
        self._said.say(said)

    def _fail(self, error: EtoileError) -> None:
        self._wrong.say(error)
