"""What was learned and may be wanted: another wording of a command, a misheard word, or a habit.

Nothing runs but what is clicked.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.events import Event, OfferRefused, OfferTaken, Typed
from etoile.domain.learning.offers import Offer, Question
from etoile.gui.button import Button, Kind, outdented
from etoile.gui.design import Look, Tone, Type
from etoile.gui.flow import Flow
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.gui.surface import Surface
from etoile.text import message, verbatim

REMEMBER = message("Remember")
NEVER = message("Never")


class OfferCard(Surface):
    """One offer with its buttons.  It takes no focus: it came by itself, and Enter belongs to the line to type in."""

    def __init__(self, look: Look, offer: Offer, publish: Callable[[Event], None]) -> None:
        super().__init__(look)
        said = Label(look, Type.UI, parent=self)
        said.say(offer.said)
        self.why = Label(look, Type.META, Tone.TEXT3, parent=self)
        self.why.say(message("“etoile learn” shows what was learned, and forgets it."))
        self.setToolTip(self.why.text())
        row = QWidget(self)
        flow = Flow(row)
        never = Button(look, NEVER, kind=Kind.FLAT, parent=row)
        never.setAccessibleDescription(look.words(offer.said))
        never.clicked.connect(lambda: publish(OfferRefused(offer)))
        flow.addWidget(self._wanted(look, offer, publish, row))
        flow.addWidget(never)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(said)
        words.addWidget(self.why)
        words.addLayout(outdented(row))
        top = QHBoxLayout(self)
        top.setContentsMargins(12, 12, 8, 8)
        top.setSpacing(8)
        top.addWidget(Sign(look, Glyph.STAR, self), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        self.setAccessibleName(look.words(offer.said))

    def _wanted(self, look: Look, offer: Offer, publish: Callable[[Event], None], parent: QWidget) -> Button:
        """Return the button that takes an alias or a word; for a habit, the one that makes its request."""
        if isinstance(offer, Question):
            button = Button(look, REMEMBER, kind=Kind.PRIMARY, parent=parent)
            button.clicked.connect(lambda: publish(OfferTaken(offer)))
        else:
            request = Typed(offer.request)
            button = Button(look, verbatim(offer.request), parent=parent)
            button.clicked.connect(lambda: publish(request))
        button.setAccessibleDescription(look.words(offer.said))
        return button


class OfferView(QWidget):
    """The place of the offer, above the line to type in; empty most of the time."""

    def __init__(self, look: Look, publish: Callable[[Event], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._publish = look, publish
        self._offer: Offer | None = None
        self._card: OfferCard | None = None
        self._low = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_offer(self, offer: Offer | None) -> None:
        """Show `offer`, in place of the former one."""
        if offer is self._offer:
            return
        self._offer = offer
        if self._card:
            self._column.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        self._card = OfferCard(self._look, offer, self._publish) if offer else None
        self.setVisible(self._card is not None)
        if self._card:
            self._column.addWidget(self._card)
            self._card.show()
            self._card.why.setVisible(not self._low)

    def fit_into_low(self, *, low: bool) -> None:
        """In a `low` page say only what is offered; the rest is in the tool tip."""
        self._low = low
        if self._card:
            self._card.why.setVisible(not low)

    def height_at(self, width: int) -> int:
        """Return how high the offer is where it is `width` wide; 0 while there is none."""
        return self._card.heightForWidth(width) if self._card else 0
