"""The floating window: what it shows of a state, what the keyboard does, how it comes and goes."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QColor, QFocusEvent, QGuiApplication, QShortcut, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.events import Cancelled, Chosen, Declined, TalkToggled, Typed, UndoWanted, VoiceMuted
from etoile.domain.gpus import GpuState
from etoile.domain.nodes import NodeState
from etoile.domain.state import State
from etoile.domain.turn import Phase, Standing, Turn
from etoile.gui.button import Button
from etoile.gui.code_block import CodeBlock
from etoile.gui.composer import Composer
from etoile.gui.conversation import Conversation
from etoile.gui.design import DARK, LIGHT, SHADOW, Look
from etoile.gui.frame import edges_at
from etoile.gui.gpu_card import GpuCard
from etoile.gui.header import Header
from etoile.gui.hottest import HottestLine
from etoile.gui.level import Level
from etoile.gui.node_chip import NodeChip
from etoile.gui.node_row import NodeRow
from etoile.gui.page import CONVERSATION, GPU, HISTORY, NODES
from etoile.gui.pages import PAGES
from etoile.gui.prose import JOINER, Prose, link_menu
from etoile.gui.question import QuestionView
from etoile.gui.tabs import Tab, Tabs
from etoile.gui.window import Window
from etoile.gui.window_keys import WINDOW_KEYS
from etoile.text import message, render
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

Texts = Callable[[QWidget], str]
CALM = states.CALM


def _show(window: Window, state: State) -> None:
    window.compose()
    window.show_state(state)
    QApplication.processEvents()


def _button(window: QWidget, name: str) -> QAbstractButton:
    found = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.accessibleName() == name and button.isVisibleTo(window)
    ]
    assert len(found) == 1, [button.accessibleName() for button in window.findChildren(QAbstractButton)]
    return found[0]


class TestWhatIsShown:
    @pytest.mark.parametrize(
        ("state", "shown"),
        [
            (CALM, ["3 nodes · 2 GPUs", "Conversation", "The hottest GPU. Click or press Enter for all GPUs."]),
            (CALM, ["Ask, or hold F9", "What can you do?"]),
            (replace(CALM, turn=states.turn(muted=True)), ["3 nodes · 2 GPUs · muted"]),
            (replace(CALM, microphone_open=True), ["3 nodes · 2 GPUs · microphone open"]),
            (
                replace(CALM, microphone_open=True, listening_for="jarvis"),
                ["3 nodes · 2 GPUs · listening for “jarvis”"],
            ),
            (replace(CALM, microphone_open=True, turn=states.LISTENING), ["3 nodes · 2 GPUs", "Listening"]),
            (
                replace(CALM, microphone_open=True, turn=states.MUTE),
                ["Only silence: is the microphone muted?"],
            ),
            (replace(CALM, turn=states.STREAMING), ["How does vLLM keep its cache?", "M1 · qwen3-30b-a3b-2507"]),
            (replace(CALM, turn=states.STREAMING), ["M2 was passed over: no answer within 2 s", "Thinking"]),
            (replace(CALM, turn=states.ANSWERED), ["M1 · qwen3-30b-a3b-2507 · 1.4 s", "KV cache", "curl -s"]),
            (replace(CALM, turn=states.FAILED), ["No node could answer: M1, M2.", "“etoile nodes” tells"]),
            (replace(CALM, turn=states.CONFIRMING), ["Shut the computer down?", "work that was not saved may be lost"]),
            (replace(CALM, turn=states.CONFIRMING), ["Expires in 1\u00a0min 10\u00a0s", "Cancel"]),
            (replace(CALM, turn=states.PROPOSING), ["Did you mean:", "Open Firefox", "Open Firewall"]),
            (replace(CALM, turn=states.OPENING), ["Opening the microphone…", "0:00"]),
            (replace(CALM, turn=states.LISTENING), ["Listening"]),
            (replace(CALM, turn=states.turn(phase=Phase.SPEAKING, request="?")), ["Speaking", "Stop speaking"]),
            (
                State(missing=states.MISSING),
                ["There is no NVIDIA driver", "With an NVIDIA card", "2 more parts are off"],
            ),
            (State(downloading=on.ModelDownloading("base", 2**20, None)), ["Speech model base: 1\u00a0MiB"]),
            (replace(CALM, nodes=(states.node("Ollama", state=NodeState.UNCONFIRMED),)), ["Use Ollama"]),
        ],
    )
    def test_everything_of_the_state_is_there(
        self, window: Window, texts: Texts, state: State, shown: list[str]
    ) -> None:
        _show(window, state)
        found = texts(window)
        assert [words for words in shown if words not in found] == []

    @pytest.mark.parametrize(
        ("page", "state", "shown"),
        [
            (GPU, CALM, ["GPU 0 on athena: 62 °C, load 99 %, 19.8\u00a0GiB of 24.0\u00a0GiB"]),
            (GPU, CALM, ["312 W of 450 W · fan 46 % · 1 process"]),
            (NODES, CALM, ["M2", "no answer within 2 s"]),
            (
                GPU,
                replace(CALM, gpus=(states.gpu(temperature_c=None, simulated=True),)),
                ["GPU 0 on athena: load", "simulated"],
            ),
            (
                GPU,
                replace(CALM, gpus=(states.gpu(state=GpuState.LOST, temperature_c=None),)),
                ["GPU 0 on athena: Lost"],
            ),
        ],
    )
    def test_everything_of_the_state_is_on_its_page(
        self, window: Window, texts: Texts, page: str, state: State, shown: list[str]
    ) -> None:
        _show(window, state)
        window.show_page(page)
        found = texts(window)
        assert [words for words in shown if words not in found] == []

    def test_values_that_are_unknown_are_never_zero(self, window: Window, texts: Texts) -> None:
        unknown = states.gpu(temperature_c=None, utilization_percent=None, memory_used_bytes=None, power_w=None)
        _show(window, replace(CALM, gpus=(replace(unknown, fan_percent=None, processes=()),)))
        window.show_page(GPU)
        assert "reports nothing" in texts(window)
        assert "0 %" not in texts(window)

    def test_a_question_counts_down_and_goes(self, window: Window, desk: Desk, texts: Texts) -> None:
        _show(window, replace(CALM, turn=states.CONFIRMING))
        desk.now_s += 25
        window.show_state(replace(CALM, turn=states.CONFIRMING, samples_every_s=11))
        assert "Expires in 45\u00a0s" in texts(window)
        window.show_state(replace(CALM, turn=replace(states.CONFIRMING, standing=Standing.SHOWN)))
        assert "Expires in 1\u00a0min" in texts(window)
        window.show_state(CALM)
        assert "Shut the computer down?" not in texts(window)

    def test_a_dismissed_notice_stays_away_until_it_says_something_else(
        self, window: Window, qtbot: QtBot, texts: Texts
    ) -> None:
        one = State(missing={"gpu": states.MISSING["gpu"]})
        _show(window, one)
        qtbot.mouseClick(_button(window, "Dismiss"), Qt.MouseButton.LeftButton)
        window.show_state(replace(one, nodes=states.NODES))
        assert "No NVIDIA driver" not in texts(window)
        window.show_state(State(missing={"gpu": on.PartMissing("gpu", states.message("The driver went away."))}))
        assert "The driver went away." in texts(window)

    def test_more_notices_are_folded_away(self, window: Window, qtbot: QtBot, texts: Texts) -> None:
        _show(window, State(missing=states.MISSING))
        assert "No node is configured" not in texts(window)
        qtbot.mouseClick(_button(window, "2 more parts are off"), Qt.MouseButton.LeftButton)
        assert "No node is configured" in texts(window)

    def test_nodes_and_gpus_that_change_keep_their_widgets(self, window: Window) -> None:
        _show(window, CALM)
        for page in (NODES, GPU):
            window.show_page(page)
        kept = (window.findChildren(GpuCard), window.findChildren(NodeRow))
        window.show_state(replace(CALM, gpus=(states.gpu(temperature_c=70), CALM.gpus[1]), nodes=states.NODES))
        assert (window.findChildren(GpuCard), window.findChildren(NodeRow)) == kept
        assert len(kept[1]) == len(states.NODES)

    def test_the_newest_text_stays_in_view_until_the_user_scrolls_away(self, window: Window, qtbot: QtBot) -> None:
        window.present()
        conversation = window.findChild(Conversation)
        bar = conversation.verticalScrollBar()
        long = replace(states.STREAMING, answer="line\n\n" * 60)
        _show(window, replace(CALM, turn=long))
        qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())
        bar.setValue(0)
        window.show_state(replace(CALM, turn=replace(long, answer="line\n\n" * 80)))
        qtbot.waitUntil(conversation._new_text.isVisible)
        assert bar.value() == 0
        qtbot.mouseClick(conversation._new_text, Qt.MouseButton.LeftButton)
        assert bar.value() == bar.maximum()
        assert not conversation._new_text.isVisible()

    def test_a_page_that_needs_attention_has_a_sign_and_a_word_on_its_tab(self, window: Window) -> None:
        hot = states.minute(replace(CALM, gpus=(states.gpu(temperature_c=95),), turn=states.CONFIRMING))[-1]
        _show(window, hot)
        names = lambda: [tab.accessibleName() for tab in window.findChild(Tabs).findChildren(Tab)]  # noqa: E731
        assert names() == ["Conversation", "GPU, critical", "Nodes", "History"]
        window.show_page(GPU)
        assert names() == ["Conversation, warning", "GPU", "Nodes", "History"]

    def test_the_line_about_heat_says_since_when_it_is_not_that_of_now(self, window: Window) -> None:
        _show(window, replace(CALM, gpus=(states.gpu(state=GpuState.STALE, at_s=states.NOW_S - 60),)))
        line = window.findChild(HottestLine)
        assert line.accessibleName().startswith("GPU 0 on athena: Not measured lately, 62 °C")
        assert line.accessibleName().endswith(", measured 14:01")
        window.show_state(CALM)
        assert "measured" not in line.accessibleName()

    def test_the_hottest_gpu_leads_to_all_of_them(self, window: Window, qtbot: QtBot) -> None:
        _show(window, CALM)
        qtbot.mouseClick(_button(window, window.findChild(HottestLine).accessibleName()), Qt.MouseButton.LeftButton)
        assert window.page == GPU


@pytest.mark.parametrize("turn", [states.CONFIRMING, states.PROPOSING])
def test_in_a_low_window_a_question_and_the_line_to_type_in_stay_whole(
    window: Window, qtbot: QtBot, turn: object
) -> None:
    window.resize(440, 307)
    _show(window, replace(CALM, turn=turn))  # type: ignore[arg-type]
    buttons = [button for button in window.findChild(QuestionView).findChildren(Button) if button.isVisible()]

    def whole(part: QWidget) -> bool:
        least = part.minimumSizeHint().height()
        return part.visibleRegion().boundingRect() == part.rect() and part.height() >= least

    qtbot.waitUntil(lambda: all(map(whole, [*buttons, window.findChild(Composer)])))
    assert len(buttons) > 1
    window.show_state(CALM)
    assert window._body.tabs.isVisible()


def test_a_question_that_brings_the_conversation_back_has_the_focus(window: Window, qtbot: QtBot) -> None:
    _show(window, CALM)
    window._go_to(GPU)
    window.show_state(replace(CALM, turn=states.CONFIRMING))
    assert window.page == CONVERSATION
    assert window.focusWidget() is window.findChild(QuestionView)._view.preferred


class TestLockedScreen:
    LOCKED = replace(CALM, turn=states.CONFIRMING, locked=True)

    def test_nothing_is_shown_and_nothing_comes_into_view(self, window: Window, texts: Texts) -> None:
        window.show_state(replace(self.LOCKED, turn=states.LISTENING))
        assert not window.isVisible()
        _show(window, self.LOCKED)
        assert texts(window).strip() == "Hidden while the screen is locked"

    def test_the_pill_is_a_star(self, window: Window, texts: Texts) -> None:
        _show(window, self.LOCKED)
        window.fold()
        assert texts(window.pill).strip() == ""
        assert window.pill.accessibleName() == "Etoile, Waiting for your answer"

    def test_afterwards_all_is_there_again(self, window: Window, texts: Texts) -> None:
        _show(window, CALM)
        window.show_state(self.LOCKED)
        window.show_state(replace(self.LOCKED, locked=False))
        assert "Shut the computer down?" in texts(window)
        assert window.focusWidget() is not None


def test_without_motion_the_level_is_one_bar_that_seldom_changes(window: Window) -> None:
    _show(window, replace(CALM, turn=states.OPENING, still=True))
    level = window.findChild(Level)
    seen = set()
    for number in range(30):
        window.show_state(replace(CALM, still=True, turn=replace(states.LISTENING, level=0.03 * number)))
        seen.add(level._heights[-1])
    assert 1 < len(seen) <= 7


class TestAnswers:
    @pytest.fixture
    def prose(self, qtbot: QtBot, look: Look) -> Iterator[Prose]:
        made = Prose(look)
        made.resize(300, 100)
        yield made
        made.deleteLater()

    @pytest.mark.parametrize("width", range(120, 420, 20))
    def test_no_line_ends_within_an_option(self, prose: Prose, width: int) -> None:
        prose.resize(width, 100)
        prose.show_markdown("From 90 % on, lower `--max-num-seqs`, or raise `--swap`.", streaming=False)
        block = prose.document().firstBlock()
        lines = [block.layout().lineAt(place) for place in range(block.layout().lineCount())]
        ends = [block.text()[line.textStart() : line.textStart() + line.textLength()] for line in lines]
        assert [line for line in ends if line.rstrip(JOINER).endswith("-")] == []

    def test_what_is_copied_is_what_was_written(self, prose: Prose) -> None:
        prose.show_markdown("lower `--max-num-seqs`", streaming=False)
        prose.selectAll()
        prose.copy()
        assert QApplication.clipboard().text() == "lower --max-num-seqs"

    def test_no_picture_is_loaded_and_no_html_is_taken(self, prose: Prose, tmp_path: object) -> None:
        prose.show_markdown("![alt](/etc/hostname) <b>bold</b> <img src='http://10.0.0.1/x.png'>", streaming=False)
        loaded = prose.document().resource(QTextDocument.ResourceType.ImageResource.value, QUrl("/etc/hostname"))
        assert (loaded.width(), loaded.height()) == (1, 1)
        assert "<b>bold</b>" in prose.toPlainText()

    def test_a_link_asks_before_it_is_opened(self, prose: Prose, look: Look) -> None:
        assert not prose.openLinks()
        for address, offered in (("https://docs.vllm.ai/?a=1&b=2", 2), ("file:///etc/passwd", 1)):
            menu = link_menu(look, QUrl(address), prose)
            lines = [action for action in menu.actions() if not action.isSeparator()]
            assert lines[0].text().replace("&&", "&") == address
            assert not lines[0].isEnabled()
            assert len(lines) == 1 + offered
            lines[1].trigger()
            assert QGuiApplication.clipboard().text() == address

    @pytest.mark.parametrize(
        ("reason", "link"),
        [
            (Qt.FocusReason.TabFocusReason, "first"),
            (Qt.FocusReason.BacktabFocusReason, "second"),
            (Qt.FocusReason.MouseFocusReason, ""),
        ],
    )
    def test_who_comes_by_tab_stands_on_a_link(self, prose: Prose, reason: Qt.FocusReason, link: str) -> None:
        prose.show_markdown("The [first](https://a.example) and the [second](https://b.example).", streaming=False)
        QApplication.sendEvent(prose, QFocusEvent(QEvent.Type.FocusIn, reason))
        assert prose.textCursor().selectedText() == link

    def test_a_finished_block_is_not_laid_out_again(self, window: Window, qtbot: QtBot, monkeypatch: object) -> None:
        _show(window, replace(CALM, turn=states.STREAMING))
        whole = "Before.\n\n```py\nx = 1\n```\n\nAfter"
        window.show_state(replace(CALM, turn=replace(states.STREAMING, answer=whole)))
        qtbot.waitUntil(lambda: len(window.findChildren(Prose)) == 2)
        first = window.findChildren(Prose)[0]
        changes: list[None] = []
        first.document().contentsChanged.connect(lambda: changes.append(None))
        window.show_state(replace(CALM, turn=replace(states.STREAMING, answer=f"{whole} that, more.")))
        qtbot.waitUntil(lambda: "that, more" in window.findChildren(Prose)[1].toPlainText())
        assert changes == []

    def test_code_is_copied_as_it_was_written(self, window: Window, qtbot: QtBot) -> None:
        _show(window, replace(CALM, turn=states.ANSWERED))
        block = window.findChild(CodeBlock)
        qtbot.mouseClick(_button(block, "Copy the code"), Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == "curl -s http://10.5.0.2:8000/metrics | grep cache_usage"

    def test_an_endless_answer_does_not_hold_the_window_up(self, window: Window, texts: Texts) -> None:
        endless = "- an item of a list\n" * 100_000
        _show(window, replace(CALM, turn=replace(states.ANSWERED, answer=endless)))
        assert "The answer goes on" in texts(window)
        assert sum(len(prose.toPlainText()) for prose in window.findChildren(Prose)) < 100_000
        assert window.findChild(Conversation).last_answer == endless

    def test_a_request_is_never_taken_for_markup(self, window: Window, texts: Texts) -> None:
        _show(window, replace(CALM, turn=states.turn(request="<b>hi</b> **there**")))
        assert "<b>hi</b> **there**" in texts(window)


class TestKeyboard:
    @pytest.fixture
    def shown(self, window: Window, qtbot: QtBot) -> Window:
        with qtbot.waitActive(window):
            _show(window, CALM)
        return window

    def test_typing_and_enter_sends(self, shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
        field = shown.focusWidget()
        qtbot.keyClicks(field, "how hot is it")
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClicks(field, "now?")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert visitor.events == [Typed("how hot is it\nnow?")]
        assert shown.findChild(Composer).text == ""
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert len(visitor.events) == 1

    def test_what_is_typed_survives_a_state(self, shown: Window, qtbot: QtBot) -> None:
        qtbot.keyClicks(shown.focusWidget(), "half a")
        shown.show_state(replace(CALM, turn=states.ANSWERED))
        assert shown.findChild(Composer).text == "half a"

    @pytest.mark.parametrize(
        ("turn", "published"),
        [
            (states.LISTENING, [Cancelled()]),
            (states.turn(phase=Phase.TRANSCRIBING), [Cancelled()]),
            (states.CONFIRMING, [Declined(3, 2)]),
            (states.PROPOSING, [Declined(3, 2)]),
        ],
    )
    def test_escape_steps_back_before_it_hides(
        self, shown: Window, visitor: Visitor, qtbot: QtBot, turn: object, published: list[object]
    ) -> None:
        shown.show_state(replace(CALM, turn=turn))  # type: ignore[arg-type]
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
        assert visitor.events == published
        assert shown.isVisible()
        shown.show_state(CALM)
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
        assert not shown.isVisible()

    def test_cancel_has_the_focus_and_enter_destroys_nothing(
        self, shown: Window, visitor: Visitor, qtbot: QtBot
    ) -> None:
        shown.show_state(replace(CALM, turn=states.CONFIRMING))
        assert shown.focusWidget() is _button(shown, "Cancel")
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            visitor.events.clear()
            qtbot.keyClick(shown.focusWidget(), key)
            assert visitor.events == [Declined(3, 2)]
        shown.show_state(CALM)
        assert shown.findChild(Composer).isAncestorOf(shown.focusWidget())

    @pytest.mark.parametrize(("key", "index"), [(Qt.Key.Key_1, 0), (Qt.Key.Key_2, 1)])
    def test_digits_choose_while_the_choices_have_the_focus(
        self, shown: Window, visitor: Visitor, qtbot: QtBot, key: Qt.Key, index: int
    ) -> None:
        shown.show_state(replace(CALM, turn=states.PROPOSING))
        assert shown.focusWidget() is _button(shown, "Cancel")
        qtbot.keyClick(shown.focusWidget(), key)
        assert visitor.events == [], "nobody has gone to the choices yet"
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Backtab)
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_3)
        assert visitor.events == []
        qtbot.keyClick(shown.focusWidget(), key)
        assert visitor.events == [Chosen(3, 2, index)]

    @pytest.mark.parametrize("turn", [states.PROPOSING, states.CONFIRMING])
    def test_a_question_that_comes_while_somebody_types_leaves_the_focus_and_carries_nothing_out(
        self, shown: Window, visitor: Visitor, qtbot: QtBot, turn: Turn
    ) -> None:
        qtbot.keyClick(shown, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(shown.focusWidget(), "set the")
        shown.show_state(replace(CALM, turn=turn))
        qtbot.keyClicks(shown.focusWidget(), " volume to 2")
        assert visitor.events == []
        assert shown.findChild(Composer).text == "set the volume to 2"

    def test_digits_are_text_in_the_composer(self, shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
        shown.show_state(replace(CALM, turn=states.PROPOSING))
        qtbot.keyClick(shown, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_1)
        assert visitor.events == []
        assert shown.findChild(Composer).text == "1"

    def test_shortcuts(self, shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
        control = Qt.KeyboardModifier.ControlModifier
        shown.show_state(replace(CALM, turn=states.ANSWERED))
        qtbot.keyClick(shown, Qt.Key.Key_Period, control)
        qtbot.keyClick(shown, Qt.Key.Key_M, control)
        qtbot.keyClick(shown, Qt.Key.Key_C, control | Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClick(shown, Qt.Key.Key_Comma, control)
        qtbot.keyClick(shown, Qt.Key.Key_Q, control)
        assert visitor.events == [Cancelled(), VoiceMuted(True)]
        assert visitor.called == ["settings", "quit"]
        assert QGuiApplication.clipboard().text() == states.ANSWER
        qtbot.keyClick(shown, Qt.Key.Key_W, control)
        assert not shown.isVisible()

    @pytest.mark.parametrize("page", PAGES)
    def test_tab_reaches_every_control_and_each_has_a_name(self, shown: Window, qtbot: QtBot, page: str) -> None:
        shown.show_page(page)
        shown.show_state(replace(CALM, turn=states.CONFIRMING, missing={"gpu": states.MISSING["gpu"]}))
        reached: list[QWidget] = []
        while shown.focusWidget() not in reached:
            reached.append(shown.focusWidget())
            if isinstance(shown.focusWidget(), GpuCard):  # one stop for all cards; arrows go from card to card
                qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Down)
                reached.append(shown.focusWidget())
                qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Up)
            qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Tab)
        controls = [
            widget
            for widget in shown.findChildren(QWidget)
            if widget.isVisibleTo(shown) and widget.isEnabled() and isinstance(widget, Button | NodeChip | GpuCard)
        ]
        assert [control.accessibleName() for control in controls if control not in reached] == []
        assert [type(widget) for widget in reached if not widget.accessibleName()] == []

    def test_ctrl_and_a_digit_bring_a_page_and_the_focus_begins_there(self, shown: Window, qtbot: QtBot) -> None:
        pages = []
        for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_1):
            qtbot.keyClick(shown, key, Qt.KeyboardModifier.ControlModifier)
            pages.append(shown.page)
        assert pages == [GPU, NODES, HISTORY, CONVERSATION]
        assert isinstance(shown.focusWidget().parent(), Composer)

    def test_arrows_go_from_tab_to_tab(self, shown: Window, qtbot: QtBot) -> None:
        shown._body.tabs.chosen.setFocus()
        for key, page in ((Qt.Key.Key_Right, GPU), (Qt.Key.Key_Right, NODES), (Qt.Key.Key_Left, GPU)):
            qtbot.keyClick(shown.focusWidget(), key)
            assert (shown.page, shown.focusWidget()) == (page, shown._body.tabs.chosen)

    def test_f6_goes_from_part_to_part_and_back(self, shown: Window, qtbot: QtBot) -> None:
        def part() -> str:
            focus = shown.focusWidget()
            kinds = (Header, Tabs, Conversation, Composer)
            return next(kind.__name__ for kind in kinds if shown.findChild(kind).isAncestorOf(focus))

        reached = []
        for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            for _ in range(4):
                qtbot.keyClick(shown, Qt.Key.Key_F6, modifier)
                reached.append(part())
        there = ["Header", "Tabs", "Conversation", "Composer"]
        assert reached == [*there, *reversed(there[:-1]), "Composer"]

    def test_f1_lists_the_keys_and_escape_goes_back(self, shown: Window, qtbot: QtBot, texts: Texts) -> None:
        shown.show_page(GPU)
        for _ in range(2):
            qtbot.keyClick(shown, Qt.Key.Key_F1)
            assert "Fold to a pill" in texts(shown)
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
        assert (shown.page, shown.isVisible()) == (GPU, True)
        qtbot.keyClick(shown, Qt.Key.Key_F1)
        qtbot.mouseClick(shown._body.tabs.chosen, Qt.MouseButton.LeftButton)
        assert shown.page == GPU

    def test_every_key_that_is_listed_is_there(self, shown: Window) -> None:
        bound = {shortcut.key().toString() for shortcut in shown.findChildren(QShortcut)}
        keys = [render(key, "en") for key, _ in WINDOW_KEYS]
        listed = {key for key in keys if key.startswith(("Ctrl+", "F", "Esc"))} - {"Ctrl+1…4"}
        assert listed <= bound
        assert {f"Ctrl+{place}" for place in range(1, 5)} <= bound

    def test_buttons_talk_ask_confirm_and_stop(self, shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
        left = Qt.MouseButton.LeftButton
        qtbot.mouseClick(_button(shown, "What can you do?"), left)
        qtbot.mouseClick(_button(shown, "Talk (F9)"), left)
        assert visitor.events[0] == Typed("What can you do?")
        assert isinstance(visitor.events[1], TalkToggled)
        found = states.node("Ollama", state=NodeState.UNCONFIRMED)
        shown.show_state(replace(CALM, nodes=(found,), turn=states.ASKED))
        qtbot.mouseClick(_button(shown, "Use Ollama"), left)
        qtbot.mouseClick(_button(shown, "Stop"), left)
        assert visitor.confirmed == ["Ollama"]
        assert visitor.events[-1] == Cancelled()

    def test_what_was_done_last_can_be_taken_back(self, shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
        muted = states.turn(number=7, request="mute", said=message("The sound is off."), undoable=True)
        shown.show_state(replace(CALM, turn=muted))
        qtbot.mouseClick(_button(shown, "Undo"), Qt.MouseButton.LeftButton)
        assert visitor.events[-1] == UndoWanted(7)
        shown.show_state(replace(CALM, turn=states.turn(number=8, request="what time is it", said=message("Noon."))))
        buttons = [button for button in shown.findChildren(Button) if button.isVisible()]
        assert "Undo" not in [button.accessibleName() for button in buttons]


class TestComingAndGoing:
    def test_hidden_nothing_is_laid_out_or_painted(self, window: Window, texts: Texts) -> None:
        for second in states.minute(replace(CALM, turn=states.ANSWERED)):
            window.show_state(second)
        assert window.findChildren(GpuCard) == []
        assert window.findChildren(Prose) == []
        window.present()
        assert "KV cache" in texts(window)
        assert window.findChildren(GpuCard) == []
        window.show_page(GPU)
        assert len(window.findChildren(GpuCard)[0].glance.samples) == 61

    def test_it_appears_by_itself_when_the_user_begins_to_speak(self, window: Window) -> None:
        window.show_state(replace(CALM, turn=states.ASKED))
        assert not window.isVisible()
        window.show_state(replace(CALM, turn=states.OPENING))
        assert window.isVisible()
        assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        window.dismiss()
        window.show_state(replace(CALM, turn=states.LISTENING))
        assert not window.isVisible()
        window.present()
        assert not window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)

    def test_closing_hides_where_there_is_a_tray_and_quits_where_there_is_none(
        self, window: Window, desk: Desk, visitor: Visitor
    ) -> None:
        window.present()
        window.close()
        assert not window.isVisible()
        assert visitor.called == []
        desk.tray = False
        window.present()
        window.close()
        assert visitor.called == ["quit"]

    def test_it_stands_in_the_way_of_no_logout(self, window: Window, visitor: Visitor, qapp: QApplication) -> None:
        assert qapp.commitDataRequest.disconnect(window._leave_with_session)  # it was told of the session's end
        window.present()
        window._leave_with_session(None)  # type: ignore[arg-type]  # Qt alone makes a QSessionManager
        closing = QCloseEvent()
        QApplication.sendEvent(window, closing)
        assert closing.isAccepted()
        assert visitor.called == ["quit"]

    def test_a_logout_that_was_called_off_is_forgotten(self, window: Window, visitor: Visitor) -> None:
        window._leave_with_session(None)  # type: ignore[arg-type]
        window.present()
        closing = QCloseEvent()
        QApplication.sendEvent(window, closing)
        assert not closing.isAccepted()
        assert visitor.called == []

    def test_without_a_tray_it_never_vanishes(self, window: Window, desk: Desk, qtbot: QtBot) -> None:
        desk.tray = False
        with qtbot.waitActive(window):
            window.present()
        with qtbot.waitActive(window.pill):
            qtbot.keyClick(window, Qt.Key.Key_Escape)
        qtbot.keyClick(window.pill, Qt.Key.Key_Escape)
        assert window.pill.isVisible()
        window.toggle()
        assert window.isVisible()
        window.toggle()
        assert window.pill.isVisible()

    def test_without_a_compositor_it_is_square_and_opaque(self, window: Window) -> None:
        window.present()
        assert window.margin == 0
        corner = window.grab().toImage().pixelColor(0, 0)
        assert corner == DARK.ctrl

    def test_with_a_compositor_it_has_a_shadow_and_clear_corners(
        self, window: Window, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("etoile.gui.x11.on_x11", lambda: True)
        monkeypatch.setattr("etoile.gui.x11.has_compositor", lambda: True)
        shaped: list[QRect | None] = []
        monkeypatch.setattr("etoile.gui.x11.shape_input", lambda _, box: shaped.append(box))
        window.present()
        painted = window._painted_backdrop().toImage()
        assert painted.pixelColor(0, 0).alpha() == 0
        below = painted.pixelColor(window.width() // 2, window.face.bottom() + 3)
        assert 0 < below.alpha() < 90
        assert painted.pixelColor(window.face.center()) == DARK.bg
        assert shaped[-1] == window.face

    def test_a_compositor_that_goes_and_comes_is_followed(
        self, window: Window, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        there = [True]
        monkeypatch.setattr("etoile.gui.x11.on_x11", lambda: True)
        monkeypatch.setattr("etoile.gui.x11.has_compositor", lambda: there[0])
        monkeypatch.setattr("etoile.gui.x11.shape_input", lambda _, box: None)
        window.present()
        place = window.place
        for there[0], margin in ((False, 0), (True, SHADOW)):
            window.show_state(CALM)
            assert (window.margin, window.place) == (margin, place)
            corner = window._painted_backdrop().toImage().pixelColor(0, 0)
            assert corner == (DARK.ctrl if margin == 0 else QColor(Qt.GlobalColor.transparent))

    def test_it_follows_dark_and_light(self, window: Window, look: Look) -> None:
        window.present()
        look.palette = LIGHT
        look.changed.emit()
        assert window.grab().toImage().pixelColor(30, 200) == LIGHT.bg

    def test_edges(self) -> None:
        face = QRect(0, 0, 400, 600)
        edge = Qt.Edge
        assert edges_at(QPoint(200, 300), face) == edge(0)
        assert edges_at(QPoint(1, 300), face) == edge.LeftEdge
        assert edges_at(QPoint(399, 599), face) == edge.RightEdge | edge.BottomEdge


def test_another_talk_key_is_named_everywhere(window: Window, look: Look, texts: Callable[[QWidget], str]) -> None:
    window.show_page("conversation")
    assert "F9" in texts(window)
    window._ground.talk_key = "F7"
    look.say_anew()
    assert "F7" in texts(window)
    assert "F9" not in texts(window)
