"""`etoile talk` and `transcribe`: the running app's talk key, and speech without it."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from etoile.cli import unfinished
from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.errors import EtoileError, UsageError
from etoile.ipc import client, endpoint
from etoile.text import message, verbatim


def talk(arguments: argparse.Namespace, console: Console) -> int:
    """Press, release or toggle the talk key of the running app, cancel what goes on, or switch the wake word."""
    told = client.ask_once(endpoint.runtime_folder(), {"do": "talk", "key": arguments.key})
    if told is None:
        raise UsageError(message("The tray app does not run."), message("Start it with “etoile”."))
    return 0 if told["ok"] else 1


def transcribe(arguments: argparse.Namespace, console: Console) -> int:
    """Turn audio files into text, or recordings that have none yet; one that fails does not stop the others."""
    from etoile.parts.once import speech_model

    config, _ = settings(arguments)
    files = unfinished.to_try(console) if arguments.unfinished else tuple(map(Path, arguments.files))
    if not files:
        return _nothing_to_transcribe(arguments, console)
    model = speech_model(config, arguments.simulate).loaded()
    code = 0
    for name in files:
        try:
            heard = model.transcribe_file(name, config.speech.language, _progress(name, console))
        except EtoileError as error:
            console.error(error)
            code = 1
            continue
        if arguments.unfinished:
            unfinished.settle(config, console, name, heard)
        if console.json:
            console.line(
                {
                    "file": str(name),
                    "text": heard.text,
                    "language": heard.language,
                    "audio_s": round(heard.audio_s, 3),
                    "speech_s": round(heard.speech_s, 3),
                    "elapsed_ms": round(heard.elapsed_ms, 1),
                    "model": heard.model,
                    "device": heard.device,
                }
            )
        else:
            console.say(verbatim(heard.text) if heard.text else message("(nothing was said)"))
    return code


def _progress(path: Path, console: Console) -> Callable[[float], None]:
    """Return what tells at a terminal how far a long file is."""
    from etoile.speech.audio_files import PIECE_S, duration_s

    total_s = duration_s(path)

    def progress(heard_s: float) -> None:
        if console.json or not sys.stderr.isatty() or heard_s < PIECE_S / 2 or total_s is None:
            return
        told = message("{heard:duration} of {total:duration}", heard=heard_s, total=max(heard_s, total_s))
        end = "  " if heard_s < total_s - 1 else "\n"
        print(f"\r{console.words(told)}", end=end, file=sys.stderr, flush=True)

    return progress


def _nothing_to_transcribe(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.unfinished:
        raise UsageError(
            message("Which file?"), message("Name audio files, or “--unfinished” for what has no text yet.")
        )
    console.note(message("Every recording has its text."))
    return 0
