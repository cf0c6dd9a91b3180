"""Recordings without text, on the command line: listed behind the history, and tried again."""

import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from etoile.cli.console import Console
from etoile.config import FOLDERS, Config
from etoile.domain.effects import Outcome
from etoile.domain.events import Origin
from etoile.ipc import client, endpoint
from etoile.speech.transcript import Transcript
from etoile.speech.unfinished import Unfinished, unfinished
from etoile.text import message

BUSY_S = 60.0
"""The running app may still be at work on a recording that is younger."""


def folder() -> Path:
    """Return where the app keeps recordings until their text is there."""
    return Path(FOLDERS.user_state_dir) / "recordings"


def show(console: Console) -> None:
    """Print the recordings without text, newest first."""
    found = unfinished(folder())
    for one in found:
        at = datetime.fromtimestamp(one.at_s).astimezone()
        if console.json:
            console.line(
                {
                    "at": at.isoformat(timespec="seconds"),
                    "text": None,
                    "ok": False,
                    "recording": str(one.path),
                    "audio_s": round(one.audio_s, 3),
                }
            )
        else:
            console.say(
                message(
                    "{at}  (a recording of {seconds:.0f} s without text: {path})",
                    at=f"{at:%Y-%m-%d %H:%M}",
                    seconds=one.audio_s,
                    path=str(one.path),
                )
            )
    if found and not console.json:
        console.note(message("“etoile transcribe --unfinished” tries again, and runs nothing."))


def to_try(console: Console) -> tuple[Path, ...]:
    """Return the recordings to try again, oldest first, without those that the running app may be at."""
    found = tuple(reversed(unfinished(folder())))
    if client.ask_once(endpoint.runtime_folder(), {"do": "status"}) is not None:
        busy = [one for one in found if _is_young(one)]
        found = tuple(one for one in found if one not in busy)
        for one in busy:
            console.note(message("{path} is left to the running app for now.", path=str(one.path)))
    return tuple(one.path for one in found)


def settle(config: Config, console: Console, path: Path, heard: Transcript) -> None:
    """Keep what was said in the history, where one is kept, and delete the recording; nothing is run."""
    from etoile.parts import open_history

    if heard.text:
        with ExitStack() as stack:
            history = open_history(stack, config, console.language, lambda event: None)
            if history is not None:
                late = Outcome(turn=0, text=heard.text, decision=None, ok=False, language=heard.language)
                history.remember(late, Origin.VOICE)
    path.unlink(missing_ok=True)


def _is_young(one: Unfinished) -> bool:
    return abs(time.time() - one.at_s) < BUSY_S
