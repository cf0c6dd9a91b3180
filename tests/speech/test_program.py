"""Another engine as a program: real processes that speak, hang, die, and never stop."""

import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from etoile.errors import VoiceUnavailable
from etoile.speech.program import Program
from etoile.text import render
from tests.waiting import wait_until

SCRIPT = """
import io, subprocess, sys, time, wave
form, voice, language, rate = sys.argv[1:5]
text = sys.stdin.readline().rstrip("\\n")
match text:
    case "hang": time.sleep(60)
    case "child": subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"])
    case "die": sys.exit("first line\\nno such voice.")
    case "silent": sys.exit(0)
    case "flood":
        while True: sys.stdout.buffer.write(bytes(100_000))
samples = f"{text}|{voice}|{language}|{rate}".encode("utf-16-le")
if form == "raw":
    sys.stdout.buffer.write(samples)
else:
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setparams((1, 2, 16_000, len(samples) // 2, "NONE", ""))
        file.writeframes(samples)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "an engine.py"
    file.write_text(textwrap.dedent(SCRIPT))
    return file


@contextmanager
def program(script: Path, form: str = "wav", sentence_s: float = 10.0) -> Iterator[Program]:
    command = (sys.executable, str(script), form, "{voice}", "{language}", "{rate_wpm}")
    made = Program("test", command, 22_050, sentence_s)
    try:
        yield made
    finally:
        made.kill()
        wait_until(lambda: children(script) == [], what="no process left")


def children(script: Path) -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [child for child in found if child.is_running() and str(script) in _command(child)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
    except psutil.NoSuchProcess:
        return []


def said(it: Program, text: str, voice: str = "ada", language: str = "fr") -> str:
    return it.synthesise(text, language, voice, 180).samples.decode("utf-16-le")


@pytest.mark.parametrize(("form", "rate_hz"), [("wav", 16_000), ("raw", 22_050)])
def test_text_goes_in_and_sound_comes_out(script: Path, form: str, rate_hz: int) -> None:
    with program(script, form) as it:
        assert said(it, "Bonjour à « tous » ; $(touch x) `ls`") == "Bonjour à « tous » ; $(touch x) `ls`|ada|fr|180"
        assert it.synthesise("two\nlines", "en", "bob", 200).rate_hz == rate_hz


def test_the_next_process_waits_already(script: Path) -> None:
    with program(script) as it:
        said(it, "one")
        waiting = children(script)
        assert len(waiting) == 1
        said(it, "two")
        assert waiting[0] not in children(script)
        said(it, "three", language="en")


@pytest.mark.parametrize(
    ("text", "told"),
    [("die", "failed: no such voice."), ("silent", "no sound"), ("hang", "did not answer in time")],
)
def test_a_failure_is_told_and_the_next_sentence_is_spoken(script: Path, text: str, told: str) -> None:
    with program(script, sentence_s=0.6 if text == "hang" else 10.0) as it:
        with pytest.raises(VoiceUnavailable, match=told):
            said(it, text)
        it._sentence_s = 10.0
        assert said(it, "next") == "next|ada|fr|180"


def test_what_the_program_started_ends_with_it(script: Path) -> None:
    with program(script, sentence_s=0.6) as it:
        started_s = time.monotonic()
        with pytest.raises(VoiceUnavailable, match="in time"):
            said(it, "child")
        assert time.monotonic() - started_s < 30
    assert [child for child in psutil.Process().children(recursive=True) if "sleep(60)" in str(_command(child))] == []


def test_sound_without_end_is_cut_off(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.speech.program.MOST_BYTES", 1_000_000)
    with program(script) as it, pytest.raises(VoiceUnavailable, match="does not come to an end"):
        said(it, "flood")


def test_a_process_that_died_while_it_waited_is_replaced(script: Path) -> None:
    with program(script) as it:
        said(it, "one")
        (waiting,) = children(script)
        waiting.kill()
        wait_until(lambda: not children(script))
        assert said(it, "two") == "two|ada|fr|180"


def test_a_missing_program_is_told_with_a_remedy() -> None:
    it = Program("piper", ("piper-that-is-nowhere", "{voice}"), 22_050)
    with pytest.raises(VoiceUnavailable, match="The speech engine piper cannot be started: No such file") as caught:
        said(it, "hello")
    assert caught.value.remedy
    assert "Install piper-that-is-nowhere" in render(caught.value.remedy, "en")


def test_a_language_without_a_voice_is_told_with_a_remedy(script: Path) -> None:
    with program(script) as it, pytest.raises(VoiceUnavailable, match="No voice of test is named") as caught:
        it.synthesise("Bonjour", "fr", None, 180)
    assert caught.value.remedy
    assert 'voices = {fr = "…"}' in render(caught.value.remedy, "en")
