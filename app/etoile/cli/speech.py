"""`etoile talk`, `transcribe` and `models`: the running app's talk key, and speech without it."""

import argparse
import sys
from pathlib import Path

from etoile.cli import unfinished
from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.errors import EtoileError, UsageError
from etoile.ipc import client, endpoint
from etoile.text import message, verbatim


def talk(arguments: argparse.Namespace, console: Console) -> int:
    """Press, release or toggle the talk key of the running app, or cancel what goes on."""
    told = client.ask_once(endpoint.runtime_folder(), {"do": "talk", "key": arguments.key})
    if told is None:
        raise UsageError(message("The tray app does not run."), message("Start it with “etoile”."))
    return 0 if told["ok"] else 1


def transcribe(arguments: argparse.Namespace, console: Console) -> int:
    """Turn audio files into text, or recordings that have none yet; one that fails does not stop the others."""
    from etoile.parts import speech_model

    config, _ = settings(arguments)
    files = unfinished.to_try(console) if arguments.unfinished else tuple(map(Path, arguments.files))
    if not files:
        return _nothing_to_transcribe(arguments, console)
    model = speech_model(config, arguments.simulate).loaded()
    code = 0
    for name in files:
        try:
            heard = model.transcribe_file(name, config.speech.language)
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


def _nothing_to_transcribe(arguments: argparse.Namespace, console: Console) -> int:
    if not arguments.unfinished:
        raise UsageError(
            message("Which file?"), message("Name audio files, or “--unfinished” for what has no text yet.")
        )
    console.note(message("Every recording has its text."))
    return 0


def models(arguments: argparse.Namespace, console: Console) -> int:
    """List, download, remove, choose or check speech models."""
    match arguments.what:
        case "list":
            return _list(arguments, console)
        case "download":
            return _download(_named(arguments), console)
        case "remove":
            return _remove(_named(arguments), console)
        case "use":
            return _use(_named(arguments), arguments, console)
        case _:
            return _check(arguments, console)


def _named(arguments: argparse.Namespace) -> str:
    if not arguments.names:
        raise UsageError(message("Which model?"), message("“etoile models list” names them."))
    return str(arguments.names[0])


def _use(name: str, arguments: argparse.Namespace, console: Console) -> int:
    """Write the model into the settings, once it is certain that it can be used."""
    from etoile.settings_file import put
    from etoile.speech import models as known

    known.folder(name)
    _, path = settings(arguments)
    put(path, "speech", "model", name)
    console.note(message("Etoile uses {name} from its next start on.", name=name))
    return 0


def _check(arguments: argparse.Namespace, console: Console) -> int:
    """Tell how little of the window the model in use needs, on the user's own recordings."""
    from etoile.parts import speech_model
    from etoile.speech import whisper
    from etoile.speech.contexts import ENOUGH, compare, safe_context_s

    config, _ = settings(arguments)
    files = [Path(name) for name in arguments.names]
    if not files:
        raise UsageError(
            message("Which recordings?"),
            message("Name audio files in your voice, ten or more: etoile models check *.wav"),
        )
    model = speech_model(config, arguments.simulate).loaded()
    comparisons = []
    for each in compare(model, map(whisper.read_audio, files), config.speech.language):
        comparisons.append(each)
        if console.json:
            console.line(
                {
                    "context_s": each.context_s,
                    "words": each.words,
                    "different": each.different,
                    "elapsed_ms": round(each.elapsed_ms, 1),
                    "whole_ms": round(each.whole_ms, 1),
                }
            )
        else:
            console.say(
                message(
                    "{context:.0f} s shown: {different} of {words} words differ, {short:.0f} ms against {whole:.0f} ms",
                    context=each.context_s,
                    different=each.different,
                    words=each.words,
                    short=each.elapsed_ms,
                    whole=each.whole_ms,
                )
            )
    safe_s = safe_context_s(comparisons)
    if len(files) < ENOUGH:
        console.note(message("{count} recordings prove little: try with ten or more.", count=len(files)))
    console.note(
        message(
            "From {seconds:.0f} s on every word was the same: context_s = {seconds:.0f} under [speech].", seconds=safe_s
        )
    )
    return 0


def _list(arguments: argparse.Namespace, console: Console) -> int:
    from etoile.speech import models as known

    config, _ = settings(arguments)
    installed = known.installed()
    for name, model in known.KNOWN.items():
        here, used = name in installed, name == config.speech.model
        if console.json:
            console.line({"name": name, "size_bytes": model.size_bytes, "installed": here, "used": used})
        else:
            state = message("installed") if here else message("not installed")
            mark = "*" if used else " "
            row = message(
                "{mark} {name}  {size:bytes}  {state}", mark=mark, name=name, size=model.size_bytes, state=state
            )
            console.say(row)
    return 0


def _download(name: str, console: Console) -> int:
    from etoile.speech import models as known

    def progress(received: int, total: int | None) -> None:
        if console.json:
            console.line({"name": name, "received_bytes": received, "total_bytes": total})
        elif sys.stderr.isatty():
            told = message("{received:bytes} of {total:bytes}", received=received, total=total)
            if total is None:
                told = message("{received:bytes}", received=received)
            print(f"\r{console.words(told)}", end="  ", file=sys.stderr, flush=True)

    folder = known.download(name, progress, lambda: False)
    if not console.json:
        console.say(message("{name} is in {folder}.", name=name, folder=str(folder)))
    return 0


def _remove(name: str, console: Console) -> int:
    from etoile.speech import models as known

    removed = known.remove(name)
    console.note(message("{name} was removed.", name=name) if removed else message("{name} was not there.", name=name))
    return 0 if removed else 1
