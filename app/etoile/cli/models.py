"""`etoile models`: the speech models of this computer."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from etoile.cli.asking import agreed
from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.errors import UsageError
from etoile.speech import models as known
from etoile.text import Message, message

REPORT_S = 0.25
"""Progress is not told more often."""


def models(arguments: argparse.Namespace, console: Console) -> int:
    """List, download, remove, choose or check speech models."""
    match arguments.what:
        case "list":
            return _list(arguments, console)
        case "download":
            return _download(_named(arguments), arguments, console)
        case "remove":
            return _remove(_named(arguments), arguments, console)
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
    from etoile.config.writing import put

    known.folder(name)
    _, path = settings(arguments)
    put(path, "speech", "model", name)
    console.note(message("Etoile uses {name} from its next start on.", name=name))
    return 0


def _check(arguments: argparse.Namespace, console: Console) -> int:
    """Tell how little of the window the model in use needs, on the user's own recordings."""
    from etoile.parts.once import speech_model
    from etoile.speech.audio_files import read_audio
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
    for each in compare(model, map(read_audio, files), config.speech.language):
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
    config, _ = settings(arguments)
    for name, model in known.KNOWN.items():
        state, used = known.state(name), name == config.speech.model
        if console.json:
            console.line(
                {
                    "name": name,
                    "size_bytes": model.size_bytes,
                    "languages": model.languages,
                    "installed": state is known.State.INSTALLED,
                    "state": state,
                    "used": used,
                }
            )
        else:
            console.say(
                message(
                    "{mark} {name}  {size:bytes}  {languages} languages  {state}",
                    mark="*" if used else " ",
                    name=f"{name:<14}",
                    size=model.size_bytes,
                    languages=model.languages,
                    state=_STATES[state],
                )
            )
    return 0


_STATES: dict[known.State, Message] = {
    known.State.INSTALLED: message("installed"),
    known.State.DAMAGED: message("damaged"),
    known.State.BEGUN: message("download begun"),
    known.State.ABSENT: message("not installed"),
}


def _download(name: str, arguments: argparse.Namespace, console: Console) -> int:
    config, _ = settings(arguments)
    folder = known.download(name, _progress(name, console), lambda: False, offline=config.speech.offline)
    if not console.json:
        console.say(message("{name} is in {folder}.", name=name, folder=str(folder)))
    return 0


def _progress(name: str, console: Console) -> Callable[[int, int | None], None]:
    """Return what tells how far a download is: as lines for programs, on one line at a terminal."""
    told_s = float("-inf")

    def progress(received: int, total: int | None) -> None:
        nonlocal told_s
        if time.monotonic() - told_s < REPORT_S and received != total:
            return
        told_s = time.monotonic()
        if console.json:
            console.line({"name": name, "received_bytes": received, "total_bytes": total})
        elif sys.stderr.isatty():
            told = message("{received:bytes} of {total:bytes}", received=received, total=total)
            print(f"\r{console.words(told)}", end="  ", file=sys.stderr, flush=True)

    return progress


def _remove(name: str, arguments: argparse.Namespace, console: Console) -> int:
    """Delete a model; one that is in use only when somebody says so."""
    config, _ = settings(arguments)
    in_use = name == config.speech.model and known.state(name) is not known.State.ABSENT
    if in_use and not agreed(message("Etoile listens by {name}. Remove it?", name=name), console, yes=arguments.yes):
        return 1
    removed = known.remove(name)
    console.note(message("{name} was removed.", name=name) if removed else message("{name} was not there.", name=name))
    return 0 if removed else 1
