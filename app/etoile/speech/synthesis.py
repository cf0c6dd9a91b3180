"""A child process that turns sentences into WAV files: the home of pyttsx3.

`python -m etoile.speech.synthesis` reads one JSON object a line, `{"text", "voice", "rate_wpm", "path"}`, and answers
each with `{"ok": true}` or `{"error": "..."}`; its first line tells whether there is an engine at all, and its voices.
It is a process of its own because the engines hang, print and cannot be stopped: its owner kills it.  It ends with its
input.
"""

import json
import os
import subprocess
import sys
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

FILE_S = 5.0
"""Some engines return before their file is whole; it is waited for this long."""


def main() -> None:
    """Serve sentences until the input ends."""
    answers = _own_output()
    try:
        engine = _start_engine()
        voices = usable(engine.getProperty("voices"))
    except Exception as error:  # noqa: BLE001 (each engine fails in its own way, and all that counts is that it did)
        _answer(answers, {"error": _reason(error)})
        return
    _answer(answers, {"ok": True, "voices": voices})
    for line in sys.stdin:
        try:
            _synthesise(engine, json.loads(line))
        except Exception as error:  # noqa: BLE001 (as above; the next sentence may do better)
            _answer(answers, {"error": _reason(error)})
        else:
            _answer(answers, {"ok": True})


def usable(voices: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what is told of the engine's voices: id, name, languages as "fr-fr".

    Engines write languages as "fr-fr", "fr_FR" or with control characters around; MBROLA voices are listed by espeak
    even where their data is not installed.
    """
    return [
        {"id": str(voice.id), "name": str(voice.name), "languages": _tags(voice)}
        for voice in voices
        if "mb-" not in voice.id and "mbrola" not in voice.id
    ]


def _tags(voice: Any) -> list[str]:
    """Return the languages of a voice as "fr-fr"."""
    tags = [tag.decode("utf-8", "ignore") if isinstance(tag, bytes) else str(tag) for tag in voice.languages]
    return ["".join(filter(str.isprintable, tag)).replace("_", "-").strip().lower() for tag in tags]


def _start_engine() -> Any:
    import pyttsx3

    engine = pyttsx3.init()
    # A loop that begins while espeak takes in its first rate stops the first sentence that is to come.
    _settle()
    # Until its loop has run once, it only queues what it is told.
    engine.runAndWait()
    return engine


def _synthesise(engine: Any, sentence: dict[str, Any]) -> None:
    path = Path(sentence["path"])
    if sentence["voice"] is not None:
        engine.setProperty("voice", sentence["voice"])
    engine.setProperty("rate", sentence["rate_wpm"])
    _settle()
    engine.save_to_file(sentence["text"], str(path))
    engine.runAndWait()
    _settle()
    if sys.platform == "darwin":
        _wait_for(path, _has_bytes)
        # The system's engine writes AIFF whatever the name says.
        subprocess.run(["/usr/bin/afconvert", "-f", "WAVE", "-d", "LEI16", str(path), str(path)], check=True)
    _wait_for(path, _is_wav)


def _settle() -> None:
    """Wait until espeak is idle: pyttsx3 begins a sentence by cancelling what still runs, a rate just set included."""
    espeak = sys.modules.get("pyttsx3.drivers._espeak")
    if espeak is not None:
        espeak.Synchronize()


def _wait_for(path: Path, ready: Any) -> None:
    deadline_s = time.monotonic() + FILE_S
    while not ready(path):
        if time.monotonic() > deadline_s:
            raise TimeoutError("the speech engine wrote no sound")
        time.sleep(0.01)


def _has_bytes(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _is_wav(path: Path) -> bool:
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() > 0
    except (OSError, EOFError, wave.Error):
        return False


def _own_output() -> TextIO:
    """Return our standard output, and send what the engines print to nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return answers


def _answer(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


if __name__ == "__main__":
    main()
