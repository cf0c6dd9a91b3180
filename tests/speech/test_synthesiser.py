"""The synthesis process: scripted ones that hang, die and babble, and the real one where there is an engine."""

import ctypes.util
import sys
import textwrap
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from etoile.errors import VoiceUnavailable
from etoile.speech.synthesis import choose_voice
from etoile.speech.synthesiser import Synthesiser, child_command
from etoile.text import render
from tests.needs import need

SCRIPT = """
import json, sys, time
print(json.dumps({"ok": True}), flush=True)
for line in sys.stdin:
    sentence = json.loads(line)
    match sentence["text"]:
        case "hang": time.sleep(60)
        case "die": sys.exit(3)
        case "babble": print("Audio saved to nowhere", flush=True)
        case "list": print("[1]", flush=True)
        case "fail": print(json.dumps({"error": "no such voice."}), flush=True)
        case text:
            open(sentence["path"], "w").write(text)
            print(json.dumps({"ok": True}), flush=True)
"""


def scripted(script: str) -> Callable[[], Sequence[str]]:
    return lambda: [sys.executable, "-c", textwrap.dedent(script)]


def well_scripted() -> Sequence[str]:
    return scripted(SCRIPT)()


@contextmanager
def synthesiser(command: Callable[[], Sequence[str]] = well_scripted, sentence_s: float = 5.0) -> Iterator[Synthesiser]:
    made = Synthesiser(command, sentence_s)
    try:
        yield made
    finally:
        made.kill()


def test_sentences_go_to_one_process(tmp_path: Path) -> None:
    with synthesiser() as it:
        for text in ("un", "deux"):
            it.synthesise(text, "fr", 180, tmp_path / text)
            assert (tmp_path / text).read_text() == text
            process = it._process
        assert it._process is process


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("die", "no answer"),
        ("babble", "no answer"),
        ("list", "no answer"),
        ("fail", "The speech engine failed: no such voice."),
    ],
)
def test_a_failure_is_told_and_the_next_sentence_is_spoken(text: str, said: str, tmp_path: Path) -> None:
    with synthesiser() as it:
        with pytest.raises(VoiceUnavailable, match=said):
            it.synthesise(text, "fr", 180, tmp_path / "a")
        it.synthesise("next", "fr", 180, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "next"


def test_a_hung_engine_is_killed_and_replaced(tmp_path: Path) -> None:
    with synthesiser(sentence_s=0.3) as it:
        started_s = time.monotonic()
        with pytest.raises(VoiceUnavailable):
            it.synthesise("hang", "fr", 180, tmp_path / "a")
        assert time.monotonic() - started_s < 3
        hung = it._process
        it.synthesise("next", "fr", 180, tmp_path / "b")
        assert it._process is not hung
    assert (tmp_path / "b").read_text() == "next"


@pytest.mark.parametrize("script", ["", 'print(\'{"error": "no libespeak"}\')', "raise SystemExit(1)"])
def test_no_engine_is_told_with_its_remedy(script: str) -> None:
    with synthesiser(scripted(script)) as it:
        with pytest.raises(VoiceUnavailable, match="no working speech engine") as caught:
            it.start()
        assert caught.value.remedy
        assert "espeak-ng" in render(caught.value.remedy, "en")


def test_killing_leaves_no_process() -> None:
    with synthesiser() as it:
        it.start()
        process = it._process
        assert process is not None
        it.kill()
        it.kill()
        assert process.returncode is not None


def voice(id: str, *languages: str | bytes) -> SimpleNamespace:
    return SimpleNamespace(id=id, languages=languages)


@pytest.mark.parametrize(
    ("voices", "language", "chosen"),
    [
        pytest.param([voice("en", "en-gb"), voice("fr", "fr-fr")], "fr", "fr", id="espeak"),
        pytest.param([voice("be", "fr-be"), voice("fr", "fr-fr")], "fr", "fr", id="the language's own country"),
        pytest.param([voice("be", "fr-be"), voice("ca", "fr-ca")], "fr", "be", id="or another one"),
        pytest.param([voice("amelie", "fr_CA"), voice("thomas", "fr_FR")], "fr", "thomas", id="macos"),
        pytest.param([voice("old", b"\x05fr-fr")], "fr", "old", id="bytes with a priority"),
        pytest.param([voice("mb/mb-fr1", "fr-fr"), voice("roa/fr", "fr-fr")], "fr", "roa/fr", id="no mbrola"),
        pytest.param([voice("gb", "en-gb"), voice("us", "en-us")], "en", "us", id="english"),
        pytest.param([voice("gb", "en-gb")], "fr", None, id="none"),
        pytest.param([voice("frisian", "fry")], "fr", None, id="not by its first letters"),
        pytest.param([voice("mute")], "fr", None, id="without languages"),
    ],
)
def test_a_voice_for_the_language(voices: list[SimpleNamespace], language: str, chosen: str | None) -> None:
    assert choose_voice(voices, language) == chosen


@pytest.fixture
def espeak() -> None:
    """Need the library that speaks."""
    need(ctypes.util.find_library("espeak-ng"), "needs libespeak-ng1")


@pytest.mark.usefixtures("espeak")
def test_the_real_engine_speaks_both_languages(tmp_path: Path) -> None:
    with synthesiser(child_command, 10.0) as it:
        for language, text in (("fr", "Il est « midi » à l'île."), ("en", "It is noon.")):
            path = tmp_path / f"{language}.wav"
            it.synthesise(text, language, 180, path)
            with wave.open(str(path)) as file:
                assert file.getnframes() / file.getframerate() > 0.5
                assert file.getsampwidth() == 2
                assert any(file.readframes(file.getnframes()))


@pytest.mark.usefixtures("espeak")
def test_the_real_engines_voice_depends_on_the_language_and_the_rate(tmp_path: Path) -> None:
    lengths = {}
    with synthesiser(child_command, 10.0) as it:
        for language, rate_wpm in (("fr", 120), ("fr", 240), ("en", 120)):
            path = tmp_path / "a.wav"
            it.synthesise("Les oiseaux chantent dans la forêt.", language, rate_wpm, path)
            with wave.open(str(path)) as file:
                lengths[language, rate_wpm] = file.getnframes()
    assert lengths["fr", 120] > 1.5 * lengths["fr", 240]
    assert lengths["en", 120] != lengths["fr", 120]


@pytest.mark.usefixtures("espeak")
def test_the_folder_where_etoile_was_started_offers_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wave.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    with synthesiser(child_command, 10.0) as it:
        it.synthesise("Hello.", "en", 180, tmp_path / "a.wav")
