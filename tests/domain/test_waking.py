"""Who calls "Jarvis", and what for: the word as speech models write it, and the words that only resemble it."""

import pytest

from etoile.domain.waking import request_after

CALLS = [
    ("Jarvis.", ""),
    ("Jarvis, mets le volume à vingt pour cent.", "mets le volume à vingt pour cent."),
    ("jarvis what time is it?", "what time is it?"),
    ("Hey Jarvis, open Firefox.", "open Firefox."),
    ("OK, Jarvis !", ""),
    ("Dis, Jarvis, quelle heure est-il ?", "quelle heure est-il ?"),
    ("J'arvis, ouvre Firefox", "ouvre Firefox"),
    ("Jar vis, stop", "stop"),
    ("Jarvice. Stop.", "Stop."),
    ("Jarvisse, éteins l'ordinateur", "éteins l'ordinateur"),
    ("Djarvis, monte le son", "monte le son"),
    ("Jervis, volume up", "volume up"),
    ("Jarvis ! Jarvis ! Stop", "Stop"),
    ("Jarvis… 40 pour cent", "40 pour cent"),
]
OTHERS = [
    "",
    "…",
    "42",
    "Travis is late.",
    "Service.",
    "Le service est fermé.",
    "J'arrive.",
    "J'arrive tout de suite.",
    "J'avais dit non.",
    "Parvis de la gare",
    "Gervais arrive",
    "Charles arrive",
    "Marvin, stop",
    "Harvest the fields",
    "Jardin",
    "Jamais",
    "Il s'appelle Jarvis.",
    "They talked about Jarvis yesterday.",
    "Non, Jarvis, arrête",
]


@pytest.mark.parametrize(("text", "request_"), CALLS)
def test_the_word_calls(text: str, request_: str) -> None:
    assert request_after(text, "jarvis") == request_


@pytest.mark.parametrize("text", OTHERS)
def test_other_words_do_not(text: str) -> None:
    assert request_after(text, "jarvis") is None


def test_any_word_may_be_chosen() -> None:
    assert request_after("Ordinateur, monte le son", "ordinateur") == "monte le son"
    assert request_after("Hey you computer, stop", "hey computer") is None
    assert request_after("Hey computer, stop", "hey computer") == "stop"
    assert request_after("Étoile, stop", "étoile") == "stop"


def test_no_slip_of_a_short_word_is_forgiven() -> None:
    assert request_after("Alexa, stop", "alexa") == "stop"
    assert request_after("Alex, stop", "alexa") is None
