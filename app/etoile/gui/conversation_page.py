"""The page of the conversation: the hottest GPU in one line, the turns, what is asked or offered, and the composer."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from etoile.domain.events import Asking, Typed, UndoWanted
from etoile.domain.nodes import NodeState
from etoile.domain.state import State
from etoile.domain.turn import LISTENED, Phase, Standing, Turn
from etoile.gui.activity import Activity
from etoile.gui.composer import Composer
from etoile.gui.conversation import Conversation
from etoile.gui.heard import MOST_LINES
from etoile.gui.hottest import HottestLine
from etoile.gui.node_strip import NodeStrip
from etoile.gui.notices import Notices
from etoile.gui.offer import OfferView
from etoile.gui.page import Ground, Page
from etoile.gui.question import QuestionView
from etoile.gui.scroll import beside_bar

TICK_MS = 250
KEPT_FREE = 280
"""Height that conversation, question and composer keep, before the line about heat gets any."""
_TIMED = (*LISTENED, Phase.THINKING, Phase.CONFIRMING)


def wants_room(turn: Turn) -> bool:
    """Whether `turn` shows something that needs all the room of a low window: a question, or what is heard.  Pure."""
    return turn.question is not None or turn.phase in LISTENED


class ConversationPage(Page):
    """`show_gpus` is called for the page of all GPUs."""

    def __init__(self, ground: Ground, show_gpus: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look, publish = ground.look, ground.doors.publish
        self._ground, self._publish = ground, publish
        self._state = State()
        self._hottest = HottestLine(look, ground.now_s, ground.clock, self)
        self._hottest.clicked.connect(show_gpus)
        self._found = NodeStrip(look, ground.doors.confirm_node, self)
        """Nodes that were found and wait for a word."""
        self._notices = Notices(look, publish, ground.doors.open_help)
        self._conversation = Conversation(
            look,
            ground.talk_key,
            self._ask,
            self._undo,
            self._ask_afresh,
            ground.doors.open_help,
            self._notices,
            self,
        )
        self._offer = OfferView(look, publish, self)
        self._question = QuestionView(ground, self._is_typing, self)
        self._activity = Activity(ground, self)
        self._composer = Composer(look, ground.talk_key, publish, self)
        self._composer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_times)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(beside_bar(self._hottest))
        column.addLayout(beside_bar(self._found))
        column.addWidget(self._conversation, 1)
        column.addStretch()
        for part in (self._offer, self._question, self._activity, self._composer):
            column.addLayout(beside_bar(part))
        self._found.hide()

    def _is_typing(self) -> bool:
        """Whether somebody has begun to write something that is not sent yet."""
        return bool(self._composer.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_hottest()
        self._show_entries()
        self._give_way()
        self._activity.allow_lines(MOST_LINES if self._has_room else MOST_LINES // 2)

    @property
    def _has_room(self) -> bool:
        return self.height() >= self._ground.look.px(KEPT_FREE)

    def _show_hottest(self) -> None:
        """Show the line about heat where there is room for it."""
        self._hottest.show_state(self._state)
        if not self._has_room:
            self._hottest.hide()

    def _show_entries(self) -> None:
        """Show the turns; how to begin only where that leaves room for an offer."""
        examples = self._has_room or self._state.learning.visible is None
        self._conversation.show_entries(self._ground.transcript.entries, examples=examples)

    def _give_way(self) -> None:
        """Leave a low window to what is asked, to what is heard, and to an offer that would be cut off otherwise."""
        self._offer.fit_into_low(low=not self._has_room)
        wanted = wants_room(self._state.turn) or self._offer.height_at(self._composer.width()) > self._left_by_words
        self._conversation.setVisible(self._has_room or not wanted)

    @property
    def _left_by_words(self) -> int:
        """Height between the least that the conversation needs and the line to type in."""
        gaps = 2 * self._column.spacing()
        return self.height() - self._conversation.minimumSizeHint().height() - self._composer.height() - gaps

    @property
    def last_answer(self) -> str:
        """The newest answer, to copy."""
        return self._conversation.last_answer

    @property
    def regions(self) -> Sequence[QWidget]:
        """What was said, what is asked, and the line to type in."""
        return self._conversation, self._question, self._composer

    def begin(self) -> None:
        """Give the focus to the line to type in."""
        self._composer.setFocus()

    def hideEvent(self, event: object) -> None:
        self._tick.stop()

    def show_state(self, state: State) -> None:
        """Show the conversation, and what stands beside it."""
        self._state = state
        self._show_hottest()
        self._found.show_nodes(tuple(node for node in state.nodes if node.state is NodeState.UNCONFIRMED))
        self._notices.show_state(state)
        self._offer.show_offer(state.learning.visible)
        self._show_entries()
        self._give_way()
        self._show_times()
        if state.turn.phase in _TIMED:
            self._tick.start()
        else:
            self._tick.stop()

    def _show_times(self) -> None:
        """Show what changes by time alone: how long something takes, and how long a question stands."""
        turn, since_s = self._state.turn, self._ground.stopwatch.elapsed_s
        focus = self.window().focusWidget()
        had_focus = focus is not None and self._question.isAncestorOf(focus)
        stands_s = turn.shown_s if turn.standing is Standing.SHOWN else turn.confirm_s + turn.shown_s
        self._question.show_question(turn.question, stands_s - since_s)
        if had_focus and turn.question is None:
            self._composer.setFocus()
        self._activity.show_state(self._state)

    def _ask(self, text: str) -> None:
        self._publish(Typed(text))

    def _ask_afresh(self, text: str) -> None:
        self._publish(Typed(text, Asking(fresh=True)))

    def _undo(self, shown: int) -> None:
        self._publish(UndoWanted(shown))
