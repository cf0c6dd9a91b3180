"""The page of the nodes: what is told of each, and loading, unloading, asking again, all by keyboard."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.care import Caring
from etoile.domain.events import ModelCareWanted, NodesCheckWanted
from etoile.domain.gpus import Thermal
from etoile.domain.nodes import LoadedModel, NodeLoad, NodeState, NodeStatus
from etoile.domain.state import State
from etoile.gui.blank import Blank
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.node_page import NodePage
from etoile.gui.node_row import NodeRow
from etoile.gui.node_words import going_on, how_busy, how_fast, loadable, what_it_is, why
from etoile.gui.page import NODES
from etoile.gui.sure import Sure
from etoile.gui.window import Window
from etoile.text import Message, message, render
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

GIB = states.GIB
ATHENA = states.node(
    "athena",
    dialect="ollama",
    model="qwen3:30b",
    models=("qwen3:30b", "llama3.3:70b", "secret"),
    never=("secret",),
    loaded=("qwen3:30b",),
    in_memory=(LoadedModel(name="qwen3:30b", size_bytes=19 * GIB, gpu_bytes=19 * GIB),),
    need_bytes={"llama3.3:70b": 43 * GIB},
    first_token_ms=310.0,
    tokens_per_s=84.0,
)
DOWN = states.node("hermes", state=NodeState.DOWN, reason=message("it is off"), latency_ms=None)
TWO = State(nodes=(ATHENA, DOWN))
FULL = message("{node} has no room.", node="athena")
LOADING = Caring(model="llama3.3:70b", loaded=True, since_s=states.NOW_S)


def _page(window: Window, state: State) -> NodePage:
    window.present()
    page = window.show_page(NODES)
    window.show_state(state)
    page.begin()
    QApplication.processEvents()
    assert isinstance(page, NodePage)
    return page


def _row(window: Window, name: str) -> NodeRow:
    return next(row for row in window.findChildren(NodeRow) if row.node.name == name and not row.isHidden())


def _button(within: QWidget, name: str) -> Button:
    found = [one for one in within.findChildren(Button) if one.accessibleName() == name and one.isVisible()]
    assert len(found) == 1, [one.accessibleName() for one in within.findChildren(Button)]
    return found[0]


def _entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def _said(said: Message | None) -> str | None:
    return said and render(said, "en")


class TestWords:
    def test_what_it_is_how_fast_and_how_busy(self) -> None:
        busy = replace(
            ATHENA,
            in_flight=1,
            max_in_flight=2,
            load=NodeLoad(running=3, waiting=2, kv_cache_percent=38),
            temperature_c=86,
            thermal=Thermal.CRITICAL,
        )
        assert _said(what_it_is(busy)) == "Ollama · qwen3:30b · 3 models"
        assert _said(how_fast(busy)) == "12 ms · first text after 0.3 s · 84 tokens/s"
        told = "1 of 2 of Etoile's requests · 3 requests running · 2 waiting · contexts 38 % full · Critical, 86 °C"
        assert _said(how_busy(busy)) == told

    def test_nothing_is_said_of_what_is_not_known(self) -> None:
        bare = NodeStatus(name="a", dialect="new", url="http://a", state=NodeState.UP)
        assert (_said(what_it_is(bare)), how_fast(bare), how_busy(bare), why(bare)) == ("new", None, None, None)

    @pytest.mark.parametrize(
        ("down_s", "told"),
        [(None, "it is off"), (59.0, "it is off"), (250.0, "it is off · for 4\u00a0min")],
    )
    def test_for_how_long_it_is_gone(self, down_s: float | None, told: str) -> None:
        assert _said(why(DOWN, down_s)) == told

    def test_what_must_not_be_used_is_not_offered(self) -> None:
        assert loadable(ATHENA) == ("llama3.3:70b",)

    def test_what_goes_on(self) -> None:
        assert _said(going_on(LOADING, 72.0)) == "llama3.3:70b is being loaded: 1\u00a0min 12\u00a0s"
        assert _said(going_on(replace(LOADING, loaded=False), 2.0)) == "llama3.3:70b is being unloaded: 2\u00a0s"


def test_every_row_tells_a_screen_reader_all(window: Window) -> None:
    _page(window, TWO)
    assert _row(window, "hermes").accessibleName() == "hermes, Unreachable"
    assert _row(window, "hermes").accessibleDescription().startswith("it is off\n")
    assert "in memory: qwen3:30b" in _row(window, "athena").accessibleDescription()


def test_without_a_node_the_page_says_so_and_has_one_button(window: Window, visitor: Visitor, qtbot: QtBot) -> None:
    _page(window, State())
    blank = window.findChild(Blank)
    assert blank.isVisible()
    qtbot.keyClick(_button(blank, "Add a node"), Qt.Key.Key_Space)
    assert visitor.called == ["nodes"]


def test_a_model_is_unloaded_with_one_key(window: Window, visitor: Visitor, qtbot: QtBot) -> None:
    _page(window, TWO)
    qtbot.keyClick(_button(window, "Unload qwen3:30b"), Qt.Key.Key_Return)
    assert visitor.events == [ModelCareWanted("athena", "qwen3:30b", loaded=False, at_s=states.NOW_S)]


@pytest.mark.parametrize("works", [{"in_flight": 1}, {"load": NodeLoad(running=1)}])
class TestWhileItAnswers:
    def _asked(self, window: Window, qtbot: QtBot, works: dict[str, object]) -> Sure:
        _page(window, replace(TWO, nodes=(replace(ATHENA, **works), DOWN)))
        qtbot.keyClick(_button(window, "Unload qwen3:30b"), Qt.Key.Key_Return)
        return window.findChild(Sure)

    def test_unloading_is_asked_first_and_enter_does_nothing(
        self, window: Window, visitor: Visitor, qtbot: QtBot, works: dict[str, object]
    ) -> None:
        sure = self._asked(window, qtbot, works)
        assert sure.accessibleName() == "Unload qwen3:30b from athena?"
        assert window.focusWidget() is sure.cancel
        qtbot.keyClick(sure.cancel, Qt.Key.Key_Return)
        assert (visitor.events, sure.isHidden()) == ([], True)
        assert window.focusWidget() is _row(window, "athena")

    def test_a_yes_unloads(self, window: Window, visitor: Visitor, qtbot: QtBot, works: dict[str, object]) -> None:
        sure = self._asked(window, qtbot, works)
        qtbot.keyClick(sure.go, Qt.Key.Key_Return)
        assert len(visitor.events) == 1
        assert sure.isHidden()

    def test_escape_takes_the_question_away(
        self, window: Window, visitor: Visitor, qtbot: QtBot, works: dict[str, object]
    ) -> None:
        sure = self._asked(window, qtbot, works)
        page = window.show_page(NODES)
        assert page.step_back()
        assert not page.step_back()
        assert (visitor.events, sure.isHidden()) == ([], True)


class TestMenu:
    def test_it_holds_all_that_may_be_done(self, window: Window, visitor: Visitor) -> None:
        _page(window, TWO)
        menu = _row(window, "athena").menu()
        assert _entries(menu) == ["Ask again now", "Unload qwen3:30b", "Load a model…"]
        models = menu.actions()[2].menu()
        assert isinstance(models, QMenu)
        assert _entries(models) == ["llama3.3:70b · about 43.0\u00a0GiB"]
        models.actions()[0].trigger()
        assert visitor.events == [ModelCareWanted("athena", "llama3.3:70b", loaded=True, at_s=states.NOW_S)]

    @pytest.mark.parametrize(
        "node",
        [
            DOWN,
            replace(ATHENA, local=False),
            replace(ATHENA, dialect="anthropic"),
            replace(ATHENA, state=NodeState.AUTH),
        ],
    )
    def test_nothing_is_loaded_where_that_cannot_be(self, window: Window, node: NodeStatus) -> None:
        _page(window, State(nodes=(node,)))
        entries = _entries(_row(window, node.name).menu())
        assert entries == ["Ask again now", *(["Help"] if node.state is not NodeState.UP else [])]

    def test_a_found_node_is_taken_into_use(self, window: Window, visitor: Visitor, qtbot: QtBot) -> None:
        _page(window, State(nodes=(states.node("Ollama", state=NodeState.UNCONFIRMED),)))
        _row(window, "Ollama").menu().actions()[0].trigger()
        qtbot.keyClick(_button(window, "Use it"), Qt.Key.Key_Space)
        assert visitor.confirmed == ["Ollama", "Ollama"]

    def test_enter_opens_it(self, window: Window, qtbot: QtBot) -> None:
        page = _page(window, TWO)
        qtbot.keyClick(_row(window, "athena"), Qt.Key.Key_Return)
        [menu] = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
        menu.close()


@pytest.mark.parametrize(
    "press",
    [
        lambda window: _button(_row(window, "hermes"), "Ask again now"),
        lambda window: _button(window, "Ask all nodes now"),
    ],
)
def test_nodes_are_asked_again(
    window: Window, visitor: Visitor, qtbot: QtBot, press: Callable[[Window], Button]
) -> None:
    _page(window, TWO)
    qtbot.keyClick(press(window), Qt.Key.Key_Return)
    assert visitor.events == [NodesCheckWanted()]


class TestCare:
    def _going(self, window: Window) -> str:
        return _row(window, "athena")._going.text()

    def test_it_shows_for_how_long_and_offers_nothing_else(self, window: Window, desk: Desk) -> None:
        page = _page(window, replace(TWO, cared={"athena": LOADING}))
        assert self._going(window).endswith("loaded: 0\u00a0s")
        desk.now_s += 12
        page._tick.timeout.emit()
        assert self._going(window).endswith("loaded: 12\u00a0s")
        assert not _button(window, "Unload qwen3:30b").isEnabled()
        assert not _button(window, "Load a model…").isEnabled()
        window.show_state(TWO)
        assert self._going(window) == ""
        assert _button(window, "Unload qwen3:30b").isEnabled()

    def test_a_failure_is_told_with_what_mends_it(self, window: Window) -> None:
        failed = replace(LOADING, going_on=False, failed=FULL, remedy=message("Unload another."))
        _page(window, replace(TWO, cared={"athena": failed}))
        assert _row(window, "athena")._failed.text() == "athena has no room. Unload another."
        assert _button(window, "Load a model…").isEnabled()

    def test_nothing_ticks_while_nothing_goes_on_or_is_hidden(self, window: Window) -> None:
        page = _page(window, replace(TWO, cared={"athena": LOADING}))
        assert page._tick.isActive()
        window.show_state(TWO)
        assert not page._tick.isActive()
        window.show_state(replace(TWO, cared={"athena": LOADING}))
        window.hide()
        assert not page._tick.isActive()


class TestKeyboard:
    @pytest.fixture
    def shown(self, window: Window, qtbot: QtBot) -> Window:
        with qtbot.waitActive(window):
            _page(window, State(nodes=tuple(replace(ATHENA, name=f"node{place}") for place in range(12))))
        return window

    def test_the_page_begins_with_the_first_node(self, shown: Window) -> None:
        assert shown.focusWidget() is _row(shown, "node0")

    def test_arrows_go_from_node_to_node_even_from_a_button(self, shown: Window, qtbot: QtBot) -> None:
        press = partial(qtbot.keyClick)
        reached = []
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_Home):
            press(shown.focusWidget(), key)
            focus = shown.focusWidget()
            reached.append(focus.node.name if isinstance(focus, NodeRow) else focus.accessibleName())
        assert reached == ["node1", "More", "node2", "node11", "node11", "node0"]

    def test_tab_goes_through_the_buttons_of_one_node_and_on(self, shown: Window, qtbot: QtBot) -> None:
        reached = []
        for _ in range(5):
            qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Tab)
            reached.append(shown.focusWidget().accessibleName())
        assert reached == ["More", "Unload qwen3:30b", "Load a model…", "Ask all nodes now", "Add a node"]

    def test_the_focus_stays_when_nodes_come_and_go(self, shown: Window) -> None:
        page = shown.show_page(NODES)
        assert isinstance(page, NodePage)
        page._nodes.reach("node3")
        fewer = tuple(replace(ATHENA, name=f"node{place}") for place in range(2, 12))
        shown.show_state(State(nodes=fewer))
        assert shown.focusWidget() is _row(shown, "node3")
        shown.show_state(State(nodes=fewer[:1]))
        assert shown.focusWidget() is _row(shown, "node2")


def test_a_button_that_goes_leaves_the_focus_on_its_node(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitActive(window):
        _page(window, TWO)
    _button(window, "Unload qwen3:30b").setFocus()
    window.show_state(replace(TWO, nodes=(replace(ATHENA, loaded=(), in_memory=()), DOWN)))
    assert window.focusWidget() is _row(window, "athena")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [380, 440, 720])
def test_nothing_is_wider_than_the_window(qtbot: QtBot, window: Window, look: Look, width: int, language: str) -> None:
    look.language = language
    resting = states.node("a-node-with-a-very-long-name-indeed", state=NodeState.OPEN, retry_at_s=1_795_272_420.0)
    long = replace(ATHENA, loaded=("a-model-" + "x" * 90,))
    window.resize(width, 680)
    page = _page(window, State(nodes=(resting, long)))
    for row in page.findChildren(NodeRow):
        assert row.width() <= page.width() - 12
        assert row.minimumSizeHint().width() <= page.width() - 12
