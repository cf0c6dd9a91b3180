"""The wake word, from an open microphone to the recording of what follows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etoile.config import Speech
from etoile.domain.events import (
    MicrophoneOpened,
    PartMissing,
    PartReady,
    RecordingStarted,
    TalkEnded,
    Transcribed,
    WakeWordHeard,
    WakeWordWatched,
)
from etoile.speech.ears import Ears
from etoile.speech.microphone import Microphone
from etoile.speech.sound import SoundCard
from tests.speech.fakes import Events, FakeModel, FakeSound, tone
from tests.waiting import wait_until

SILENCE = bytes(2 * 16_000)
WORD = tone(0.6)


class Room:
    """Ears that listen for the word; `deaf` is what the test makes of it."""

    def __init__(self, folder: Path, speech: Speech, library: FakeSound) -> None:
        self.events = Events()
        self.library = library
        self.model = FakeModel("Jarvis, quelle heure est-il ?")
        self.deaf = False
        microphone = Microphone(
            None,
            SoundCard(lambda: library),
            sources=lambda: (),
            keep_open_s=speech.keep_open_s,
            preroll_s=speech.preroll_s,
        )
        self.ears = Ears(
            speech,
            self.events.append,
            recordings=folder,
            microphone=microphone,
            model=self.model,
            deaf=lambda: self.deaf,
        )

    def until(self, kind: type, count: int = 1) -> None:
        wait_until(lambda: len(self.events.of(kind)) >= count, what=f"{count} {kind.__name__}")

    def until_watched(self) -> None:
        wait_until(lambda: self.events.of(WakeWordWatched) and self.library.stream.running)

    def feed(self, samples: bytes) -> None:
        self.library.stream.feed(samples)

    def say_word(self) -> None:
        """Say it after a silence, until it was looked at."""
        before = len(self.model.looked_at)
        self.feed(SILENCE + WORD + SILENCE)
        wait_until(lambda: len(self.model.looked_at) > before, what="a look")


@contextmanager
def room(tmp_path: Path, *, library: FakeSound | None = None, **settings: object) -> Iterator[Room]:
    speech = Speech(**{"wake_word": "jarvis", "keep_open_s": 0.0, "silence_s": 0.4, **settings})
    made = Room(tmp_path / "recordings", speech, library or FakeSound("mic"))
    with made.ears:
        yield made


def test_nothing_is_open_where_no_word_is_wanted(tmp_path: Path) -> None:
    with room(tmp_path, wake_word="") as it:
        it.ears.watch("jarvis")
        it.until_watched()
        it.ears.watch("")
        wait_until(lambda: it.library.stream.closed)
        wait_until(lambda: len(it.events.of(MicrophoneOpened)) == 2)
    assert len(it.library.streams) == 1
    assert [event.word for event in it.events.of(WakeWordWatched)] == ["jarvis", ""]
    assert [event.is_open for event in it.events.of(MicrophoneOpened)] == [True, False]


def test_the_word_and_what_follows_are_recorded_as_one(tmp_path: Path) -> None:
    with room(tmp_path) as it:
        it.until_watched()
        it.model.begins = "Jarvis, quelle"
        it.say_word()
        it.until(WakeWordHeard)
        it.ears.record(1, hands_free=True, woken=True)
        it.until(RecordingStarted, 0)
        request = tone(1.0, 9000)
        it.feed(request)
        it.until(RecordingStarted)

        def over() -> bool:
            it.feed(SILENCE)
            return bool(it.events.of(TalkEnded))

        wait_until(over)
        it.ears.transcribe(1)
        it.until(Transcribed)
    [heard] = it.model.heard[-1:]
    assert WORD[640:-640] in heard, "the word itself belongs to it: it is looked for once more"
    assert request in heard
    assert heard.index(WORD[640:-640]) < heard.index(request)


def test_other_words_are_forgotten(tmp_path: Path) -> None:
    with room(tmp_path) as it:
        it.until_watched()
        it.model.begins = "Travis is late"
        it.say_word()
        it.say_word()
    assert it.events.of(WakeWordHeard) == []
    assert it.model.heard == []
    assert not (tmp_path / "recordings").exists(), "nothing that was said in the room is written anywhere"


def test_it_is_deaf_to_its_own_voice(tmp_path: Path) -> None:
    with room(tmp_path) as it:
        it.until_watched()
        it.model.begins = "Jarvis"
        it.deaf = True
        it.feed(SILENCE + WORD + SILENCE)
        wait_until(it.ears._recorder._calls._capture._blocks.empty)
        it.deaf = False
        assert it.model.looked_at == []
        it.say_word()
        it.until(WakeWordHeard)


def test_a_held_key_takes_the_microphone_and_gives_it_back(tmp_path: Path) -> None:
    with room(tmp_path) as it:
        it.until_watched()
        it.ears.record(1)
        wait_until(lambda: it.ears._recorder._recording is not None)
        said = tone(1.0)
        it.feed(said)
        it.until(RecordingStarted)
        it.ears.transcribe(1)

        def told() -> bool:
            it.feed(SILENCE)
            return bool(it.events.of(Transcribed))

        wait_until(told)
        assert it.model.looked_at == [], "a held key is no call"
        it.model.begins = "jarvis"
        wait_until(lambda: it.ears._recorder._calls._capture is not None and it.library.stream.running)
        it.say_word()
        it.until(WakeWordHeard)
    assert said in it.model.heard[0]


def test_the_pre_roll_is_there_while_the_word_is_listened_for(tmp_path: Path) -> None:
    with room(tmp_path, preroll_s=0.4) as it:
        it.until_watched()
        before = tone(0.4, 5000)
        it.feed(SILENCE + before)
        wait_until(lambda: b"".join(it.ears._recorder._calls._past) == before)
        it.ears.record(1)
        wait_until(lambda: it.ears._recorder._recording is not None)
        said = tone(0.4)
        it.feed(said)
        it.until(RecordingStarted)
        it.ears.transcribe(1)

        def told() -> bool:
            it.feed(SILENCE)
            return bool(it.events.of(Transcribed))

        wait_until(told)
    assert it.model.heard[0].startswith(before + said)


def test_a_microphone_that_goes_is_told_and_tried_again(tmp_path: Path) -> None:
    library = FakeSound("mic")
    with room(tmp_path, library=library) as it:
        it.until_watched()
        library.stream.vanish()
        it.until(PartMissing)
        wait_until(lambda: it.events.of(WakeWordWatched)[-1].word == "")
        it.ears.watch("jarvis")  # wanted anew: it need not wait
        wait_until(lambda: it.events.of(WakeWordWatched)[-1].word == "jarvis")
        it.until(PartReady)
