"""The plans that are shipped, with what the user adds to them.

The user's files lie in `plans/*.toml` of the settings folder.  One of the name of a shipped plan replaces it.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from etoile.config import FOLDERS
from etoile.domain.commander.plan_file import read
from etoile.domain.commander.plans import Plan, Plans, collected
from etoile.domain.roles import Steps
from etoile.errors import ConfigError
from etoile.resources import resource
from etoile.text import message


class PlanFiles:
    """All plans, read anew when a file has changed.  `matrix` is what the settings say of kinds.  Any thread."""

    def __init__(self, matrix: Mapping[str, Steps] | None = None, own: Path | None = None) -> None:
        self.matrix = matrix or {}
        """What kinds take that is not the usual."""
        self._own = own or Path(FOLDERS.user_config_dir) / "plans"

    def plans(self) -> Plans:
        """Return all plans.  Raises ConfigError, which names the file of the user's that is wrong and what is."""
        return collected(_plans(resource("plans")), _plans(self._own), self.matrix)

    def shipped(self) -> Plans:
        """Return what there is without the user's files: a broken one must not cost a request."""
        return collected(_plans(resource("plans")), (), self.matrix)


def _plans(folder: Path) -> tuple[Plan, ...]:
    try:
        return tuple(_plan(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.toml")))
    except OSError as error:
        raise ConfigError(message("{path} cannot be read: {error}.", path=str(folder), error=str(error))) from error


@lru_cache(maxsize=64)
def _plan(path: Path, _changed_ns: int) -> Plan:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(message("{path} cannot be read: {error}.", path=str(path), error=str(error))) from error
    return read(text, path.stem, str(path))
