"""What makes speech of text: the system's own voices, or a program that the settings name."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from etoile import config
from etoile.speech.clip import Clip
from etoile.text import SPOKEN_LANGUAGES

PREFERRED = {"en": ("en-us", "en-gb"), "fr": ("fr-fr",)}


@dataclass(frozen=True, slots=True)
class SpeechVoice:
    """A voice of the system's."""

    id: str
    name: str
    languages: tuple[str, ...]
    """As "fr-fr"."""

    def speaks(self, language: str) -> bool:
        """Whether it speaks `language` ("fr", "en")."""
        return any(tag.split("-")[0] == language for tag in self.languages)


class Engine(Protocol):
    """Turns sentences into sound.  Used by one thread, but for `kill`, which any may call."""

    def start(self) -> None:
        """Be ready.  Raises VoiceUnavailable when there is no such engine."""

    def voices(self) -> tuple[SpeechVoice, ...]:
        """Return the voices that can be chosen; empty before `start`, and where the engine tells none."""

    def synthesise(self, text: str, language: str, voice: str | None, rate_wpm: int) -> Clip:
        """Return `text` as speech of the voice called `voice`, else of the best one for `language`.

        Raises VoiceUnavailable; an engine that hangs is killed, and started anew by the next call.
        """

    def kill(self) -> None:
        """Give up at once whatever is being done."""


def engine_of(speech: config.Speech) -> Engine:
    """Return the engine that the settings name; nothing is started yet."""
    if speech.engine == "system":
        from etoile.speech.synthesiser import Synthesiser

        return Synthesiser()
    from etoile.speech.program import Program

    return Program(speech.engine, speech.engine_command, speech.engine_rate_hz)


def choose(voices: Sequence[SpeechVoice], language: str, name: str | None) -> SpeechVoice | None:
    """Return the voice called `name`, whole or a part of it, else the best for `language`.

    A name that fits several means one that speaks the language.  None leaves the engine's own.
    """
    if name and (named := called(voices, name)):
        return next((voice for voice in named if voice.speaks(language)), named[0])
    spoken = [voice for voice in voices if voice.speaks(language)]
    for preferred in PREFERRED.get(language, ()):
        if found := next((voice for voice in spoken if preferred in voice.languages), None):
            return found
    return spoken[0] if spoken else None


def spoken_names(voices: Sequence[SpeechVoice]) -> tuple[str, ...]:
    """Return what people call `voices`: "Microsoft Hortense Desktop - French" is Hortense too, where only one is."""
    short = Counter(_short(voice.name) for voice in voices)
    names = (
        name for voice in voices for name in (voice.name, _short(voice.name)) if name == voice.name or short[name] == 1
    )
    return tuple(dict.fromkeys(names))


def known_here(voices: Sequence[SpeechVoice]) -> tuple[SpeechVoice, ...]:
    """Return those of `voices` that speak a language of Etoile's."""
    return tuple(voice for voice in voices if any(map(voice.speaks, SPOKEN_LANGUAGES)))


def _short(name: str) -> str:
    return re.sub(r"^Microsoft\s+|\s+(?:Desktop|Online)\b.*$|\s+[-–(].*$", "", name) or name


def called(voices: Sequence[SpeechVoice], name: str) -> list[SpeechVoice]:
    """Return the voices called `name`: those whose id or name it is, else those whose name holds it."""
    wanted = name.casefold().strip()
    exact = [voice for voice in voices if wanted in (voice.id.casefold(), voice.name.casefold())]
    return exact or [voice for voice in voices if wanted and wanted in voice.name.casefold()]
