"""The first steps, by the keyboard alone: what each page shows and keeps, and how one gets through, back and out."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.events import Cancelled, DownloadWanted, TalkToggled, TrialWanted
from etoile.domain.nodes import NodeState
from etoile.domain.state import State, advance
from etoile.domain.trial import Trial
from etoile.errors import EtoileError, NodeSilent, NodeUnreachable
from etoile.gui.first_run.language import LanguageStep
from etoile.gui.first_run.microphone import MicrophoneStep
from etoile.gui.first_run.nodes import NodesStep, address_of, dialects_at, name_of
from etoile.gui.first_run.seen import Seen as Mark
from etoile.gui.first_run.speech_model import SpeechModelStep
from etoile.gui.first_run.talk_key import Seen, TalkKeyStep
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Visitor
from tests.gui.first_steps import Model, Opened, World, opened
from tests.waiting import wait_until

Texts = Callable[[QWidget], str]
KEY = Qt.Key


def pressed(qtbot: QtBot, *keys: Qt.Key) -> None:
    """Press `keys` where the focus is."""
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, key)
        QApplication.processEvents()


def go_to(steps: Opened, qtbot: QtBot, place: int) -> Any:
    """Skip to the page `place` and return it."""
    while steps.window.step is not None and type(steps.window.step) is not PAGES[place]:
        steps.window.face.skip.setFocus()
        pressed(qtbot, KEY.Key_Return)
    return steps.window.step


PAGES = (LanguageStep, MicrophoneStep, TalkKeyStep, SpeechModelStep, NodesStep)


def until(condition: Callable[[], object], what: str) -> None:
    """Let Qt work until `condition` holds."""

    def met() -> bool:
        QApplication.processEvents()
        return bool(condition())

    wait_until(met, 20.0, what=what)


def written(steps: Opened) -> dict[str, Any]:
    """Return what stands in the settings file; nothing where there is none."""
    path = steps.file.path
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


@pytest.fixture
def open_steps(tmp_path: Path, visitor: Visitor, qapp: object) -> Iterator[Callable[..., Opened]]:
    """Return what opens the first steps, and close them again."""
    made: list[Opened] = []

    def opening(world: World | None = None, **values: Any) -> Opened:
        steps = opened(tmp_path, visitor, world or World(), **values)
        made.append(steps)
        steps.window.present()
        QApplication.processEvents()
        return steps

    yield opening
    for steps in made:
        steps.window.close()
        steps.window.deleteLater()


OpenSteps = Callable[..., Opened]


class TestTheWay:
    def test_enter_alone_leads_through_all_pages_and_writes_nothing(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        for place, page in enumerate(PAGES, 1):
            assert isinstance(steps.window.step, page)
            assert f"{place} of 5" in texts(steps.window)
            steps.window.face.next.setFocus()
            pressed(qtbot, KEY.Key_Return)
        assert steps.ended == ["ended"]
        assert not steps.window.isVisible()
        assert not steps.file.path.exists()

    def test_back_returns_and_the_last_page_starts(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        go_to(steps, qtbot, 4)
        assert steps.window.face.next.text() == "Start"
        until(steps.window.isActiveWindow, "the window has the keyboard")
        qtbot.keyClick(steps.window, KEY.Key_Left, Qt.KeyboardModifier.AltModifier)
        assert isinstance(steps.window.step, SpeechModelStep)
        assert steps.window.face.next.text() == "Next"

    def test_esc_is_later_and_leaves_the_settings(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        steps.window.step.voices[0].control.show_value("")
        pressed(qtbot, KEY.Key_Escape)
        assert steps.ended == ["ended"]
        assert not steps.file.path.exists()

    def test_a_minimised_window_tries_nothing(self, open_steps: OpenSteps, visitor: Visitor, qtbot: QtBot) -> None:
        steps = open_steps()
        go_to(steps, qtbot, 2)
        steps.window.showMinimized()
        until(lambda: visitor.events[-1] == TrialWanted(False), "the trial is over")
        steps.window.showNormal()
        until(lambda: visitor.events[-1] == TrialWanted(True, words=False), "the trial goes on")

    def test_f1_opens_the_help_of_the_page(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        go_to(steps, qtbot, 3)
        until(steps.window.isActiveWindow, "the window has the keyboard")
        pressed(qtbot, KEY.Key_F1)
        assert steps.helped == ["speech_model"]

    def test_every_control_is_reached_and_named(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        for place in range(len(PAGES)):
            page = go_to(steps, qtbot, place)
            stops = [part for part in page.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
            assert [stop for stop in stops if stop.isVisible() and not stop.accessibleName()] == []

    def test_a_file_that_cannot_be_changed_is_told_and_the_page_stays(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps(settings="[speech]\nrate_wpm = 150\n")
        until(lambda: steps.window.step.voices[1].control.count() > 1, "the voices are offered")
        steps.window.step.voices[1].control.show_value("Thomas")
        steps.file.path.write_text("[speech\n", encoding="utf-8")
        steps.window.face.next.click()
        assert isinstance(steps.window.step, LanguageStep)
        assert "not valid TOML" in steps.window.face.wrong.text


class TestLanguage:
    def test_the_pages_turn_to_the_language_at_once_and_next_keeps_it(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        pressed(qtbot, KEY.Key_Right, KEY.Key_Space)
        until(lambda: "Retour" in texts(steps.window), "the window speaks French")
        assert isinstance(steps.window.step, LanguageStep)
        assert written(steps) == {}
        steps.window.face.next.click()
        assert written(steps) == {"window": {"language": "fr"}}

    def test_who_comes_back_may_take_the_first_language_again(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        pressed(qtbot, KEY.Key_Right, KEY.Key_Space)
        until(lambda: "Retour" in texts(steps.window), "the window speaks French")
        steps.window.face.next.click()
        steps.window.face.back.click()
        pressed(qtbot, KEY.Key_Left, KEY.Key_Space)
        until(lambda: "Back" in texts(steps.window), "the window speaks English")
        steps.window.face.next.click()
        assert written(steps) == {"window": {"language": "en"}}

    def test_a_voice_is_heard_before_it_is_kept(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        page = steps.window.step
        until(lambda: page.voices[1].control.count() == 3, "the voices are offered")
        voice = page.voices[1]
        voice.control.setFocus()
        pressed(qtbot, KEY.Key_Down, KEY.Key_Down)
        voice.listen.setFocus()
        pressed(qtbot, KEY.Key_Return)
        until(lambda: steps.world.heard, "the voice is tried")
        assert steps.world.heard == [("fr", "Thomas")]
        assert written(steps) == {}
        steps.window.face.next.click()
        assert written(steps) == {"speech": {"voices": {"fr": "Thomas"}}}

    def test_skip_keeps_nothing_of_the_page(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        page = steps.window.step
        until(lambda: page.voices[1].control.count() == 3, "the voices are offered")
        page.voices[1].control.show_value("Thomas")
        go_to(steps, qtbot, 1)
        assert not steps.file.path.exists()

    def test_a_voice_of_the_settings_that_is_not_here_is_left_in_them(self, open_steps: OpenSteps) -> None:
        steps = open_steps(settings='[speech.voices]\nfr = "Amélie"\n')
        page = steps.window.step
        until(lambda: page.voices[1].control.count() == 4, "the voices are offered")
        steps.window.face.next.click()
        assert written(steps) == {"speech": {"voices": {"fr": "Amélie"}}}

    def test_a_language_without_a_voice_says_so(self, open_steps: OpenSteps, texts: Texts) -> None:
        steps = open_steps(World(voices_here={"en": ("Alice",)}))
        until(lambda: "No voice of this computer speaks it." in texts(steps.window), "what is missing is told")


class TestMicrophone:
    def test_a_sentence_is_recorded_shown_and_not_carried_out(
        self, open_steps: OpenSteps, visitor: Visitor, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps(World(models=(Model("base", 148_000_000, here=True),)))
        page = go_to(steps, qtbot, 1)
        assert visitor.events == [TrialWanted(True)]
        pressed(qtbot, KEY.Key_Return)
        assert visitor.events[1:] == [TalkToggled(1000.0)]
        state = State()
        for event in (
            *visitor.events,
            on.RecordingStarted(1),
            on.LevelMeasured(1, 0.6),
            on.PartlyHeard(1, "what time", "is it"),
        ):
            state, _ = advance(state, event)
            steps.window.show_state(state)
        assert "what time is it" in texts(page)
        assert "Stop" in texts(page)
        for event in (TalkToggled(1004.0), on.Transcribed(1, "what time is it in Paris?", "en")):
            state, _ = advance(state, event)
            steps.window.show_state(state)
        assert "“what time is it in Paris?”" in texts(page)
        assert "speech model" not in texts(page)
        go_to(steps, qtbot, 3)
        assert visitor.events[-3:] == [TrialWanted(False), TrialWanted(True, words=False), TrialWanted(False)]

    def test_without_a_speech_model_only_the_level_is_asked_for(
        self, open_steps: OpenSteps, visitor: Visitor, qtbot: QtBot
    ) -> None:
        go_to(open_steps(), qtbot, 1)
        assert visitor.events == [TrialWanted(True, words=False)]

    def test_what_came_to_nothing_says_why(self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 1)
        steps.window.show_state(State(trial=Trial(failed=message("I heard nothing."))))
        assert "I heard nothing." in texts(page)

    def test_without_a_speech_model_the_page_says_where_it_comes_from(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        page = go_to(open_steps(), qtbot, 1)
        assert "There is no speech model here yet" in texts(page)

    def test_without_a_microphone_the_page_says_what_mends_it(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 1)
        missing = on.PartMissing("microphone", message("There is no microphone."), message("Plug one in."))
        steps.window.show_state(State(missing={"microphone": missing}))
        assert "There is no microphone. Plug one in." in texts(page)

    def test_leaving_while_it_records_ends_the_recording(
        self, open_steps: OpenSteps, visitor: Visitor, qtbot: QtBot
    ) -> None:
        steps = open_steps()
        go_to(steps, qtbot, 1)
        steps.window.show_state(replace(states.CALM, turn=states.LISTENING))
        pressed(qtbot, KEY.Key_Escape)
        assert visitor.events[-2:] == [Cancelled(), TrialWanted(False)]


class TestTalkKey:
    HELD = State(trial=Trial(key_down=True))

    def test_pressed_held_and_released_are_ticked_one_by_one(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 2)
        assert page.seen is Seen.NOTHING
        steps.window.show_state(self.HELD)
        assert page.seen is Seen.PRESSED
        until(lambda: page.seen is Seen.HELD, "the key counts as held")
        steps.window.show_state(State())
        assert page.seen is Seen.RELEASED
        assert "The key works." in texts(page)

    def test_a_shortcut_that_stands_in_for_the_key_is_followed_as_well(
        self, open_steps: OpenSteps, qtbot: QtBot
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 2)
        steps.window.show_state(State(trial=Trial(words=False), turn=states.LISTENING))
        until(lambda: page.seen is Seen.HELD, "the key counts as held")
        steps.window.show_state(State(trial=Trial(words=False)))
        assert page.seen is Seen.RELEASED

    def test_a_tap_is_told_from_holding(self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 2)
        page._held.setInterval(60_000)
        steps.window.show_state(self.HELD)
        steps.window.show_state(State())
        assert "That was a tap" in texts(page)
        assert page.seen is Seen.NOTHING

    def test_the_way_of_the_desktop_is_told_and_where_there_is_none_what_to_bind(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 2)
        assert "Etoile takes the key from the X server" in texts(page)
        missing = on.PartMissing("talk_key", message("The desktop has no portal."), message("Bind F9 yourself."))
        steps.window.show_state(State(missing={"talk_key": missing}))
        assert "The desktop has no portal. Bind F9 yourself." in texts(page)


class TestSpeechModel:
    def test_a_model_comes_only_at_a_click_with_its_size_and_place(
        self, open_steps: OpenSteps, visitor: Visitor, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 3)
        visitor.events.clear()
        assert "Download 141\u00a0MiB" in texts(page)
        assert "/home/ada/.local/share/etoile/models" in texts(page)
        page.control.setFocus()
        pressed(qtbot, KEY.Key_Down)
        assert visitor.events == []
        page._fetch.setFocus()
        pressed(qtbot, KEY.Key_Return)
        assert visitor.events == [DownloadWanted("small")]

    def test_progress_is_shown_and_what_comes_is_kept_by_next(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 3)
        page.control.show_value("small")
        steps.window.show_state(State(downloading=on.ModelDownloading("small", 2**20, 2**22)))
        assert "Speech model small: 1\u00a0MiB of 4\u00a0MiB" in texts(page)
        steps.window.face.next.click()
        assert written(steps) == {"speech": {"model": "small"}}

    def test_a_model_that_is_not_here_is_not_written_down(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        go_to(steps, qtbot, 3).control.show_value("small")
        steps.window.face.next.click()
        assert written(steps) == {}

    def test_a_download_that_fails_says_why(self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 3)
        page._fetch.click()
        steps.window.show_state(State(downloading=on.ModelDownloading("base", 0, None)))
        full = on.PartMissing("speech_model", message("The disk is full."), message("Make room."), "base")
        steps.window.show_state(State(missing={"speech_model": full}))
        assert "The disk is full. Make room." in texts(page)

    def test_once_it_has_come_it_is_told_to_be_here(self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 3)
        steps.window.show_state(State(downloading=on.ModelDownloading("base", 0, None)))
        steps.world.models = (Model("base", 148_000_000, here=True),)
        steps.window.show_state(State())
        assert "“base” is on this computer." in texts(page)
        assert not page._fetch.isVisible()


class TestNodes:
    FOUND = states.node("Ollama", state=NodeState.UNCONFIRMED, url="http://127.0.0.1:8000")

    def test_what_was_found_is_used_at_a_click(
        self, open_steps: OpenSteps, visitor: Visitor, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 4)
        assert "No server was found" in texts(page)
        steps.window.show_state(State(nodes=(*states.NODES, self.FOUND)))
        assert "no answer within 2 s" in texts(page)
        page.begin()
        pressed(qtbot, KEY.Key_Return)
        assert visitor.confirmed == ["Ollama"]

    def test_an_address_is_tried_and_added_as_what_it_speaks(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts
    ) -> None:
        steps = open_steps(World(servers={"http://10.5.0.2:8000": "openai"}))
        page = go_to(steps, qtbot, 4)
        page.address.setFocus()
        qtbot.keyClicks(page.address, "10.5.0.2:8000")
        pressed(qtbot, KEY.Key_Return)
        until(lambda: "2 models" in texts(page), "the node answers")
        assert [dialect for _, dialect in steps.world.tried] == ["ollama", "lmstudio", "openai"]
        assert written(steps) == {}
        steps.window.face.next.click()
        assert written(steps) == {"nodes": [{"name": "10.5.0.2", "url": "http://10.5.0.2:8000"}]}
        assert steps.ended == ["ended"]

    @pytest.mark.parametrize(
        ("error", "asked"),
        [
            (NodeUnreachable(message("connection refused")), 1),
            (NodeSilent(message("no answer within {seconds:g} s", seconds=5)), 3),
        ],
    )
    def test_an_address_that_does_not_answer_tells_the_exact_error(
        self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts, error: EtoileError, asked: int
    ) -> None:
        steps = open_steps(World(servers={"http://h:1": error}))
        page = go_to(steps, qtbot, 4)
        page.address.setText("h:1")
        page.test.click()
        until(lambda: page.wrong.text, "the error is told")
        assert page.wrong.text == f"http://h:1: {error}"
        assert len(steps.world.tried) == asked
        steps.window.face.next.click()
        assert written(steps) == {}

    def test_what_is_no_address_is_refused_before_anybody_is_asked(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 4)
        page.address.setText("ftp://elsewhere")
        page.test.click()
        assert "url" in page.wrong.text
        assert steps.world.tried == []

    def test_another_address_forgets_what_was_tried(self, open_steps: OpenSteps, qtbot: QtBot, texts: Texts) -> None:
        steps = open_steps(World(servers={"http://a:11434": "ollama"}))
        page = go_to(steps, qtbot, 4)
        page.address.setText("http://a:11434/")
        page.test.click()
        until(lambda: "2 models" in texts(page), "the node answers")
        page.address.setFocus()
        qtbot.keyClicks(page.address, "5")
        steps.window.face.next.click()
        assert written(steps) == {}
        assert steps.ended == []

    def test_an_address_that_nobody_tried_is_tried_before_it_is_added(
        self, open_steps: OpenSteps, qtbot: QtBot
    ) -> None:
        steps = open_steps(World(servers={"http://a:11434": "ollama"}))
        page = go_to(steps, qtbot, 4)
        page.address.setText("a:11434")
        steps.window.face.next.click()
        until(lambda: steps.ended, "the steps are over")
        assert written(steps)["nodes"] == [{"name": "a", "url": "http://a:11434", "dialect": "ollama"}]

    def test_an_address_that_does_not_answer_is_left_out_by_skip(self, open_steps: OpenSteps, qtbot: QtBot) -> None:
        steps = open_steps()
        page = go_to(steps, qtbot, 4)
        page.address.setText("a:1")
        steps.window.face.next.click()
        until(lambda: page.wrong.text, "the error is told")
        assert steps.ended == []
        steps.window.face.skip.click()
        assert (steps.ended, written(steps)) == (["ended"], {})


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("10.5.0.2:1234", "http://10.5.0.2:1234"),
        (" https://host/ ", "https://host"),
        ("", ""),
    ],
)
def test_an_address_may_be_typed_short(typed: str, url: str) -> None:
    assert address_of(typed) == url


def test_names_and_dialects_follow_the_address() -> None:
    assert name_of("http://athena:1234", []) == "athena"
    assert name_of("http://athena:1234", ["athena", "athena-2"]) == "athena-3"
    assert dialects_at("http://h:1234") == ("lmstudio", "ollama", "openai")
    assert dialects_at("http://h:99999") == ("ollama", "lmstudio", "openai")


def test_they_show_themselves_once_and_never_over_settings(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    mark = Mark(tmp_path / "state" / "first_steps")
    assert mark.wants_showing(settings)
    mark.note()
    assert not mark.wants_showing(settings)
    settings.touch()
    assert not Mark(tmp_path / "other").wants_showing(settings)
