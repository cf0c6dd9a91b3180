"""What the first steps ask of the rest of the app, beside what the settings window asks."""

from collections.abc import Sequence
from typing import Protocol

from etoile.text import Message


class SpeechModel(Protocol):
    """A speech model that can be had."""

    @property
    def name(self) -> str: ...
    @property
    def size_bytes(self) -> int:
        """About what its download takes."""
        ...

    @property
    def here(self) -> bool:
        """Whether it is on this computer, whole."""
        ...


class Aids(Protocol):
    """All of these answer at once."""

    def speech_models(self) -> Sequence[SpeechModel]:
        """Return the speech models that can be had, the smallest first."""

    def has_speech_model(self, name: str) -> bool:
        """Whether the model `name`, which may be a folder, is on this computer."""

    def speech_models_at(self) -> str:
        """Return the folder in which they are kept."""

    def talk_way(self) -> Message:
        """Return in which way the talk key is heard on this desktop."""
