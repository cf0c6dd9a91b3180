"""From the talk key to text: as the turn drives the ears, with a fake microphone and a fake model."""

import logging
import shutil
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from etoile.config import Speech
from etoile.domain.events import (
    Failed,
    LevelMeasured,
    MicrophoneNoted,
    MicrophoneOpened,
    NothingHeard,
    PartlyHeard,
    PartMissing,
    PartReady,
    RecordingStarted,
    TalkEnded,
    Transcribed,
)
from etoile.domain.placement import Placement
from etoile.errors import ModelUnavailable
from etoile.speech.ears import Ears
from etoile.speech.microphone import Microphone
from etoile.speech.recording import ANOTHER, MUTED, WAITING
from etoile.speech.sound import SoundCard
from etoile.speech.unfinished import GROWING, Growing, keep, samples_of, unfinished
from etoile.text import message, render
from tests.speech.fakes import Clock, Events, FakeModel, FakeSound, tone
from tests.waiting import wait_until

BLOCK_S = 0.04
SILENT_TAIL = bytes(2 * 1280)


class Stage:
    """Ears with everything around them."""

    def __init__(
        self,
        folder: Path,
        library: FakeSound,
        model: FakeModel,
        longest_s: float,
        device: str | None = None,
        *,
        private: bool = False,
        look: Callable[[], Any] | None = None,
        loads: list[None] | None = None,
        **opening: float,
    ) -> None:
        """`loads` grows each time the sound library is asked for."""

        def load() -> FakeSound:
            if loads is not None:
                loads.append(None)
            return library

        self.events = Events()
        self.library = library
        self.model = model
        self.clock = Clock()
        self.folder = folder
        card = SoundCard(load, look)
        microphone = Microphone(device, card, self.clock, sources=lambda: (), **opening)
        speech = Speech(longest_s=longest_s, language="auto", **opening)
        self.ears = Ears(
            speech, self.events.append, recordings=folder, private=private, microphone=microphone, model=model
        )

    def until(self, kind: type, count: int = 1) -> None:
        wait_until(lambda: len(self.events.of(kind)) >= count, what=f"{count} {kind.__name__} in {self.events}")

    def press(self, turn: int, *, hands_free: bool = False) -> None:
        """Hold the key, until the microphone is open."""
        streams = len(self.library.streams)
        self.ears.record(turn, hands_free=hands_free)
        wait_until(
            lambda: len(self.library.streams) > streams and self.library.stream.running, what="an open microphone"
        )

    def speak(self, seconds: float = 1.0, amplitude: int = 8000) -> bytes:
        said = tone(seconds, amplitude)
        before = len(self.events.of(LevelMeasured))
        self.library.stream.feed(said)
        self.until(LevelMeasured, before + round(seconds / BLOCK_S))
        return said

    def release(self, turn: int) -> None:
        """Let go of the key; the tail is silent."""
        self.ears.transcribe(turn)
        self.feed_until_closed(SILENT_TAIL)

    def release_while_open(self, turn: int) -> None:
        """Let go of the key of a microphone that stays open, and wait for the text."""
        before = len(self.events.of(Transcribed))
        self.ears.transcribe(turn)

        def told() -> bool:
            self.library.stream.feed(SILENT_TAIL)
            return len(self.events.of(Transcribed)) > before

        wait_until(told, what="the text")

    def waiting(self) -> None:
        """Let time go by in which the device delivers nothing."""
        for _ in range(14):
            looks = self.clock.looks
            self.clock.now_s += 0.45
            wait_until(lambda looks=looks: self.clock.looks > looks or self.events.of(Failed))

    def feed_until_closed(self, samples: bytes) -> None:
        stream = self.library.stream

        def fed() -> bool:
            if not stream.closed:
                stream.feed(samples)
            return stream.closed

        wait_until(fed, what="the microphone to be closed")

    def kept(self) -> list[Path]:
        return sorted(self.folder.glob("*.wav"))

    def growing(self) -> int:
        """Return how many bytes of sound are on the disk of what is being recorded."""
        return sum(file.stat().st_size - 44 for file in self.folder.glob(f"*{GROWING}"))


@contextmanager
def stage(
    tmp_path: Path,
    library: FakeSound | None = None,
    longest_s: float = 60.0,
    device: str | None = None,
    *,
    private: bool = False,
    look: Callable[[], Any] | None = None,
    loads: list[None] | None = None,
    **opening: float,
) -> Iterator[Stage]:
    before = threading.active_count()
    library = library or FakeSound("mic")
    made = Stage(
        tmp_path / "recordings",
        library,
        FakeModel(),
        longest_s,
        device,
        private=private,
        look=look,
        loads=loads,
        **opening,
    )
    with made.ears:
        yield made
    wait_until(lambda: threading.active_count() == before, what="the end of the threads")


def test_what_is_said_becomes_text(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        assert it.events.of(RecordingStarted) == []  # the cue is the first sample, not the key
        said = it.speak()
        it.release(1)
        it.until(Transcribed)
    assert it.events.index(RecordingStarted(1)) < it.events.index(it.events.of(LevelMeasured)[0])
    assert it.events.of(RecordingStarted) == [RecordingStarted(1)]
    assert it.events[-1] == Transcribed(1, "quelle heure est-il", "fr")
    assert it.model.heard[0].startswith(said)
    assert it.model.asked == ["auto"]
    assert it.kept() == []


def test_levels_come_at_most_thirty_times_a_second(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(2.0)
    levels = it.events.of(LevelMeasured)
    assert len(levels) == 50
    assert all(0 < measured.level <= 1 for measured in levels)


def test_the_last_syllable_is_kept(tmp_path: Path) -> None:
    """People let go of the key on it: 200 ms more are recorded while there is something to hear."""
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(1.0)
        it.ears.transcribe(1)
        it.feed_until_closed(tone(BLOCK_S))
        it.until(Transcribed)
    recorded_s = len(it.model.heard[0]) / 32_000
    assert 1.2 <= recorded_s < 1.3


def test_a_silent_tail_ends_early(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(1.0)
        it.release(1)
        it.until(Transcribed)
    assert len(it.model.heard[0]) / 32_000 < 1.17


def test_a_pause_before_the_release_makes_the_text_ready(tmp_path: Path) -> None:
    """What was said is decoded while the key is still held; nothing is left to do but to look at the silence."""
    with stage(tmp_path) as it:
        it.press(1)
        said = it.speak(1.0)
        it.speak(0.4, amplitude=0)
        it.until(PartlyHeard)
        it.release(1)
        it.until(Transcribed)
    assert it.events.of(PartlyHeard) == [PartlyHeard(1, "", "quelle heure est-il")]
    assert it.events[-1] == Transcribed(1, "quelle heure est-il", "fr")
    (heard,) = it.model.heard
    assert heard.startswith(said)


def test_a_look_ahead_that_fails_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with stage(tmp_path) as it:
        it.model.fails = RuntimeError("out of memory")
        it.press(1)
        it.speak(1.0)
        it.speak(0.4, amplitude=0)
        wait_until(lambda: "the speech model failed" in caplog.text)
        it.model.fails = None
        it.release(1)
        it.until(Transcribed)
    assert it.events.of(Failed) == []


def test_nothing_said_is_nothing_heard(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.model.text = ""
        it.press(1)
        it.speak(0.4, amplitude=0)
        it.release(1)
        it.until(NothingHeard)
        assert it.events[-1] == NothingHeard(1)
        wait_until(lambda: it.kept() == [])


def test_a_discarded_recording_is_forgotten(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak()
        it.ears.discard(1)
        wait_until(lambda: it.library.stream.closed)
        it.ears.transcribe(1)
        it.press(2)
        it.speak()
        it.release(2)
        it.until(Transcribed)
    assert [event.turn for event in it.events.of(Transcribed)] == [2]
    assert len(it.model.heard) == 1
    assert it.kept() == []


def test_a_discarded_transcription_says_nothing_and_blocks_nobody(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.model.go.clear()
        it.press(1)
        it.speak()
        it.release(1)
        wait_until(lambda: it.model.heard, what="the transcription to begin")
        it.ears.discard(1)
        it.press(2)
        it.speak()
        assert RecordingStarted(2) in it.events
        it.release(2)
        it.model.go.set()
        it.until(Transcribed)
    assert [event.turn for event in it.events.of(Transcribed)] == [2]
    assert it.kept() == []


def test_a_transcript_that_is_late_still_comes(tmp_path: Path) -> None:
    """Breaking in does not discard what was said before."""
    with stage(tmp_path) as it:
        it.model.go.clear()
        it.press(1)
        it.speak()
        it.release(1)
        it.press(2)
        it.speak()
        it.release(2)
        it.model.go.set()
        it.until(Transcribed, 2)
    assert [event.turn for event in it.events.of(Transcribed)] == [1, 2]


def test_pressing_anew_within_the_tail_loses_only_the_tail(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak()
        it.ears.transcribe(1)
        it.press(2)
        it.until(Transcribed)
        it.speak()
        it.release(2)
        it.until(Transcribed, 2)
    assert [event.turn for event in it.events.of(Transcribed)] == [1, 2]
    assert it.library.streams[0].closed


def test_one_turn_may_hear_twice(tmp_path: Path) -> None:
    """The answer to a question belongs to the turn that asked, and a slip of the key may precede it."""
    with stage(tmp_path) as it:
        it.press(1)
        it.ears.discard(1)
        it.ears.record(1)
        wait_until(lambda: len(it.library.streams) == 2 and it.library.stream.running)
        it.speak()
        it.release(1)
        it.until(Transcribed)
        it.press(1)
        it.speak()
        it.release(1)
        it.until(Transcribed, 2)
    assert len(it.model.heard) == 2


def test_a_recording_has_a_longest_length(tmp_path: Path) -> None:
    with stage(tmp_path, longest_s=2.0) as it:
        it.press(1)
        it.library.stream.feed(tone(3.0))
        wait_until(lambda: it.library.stream.closed)
        it.ears.transcribe(1)
        it.until(Transcribed)
    assert len(it.model.heard[0]) / 32_000 == pytest.approx(2.0)


def test_a_microphone_that_dies_leaves_what_was_said(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        said = it.speak()
        it.library.stream.vanish()
        it.until(Failed)
        (failed,) = it.events.of(Failed)
        (kept,) = it.kept()
        assert failed.remedy
        assert str(kept) in render(failed.remedy, "en")
        assert str(kept) not in render(failed.said, "en")
        with wave.open(str(kept)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
            assert file.readframes(file.getnframes()) == said
        assert kept.stat().st_mode & 0o077 == 0
        it.press(2)
        it.speak()
        it.release(2)
        it.until(Transcribed)
    assert [event.part for event in it.events.of(PartMissing)] == ["microphone"]
    assert it.events.of(PartReady) == [PartReady("microphone")]


def test_a_suspended_microphone_is_told(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.until(MicrophoneNoted)
        it.waiting()
        it.until(Failed)
    (failed,) = it.events.of(Failed)
    assert it.events.of(MicrophoneNoted)[0] == MicrophoneNoted(1, WAITING)
    assert "delivered nothing" in render(failed.said, "en")
    assert it.kept() == []


def test_a_clock_that_leaps_ends_no_recording(tmp_path: Path) -> None:
    """The machine slept, or its clock was set: that is not a microphone that has died."""
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(0.4)
        for leap_s in (3600.0, -7200.0):
            looks = it.clock.looks
            it.clock.now_s += leap_s
            wait_until(lambda looks=looks: it.clock.looks > looks + 1)
        it.speak(0.4)
        it.release(1)
        it.until(Transcribed)
    assert it.events.of(Failed) == []


def test_a_muted_microphone_is_told_while_the_key_is_held_and_after(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(0.76, amplitude=0)
        assert it.events.of(RecordingStarted) == []  # zeros are no sound yet
        it.speak(0.4, amplitude=1)
        assert it.events.of(RecordingStarted) == [RecordingStarted(1)]
        it.speak(0.2, amplitude=0)
        wait_until(lambda: it.events.of(MicrophoneNoted)[-1].said == MUTED)
        it.release(1)
        it.until(Failed)
    noted = it.events.of(MicrophoneNoted)
    assert noted[0] == MicrophoneNoted(1, WAITING)
    assert MicrophoneNoted(1, MUTED) in noted
    (failed,) = it.events.of(Failed)
    assert render(failed.said, "en") == "Only silence came from the microphone."
    assert "etoile doctor" in render(failed.remedy, "en")
    assert it.model.heard == []
    assert it.kept() == []


def test_a_microphone_that_is_unmuted_while_the_key_is_held_is_heard(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(1.4, amplitude=0)
        it.speak(0.6)
        it.release(1)
        it.until(Transcribed)
    assert it.events.of(MicrophoneNoted)[-1] == MicrophoneNoted(1, None)


def test_zeros_before_the_first_sound_are_waited_for(tmp_path: Path) -> None:
    """A Bluetooth headset delivers them while it changes its profile: the cue comes with the first sound."""
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(0.4, amplitude=0)
        assert it.events.of(RecordingStarted) == []
        it.speak(0.2)
        assert it.events.of(RecordingStarted) == [RecordingStarted(1)]


def test_a_key_let_go_before_the_microphone_is_there_is_told(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.ears.transcribe(1)
        it.until(Failed)
    (failed,) = it.events.of(Failed)
    assert "not ready" in render(failed.said, "en")
    assert it.library.stream.closed


def test_the_next_words_are_caught_at_once(tmp_path: Path) -> None:
    """The device stays open for a while: what it delivered just before the key belongs to the words."""
    with stage(tmp_path, keep_open_s=20.0) as it:
        it.press(1)
        it.speak()
        it.release_while_open(1)
        (stream,) = it.library.streams
        stream.feed(tone(0.08, 5000))
        it.ears.record(2)
        it.until(RecordingStarted, 2)
        it.speak()
        it.release_while_open(2)
        assert max(memoryview(it.model.heard[1]).cast("h")[:640]) == 5000
        assert it.events.of(MicrophoneOpened) == [MicrophoneOpened(True)]
        it.clock.now_s += 21
        it.ears.discard(2)
        it.ears.record(3)
        wait_until(lambda: len(it.library.streams) == 2, what="a device that was silent for long is opened anew")


def test_a_device_that_nobody_uses_is_closed(tmp_path: Path) -> None:
    with stage(tmp_path, keep_open_s=0.2) as it:
        it.press(1)
        it.speak()
        it.release_while_open(1)
        assert not it.library.stream.closed
        it.clock.now_s += 0.3
        wait_until(lambda: it.library.stream.closed)
        wait_until(lambda: it.events.of(MicrophoneOpened) == [MicrophoneOpened(True), MicrophoneOpened(False)])


def test_what_was_said_just_before_the_key_is_heard_where_it_is_wanted(tmp_path: Path) -> None:
    with stage(tmp_path, preroll_s=0.4) as it:
        wait_until(lambda: it.library.streams and it.library.stream.running, what="a microphone that is always open")
        it.library.stream.feed(tone(1.0, 4000))
        it.ears.record(1)
        it.until(LevelMeasured, 10)
        it.speak(1.0)
        it.release_while_open(1)
        assert len(it.model.heard[0]) >= 2 * 16_000 * 1.4
        it.library.stream.feed(tone(1.0, 4000))
        it.ears.record(2, broke_in=True)  # Etoile was speaking: that is its own voice
        wait_until(lambda: it.library.stream.feed(tone(0.04)) or RecordingStarted(2) in it.events)
        it.speak(1.0)
        it.release_while_open(2)
    assert len(it.model.heard[1]) < 2 * 16_000 * 1.3
    assert max(memoryview(it.model.heard[0]).cast("h")[:6000]) == 4000
    assert max(memoryview(it.model.heard[1]).cast("h")[:6000]) == 8000


def test_talk_without_a_held_key_ends_by_itself(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1, hands_free=True)
        it.speak(1.0)
        it.speak(1.8, amplitude=0)
        assert it.events.of(TalkEnded) == []
        it.speak(0.4)
        it.library.stream.feed(bytes(2 * 16_000 * 3))
        it.until(TalkEnded)
        it.ears.transcribe(1)
        it.until(Transcribed)
    assert it.events.of(TalkEnded) == [TalkEnded(1)]
    assert len(it.events.of(LevelMeasured)) * BLOCK_S == pytest.approx(1.0 + 1.8 + 0.4 + 2.0, abs=0.45)


def test_nobody_who_speaks_ends_it_as_well(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1, hands_free=True)
        it.speak(5.6, amplitude=100)
        assert it.events.of(TalkEnded) == []
        it.library.stream.feed(tone(1.0, 100))
        it.until(TalkEnded)


def test_a_held_key_ends_nothing_by_itself(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(0.4)
        it.speak(9.0, amplitude=0)
        assert it.events.of(TalkEnded) == []


def test_recordings_without_text_are_told_at_the_start(tmp_path: Path) -> None:
    keep(tmp_path / "recordings", 1, tone(1.0))
    with stage(tmp_path) as it:
        it.until(PartMissing)
    (told,) = it.events.of(PartMissing)
    assert told.part == "recordings"
    assert render(told.said, "en") == "1 recording has no text yet."


def test_no_microphone_is_told_once_and_each_request_fails(tmp_path: Path) -> None:
    with stage(tmp_path, FakeSound()) as it:
        it.until(PartMissing)
        for turn in (1, 2):
            it.ears.record(turn)
            it.ears.transcribe(turn)
            it.until(Failed, turn)
    (missing,) = it.events.of(PartMissing)
    assert missing.part == "microphone"
    assert missing.remedy is not None
    assert [failed.turn for failed in it.events.of(Failed)] == [1, 2]


def test_who_speaks_waits_for_no_look_at_the_devices(tmp_path: Path) -> None:
    asked, go = threading.Event(), threading.Event()

    def look() -> FakeSound:
        asked.set()
        assert go.wait(60), "the test forgot to let the look go"
        return FakeSound()

    with stage(tmp_path, look=look) as it:
        assert asked.wait(60)
        it.press(1)
        it.speak()
        it.release(1)
        it.until(Transcribed)
        go.set()  # what it tells is no longer so: somebody was heard
        wait_until(lambda: all(thread.name != "microphone check" for thread in threading.enumerate()))
        it.press(2)
        it.speak()
        it.release(2)
        it.until(Transcribed, 2)
    assert it.events.of(PartMissing) == []


def test_the_sound_library_is_loaded_when_somebody_may_soon_speak(tmp_path: Path) -> None:
    loads: list[None] = []
    with stage(tmp_path, look=lambda: None, loads=loads) as it:
        it.ears.listen_for("fr")
        assert loads == []
        it.ears.expect()
        wait_until(lambda: loads, what="the library")
    assert it.library.streams == []


def test_the_model_is_wanted_after_the_microphone_is_open(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        open_by_then: list[bool] = []
        load = it.model.load

        def loading(placement: Placement) -> FakeModel:
            open_by_then.append(bool(it.library.streams) and it.library.stream.running)
            return load(placement)

        it.model.load = loading  # type: ignore[method-assign]
        it.press(1)
        wait_until(lambda: open_by_then)
        it.ears.discard(1)
    assert open_by_then == [True]


def test_a_missing_model_is_told_once_and_before_anybody_speaks_in_vain(tmp_path: Path) -> None:
    remedy = message("Download it with: etoile models download {name}", name="base")
    library = FakeSound("mic")
    it = Stage(tmp_path / "recordings", library, FakeModel(), 60.0)
    it.model.missing = it.model.fails_to_load = ModelUnavailable(message("No model."), remedy)
    with it.ears:
        it.until(PartMissing)
        it.ears.record(1)
        it.until(Failed)
    assert it.events.of(PartMissing) == [PartMissing("speech_model", message("No model."), remedy)]
    assert it.events.of(Failed) == [Failed(1, message("No model."), remedy)]
    assert library.streams == []


def test_the_level_is_seen_without_a_speech_model(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.model.missing = ModelUnavailable(message("No model."))
        it.ears.record(1, level_only=True)
        wait_until(lambda: it.library.streams and it.library.stream.running, what="an open microphone")
        it.speak()
        it.ears.discard(1)
    assert max(measured.level for measured in it.events.of(LevelMeasured)) > 0
    assert it.events.of(Failed) == []


def test_whatever_keeps_a_recording_from_beginning_is_told_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stage(tmp_path) as it:
        it.model.missing = OSError("the disk is gone")
        it.ears.record(1)
        it.until(Failed)
        it.model.missing = None
        it.press(2)
    [failed] = it.events.of(Failed)
    assert (failed.turn, render(failed.said, "en")) == (1, "Recording failed: the disk is gone.")
    assert "could not be opened" in caplog.text
    caplog.clear()


def test_a_model_that_does_not_load_loses_nothing(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.model.fails_to_load = ModelUnavailable(message("It is damaged."))
        it.press(1)
        it.speak()
        it.release(1)
        it.until(Failed)
        (kept,) = it.kept()
        (failed,) = it.events.of(Failed)
        assert failed.remedy
        assert str(kept) in render(failed.remedy, "en")
        it.model.fails_to_load = None
        it.press(2)
        it.speak()
        it.release(2)
        it.until(Transcribed)
    assert [event.part for event in it.events.of(PartMissing)] == ["speech_model"]
    assert it.events.of(PartReady) == [PartReady("speech_model")]
    assert it.model.loads == 1


def test_a_failed_transcription_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with stage(tmp_path) as it:
        it.model.fails = RuntimeError("out of memory")
        it.press(1)
        it.speak()
        it.release(1)
        it.until(Failed)
        (kept,) = it.kept()
    (failed,) = it.events.of(Failed)
    assert render(failed.said, "en") == "The speech could not be turned into text: out of memory."
    assert failed.remedy
    assert f"The recording is kept in {kept};" in render(failed.remedy, "en")
    assert "etoile transcribe --unfinished" in render(failed.remedy, "en")
    assert "the speech model failed" in caplog.text


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "recordings").write_text("a file in the way")
    with stage(tmp_path) as it:
        it.press(1)
        it.speak()
        it.release(1)
        it.until(Transcribed)
    assert "could not be kept" in caplog.text


def test_what_was_said_is_on_the_disk_while_the_key_is_held(tmp_path: Path) -> None:
    """Killed at this moment it leaves all but the last second, and the next start tells of it."""
    with stage(tmp_path) as it:
        it.press(1)
        said = it.speak(0.8)
        assert not it.folder.exists(), "what is short is written once"
        said += it.speak(2.0)
        assert it.kept() == []
        wait_until(lambda: it.growing() >= len(said) - 32_000, what="what was said on the disk")
        killed = shutil.copytree(it.folder, tmp_path / "killed")
        it.release(1)
        it.until(Transcribed)
    assert list(it.folder.iterdir()) == []
    assert it.model.heard[-1].startswith(said)
    (found,) = unfinished(killed)
    assert len(said) - 32_000 <= len(samples_of(found.path)) <= len(said)
    assert said.startswith(samples_of(found.path))


def test_what_was_said_is_kept_whole_when_no_text_comes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with stage(tmp_path) as it:
        it.model.fails = RuntimeError("out of memory")
        it.press(1)
        it.speak(2.4)
        it.release(1)
        it.until(Failed)
        (kept,) = it.folder.iterdir()
        assert samples_of(kept) == it.model.heard[-1]
    assert "the speech model failed" in caplog.text


def test_a_cancelled_recording_leaves_nothing(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(2.4)
        wait_until(it.growing, what="a beginning on the disk")
        it.ears.discard(1)
        wait_until(lambda: it.library.stream.closed and list(it.folder.iterdir()) == [])


def test_a_muted_microphone_and_a_trial_write_nothing(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(2.5, amplitude=0)
        it.ears.discard(1)
        wait_until(lambda: it.library.stream.closed)
        it.ears.record(2, level_only=True)
        wait_until(lambda: len(it.library.streams) == 2 and it.library.stream.running)
        it.speak(2.4)
    assert not it.folder.exists()


def test_what_is_private_is_on_no_disk_while_it_is_said(tmp_path: Path) -> None:
    with stage(tmp_path, private=True) as it:
        it.press(1)
        it.speak(2.4)
        it.ears.discard(1)
        wait_until(lambda: it.library.stream.closed)
    assert not it.folder.exists()


def test_a_disk_that_is_full_during_a_recording_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first second was written, and then no more."""
    written: list[int] = []
    append = Growing.append

    def full(growing: Growing, samples: bytes) -> None:
        append(growing, samples)
        written.append(len(samples))
        if len(written) > 2:
            growing._fail(OSError(28, "No space left on device"))

    monkeypatch.setattr(Growing, "append", full)
    with stage(tmp_path) as it:
        it.press(1)
        said = it.speak(4.4)
        it.release(1)
        it.until(Transcribed)
    assert it.model.heard[-1].startswith(said)
    assert len(written) == 4, "it is tried once more at the end"
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
    assert "could not be kept" in caplog.text
    assert list(it.folder.iterdir()) == []


def test_leaving_while_listening_closes_the_microphone(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak()
    assert it.library.stream.closed


def test_leaving_while_listening_keeps_what_was_said(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        said = it.speak(2.4)
        wait_until(it.growing, what="a beginning on the disk")
    (kept,) = it.kept()
    assert len(said) - 32_000 <= len(samples_of(kept)) <= len(said)
    assert said.startswith(samples_of(kept))


def test_leaving_behind_a_cancelled_recording_leaves_nothing(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.press(1)
        it.speak(2.4)
        wait_until(it.growing, what="a beginning on the disk")
        it.ears.discard(1)
    assert list(it.folder.iterdir()) == []


def test_leaving_does_not_wait_for_the_model(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with stage(tmp_path) as it:
        it.model.go.clear()
        it.press(1)
        it.speak()
        it.release(1)
        wait_until(lambda: it.model.heard)
        it.ears.__exit__(None, None, None)
        left = [record for record in caplog.records if "leaving it behind" in record.getMessage()]
        assert [(record.levelno, record.args) for record in left] == [(logging.INFO, ("transcriber",))]
        it.model.go.set()


def test_leaving_while_transcribing_keeps_the_recording(tmp_path: Path) -> None:
    with stage(tmp_path) as it:
        it.model.go.clear()
        it.press(1)
        it.speak()
        it.release(1)
        wait_until(lambda: it.model.heard)
        threading.Timer(0.1, it.model.go.set).start()
    assert it.events.of(Transcribed) == []
    assert len(it.kept()) == 1


def test_that_another_microphone_listens_is_told_while_it_does(tmp_path: Path) -> None:
    library = FakeSound("Built-in")
    with stage(tmp_path, library, device="Headset") as it:
        it.until(PartMissing)
        it.press(1)
        it.speak()
        it.release(1)
        it.until(Transcribed)
        library.names.append("Headset")
        it.press(2)
        it.speak()
        it.until(PartReady)
    assert it.events.of(MicrophoneNoted) == [MicrophoneNoted(1, ANOTHER)]
    assert [event.part for event in it.events.of(PartMissing)] == ["chosen_microphone"]
    assert it.events.of(PartReady) == [PartReady("chosen_microphone")]


def test_recordings_without_text_are_tried_again_when_somebody_wants_that(tmp_path: Path) -> None:
    first = keep(tmp_path / "recordings", 1, tone(1.0))
    keep(tmp_path / "recordings", 2, tone(0.5))
    with stage(tmp_path) as it:
        it.until(PartMissing)
        it.ears.retry_unfinished()
        it.until(Transcribed, 2)
        it.until(PartReady)
        wait_until(lambda: it.kept() == [])
    assert {event.turn for event in it.events.of(Transcribed)} == {-1}, "it belongs to no turn, and runs nothing"
    assert first not in it.kept()
    assert sorted(map(len, it.model.heard)) == [16_000, 32_000]


def test_a_recording_that_fails_again_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = keep(tmp_path / "recordings", 1, tone(1.0))
    with stage(tmp_path) as it:
        it.until(PartMissing)
        it.model.fails = RuntimeError("out of memory")
        it.ears.retry_unfinished()
        it.until(PartReady)
        it.until(PartMissing, 2)
        assert it.kept() == [path]
    assert "out of memory" in caplog.text
