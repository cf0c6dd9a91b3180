"""Which devices PortAudio finds, told by a process that ends: `python -m etoile.speech.devices`.

Under Linux PortAudio keeps 20 MiB for as long as its process lives: every plugin of ALSA, with the decoders of films
that some of them bring along.  An Etoile that nobody speaks to does without.  What the other process has read, the
system still has at hand when the microphone is opened for the first time: in 0.05 s rather than 0.5.
"""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from etoile.speech.children import NO_WINDOW, own_python

log = logging.getLogger(__name__)

LOOK_S = 20.0
"""A sound server that hangs is not waited for longer; a disk that is read for the first time may take seconds."""


class PortAudioError(Exception):
    """There is none; called as sounddevice's own."""


@dataclass(frozen=True, slots=True)
class Devices:
    """What was found, to be asked as sounddevice is."""

    PortAudioError = PortAudioError
    found: list[dict[str, Any]]
    """As sounddevice's `query_devices` lists them: "name", "max_input_channels"..."""
    defaults: dict[str, int]
    """Which is taken where none is named, by "input" and "output"; -1: there is none."""

    def query_devices(self, *, kind: str | None = None) -> Any:
        """Return all devices, or the default of `kind`.  Raises PortAudioError."""
        if kind is None:
            return self.found
        if self.defaults[kind] < 0:
            raise PortAudioError(f"no default for {kind}")
        return self.found[self.defaults[kind]]


def look() -> Devices | None:
    """Return the devices; None where they cannot be told: opening one will tell more.

    Raises OSError where there is no PortAudio.  Blocks, for 0.1 s usually.
    """
    try:
        done = subprocess.run(
            own_python(["-m", "etoile.speech.devices"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # ALSA tells at length what it has not got
            encoding="utf-8",
            timeout=LOOK_S,
            check=True,
            creationflags=NO_WINDOW,
        )
        told: object = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        log.info("nobody tells which devices there are: %s", error)
        return None
    match told:
        case {"error": str(why)}:
            raise OSError(why)
        case {"found": list(found), "defaults": dict(defaults)}:
            return Devices(found, defaults)
    log.info("that tells of no devices: %.100s", told)
    return None


def main() -> None:
    """Tell the devices, or why there is no PortAudio, as one line of JSON."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        told: dict[str, Any] = {"error": str(error)}
    else:
        inputs, outputs = sounddevice.default.device
        told = {"found": list(sounddevice.query_devices()), "defaults": {"input": inputs, "output": outputs}}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
