"""What an utterance has said so far, and what is kept of that at its end."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from etoile.speech.dictation import BYTES_PER_S, Dictation, Partial
from etoile.speech.transcript import Transcript

SPEECH, SILENCE = b"\x01", b"\x00"


def said(seconds: float, kind: bytes = SPEECH) -> bytes:
    return kind * round(seconds * BYTES_PER_S)


@dataclass
class FakeRecogniser:
    """Says the next of `texts` at each decode; remembers how much it was given."""

    texts: list[str]
    given_s: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def has_voice(self, samples: bytes, start_s: float) -> bool:
        return SPEECH in samples[round(start_s * BYTES_PER_S) :]

    def first_words(self, samples: bytes, language: str, sure: float) -> str:
        raise AssertionError("no wake word is wanted")

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        seconds = len(samples) / BYTES_PER_S
        self.given_s.append(seconds)
        self.asked.append(language)
        return Transcript(
            text=self.texts.pop(0),
            alternatives=("or so",),
            language="fr",
            audio_s=seconds,
            speech_s=seconds,
            elapsed_ms=10.0,
            model="fake",
            device="cpu",
        )


def never() -> bool:
    return False


def test_what_was_decoded_is_kept_when_the_tail_is_silent() -> None:
    recogniser = FakeRecogniser(["coupe le son"])
    dictation = Dictation(recogniser, "auto")
    dictation.advance(said(1.5), never)
    transcript = dictation.finish(said(1.5) + said(0.4, SILENCE), never)
    assert (transcript.text, transcript.alternatives) == ("coupe le son", ("or so",))
    assert transcript.audio_s == pytest.approx(1.9)
    assert recogniser.given_s == [1.5]


def test_a_word_in_the_tail_is_never_lost() -> None:
    recogniser = FakeRecogniser(["coupe le", "coupe le micro"])
    dictation = Dictation(recogniser, "auto")
    dictation.advance(said(1.0), never)
    assert dictation.finish(said(1.5), never).text == "coupe le micro"
    assert recogniser.given_s == [1.0, 1.5]


def test_without_a_look_ahead_the_whole_is_decoded() -> None:
    recogniser = FakeRecogniser(["bonjour"])
    assert Dictation(recogniser, "fr").finish(said(1.0), never).text == "bonjour"
    assert recogniser.asked == ["fr"]


def test_what_two_looks_agree_on_is_stable() -> None:
    recogniser = FakeRecogniser(["Mets le", "Mets le volume à car", "mets le volume à quarante pour cent."])
    dictation = Dictation(recogniser, "fr")
    heard = [dictation.advance(said(seconds), never) for seconds in (1, 2, 3)]
    assert heard == [
        Partial("", "Mets le"),
        Partial("Mets le", "volume à car"),
        Partial("mets le volume à", "quarante pour cent."),
    ]


def test_a_pause_in_which_nobody_spoke_makes_all_of_it_stable() -> None:
    dictation = Dictation(FakeRecogniser(["coupe le son"]), "fr")
    dictation.advance(said(1), never)
    assert dictation.advance(said(1) + said(0.5, SILENCE), never) == Partial("coupe le son", "")


def test_a_long_utterance_is_settled_at_its_long_pauses() -> None:
    recogniser = FakeRecogniser(["Première phrase.", "Deuxième.", "Deuxième phrase."])
    dictation = Dictation(recogniser, "auto")
    first = said(9)
    dictation.advance(first, never)
    paused = first + said(0.7, SILENCE)
    dictation.advance(paused, never)
    dictation.advance(paused + said(2), never)
    transcript = dictation.finish(paused + said(3), never)
    assert transcript.text == "Première phrase. Deuxième phrase."
    assert recogniser.given_s == pytest.approx([9, 2.7, 3.7])
    assert recogniser.asked == ["auto", "fr", "fr"]
    assert transcript.speech_s == pytest.approx(12.7)


def test_a_short_utterance_is_not_settled() -> None:
    """Context helps the model: a short one is decoded whole."""
    recogniser = FakeRecogniser(["Ouvre", "Ouvre Firefox."])
    dictation = Dictation(recogniser, "fr")
    dictation.advance(said(1), never)
    dictation.advance(said(1) + said(1, SILENCE), never)
    assert dictation.finish(said(1) + said(1, SILENCE) + said(1), never).text == "Ouvre Firefox."
    assert recogniser.given_s == [1, 3]
