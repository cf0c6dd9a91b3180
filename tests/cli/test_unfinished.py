"""Recordings without text: shown behind the history, tried again, and nothing of them is run."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from etoile import logs
from etoile.cli import main
from etoile.cli import unfinished as module
from etoile.errors import EtoileError
from etoile.parts import once
from etoile.speech.transcript import Transcript
from etoile.speech.unfinished import keep
from etoile.text import message
from tests.speech.fakes import tone


class Model:
    """Says what the test tells it, file after file."""

    def __init__(self) -> None:
        self.texts: list[str | EtoileError] = []
        self.heard: list[Path] = []

    def loaded(self) -> "Model":
        return self

    def transcribe_file(self, path: Path, language: str, *told: object) -> Transcript:
        self.heard.append(path)
        text = self.texts.pop(0)
        if isinstance(text, EtoileError):
            raise text
        return Transcript(
            text=text, language="en", audio_s=1.0, speech_s=0.8, elapsed_ms=5.0, model="fake", device="cpu"
        )


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    made = Model()
    monkeypatch.setattr(once, "speech_model", lambda config, simulate: made)
    return made


def kept(*ages_s: float) -> list[Path]:
    """Keep recordings of these ages."""
    paths = []
    for turn, age_s in enumerate(ages_s):
        path = keep(module.folder(), turn, tone(1.0))
        os.utime(path, (time.time() - age_s, time.time() - age_s))
        paths.append(path)
    return paths


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_they_are_shown_behind_the_history(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = kept(7200, 3600)
    assert main(["history", "--json"]) == 0
    assert [(line["recording"], line["text"], line["audio_s"]) for line in lines(capsys)] == [
        (str(new), None, 1.0),
        (str(old), None, 1.0),
    ]
    assert main(["history", "--language", "en"]) == 0
    printed = capsys.readouterr()
    assert "(a recording of 1 s without text: " in printed.out
    assert "etoile transcribe --unfinished" in printed.err


def test_they_are_tried_again_and_what_was_said_goes_into_the_history(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = kept(7200, 3600)
    model.texts = ["shut down the computer", "mute"]
    assert main(["transcribe", "--unfinished", "--json"]) == 0
    assert [(line["file"], line["text"]) for line in lines(capsys)] == [
        (str(paths[0]), "shut down the computer"),
        (str(paths[1]), "mute"),
    ]
    assert not any(path.exists() for path in paths)
    assert main(["history", "--json"]) == 0
    told = lines(capsys)
    assert [(line["text"], line["decision"], line["command"], line["ok"]) for line in told] == [
        ("mute", None, None, False),
        ("shut down the computer", None, None, False),
    ]


def test_one_that_fails_stays_and_stops_no_other(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = kept(300, 200, 100)
    model.texts = [EtoileError(message("It is damaged.")), "", "hello"]
    assert main(["transcribe", "--unfinished", "--json"]) == 1
    assert [line["text"] for line in lines(capsys)] == ["", "hello"]
    assert first.exists()
    assert not second.exists()
    assert not third.exists()


def test_there_may_be_none(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcribe", "--unfinished", "--language", "en"]) == 0
    assert "Every recording has its text." in capsys.readouterr().err
    assert model.heard == []


def test_without_a_file_the_call_is_wrong(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcribe", "--language", "en"]) == 2
    assert "Which file?" in capsys.readouterr().err


def test_what_the_running_app_may_be_at_is_left_to_it(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.client, "ask_once", lambda folder, line: {"ok": True})
    old, _ = kept(3600, 5)
    model.texts = ["hello"]
    assert main(["transcribe", "--unfinished", "--json"]) == 0
    assert model.heard == [old]
