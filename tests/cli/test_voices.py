"""`etoile voices`: what can speak here is listed, and one is chosen for its language."""

from pathlib import Path

import pytest

from etoile.cli import voices as command
from etoile.config import Speech, load
from etoile.speech.clip import Clip
from etoile.speech.engines import SpeechVoice
from tests.cli.test_cli import Line, etoile

__all__ = ["etoile"]

VOICES = (
    SpeechVoice("v1", "Thomas", ("fr-fr",)),
    SpeechVoice("v2", "Amelie", ("fr-ca",)),
    SpeechVoice("v3", "Daniel", ("en-gb",)),
    SpeechVoice("v4", "Daniel (Enhanced)", ("en-gb",)),
    SpeechVoice("v5", "Anna", ("de-de",)),
)


class FakeEngine:
    """An engine with these voices, once it was started."""

    def __init__(self, speech: Speech) -> None:
        self._voices: tuple[SpeechVoice, ...] = ()
        self.killed = False

    def start(self) -> None:
        self._voices = VOICES

    def voices(self) -> tuple[SpeechVoice, ...]:
        return self._voices

    def synthesise(self, text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
        raise AssertionError("nothing is said")

    def kill(self) -> None:
        self.killed = True


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "engine_of", FakeEngine)


def test_voices_of_our_languages_are_listed_and_those_in_use_marked(etoile: Line) -> None:
    assert etoile("voices", "--json") == 0
    assert [(line["name"], line["used_for"]) for line in etoile.lines] == [
        ("Thomas", ["fr"]),
        ("Amelie", []),
        ("Daniel", ["en"]),
        ("Daniel (Enhanced)", []),
    ]
    assert etoile("voices") == 0
    assert "* Thomas" in etoile.out


def test_a_voice_is_chosen_for_its_language(etoile: Line) -> None:
    assert etoile("voices", "use", "amel") == 0
    assert load(etoile.settings, must_exist=True).speech.voices == {"fr": "Amelie"}
    assert etoile("voices", "--json") == 0
    assert {line["name"]: line["used_for"] for line in etoile.lines}["Amelie"] == ["fr"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ((), "Which voice?"),
        (("Zorro",), "no voice called “Zorro”"),
        (("an",), "Several voices are called “an”: Daniel, Daniel (Enhanced)."),
        (("Anna",), "no voice called “Anna”"),
    ],
)
def test_what_names_no_single_voice_is_told(etoile: Line, name: tuple[str, ...], says: str) -> None:
    assert etoile("voices", "use", *name) == 2
    assert says in etoile.err


def test_another_engine_tells_no_voices(etoile: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeEngine, "start", lambda engine: None)
    etoile.settings.write_text('[speech]\nengine = "piper"\n')
    assert etoile("voices") == 2
    assert "The engine piper does not tell its voices." in etoile.err
    assert 'voices = {fr = "…", en = "…"}' in etoile.err
