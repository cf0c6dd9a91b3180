"""What of a room's sound is shown to the speech model, while the wake word is listened for."""

from array import array

from etoile.speech.capture import BLOCK_S, BLOCK_SAMPLES
from etoile.speech.watching import LONGEST_S, WakeWatch

VOICE, HUM = 8000, 200
"""Loudness of a voice, and of what is no voice for the detector of this test."""


def block(amplitude: int) -> bytes:
    return array("h", [amplitude, -amplitude] * (BLOCK_SAMPLES // 2)).tobytes()


class Listener:
    """A watch in a room; the detector hears a voice where something is as loud as one, and of the right kind."""

    def __init__(self) -> None:
        self.looks = 0
        self.voices = True
        self.watch = WakeWatch(self._hears_voice)

    def _hears_voice(self, samples: bytes, start_s: float) -> bool:
        self.looks += 1
        end = memoryview(samples[2 * round(start_s * 16_000) :]).cast("h")
        return self.voices and max(map(abs, end), default=0) >= VOICE

    def hear(self, seconds: float, amplitude: int) -> list[float]:
        """Return how long each of the pieces is that are to be looked at."""
        shown = [self.watch.fed(block(amplitude)) for _ in range(round(seconds / BLOCK_S))]
        return [round(len(samples) / 32_000, 2) for samples in shown if samples]


def test_a_short_word_is_looked_at_when_it_has_ended() -> None:
    it = Listener()
    assert it.hear(2.0, 10) == []
    assert it.looks == 0, "nobody asks for voices in silence"
    assert it.hear(0.6, VOICE) == []
    assert it.hear(0.4, 10) == [1.28]


def test_who_goes_on_is_looked_at_while_speaking() -> None:
    it = Listener()
    it.hear(1.0, 10)
    [shown_s] = it.hear(6.0, VOICE)
    assert LONGEST_S < shown_s < LONGEST_S + 0.7


def test_each_sentence_after_a_silence_is_looked_at_once() -> None:
    it = Listener()
    shown = []
    for _ in range(3):
        shown += it.hear(3.0, VOICE)
        it.watch.answered(called=False)
        shown += it.hear(1.0, 10)
    assert len(shown) == 3


def test_a_fan_is_not_even_shown_to_the_detector() -> None:
    it = Listener()
    it.hear(20.0, 1000)
    it.looks = 0
    assert it.hear(60.0, 1000) == []
    assert it.looks == 0


def test_a_click_is_nothing() -> None:
    it = Listener()
    it.hear(1.0, 10)
    assert it.hear(0.04, VOICE) + it.hear(1.0, 10) == []
    assert it.looks == 0


def test_music_is_shown_to_the_detector_alone_and_seldom() -> None:
    it = Listener()
    it.voices = False
    it.hear(1.0, 10)
    shown = [it.hear(0.2, amplitude) for _ in range(100) for amplitude in (VOICE, 3000)]
    assert not any(shown)
    assert it.looks <= 40.0 / 0.4 + 1


def test_a_word_over_music_is_looked_at() -> None:
    it = Listener()
    it.hear(1.0, 10)
    it.voices = False
    assert [it.hear(0.2, amplitude) for _ in range(10) for amplitude in (5000, 3000)] == [[]] * 20
    it.voices = True
    assert len(it.hear(0.8, VOICE) + it.hear(0.6, 3000) + it.hear(1.0, 10)) == 1


def test_what_was_said_is_kept_until_it_is_answered_and_after_a_call() -> None:
    it = Listener()
    it.hear(1.0, 10)
    it.hear(0.6, VOICE)
    it.hear(0.4, 10)
    it.hear(2.0, VOICE)
    kept_s = len(it.watch.kept) * BLOCK_S
    assert kept_s > 3.0, "the request behind the word"
    it.watch.answered(called=True)
    it.hear(1.0, VOICE)
    assert len(it.watch.kept) * BLOCK_S >= kept_s + 1.0
    it.hear(3.0, 10)
    assert len(it.watch.kept) * BLOCK_S < 1.0, "nobody took the call"


def test_a_model_that_never_answers_does_not_end_the_watch() -> None:
    it = Listener()
    it.hear(1.0, 10)
    assert len(it.hear(0.6, VOICE) + it.hear(1.0, 10)) == 1
    it.hear(15.0, 10)
    assert len(it.hear(0.6, VOICE) + it.hear(1.0, 10)) == 1


def test_an_answer_to_nothing_means_nothing() -> None:
    it = Listener()
    it.watch.answered(called=True)
    it.hear(1.0, 10)
    assert len(it.hear(0.6, VOICE) + it.hear(1.0, 10)) == 1
