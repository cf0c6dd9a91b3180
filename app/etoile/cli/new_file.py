"""Files that a command line writes: what keeps one from being written is told, with how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etoile.errors import UsageError
from etoile.text import message


@contextmanager
def written_new(path: Path) -> Iterator[None]:
    """Raise UsageError for `path` where writing it fails, or finds it there already (FileExistsError)."""
    try:
        yield
    except FileExistsError as error:
        raise UsageError(
            message("{path} exists already.", path=str(path)), message("Name a file that is not there yet.")
        ) from error
    except OSError as error:
        raise UsageError(
            message("{path} cannot be written: {error}.", path=str(path), error=error.strerror or str(error))
        ) from error
