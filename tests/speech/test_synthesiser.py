"""The synthesis process: scripted ones that hang, die and babble, and the real one where there is an engine."""

import ctypes.util
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from etoile.errors import VoiceUnavailable
from etoile.speech import synthesis
from etoile.speech.engines import SpeechVoice
from etoile.speech.synthesis import usable
from etoile.speech.synthesiser import Synthesiser, child_command
from etoile.text import render
from tests.needs import need

PATIENT_S = 30.0
"""What a sentence may take on the slowest machine; nobody waits for it but for an engine that hangs."""

SCRIPT = """
import json, sys, time, wave
VOICES = [{"id": "roa/fr", "name": "French (France)", "languages": ["fr-fr"]}]
print(json.dumps({"ok": True, "voices": VOICES}), flush=True)
for line in sys.stdin:
    sentence = json.loads(line)
    match sentence["text"]:
        case "hang": time.sleep(60)
        case "die": sys.exit(3)
        case "babble": print("Audio saved to nowhere", flush=True)
        case "list": print("[1]", flush=True)
        case "fail": print(json.dumps({"error": "no such voice."}), flush=True)
        case "nothing": print(json.dumps({"ok": True}), flush=True)
        case text:
            with wave.open(sentence["path"], "wb") as file:
                file.setparams((1, 2, 8000, 0, "NONE", ""))
                file.writeframes(f'{text} {sentence["voice"]}'.encode("utf-16-le"))
            print(json.dumps({"ok": True}), flush=True)
"""


def scripted(script: str) -> Callable[[], Sequence[str]]:
    return lambda: [sys.executable, "-c", textwrap.dedent(script)]


def well_scripted() -> Sequence[str]:
    return scripted(SCRIPT)()


@contextmanager
def synthesiser(
    command: Callable[[], Sequence[str]] = well_scripted, sentence_s: float = PATIENT_S
) -> Iterator[Synthesiser]:
    made = Synthesiser(command, sentence_s)
    try:
        yield made
    finally:
        made.kill()


def said(it: Synthesiser, text: str, language: str = "fr", voice: str | None = None) -> str:
    return it.synthesise(text, language, voice, 180).samples.decode("utf-16-le")


def test_sentences_go_to_one_process() -> None:
    with synthesiser() as it:
        processes = []
        for text in ("un", "deux"):
            assert said(it, text) == f"{text} roa/fr"
            processes.append(it._process)
        assert processes[0] is processes[1]


def test_the_voices_are_told() -> None:
    with synthesiser() as it:
        assert it.voices() == ()
        it.start()
        assert it.voices() == (SpeechVoice("roa/fr", "French (France)", ("fr-fr",)),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("die", "no answer"),
        ("babble", "no answer"),
        ("list", "no answer"),
        ("fail", "The speech engine failed: no such voice."),
        ("nothing", "gave no sound"),
    ],
)
def test_a_failure_is_told_and_the_next_sentence_is_spoken(text: str, told: str) -> None:
    with synthesiser() as it:
        with pytest.raises(VoiceUnavailable, match=told):
            said(it, text)
        assert said(it, "next") == "next roa/fr"


def test_a_hung_engine_is_killed_and_replaced() -> None:
    with synthesiser(sentence_s=0.3) as it:
        it.start()
        hung = it._process
        with pytest.raises(VoiceUnavailable):
            said(it, "hang")
        assert hung is not None
        assert hung.returncode not in (None, 0)  # killed: by itself it would have ended with 0, after a minute
        it._sentence_s = PATIENT_S
        assert said(it, "next") == "next roa/fr"
        assert it._process is not hung


def test_an_engine_that_died_between_two_sentences_is_replaced() -> None:
    with synthesiser() as it:
        said(it, "one")
        assert it._process is not None
        it._process.kill()
        it._process.wait()
        assert said(it, "two") == "two roa/fr"


def test_without_a_folder_for_its_sound_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with synthesiser() as it:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        with pytest.raises(VoiceUnavailable) as caught:
            said(it, "one")
        assert str(tmp_path / "gone") in str(caught.value)
        assert caught.value.remedy is not None
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        said(it, "two")
    assert list(tmp_path.glob("etoile-voice-*")) == []


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


def test_espeak_has_taken_in_its_rate_before_its_loop_runs_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyttsx3 would remember for the first sentence that it has to stop."""
    done: list[str] = []
    engine = SimpleNamespace(runAndWait=lambda: done.append("loop"))

    def init() -> SimpleNamespace:
        done.append("rate")
        return engine

    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=init))
    espeak = SimpleNamespace(Synchronize=lambda: done.append("idle"))
    monkeypatch.setitem(sys.modules, "pyttsx3.drivers._espeak", espeak)
    assert synthesis._start_engine() is engine
    assert done == ["rate", "idle", "loop"]


def voice(id: str, *languages: str | bytes) -> SimpleNamespace:
    return SimpleNamespace(id=id, name=id.upper(), languages=languages)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(voice("fr", "fr-fr"), ["fr-fr"], id="espeak"),
        pytest.param(voice("thomas", "fr_FR"), ["fr-fr"], id="macos"),
        pytest.param(voice("old", b"\x05fr-fr"), ["fr-fr"], id="bytes with a priority"),
        pytest.param(voice("mute"), [], id="without languages"),
    ],
)
def test_languages_are_told_in_one_way(found: SimpleNamespace, told: list[str]) -> None:
    assert usable([found]) == [{"id": found.id, "name": found.name, "languages": told}]


def test_voices_without_their_data_are_not_told() -> None:
    assert usable([voice("mb/mb-fr1", "fr-fr")]) == []


@pytest.fixture
def espeak() -> None:
    """Need the library that speaks."""
    need(ctypes.util.find_library("espeak-ng"), "needs libespeak-ng1")


@pytest.mark.usefixtures("espeak")
def test_the_real_engine_speaks_both_languages() -> None:
    with synthesiser(child_command) as it:
        for language, text in (("fr", "Il est « midi » à l'île."), ("en", "It is noon.")):
            clip = it.synthesise(text, language, None, 180)
            assert clip.seconds > 0.5
            assert any(clip.samples)


@pytest.mark.usefixtures("espeak")
def test_the_real_engine_tells_its_voices_and_speaks_with_the_one_that_was_chosen() -> None:
    with synthesiser(child_command) as it:
        it.start()
        names = {voice.name for voice in it.voices() if voice.speaks("en")}
        assert len(names) > 3
        sounds = {it.synthesise("A bird sings.", "en", name, 180).samples for name in (None, *sorted(names)[:3])}
        assert len(sounds) > 2


@pytest.mark.usefixtures("espeak")
def test_the_real_engines_sound_depends_on_the_language_and_the_rate() -> None:
    seconds = {}
    with synthesiser(child_command) as it:
        for language, rate_wpm in (("fr", 120), ("fr", 240), ("en", 120)):
            clip = it.synthesise("Les oiseaux chantent dans la forêt.", language, None, rate_wpm)
            seconds[language, rate_wpm] = clip.seconds
    assert seconds["fr", 120] > 1.5 * seconds["fr", 240]
    assert seconds["en", 120] != seconds["fr", 120]


@pytest.mark.usefixtures("espeak")
def test_the_folder_where_etoile_was_started_offers_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wave.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    with synthesiser(child_command) as it:
        it.synthesise("Hello.", "en", None, 180)
