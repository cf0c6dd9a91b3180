"""What the settings window may ask of the rest of the app.  All of it may block; the window asks on other threads.

What it needs is imported when it is asked for: the app starts with none of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etoile.config import FOLDERS, Config, Node
from etoile.llm import keys
from etoile.parts.rooms import Rooms
from etoile.text import SPOKEN_LANGUAGES, Message, message, render

if TYPE_CHECKING:
    from etoile.domain.gpus import GpuReading
    from etoile.installed.versions import About
    from etoile.llm.trying import Tried
    from etoile.parts.own_commands import OwnCommands

GREETING = message("This is how Etoile sounds.")


@dataclass(frozen=True, slots=True)
class Outside:
    """Answers for the rooms that are open, under the settings `config` of the start."""

    rooms: Rooms
    config: Config

    @property
    def own_commands(self) -> "OwnCommands":
        """The user's own commands."""
        from etoile.parts.own_commands import OwnCommands

        return OwnCommands(lambda: self.rooms.actions.now().slot_values())

    def try_node(self, node: Node, key: str | None) -> "Tried":
        """Ask `node`, with `key` where one was typed, for its models.  Raises NodeError."""
        from etoile.llm.trying import try_node

        return try_node(node, (lambda _: key) if key else keys.secret, self.config.routing.connect_s)

    def keep_key(self, node: str, key: str) -> None:
        """Put the key of the node `node` into the keyring.  Raises NodeUnauthorised."""
        keys.keep(node, key)

    def forget_key(self, node: str) -> None:
        """Take the key of the node `node` out of the keyring."""
        keys.forget(node)

    def copy_key(self, former: str, now: str) -> None:
        """Have the key of the node `former` under the name `now` as well.  Raises NodeUnauthorised."""
        if found := keys.secret(Node(name=former, url="", key="keyring")):
            keys.keep(now, found)

    def voices(self) -> Mapping[str, Sequence[str]]:
        """Return what the voices are called, by the language that they speak.  Raises VoiceUnavailable."""
        from etoile.speech.engines import engine_of, known_here

        engine = engine_of(self.config.speech)
        try:
            engine.start()
            known = known_here(engine.voices())
        finally:
            engine.kill()
        return {language: [voice.name for voice in known if voice.speaks(language)] for language in SPOKEN_LANGUAGES}

    def try_voice(self, language: str, name: str) -> None:
        """Say a sentence in `language`; nobody else speaks meanwhile.  Raises VoiceUnavailable."""
        from etoile.speech.engines import choose, engine_of
        from etoile.speech.playback import Player, Sound

        engine, player = engine_of(self.config.speech), Player()
        if self.rooms.voice:
            self.rooms.voice.hush()
        try:
            engine.start()
            chosen = choose(engine.voices(), language, name or None)
            said = render(GREETING, language)
            clip = engine.synthesise(said, language, chosen.id if chosen else None, self._rate_wpm())
            player.play(Sound(clip), lambda: True)
            player.drain()
        finally:
            player.close()
            engine.kill()

    def _rate_wpm(self) -> int:
        return self.rooms.voice.rate_wpm if self.rooms.voice else self.config.speech.rate_wpm

    def cards(self) -> "Sequence[GpuReading]":
        """Return the cards that are seen, here and on other machines."""
        return self.rooms.live.gpus() if self.rooms.live else ()

    def starts_with_session(self) -> bool:
        """Whether Etoile starts with the session."""
        from etoile.installed.autostart import autostart

        return autostart().command() is not None

    def start_with_session(self, wanted: bool) -> None:
        """Have Etoile start with the session, or no longer.  Raises UsageError."""
        from etoile.installed.autostart import start_with_session

        start_with_session(wanted)

    def forget_everything(self) -> Message:
        """Delete history, what was learned, measurements and recordings.  Raises EtoileErrors; tells what was done."""
        from etoile.parts.forgetting import forget_everything

        return forget_everything(self.rooms)

    def kept_at(self) -> Sequence[str]:
        """Return the folders in which something is kept: data, then state."""
        return str(FOLDERS.user_data_dir), str(FOLDERS.user_state_dir)

    def about(self) -> "About":
        """Return what Etoile is made of."""
        from etoile.installed.versions import about

        return about()
