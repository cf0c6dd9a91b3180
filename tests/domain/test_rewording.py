"""What was heard, and what is taken for it: the user's dictionary, and corrections that can be believed."""

import pytest

from etoile.domain.rewording import Dictionary, believable

BOOK = Dictionary(
    {
        "fr": {"cube hernetes": "kubernetes", "cube": "Kube", "c'est pas": "ssh", "été": "ÉTÉ"},
        "en": {"queue when": "qwen"},
    }
)


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("Explique Cube Hernetes, s'il te plaît.", "fr", "Explique kubernetes, s'il te plaît."),
        ("un cube", "fr", "un Kube"),
        ("cubes", "fr", "cubes"),
        ("C’est pas sur athena", "fr", "ssh sur athena"),
        ("un ete chaud", "fr", "un ÉTÉ chaud"),
        ("ask queue when about it", "en", "ask qwen about it"),
        ("ask queue when about it", "fr", "ask queue when about it"),
        ("ask queue when about a cube", None, "ask qwen about a Kube"),
        ("queue when queue when", "en", "qwen qwen"),
        ("", "en", ""),
        ("…", "en", "…"),
    ],
)
def test_what_the_user_wrote_down_is_meant(text: str, language: str | None, meant: str) -> None:
    assert BOOK.reworded(text, language) == meant


def test_an_empty_dictionary_changes_nothing() -> None:
    assert Dictionary().reworded("Quelle heure est-il ?", "fr") == "Quelle heure est-il ?"
    assert Dictionary({"fr": {"…": "nothing"}}).reworded("… et alors", "fr") == "… et alors"


@pytest.mark.parametrize(
    ("heard", "corrected"),
    [
        ("explique cube hernetes", "Explique Kubernetes."),
        ("resume the log of a tena", "Resume the log of athena"),
        ("mais le son a vingt", "Mets le son à vingt"),
        ("what is v l l m", "What is vLLM?"),
    ],
)
def test_a_correction_is_believed(heard: str, corrected: str) -> None:
    assert believable(heard, corrected)


@pytest.mark.parametrize(
    ("heard", "corrected"),
    [
        ("what is the capital of japan", "The capital of Japan is Tokyo, a city of 14 million people in the east."),
        ("what is the capital of japan", "Tokyo"),
        ("what is the capital of japan", ""),
        ("what is the capital of japan", "???"),
        ("explique kubernetes", "Kubernetes est un système\nqui orchestre"),
        ("quelle heure est il", "What time is it now in the city"),
    ],
)
def test_an_answer_is_no_correction(heard: str, corrected: str) -> None:
    assert not believable(heard, corrected)
