"""Telling once that a part of Etoile is missing, and once that it is back."""

from collections.abc import Callable

from etoile.domain.events import Event, PartMissing, PartReady
from etoile.errors import EtoileError, ModelUnavailable


class Part:
    """Whether a part of Etoile is there; what is missing is told once, and told again when it is back."""

    def __init__(self, name: str, publish: Callable[[Event], None]) -> None:
        self._name = name
        self._publish = publish
        self._told = False

    def missing(self, error: EtoileError) -> None:
        """Tell that it is missing, and how to mend it."""
        if not self._told:
            self._told = True
            downloadable = error.downloadable if isinstance(error, ModelUnavailable) else None
            self._publish(PartMissing(self._name, error.said, error.remedy, downloadable))

    def ready(self) -> None:
        """Tell that it works, if it was told to be missing."""
        if self._told:
            self._told = False
            self._publish(PartReady(self._name))
