"""Whether the first steps are to be shown by themselves: once, and only where nobody has written settings."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)


class Seen:
    """A mark in the state folder, at `path`: the first steps were shown."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wants_showing(self, settings: Path) -> bool:
        """Whether nobody has seen them, and there is no settings file at `settings`."""
        return not settings.exists() and not self._path.exists()

    def note(self) -> None:
        """Remember that they were shown; where that cannot be written they come again, which is no harm."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
        except OSError as error:
            log.info("the first steps will be shown again: %s", error)
