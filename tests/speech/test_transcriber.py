"""The speech model's life: loaded when somebody speaks, moved while nobody does, let go of after a while."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etoile.config import Speech
from etoile.domain.events import Failed, PartMissing, SpeechPlaced, Transcribed
from etoile.domain.gpus import GpuReading
from etoile.domain.placement import Failure, Machine, Placement, Wish, place
from etoile.errors import CudaFailed, ModelUnavailable
from etoile.speech.placed import PlacedWhisper
from etoile.speech.transcriber import Transcriber
from etoile.speech.transcript import Transcript
from etoile.speech.utterances import Utterances
from etoile.text import message, verbatim
from tests.speech.fakes import Clock, Events, tone
from tests.waiting import wait_until

MODEL = Path(__file__).parents[1] / "speech_model" / "model"
SAID = tone(1.0)


def card(free_gb: float = 9.0, uuid: str = "GPU-3080") -> GpuReading:
    return GpuReading(
        uuid=uuid,
        index=0,
        name="3080",
        host="here",
        cuda_index=0,
        memory_total_bytes=10_000_000_000,
        memory_free_bytes=round(free_gb * 1e9),
    )


class Loaded:
    """A model in memory, on a card or not."""

    def __init__(self, model: "Model", device: str) -> None:
        self._model = model
        self._device = device
        model.in_memory += 1
        model.most_in_memory = max(model.most_in_memory, model.in_memory)

    def close(self) -> None:
        self._model.in_memory -= 1

    def has_voice(self, samples: bytes, start_s: float) -> bool:
        return True

    def first_words(self, samples: bytes, language: str, sure: float) -> str:
        return ""

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        self._model.heard.append((self._device, samples))
        if self._device == "cuda" and self._model.fails_to_decode:
            raise RuntimeError("CUDA failed with error out of memory")
        return Transcript(
            text=self._device, language="fr", audio_s=1.0, speech_s=1.0, elapsed_ms=1.0, model="m", device=self._device
        )


class Model:
    """A model whose machine the test makes."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.cards: tuple[GpuReading, ...] = ()
        self.fails_to_load = False
        self.fails_to_decode = False
        self.broken: Exception | None = None
        self.heard: list[tuple[str, bytes]] = []
        self.loads: list[str] = []
        self.looks = 0
        self.in_memory = 0
        self.most_in_memory = 0

    def check(self) -> None:
        pass

    def has_onset(self, samples: bytes, start_s: float) -> bool:
        return True

    def place(self, now: Placement | None, failure: Failure | None) -> Placement:
        self.looks += 1
        return place(Wish(model="base"), Machine(readings=self.cards), self.clock(), now, failure)

    def load(self, placement: Placement) -> Loaded:
        self.loads.append(placement.device)
        if self.broken:
            raise self.broken
        if placement.device == "cuda" and self.fails_to_load:
            raise CudaFailed(verbatim("Library libcublas.so.12 is not found"))
        return Loaded(self, placement.device)


class Room:
    """A transcriber with everything around it, that looks after its model all the time."""

    def __init__(self, settings: Speech) -> None:
        self.clock = Clock()
        self.events = Events()
        self.model = Model(self.clock)
        self.utterances = Utterances(self.events.append)
        self.transcriber = Transcriber(
            self.model, settings, self.events.append, self.utterances, look_s=0.005, now_s=self.clock
        )

    def say(self, turn: int) -> str:
        """Speak, and return the text."""
        utterance = self.utterances.begin(turn)
        self.transcriber.prepare()
        self.transcriber.transcribe(utterance, SAID, None)
        wait_until(lambda: len(self.events.of(Transcribed)) >= turn)
        said: str = self.events.of(Transcribed)[-1].text
        return said

    def devices(self) -> list[str]:
        """Return where it was loaded, as it was told."""
        return [event.placement.device for event in self.events.of(SpeechPlaced)]

    def look(self) -> None:
        """Wait until it has looked after its model."""
        before = self.model.looks
        wait_until(lambda: self.model.looks > before + 1)


@contextmanager
def room(settings: Speech | None = None, *cards: GpuReading) -> Iterator[Room]:
    made = Room(settings or Speech())
    made.model.cards = cards
    made.transcriber.start()
    try:
        yield made
    finally:
        made.transcriber.close()
        assert made.transcriber.join(60)


def test_it_is_loaded_when_somebody_first_speaks_and_stays() -> None:
    with room(None, card()) as it:
        assert it.model.loads == []
        assert it.say(1) == "cuda"
        it.look()
        assert it.say(2) == "cuda"
    assert it.model.loads == it.devices() == ["cuda"]


def test_it_is_loaded_at_the_start_where_that_is_wanted() -> None:
    with room(Speech(preload=True)) as it:
        wait_until(lambda: it.devices() == ["cpu"])


def test_it_gives_its_memory_back_when_it_is_not_used_and_comes_back() -> None:
    with room(Speech(unload_after_s=60.0)) as it:
        it.say(1)
        it.clock.now_s += 59.0
        it.look()
        assert it.model.in_memory == 1
        it.clock.now_s += 1.0
        wait_until(lambda: it.model.in_memory == 0)
        assert it.say(2) == "cpu"
    assert it.model.loads == ["cpu", "cpu"]


def test_it_stays_for_ever_where_that_is_wanted() -> None:
    with room(Speech(unload_after_s=0.0)) as it:
        it.say(1)
        it.clock.now_s += 1e6
        it.look()
        assert it.model.in_memory == 1


def test_it_moves_while_nobody_speaks_and_is_never_there_twice() -> None:
    with room(None, card()) as it:
        it.say(1)
        it.model.cards = (card(free_gb=0.1),)
        wait_until(lambda: it.devices() == ["cuda", "cpu"])
        assert it.say(2) == "cpu"
        it.model.cards = (card(),)
        it.clock.now_s += 299.0
        it.look()
        assert it.devices() == ["cuda", "cpu"]
        it.clock.now_s += 1.0
        wait_until(lambda: it.devices() == ["cuda", "cpu", "cuda"])
    assert it.model.most_in_memory == 1


def test_it_is_not_moved_while_somebody_speaks() -> None:
    with room(None, card()) as it:
        it.say(1)
        utterance = it.utterances.begin(2)
        it.model.cards = (card(free_gb=0.1),)
        it.transcriber.listen(utterance, SAID)
        wait_until(lambda: len(it.model.heard) == 2)
        it.transcriber.transcribe(utterance, SAID + SAID, None)
        wait_until(lambda: len(it.events.of(Transcribed)) == 2)
        wait_until(lambda: it.devices() == ["cuda", "cpu"])
    assert [device for device, _ in it.model.heard] == ["cuda", "cuda", "cuda"]


def test_a_card_that_fails_loses_no_word(caplog: pytest.LogCaptureFixture) -> None:
    with room(None, card()) as it:
        it.model.fails_to_decode = True
        assert it.say(1) == "cpu"
        assert it.say(2) == "cpu"
    assert it.model.heard[:2] == [("cuda", SAID), ("cpu", SAID)]
    assert it.events.of(Failed) == []
    assert it.devices() == ["cuda", "cpu"]
    assert it.events.of(SpeechPlaced)[1].placement.passing
    assert it.model.most_in_memory == 1
    assert caplog.text.count("failed on 3080") == 1


def test_a_look_ahead_that_fails_on_a_card_is_done_on_the_cpu(caplog: pytest.LogCaptureFixture) -> None:
    with room(None, card()) as it:
        it.model.fails_to_decode = True
        utterance = it.utterances.begin(1)
        it.transcriber.listen(utterance, SAID)
        wait_until(lambda: it.devices() == ["cuda", "cpu"])
        it.transcriber.transcribe(utterance, SAID + SAID, None)
        wait_until(lambda: it.events.of(Transcribed))
    assert it.model.heard[-1] == ("cpu", SAID + SAID)
    assert "failed on 3080" in caplog.text


def test_a_card_that_does_not_take_it_is_told_once_and_tried_again_later(caplog: pytest.LogCaptureFixture) -> None:
    with room(Speech(unload_after_s=10.0), card()) as it:
        it.model.fails_to_load = True
        assert it.say(1) == "cpu"
        it.clock.now_s += 10.0
        wait_until(lambda: it.model.in_memory == 0)
        assert it.say(2) == "cpu"
        assert it.model.loads == ["cuda", "cpu", "cpu"]
        it.model.fails_to_load = False
        it.clock.now_s += 3600.0
        wait_until(lambda: it.model.in_memory == 0)
        assert it.say(3) == "cuda"
    assert caplog.text.count("does not run on 3080") == 1


def test_a_model_that_cannot_be_moved_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with room(None, card()) as it:
        it.say(1)
        it.model.broken = ModelUnavailable(message("It was deleted."))
        it.model.cards = (card(free_gb=0.1),)
        wait_until(lambda: it.events.of(PartMissing))
        it.model.broken = None
        assert it.say(2) == "cpu"


def test_the_cards_are_waited_for_at_the_start() -> None:
    answers = iter([None, None, (card(),)])
    placed = PlacedWhisper(Speech(model=str(MODEL)), lambda: next(answers))
    assert placed.place(None, None).device == "cuda"
    hot = PlacedWhisper(Speech(model=str(MODEL)), lambda: (card(),), lambda uuid: uuid == "GPU-3080")
    assert hot.place(None, None).device == "cpu"


MEASURE = """
import sys, psutil
from etoile.config import Speech
from etoile.speech.placed import PlacedWhisper
model = PlacedWhisper(Speech(model=sys.argv[1]))
resident = psutil.Process().memory_info
before = 0
for _ in range(4):
    loaded = model.load(model.place(None, None))
    with_it = resident().rss
    loaded.close()
    before = before or resident().rss
print(with_it - resident().rss, resident().rss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system decides")
def test_the_memory_of_a_real_model_goes_back_and_does_not_creep() -> None:
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(MODEL)], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    given_back, crept = map(int, told.split())
    assert given_back > 30_000_000
    assert crept < 15_000_000
