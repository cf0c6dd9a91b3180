"""What stands in the window: its head, the tabs, and the pages, each made when it is shown for the first time."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.anew import carry_over, focus_again
from etoile.gui.button import RING
from etoile.gui.conversation_page import ConversationPage, wants_room
from etoile.gui.design import PADDING
from etoile.gui.header import Header
from etoile.gui.page import CONVERSATION, KEYS, Ground, Page, first_stop
from etoile.gui.pages import PAGES, WITHOUT_TAB
from etoile.gui.scroll import GUTTER, beside_bar
from etoile.gui.tabs import Tabs


class Body(QWidget):
    """Shows one page at a time.  `fold` and `begin_anew` are the window's, and asked for by buttons."""

    def __init__(
        self, ground: Ground, fold: Callable[[], None], begin_anew: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._ground = ground
        self.state, self.low = State(), False
        self.pages: dict[str, Page] = {}
        self.came_from = CONVERSATION
        """The page to which Esc leads back from one without a tab."""
        self.header = Header(ground.look, fold, begin_anew, self)
        self.tabs = Tabs(ground.look, {key: kind.title for key, kind in PAGES.items()}, self.show_page, self)
        self._stack = QStackedLayout()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        self._column.addLayout(beside_bar(self.header))
        tabs = beside_bar(self.tabs)
        tabs.insertSpacing(0, -RING)  # the face of the first begins where everything else does
        self._column.addLayout(tabs)
        self._column.addLayout(self._stack, 1)
        self.setMouseTracking(True)

    def take_over(self, former: "Body", focus: QWidget | None) -> None:
        """Show the pages of `former` with what was typed in them, and what had the `focus` with it."""
        self.came_from = former.came_from
        self.state, self.low = former.state, former.low
        for key in sorted(former.pages, key=lambda key: key == former.page):  # the page that is shown comes last
            carry_over(former.pages[key], self.show_page(key))
        focus_again(focus, former, self)

    @property
    def page(self) -> str:
        """The key of the page that is shown."""
        shown = self._stack.currentWidget()
        return next((key for key, page in self.pages.items() if page is shown), CONVERSATION)

    @property
    def empty(self) -> bool:
        """Whether no page was shown yet."""
        return not self.pages

    @property
    def last_answer(self) -> str:
        """The newest answer, to copy."""
        page = self.pages.get(CONVERSATION)
        return page.last_answer if isinstance(page, ConversationPage) else ""

    def show_page(self, key: str) -> Page:
        """Show the page `key` and return it; it is made when it is wanted for the first time."""
        if key not in self.pages:
            kind = PAGES.get(key) or WITHOUT_TAB[key]
            self.pages[key] = kind.make(self._ground, self.go_to)
            self._stack.addWidget(self.pages[key])
        page = self.pages[key]
        self._stack.setCurrentWidget(page)
        if key in PAGES:
            self.tabs.show_chosen(key)
        if self.window().isVisible():
            self.refresh()
        return page

    def go_to(self, key: str) -> None:
        """Show the page `key`, with the focus where one begins in it."""
        self.show_page(key).begin()

    def show_keys(self) -> None:
        """List the keys; asked again, open the help."""
        if self.page == KEYS:
            self._ground.doors.open_help("")
            return
        self.came_from = self.page
        self.go_to(KEYS)

    def return_to_conversation(self) -> None:
        """Show the conversation: something new happens there.  The focus follows where it would be lost.

        What is asked there may have taken it already.
        """
        former, focus = self.pages[self.page], self.window().focusWidget()
        page = self.show_page(CONVERSATION)
        taken = page.isAncestorOf(self.window().focusWidget() or self)
        if not taken and focus is not None and former.isAncestorOf(focus):
            page.begin()

    def step_back(self) -> bool:
        """Leave what is nearest: a page without a tab, else what is open on the page; return whether there was any."""
        if self.page in WITHOUT_TAB:
            self.go_to(self.came_from)
            return True
        return self.pages[self.page].step_back()

    def next_region(self, step: int = 1) -> None:
        """Give the focus to the next part of the window: its head, the tabs, the parts of the page."""
        regions = [self.header, self.tabs, *self.pages[self.page].regions]
        focus = self.window().focusWidget()
        here = next((at for at, region in enumerate(regions) if focus and region.isAncestorOf(focus)), 0)
        for away in range(1, len(regions) + 1):
            region = regions[(here + step * away) % len(regions)]
            stop = self.tabs.chosen if region is self.tabs else first_stop(region)
            if stop and region.isVisible():
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def follow(self, state: State) -> None:
        """Take in `state`; `refresh` shows it."""
        self.state = state

    def fit_into_low(self, *, low: bool) -> None:
        """Make room in a `low` window, as on a screen at 250 %: a question keeps its buttons in sight."""
        self.low = low
        self.header.fit_into_low(low=low)
        self.tabs.setVisible(not (low and self.page == CONVERSATION and wants_room(self.state.turn)))
        self._column.setContentsMargins(PADDING, 0, PADDING - GUTTER, PADDING // 2 if low else PADDING)

    def refresh(self) -> None:
        """Show the state again; on a locked screen nothing of it."""
        if self.state.locked:
            return
        self.header.show_state(self.state)
        self.fit_into_low(low=self.low)
        shown = self.page
        for key, kind in PAGES.items():
            self.tabs.show_attention(key, None if key == shown else kind.attention(self.state))
        self.pages[shown].show_state(self.state)
