"""The databases, opened in the background; what is missing or damaged is told."""

import logging
import os
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from etoile.config import FOLDERS, Config
from etoile.domain import events as on
from etoile.errors import StoreError
from etoile.parts.rooms import Publish, bounds_of
from etoile.store import sample_tables, tables
from etoile.store.answers import Answers
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.retention import Retention
from etoile.store.samples import Samples
from etoile.text import message

log = logging.getLogger(__name__)


def open_history(
    stack: ExitStack, config: Config, language: str, publish: Publish, *, wait: bool = True
) -> Conversations | None:
    """Open the history of requests; None where none is kept, or where one waits for it and it cannot be opened."""
    if not config.store.history or config.store.private:
        return None
    database = open_database(stack, "etoile.db", tables.MIGRATIONS, publish)
    if wait and database.opened.exception():
        return None
    history = Conversations(database, language)
    history.drafts.recover()
    return history


def open_retention(config: Config, history: Conversations) -> Retention:
    """Return what erases from the history what is not to be kept any longer."""
    return Retention(history.database, bounds_of(config))


def open_answers(config: Config, history: Conversations) -> Answers:
    """Return where answers are kept that may be given again."""
    return Answers(history.database, days=config.store.answers_days, most=config.store.answers_most)


def open_samples(stack: ExitStack, config: Config, publish: Publish) -> Samples | None:
    """Open what is kept of the GPUs; None where nothing is to be written."""
    if config.store.private:
        return None
    return stack.enter_context(Samples(open_database(stack, "metrics.db", sample_tables.MIGRATIONS, publish)))


def open_recordings(stack: ExitStack, config: Config) -> Path:
    """Return where recordings are until their text is there; where nothing is to stay, one that goes with Etoile."""
    if not config.store.private:
        return Path(FOLDERS.user_state_dir) / "recordings"
    memory = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    place = memory if memory.is_absolute() and memory.is_dir() else None
    return Path(stack.enter_context(TemporaryDirectory(prefix="etoile-", dir=place, ignore_cleanup_errors=True)))


class Recordings:
    """The folders of recordings that wait for their text, each opened when something is first to be put there."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._folders: dict[bool, Path] = {}
        """By whether nothing in it is to stay."""

    def folder(self, config: Config) -> Path:
        """Return where they are put under the settings `config`.  One thread at a time."""
        private = config.store.private
        if private not in self._folders:
            self._folders[private] = open_recordings(self._stack, config)
        return self._folders[private]

    def folders(self) -> tuple[Path, ...]:
        """Return all folders in which there may be any.  Any thread."""
        return tuple(self._folders.values())


def open_database(stack: ExitStack, name: str, migrations: list[str], publish: Publish) -> Database:
    """Open a database of the data folder, in the background; without it Etoile goes on, and says what is missing."""
    database = stack.enter_context(Database(Path(FOLDERS.user_data_dir) / name, migrations))
    database.opened.add_done_callback(lambda opened: _tell_opened(name, opened, publish))
    return database


def _tell_opened(name: str, opened: "Future[Path | None]", publish: Publish) -> None:
    """Publish what is missing when a database could not be opened, or was damaged."""
    error = opened.exception()
    if isinstance(error, StoreError):
        publish(on.PartMissing(f"store {name}", error.said, error.remedy))
    elif error:
        log.error("%s cannot be opened", name, exc_info=error)
    elif path := opened.result():
        publish(
            on.PartMissing(
                f"store {name}",
                message("{name} was damaged, and a new one was begun.", name=name),
                message("The damaged file is kept as {path}.", path=str(path)),
            )
        )
