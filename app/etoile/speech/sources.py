"""The microphones of a Linux sound server (PulseAudio, or PipeWire in its place) by name: PortAudio shows none of them.

Asked through `pactl`; a stream is led to one of them by the environment, which the server's library reads at opening.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

log = logging.getLogger(__name__)

ASK_S = 2.0
"""A sound server that hangs is not waited for longer."""
_CHOOSING = ("PULSE_SOURCE", "PIPEWIRE_NODE")


@dataclass(frozen=True, slots=True)
class Source:
    """A microphone as the sound server knows it."""

    name: str
    """"alsa_input.usb-Blue_Yeti.analog-stereo"."""
    description: str
    """What the desktop's settings show: "Blue Yeti"."""
    muted: bool = False
    volume_percent: int = 100
    suspended: bool = False


def sources() -> tuple[Source, ...]:
    """Return the microphones, without what only plays back a loudspeaker; empty without such a server.  Some 10 ms."""
    if sys.platform != "linux" or not shutil.which("pactl"):
        return ()
    return _read(_pactl("--format=json", "list", "sources"))


def default_source() -> str | None:
    """Return the name of the microphone that is used where none is chosen."""
    if sys.platform != "linux" or not shutil.which("pactl"):
        return None
    return (_pactl("get-default-source") or "").strip() or None


def find(name: str, among: tuple[Source, ...]) -> Source | None:
    """Return the microphone called `name`: whole, else a part of what it is called."""
    wanted = name.casefold()
    tests: tuple[Callable[[str], bool], ...] = (lambda known: known == wanted, lambda known: wanted in known)
    for fits in tests:
        for source in among:
            if fits(source.description.casefold()) or fits(source.name.casefold()):
                return source
    return None


@contextmanager
def chosen(source: Source | None) -> Iterator[None]:
    """Lead the streams that are opened within to `source`; None leaves it to the server.

    The environment is the process's own: one thread at a time.
    """
    if source is None:
        yield
        return
    former = {variable: os.environ.get(variable) for variable in _CHOOSING}
    os.environ.update(dict.fromkeys(_CHOOSING, source.name))
    try:
        yield
    finally:
        for variable, value in former.items():
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def _pactl(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["pactl", *arguments],
            capture_output=True,
            text=True,
            timeout=ASK_S,
            check=True,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.debug("the sound server does not answer: %s", error)
        return None
    return done.stdout


def _read(answer: str | None) -> tuple[Source, ...]:
    try:
        listed = json.loads(answer or "[]")
        return tuple(_source(one) for one in listed if not one.get("monitor_source"))
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        log.info("pactl answers what nobody understands: %s", error)
        return ()


def _source(told: dict[str, object]) -> Source:
    volumes = told.get("volume")
    levels = (
        [int(str(one["value_percent"]).rstrip("%")) for one in volumes.values()] if isinstance(volumes, dict) else []
    )
    return Source(
        name=str(told["name"]),
        description=str(told.get("description") or told["name"]),
        muted=bool(told.get("mute")),
        volume_percent=max(levels, default=100),
        suspended=told.get("state") == "SUSPENDED",
    )
