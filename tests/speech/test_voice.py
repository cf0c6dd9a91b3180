"""The voice: sentence after sentence, silent at once when told, and never in the way of the turn."""

import logging
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etoile.config import Speech
from etoile.domain.events import PartMissing, PartReady, Spoken
from etoile.errors import VoiceUnavailable
from etoile.speech.voice import Voice
from etoile.text import message, render
from tests.speech.fakes import Events
from tests.waiting import wait_until

ALWAYS = Speech()


class FakeEngine:
    """Writes what it is told to say into the file."""

    def __init__(self) -> None:
        self.started = 0
        self.said: list[tuple[str, str, int]] = []
        self.fails: Exception | None = None
        self.fails_to_start: Exception | None = None
        self.killed = 0

    def start(self) -> None:
        self.started += 1
        if self.fails_to_start:
            raise self.fails_to_start

    def synthesise(self, text: str, language: str, rate_wpm: int, path: Path) -> None:
        if self.fails:
            raise self.fails
        self.said.append((text, language, rate_wpm))
        path.write_text(text)

    def kill(self) -> None:
        self.killed += 1


class FakeLoudspeaker:
    """Plays at once, or until told to go on."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.begun: list[str] = []
        self.go = threading.Event()
        self.go.set()
        self.stopped = threading.Event()
        self.fails: Exception | None = None

    def play(self, path: Path, wanted: Callable[[], bool]) -> bool:
        if self.fails:
            raise self.fails
        self.stopped.clear()
        text = path.read_text()
        if not wanted():
            return False
        self.begun.append(text)
        while not self.go.wait(0.002):
            if self.stopped.is_set():
                return False
        if self.stopped.is_set():
            return False
        self.played.append(text)
        return True

    def stop(self) -> None:
        self.stopped.set()


class Stage:
    """A voice with everything around it."""

    def __init__(self, speech: Speech) -> None:
        self.events = Events()
        self.engine = FakeEngine()
        self.loudspeaker = FakeLoudspeaker()
        self.voice = Voice(speech, self.events.append, engine=self.engine, loudspeaker=self.loudspeaker)

    def until_spoken(self, turn: int) -> None:
        wait_until(lambda: Spoken(turn) in self.events, what=f"Spoken({turn}) in {self.events}")


@contextmanager
def stage(speech: Speech = ALWAYS) -> Iterator[Stage]:
    before = threading.active_count()
    made = Stage(speech)
    with made.voice:
        yield made
    wait_until(lambda: threading.active_count() == before)
    assert made.engine.killed >= 1


def test_sentences_are_spoken_in_order_and_reported_once() -> None:
    with stage(Speech(rate_wpm=200)) as it:
        it.voice.say(1, "Il est **midi**.", "fr", last=False)
        it.voice.say(1, "Bon appétit.", "fr", last=True)
        it.until_spoken(1)
    assert it.loudspeaker.played == ["Il est midi.", "Bon appétit."]
    assert it.engine.said[0] == ("Il est midi.", "fr", 200)
    assert it.events == [Spoken(1)]


def test_spoken_comes_only_after_the_sound() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "Wait.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        assert it.events == []
        it.loudspeaker.go.set()
        it.until_spoken(1)


def test_hush_silences_and_forgets() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "A long story.", "en", last=False)
        it.voice.say(1, "Its end.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        it.voice.hush()
        it.loudspeaker.go.set()
        it.voice.say(2, "Yes.", "en", last=True)
        it.until_spoken(2)
    assert it.loudspeaker.played == ["Yes."]
    assert it.events == [Spoken(2)]


def test_a_hush_during_synthesis_is_honoured() -> None:
    with stage() as it:
        synthesise = it.engine.synthesise

        def hushed(text: str, language: str, rate_wpm: int, path: Path) -> None:
            synthesise(text, language, rate_wpm, path)
            it.engine.synthesise = synthesise  # type: ignore[method-assign]
            it.voice.hush()

        it.engine.synthesise = hushed  # type: ignore[method-assign]
        it.voice.say(1, "Never heard.", "en", last=True)
        it.voice.say(2, "Never heard either.", "en", last=True)
        wait_until(lambda: it.engine.said)
        it.voice.say(3, "Heard.", "en", last=True)
        it.until_spoken(3)
    assert it.loudspeaker.played == ["Heard."]
    assert it.events == [Spoken(3)]


@pytest.mark.parametrize("text", ["", "```\n```", "---"])
def test_nothing_to_say_is_said_at_once(text: str) -> None:
    with stage() as it:
        it.voice.say(1, text, "en", last=True)
        it.until_spoken(1)
    assert it.engine.said == []


@pytest.mark.parametrize("broken", ["engine", "loudspeaker"])
def test_without_a_voice_the_turn_goes_on_and_it_is_told_once(broken: str) -> None:
    unavailable = VoiceUnavailable(message("No voice."), message("Install one."))
    with stage() as it:
        getattr(it, broken).fails = unavailable
        for turn in (1, 2):
            it.voice.say(turn, "Hello.", "en", last=True)
            it.until_spoken(turn)
        getattr(it, broken).fails = None
        it.voice.say(3, "Hello.", "en", last=True)
        it.until_spoken(3)
    assert it.events == [
        PartMissing("voice", message("No voice."), message("Install one.")),
        Spoken(1),
        Spoken(2),
        PartReady("voice"),
        Spoken(3),
    ]


def test_a_missing_engine_is_told_at_the_start() -> None:
    it = Stage(Speech())
    it.engine.fails_to_start = VoiceUnavailable(message("No voice."))
    with it.voice:
        wait_until(lambda: it.events)
    assert it.events == [PartMissing("voice", message("No voice."))]


def test_who_wants_no_voice_gets_no_engine() -> None:
    with stage(Speech(speak="never")) as it:
        it.voice.say(1, "", "en", last=True)
        it.until_spoken(1)
    assert it.engine.started == 0


def test_without_a_folder_for_its_sound_the_turn_goes_on_and_it_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with stage() as it:
        for turn in (1, 2):
            it.voice.say(turn, "Hello.", "en", last=True)
            it.until_spoken(turn)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        it.voice.say(3, "Hello.", "en", last=True)
        it.until_spoken(3)
    missing, *rest = it.events
    assert isinstance(missing, PartMissing)
    assert missing.part == "voice"
    assert str(tmp_path / "gone") in render(missing.said, "en")
    assert missing.remedy is not None
    assert rest == [Spoken(1), Spoken(2), PartReady("voice"), Spoken(3)]
    assert list(tmp_path.glob("etoile-voice-*")) == []


def test_a_surprise_is_logged_and_the_turn_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with stage() as it:
        it.engine.fails = ZeroDivisionError()
        it.voice.say(1, "Hello.", "en", last=True)
        it.until_spoken(1)
    assert "speaking failed" in caplog.text


def test_an_engine_that_leaving_kills_is_not_missing() -> None:
    it = Stage(Speech())
    working, killed = threading.Event(), threading.Event()

    def synthesise(text: str, language: str, rate_wpm: int, path: Path) -> None:
        working.set()
        assert killed.wait(5)
        raise VoiceUnavailable(message("The speech engine failed: {error}.", error="no answer"))

    it.engine.synthesise = synthesise  # type: ignore[method-assign]
    it.engine.kill = killed.set  # type: ignore[method-assign]
    with it.voice:
        it.voice.say(1, "Hello.", "en", last=True)
        assert working.wait(5)
    assert it.events == []


def test_leaving_does_not_wait_for_a_voice_that_is_stuck(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with stage() as it:
        synthesising, let_go = threading.Event(), threading.Event()

        def stuck(text: str, language: str, rate_wpm: int, path: Path) -> None:
            synthesising.set()
            assert let_go.wait(5)

        it.engine.synthesise = stuck  # type: ignore[method-assign]
        it.voice.say(1, "Hello.", "en", last=True)
        assert synthesising.wait(5)
        it.voice.__exit__(None, None, None)
        assert _left(caplog) == [(logging.INFO, "the voice is still busy; leaving it behind")]
        let_go.set()


def _left(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records if "behind" in record.getMessage()]


def test_leaving_while_speaking_is_quick() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "A long story.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
    assert it.events == []
