"""`etoile voices`: those that can speak here, and which one speaks each language."""

import argparse

from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.config import Speech
from etoile.errors import UsageError
from etoile.speech.engines import SpeechVoice, called, choose, engine_of, known_here
from etoile.text import SPOKEN_LANGUAGES, message


def voices(arguments: argparse.Namespace, console: Console) -> int:
    """List the voices, or choose one."""
    config, path = settings(arguments)
    known = _known(config.speech)
    if arguments.what == "list":
        return _list(known, config.speech, console)
    from etoile.config.writing import put

    chosen = _named(known, " ".join(arguments.name))
    for language in filter(chosen.speaks, SPOKEN_LANGUAGES):
        put(path, "speech.voices", language, chosen.name)
    console.note(message("Etoile speaks with the voice {name} from its next start on.", name=chosen.name))
    return 0


def _known(speech: Speech) -> tuple[SpeechVoice, ...]:
    """Return the voices that speak a language of Etoile's.  Raises VoiceUnavailable and UsageError."""
    engine = engine_of(speech)
    try:
        engine.start()
        known = known_here(engine.voices())
    finally:
        engine.kill()
    if not known and speech.engine != "system":
        raise UsageError(
            message("The engine {engine} does not tell its voices.", engine=speech.engine),
            message('Name them in the settings, under [speech]: voices = {{fr = "…", en = "…"}}.'),
        )
    return known


def _list(known: tuple[SpeechVoice, ...], speech: Speech, console: Console) -> int:
    named = dict[str, str](speech.voices.items())
    used = {language: choose(known, language, named.get(language)) for language in SPOKEN_LANGUAGES}
    for voice in known:
        speaks = [language for language in SPOKEN_LANGUAGES if used[language] == voice]
        if console.json:
            console.line({"name": voice.name, "id": voice.id, "languages": list(voice.languages), "used_for": speaks})
        else:
            mark = "*" if speaks else " "
            console.say(message("{mark} {name}  {languages}", mark=mark, name=voice.name, languages=voice.languages))
    return 0


def _named(known: tuple[SpeechVoice, ...], name: str) -> SpeechVoice:
    """Return the one voice that is called `name`.  Raises UsageError."""
    found = called(known, name)
    if len({voice.name for voice in found}) == 1:
        return found[0]
    if found:
        names = [voice.name for voice in found]
        raise UsageError(message("Several voices are called “{name}”: {names}.", name=name, names=names))
    if not name:
        raise UsageError(message("Which voice?"), message("“etoile voices” lists those there are."))
    raise UsageError(
        message("There is no voice called “{name}”.", name=name), message("“etoile voices” lists those there are.")
    )
