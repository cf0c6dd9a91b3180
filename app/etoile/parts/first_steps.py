"""What the first steps of a new user ask: which speech models there are, and how the talk key is heard."""

import os
import sys
from dataclasses import dataclass

from etoile.errors import ModelUnavailable
from etoile.speech import models
from etoile.speech.ways import Way, way
from etoile.text import Message, message

_WAYS = {
    Way.X11: message("Etoile takes the key from the X server: no other program gets it."),
    Way.WAYLAND: message("The desktop's portal for shortcuts gives Etoile the key, and asks you once."),
    Way.WINDOWS: message("Windows gives Etoile the key, whichever program is in front."),
    Way.MACOS: message("macOS gives Etoile the key once you allow it to watch the keyboard."),
}


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A speech model that can be had."""

    name: str
    size_bytes: int
    here: bool


class FirstSteps:
    """See `etoile.gui.first_run.aids`.  Reads a few small files at most."""

    def speech_models(self) -> tuple[SpeechModel, ...]:
        """Return the speech models that can be had, the smallest first."""
        here = models.installed()
        known = sorted(models.KNOWN.items(), key=lambda named: named[1].size_bytes)
        return tuple(SpeechModel(name, model.size_bytes, name in here) for name, model in known)

    def has_speech_model(self, name: str) -> bool:
        """Whether the model `name`, which may be a folder, is on this computer."""
        try:
            models.folder(name)
        except ModelUnavailable:
            return False
        return True

    def speech_models_at(self) -> str:
        """Return the folder in which they are kept."""
        return str(models.home())

    def talk_way(self) -> Message:
        """Return in which way the talk key is heard on this desktop."""
        found = way(sys.platform, os.environ)
        return _WAYS[found] if found else message("There is no desktop on which a key could be watched.")
