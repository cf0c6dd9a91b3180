"""The voice: sentence after sentence, silent at once when told, and never in the way of the turn."""

import logging
import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etoile.config import Speech
from etoile.domain.effects import Earcon
from etoile.domain.events import Event, PartMissing, PartReady, Spoken
from etoile.errors import VoiceUnavailable
from etoile.speech import playing
from etoile.speech.clip import Clip
from etoile.speech.engines import SpeechVoice
from etoile.speech.playback import Sound
from etoile.speech.synthesiser import Synthesiser
from etoile.speech.voice import Voice
from etoile.text import message, render
from tests.speech.fakes import Events
from tests.waiting import wait_until

ALWAYS = Speech()
NO_VOICE = VoiceUnavailable(message("No voice."), message("Install one."))
HUNG = VoiceUnavailable(message("It hung."))
FRENCH, ENGLISH = "La mémoire de cette carte est pleine.", "The memory of this card is full."


class FakeEngine:
    """Makes sounds of nothing; how long one is tells which sentence it is."""

    def __init__(self) -> None:
        self.started = 0
        self.said: list[tuple[str, str, int]] = []
        self.voices_asked: list[str | None] = []
        self.fails: Exception | None = None
        self.fails_at = ""
        """Only what holds this fails."""
        self.failures_left = 100
        self.fails_to_start: Exception | None = None
        self.killed = 0

    def start(self) -> None:
        self.started += 1
        if self.fails_to_start:
            raise self.fails_to_start

    def voices(self) -> tuple[SpeechVoice, ...]:
        return (
            SpeechVoice("v1", "Daniel", ("en-gb",)),
            SpeechVoice("v2", "Kate", ("en-gb",)),
            SpeechVoice("v3", "Thomas", ("fr-fr",)),
            SpeechVoice("v4", "Anna", ("de-de",)),
        )

    def synthesise(self, text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
        if self.fails and self.fails_at in text and self.failures_left:
            self.failures_left -= 1
            raise self.fails
        self.said.append((text, language, rate_wpm))
        self.voices_asked.append(voice)
        return Clip(22_050, 1, bytes(2 * len(self.said)))

    def text_of(self, clip: Clip) -> str:
        number = len(clip.samples) // 2
        return self.said[number - 1][0] if number <= len(self.said) else "*cue*"

    def kill(self) -> None:
        self.killed += 1


class FakeLoudspeaker:
    """Plays at once, or until told to go on."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self.played: list[str] = []
        self.begun: list[str] = []
        self.drained = 0
        self.go = threading.Event()
        self.go.set()
        self.stopped = threading.Event()
        self.fails: Exception | None = None
        self.is_open = False

    def play(self, sound: Sound, wanted: Callable[[], bool]) -> bool:
        self.stopped.clear()
        if not wanted():
            return False
        self._fail_at(sound)
        text = self._engine.text_of(sound.clip)
        self.is_open = True
        self.begun.append(text)
        while not self.go.wait(0.002):
            self._fail_at(sound, position=1)
            if self.stopped.is_set():
                return False
        if self.stopped.is_set():
            return False
        self.played.append(text)
        return True

    def _fail_at(self, sound: Sound, position: int = 0) -> None:
        if self.fails:
            sound.position = max(sound.position, position)
            self.is_open = False
            raise self.fails

    def drain(self) -> None:
        self.is_open = False
        self.drained += 1

    def stop(self) -> None:
        self.stopped.set()


class Stage:
    """A voice with everything around it."""

    def __init__(self, speech: Speech) -> None:
        self.events = Events()
        self.engine = FakeEngine()
        self.loudspeaker = FakeLoudspeaker(self.engine)
        self.voice = Voice(speech, self.events.append, engine=self.engine, loudspeaker=self.loudspeaker)

    def until(self, event: Event) -> None:
        wait_until(lambda: event in self.events, what=f"{event} in {self.events}")

    def until_spoken(self, turn: int) -> None:
        self.until(Spoken(turn))


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


def test_a_long_reply_is_cut_into_sentences() -> None:
    with stage() as it:
        it.voice.say(1, "One. Two!\n```sh\nls\n```\nThree?", "en", last=True)
        it.until_spoken(1)
    assert it.loudspeaker.played == ["One.", "Two!", "A code block of 1 line in shell.", "Three?"]


def test_a_sentence_in_another_language_has_its_voice() -> None:
    with stage(Speech(voices={"fr": "Thomas", "en": "Daniel"})) as it:
        it.voice.say(1, f"{FRENCH} {ENGLISH}", "fr", last=True)
        it.until_spoken(1)
    assert [(text, language) for text, language, _ in it.engine.said] == [(FRENCH, "fr"), (ENGLISH, "en")]
    assert it.engine.voices_asked == ["Thomas", "Daniel"]


def test_code_is_announced_in_the_language_of_the_answer() -> None:
    with stage() as it:
        it.voice.say(1, "```\n# the name of this is that\n```\n", "fr", last=True)
        it.until_spoken(1)
    assert it.loudspeaker.played == ["Un bloc de code d'une ligne."]


def test_voice_and_rate_change_with_the_next_sentence() -> None:
    with stage() as it:
        it.voice.say(1, "One.", "en", last=True)
        it.until_spoken(1)
        assert it.voice.voices() == ("Daniel", "Kate", "Thomas")
        assert it.voice.use("Zorro") is None
        assert it.voice.use("kate") == "Daniel"
        it.voice.rate_wpm = 220
        it.voice.say(2, "Two.", "en", last=True)
        it.until_spoken(2)
        assert it.voice.use("Daniel") == "Kate"
    assert it.engine.voices_asked == [None, "v2"]
    assert [rate for _, _, rate in it.engine.said] == [180, 220]


def test_spoken_comes_only_after_the_sound() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "Wait.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        assert it.events == []
        it.loudspeaker.go.set()
        it.until_spoken(1)
        assert it.loudspeaker.drained == 1


def test_the_next_sentence_is_made_while_one_is_played_and_no_more() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "One. Two. Three. Four. Five.", "en", last=True)
        wait_until(lambda: len(it.engine.said) == 2)
        it.loudspeaker.go.set()
        it.until_spoken(1)
    assert len(it.loudspeaker.played) == 5


def test_an_idle_loudspeaker_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "LINGER_S", 0.01)
    with stage() as it:
        it.voice.say(1, "A pause follows.", "en", last=False)
        wait_until(lambda: it.loudspeaker.drained)
        it.voice.say(1, "Yes.", "en", last=True)
        it.until_spoken(1)
    assert len(it.loudspeaker.played) == 2


def test_a_cue_does_not_wait_for_what_is_still_to_be_made() -> None:
    with stage() as it:
        it.voice.cue(Earcon.ERROR)
        it.voice.say(1, "Yes.", "en", last=True)
        it.until_spoken(1)
    assert it.loudspeaker.played == ["*cue*", "Yes."]


def test_who_wants_no_cues_hears_none() -> None:
    with stage(Speech(earcons=False)) as it:
        it.voice.cue(Earcon.START)
        it.voice.say(1, "Yes.", "en", last=True)
        it.until_spoken(1)
    assert it.loudspeaker.played == ["Yes."]


def test_it_tells_for_how_long_no_word_was_to_be_heard() -> None:
    with stage() as it:
        assert it.voice.silent_s == math.inf
        it.voice.cue(Earcon.ERROR)
        wait_until(lambda: it.loudspeaker.played)
        assert it.voice.silent_s == math.inf
        it.loudspeaker.go.clear()
        it.voice.say(1, "Stop the node?", "en", last=True)
        wait_until(lambda: len(it.loudspeaker.begun) == 2)
        assert it.voice.silent_s == 0
        it.loudspeaker.go.set()
        it.until_spoken(1)
        assert 0 < it.voice.silent_s < 5


def test_who_hushes_it_hears_no_word_of_it() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "Stop the node?", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        it.loudspeaker.is_open = False
        it.voice.hush()
        wait_until(lambda: 0 < it.voice.silent_s < 5)


def test_hush_silences_and_forgets() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "A long story.", "en", last=False)
        it.voice.say(1, "Its end.", "en", last=True)
        it.voice.cue(Earcon.ERROR)
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

        def hushed(text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
            it.engine.synthesise = synthesise  # type: ignore[method-assign]
            it.voice.hush()
            return synthesise(text, language, voice, rate_wpm)

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


@pytest.mark.parametrize("part", ["voice", "loudspeaker"])
def test_without_a_voice_the_turn_goes_on_and_it_is_told_once(part: str) -> None:
    with stage() as it:
        if part == "voice":
            it.engine.fails_to_start = NO_VOICE
        else:
            it.loudspeaker.fails = NO_VOICE
        for turn in (1, 2):
            it.voice.say(turn, "Hello.", "en", last=True)
            it.until_spoken(turn)
        it.engine.fails_to_start = it.loudspeaker.fails = None
        it.voice.say(3, "Hello.", "en", last=True)
        it.until_spoken(3)
    missing = PartMissing(part, NO_VOICE.said, NO_VOICE.remedy)
    assert it.events == [missing, Spoken(1), Spoken(2), PartReady(part), Spoken(3)]


def test_a_sentence_over_which_the_engine_hung_is_tried_again() -> None:
    with stage() as it:
        it.engine.fails, it.engine.failures_left = HUNG, 1
        it.voice.say(1, "Hello.", "en", last=True)
        it.until_spoken(1)
    assert it.loudspeaker.played == ["Hello."]
    assert it.events == [Spoken(1)]


def test_a_sentence_that_never_succeeds_is_left_out_and_told_until_an_answer_was_spoken() -> None:
    with stage() as it:
        it.engine.fails, it.engine.fails_at = HUNG, "hard"
        it.voice.say(1, "Easy. A hard one. Easy again.", "en", last=True)
        it.until_spoken(1)
        it.voice.say(2, "Easy.", "en", last=True)
        it.until_spoken(2)
    assert it.loudspeaker.played == ["Easy.", "Easy again.", "Easy."]
    missing, *rest = it.events
    assert isinstance(missing, PartMissing)
    assert render(missing.said, "en") == "A sentence was left out: It hung."
    assert rest == [Spoken(1), PartReady("voice"), Spoken(2)]


def test_an_engine_that_always_hangs_does_not_hold_the_turn_up_for_ever() -> None:
    with stage() as it:
        it.engine.fails = HUNG
        it.voice.say(1, "One. Two. Three. Four.", "en", last=True)
        it.until_spoken(1)
        assert it.engine.failures_left == 100 - 2 * 2
        it.engine.fails = None
        it.voice.say(2, "Five.", "en", last=True)
        it.until_spoken(2)
    assert it.loudspeaker.played == ["Five."]


def test_a_loudspeaker_that_goes_away_is_told_waited_for_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "LOOK_S", 0.01)
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "One. Two.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        it.loudspeaker.fails = NO_VOICE
        it.until(PartMissing("loudspeaker", NO_VOICE.said, NO_VOICE.remedy))
        it.loudspeaker.go.set()
        it.loudspeaker.fails = None
        it.until_spoken(1)
    assert it.loudspeaker.played == ["One.", "Two."]
    assert it.events[1:] == [PartReady("loudspeaker"), Spoken(1)]


def test_a_loudspeaker_that_stays_away_ends_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "LOOK_S", 0.001)
    monkeypatch.setattr(playing, "RETURN_S", 0.01)
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "One. Two.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        it.loudspeaker.fails = NO_VOICE
        it.until_spoken(1)


def test_a_hush_while_the_loudspeaker_is_away_is_honoured_at_once() -> None:
    with stage() as it:
        it.loudspeaker.go.clear()
        it.voice.say(1, "One.", "en", last=True)
        wait_until(lambda: it.loudspeaker.begun)
        it.loudspeaker.fails = NO_VOICE
        wait_until(lambda: it.events)
        it.voice.hush()
        it.loudspeaker.fails = None
        it.loudspeaker.go.set()
        it.voice.say(2, "Two.", "en", last=True)
        it.until_spoken(2)
    assert it.loudspeaker.played == ["Two."]


def test_a_missing_engine_is_told_before_the_first_sentence_once_one_is_expected() -> None:
    it = Stage(Speech())
    it.engine.fails_to_start = VoiceUnavailable(message("No voice."))
    with it.voice:
        it.voice.prepare()
        it.voice.prepare()
        wait_until(lambda: it.events)
    assert it.events == [PartMissing("voice", message("No voice."))]


def test_as_long_as_nothing_is_to_be_said_there_is_no_engine() -> None:
    with stage(Speech()) as it:
        pass
    assert it.engine.started == 0


def test_who_wants_no_voice_gets_no_engine() -> None:
    with stage(Speech(speak="never")) as it:
        it.voice.say(1, "", "en", last=True)
        it.until_spoken(1)
    assert it.engine.started == 0


@pytest.mark.parametrize("broken", ["engine", "loudspeaker"])
def test_a_surprise_is_logged_and_the_turn_goes_on(broken: str, caplog: pytest.LogCaptureFixture) -> None:
    with stage() as it:
        getattr(it, broken).fails = ZeroDivisionError()
        it.voice.say(1, "Hello.", "en", last=True)
        it.until_spoken(1)
    assert "failed" in caplog.text


def test_an_engine_that_leaving_kills_is_not_missing() -> None:
    it = Stage(Speech())
    working, killed = threading.Event(), threading.Event()

    def synthesise(text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
        working.set()
        assert killed.wait(60)
        raise VoiceUnavailable(message("The speech engine failed: {error}.", error="no answer"))

    it.engine.synthesise = synthesise  # type: ignore[method-assign]
    it.engine.kill = killed.set  # type: ignore[method-assign]
    with it.voice:
        it.voice.say(1, "Hello.", "en", last=True)
        assert working.wait(60)
    assert it.events == []


def test_leaving_does_not_wait_for_a_voice_that_is_stuck(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with stage() as it:
        synthesising, let_go = threading.Event(), threading.Event()

        def stuck(text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
            synthesising.set()
            assert let_go.wait(60)
            return Clip(22_050, 1, bytes(2))

        it.engine.synthesise = stuck  # type: ignore[method-assign]
        it.voice.say(1, "Hello.", "en", last=True)
        assert synthesising.wait(60)
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


HANGS_ONCE = """
import json, pathlib, sys, time, wave
print(json.dumps({"ok": True}), flush=True)
for line in sys.stdin:
    sentence = json.loads(line)
    mark = pathlib.Path(sys.argv[1])
    if sentence["text"] == "Two." and not mark.exists():
        mark.touch()
        time.sleep(60)
    with wave.open(sentence["path"], "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * len(sentence["text"])))
    print(json.dumps({"ok": True}), flush=True)
"""


def test_a_real_engine_that_hangs_is_replaced_and_no_sentence_is_lost(tmp_path: Path) -> None:
    """Over the second sentence the process hangs: it is killed, and a fresh one says that sentence and the next."""
    engine = Synthesiser(lambda: [sys.executable, "-c", HANGS_ONCE, str(tmp_path / "hung")], sentence_s=2.0)
    events, lengths = Events(), list[int]()

    class Counting(FakeLoudspeaker):
        def play(self, sound: Sound, wanted: Callable[[], bool]) -> bool:
            lengths.append(len(sound.clip.samples) // 2)
            return True

    with Voice(ALWAYS, events.append, engine=engine, loudspeaker=Counting(FakeEngine())) as voice:
        voice.say(1, "One. Two. And three.", "en", last=True)
        wait_until(lambda: Spoken(1) in events)
    assert lengths == [len("One."), len("Two."), len("And three.")]
    assert events == [Spoken(1)]


def test_another_engine_of_changed_settings_speaks_the_next_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, FakeEngine] = {}

    def engine_of(speech: Speech) -> FakeEngine:
        return made.setdefault(speech.engine, FakeEngine())

    monkeypatch.setattr("etoile.speech.voice.engine_of", engine_of)
    with Voice(Speech(), lambda event: None, loudspeaker=FakeLoudspeaker(FakeEngine())) as voice:
        voice.configure(Speech(rate_wpm=200))
        assert list(made) == ["system"]
        voice.configure(Speech(engine="piper"))
        wait_until(lambda: bool(made.get("piper")) and voice._engine is made["piper"])


def test_what_was_asked_for_by_voice_outlasts_a_change_of_other_settings() -> None:
    with stage(Speech(rate_wpm=180)) as it:
        it.voice.rate_wpm = 220
        it.voice.configure(Speech(rate_wpm=180, earcons=False))
        assert it.voice.rate_wpm == 220
        it.voice.configure(Speech(rate_wpm=160))
        assert it.voice.rate_wpm == 160
