"""The app's state: how it begins, and what rooms ask of it while it goes on."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from etoile.config import Config, interface_language, spoken_language
from etoile.domain import events as on
from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.nodes import NodeStatus
from etoile.domain.settings import with_settings
from etoile.domain.state import State, known_of
from etoile.domain.turn import Turn
from etoile.errors import StoreError
from etoile.parts.rooms import Publish
from etoile.store.conversations import Conversations, Kept
from etoile.text import Message

if TYPE_CHECKING:
    from etoile.caring import Care
    from etoile.speech.voice import Voice

log = logging.getLogger(__name__)


def first_state(config: Config) -> State:
    """Return what is known before anything has happened."""
    language = spoken_language(config)
    return with_settings(State(turn=Turn(language=language, home_language=language)), config)


class Live:
    """What rooms may ask of the app's newest state: the desk of the actions, the live state of the guide.

    `state` is asked anew each time; `read_gpus` stands in where no monitor runs.  Any thread.
    """

    def __init__(
        self,
        state: Callable[[], State],
        publish: Publish,
        history: Conversations | None,
        read_gpus: Callable[[], tuple[GpuReading, ...]] | None,
        config: Config,
    ) -> None:
        self._state = state
        self._publish = publish
        self._history = history
        self._read_gpus = read_gpus
        self.voice: Voice | None = None
        """What speaks here, once it is there."""
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Go by the settings `config` from now on."""
        self.language = interface_language(config)
        """Of the interface: what is written."""
        self.config = config

    @property
    def commands_enabled(self) -> bool:
        """Whether a request may be a command."""
        return self.config.commands.enabled

    @property
    def care(self) -> "Care":
        """What looks after models; what it takes is imported when somebody wants it."""
        from etoile.caring import Care

        return Care(self.config, self.nodes, self._history.database if self._history else None)

    def gpus(self) -> tuple[GpuReading, ...]:
        """Return the last reading of every GPU."""
        return self._read_gpus() if self._read_gpus else self._state().gpus

    def gpus_if_known(self) -> tuple[GpuReading, ...] | None:
        """Return the last reading of every GPU; None while the app has just begun, and knows of none."""
        gpus = self.gpus()
        return gpus if gpus or "gpu" in self._state().missing else None

    def thermal(self, uuid: str) -> Thermal:
        """Return how hot the GPU `uuid` is."""
        return self._state().thermal(uuid)

    def nodes(self) -> tuple[NodeStatus, ...]:
        """Return what is known of every node."""
        return self._state().nodes

    def known_of(self, nodes: tuple[NodeStatus, ...]) -> tuple[NodeStatus, ...]:
        """Return `nodes` with what is known of them from elsewhere: heat, memory and load."""
        state = self._state()
        return tuple(known_of(node, state) for node in nodes)

    def missing(self) -> tuple[on.PartMissing, ...]:
        """Return the parts that are off."""
        return tuple(self._state().missing.values())

    def history(self, count: int) -> tuple[str, ...]:
        """Return the last requests, newest first; empty where no history is kept."""
        return tuple(kept.request for kept in self._history.latest(count)) if self._history else ()

    def answered(self, count: int) -> tuple[Kept, ...]:
        """Return the latest requests that nodes answered, newest first; empty where no history is kept.  Blocks."""
        try:
            return self._history.answered(count) if self._history else ()
        except StoreError as error:
            log.info("the history cannot be searched: %s", error)
            return ()

    def notes(self) -> tuple[str, ...]:
        """Return the user's notes, oldest first.  Blocks."""
        from etoile.actions.notes import read_notes

        return read_notes()

    def spoken_language(self) -> str:
        """Return the language that is spoken where a request does not tell its own."""
        return self._state().turn.home_language

    def set_language(self, code: str) -> None:
        """Speak `code` from now on."""
        self._publish(on.LanguageChosen(code))

    def voices(self) -> tuple[str, ...]:
        """Return what the voices that can be chosen are called; empty where nothing is spoken."""
        return self.voice.voices() if self.voice else ()

    def use_voice(self, name: str) -> str | None:
        """Speak with the voice called `name`; return the former one's name, None when none is called so."""
        return self.voice.use(name) if self.voice else None

    def speaking_rate_wpm(self) -> int | None:
        """Return how fast is spoken; None where nothing is."""
        return self.voice.rate_wpm if self.voice else None

    def speak_at(self, rate_wpm: int) -> None:
        """Speak so fast from the next sentence on."""
        if self.voice:
            self.voice.rate_wpm = rate_wpm

    def speed_test_url(self) -> str:
        """Return what the settings name to measure the network's speed against; empty for nothing."""
        return self.config.commands.speed_test_url

    def load_model(self, model: str, check: Callable[[], None]) -> Message:
        """Bring `model` into the memory of a node, and tell which."""
        from etoile.cared import load_anywhere

        return load_anywhere(self.care, model, check)

    def unload_model(self, model: str, check: Callable[[], None]) -> Message:
        """Take `model` out of memory, and tell where."""
        from etoile.cared import unload_everywhere

        return unload_everywhere(self.care, model, check)

    def measure_models(self, check: Callable[[], None]) -> Message:
        """Measure the models in memory, and tell what came of it."""
        from etoile.cared import measure_loaded

        return measure_loaded(self.care, check)
