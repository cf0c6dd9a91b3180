"""`etoile backup` and `etoile restore`: settings and history into a file, and back."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from etoile.cli.asking import agreed
from etoile.cli.console import Console
from etoile.cli.new_file import written_new
from etoile.config import config_path
from etoile.errors import UsageError
from etoile.installed.backup import back_up
from etoile.installed.contents import Manifest, Places, places
from etoile.installed.restore import read_manifest, restore
from etoile.ipc import endpoint
from etoile.store import sample_tables
from etoile.store.tables import MIGRATIONS
from etoile.text import message


def backup(arguments: argparse.Namespace, console: Console) -> int:
    """Write settings and history to a new file."""
    file = Path(arguments.file)
    with written_new(file):
        manifest = back_up(file, _places(arguments), datetime.now().astimezone())
    if console.json:
        console.line({"file": str(file), "size_bytes": file.stat().st_size, "files": list(manifest.files)})
    else:
        console.say(message("{path} holds {files}.", path=str(file), files=list(manifest.files)))
        console.say(
            message("Not in it: keys, speech models, recordings. Keys stay where the settings say that they are.")
        )
    return 0


def put_back(arguments: argparse.Namespace, console: Console) -> int:
    """Put a backup back, while no Etoile runs; what it replaces is kept."""
    file = Path(arguments.file)
    with _alone():
        try:
            manifest = read_manifest(file)
            if not arguments.yes and not _agreed(console, manifest):
                console.note(message("Nothing was changed."))
                return 1
            versions = {"etoile.db": len(MIGRATIONS), "metrics.db": len(sample_tables.MIGRATIONS)}
            restored = restore(file, _places(arguments), versions, datetime.now().astimezone())
        except OSError as error:
            raise UsageError(
                message("{path} cannot be restored: {why}.", path=str(file), why=error.strerror or str(error)),
                message("Nothing was changed."),
            ) from error
    if console.json:
        console.line({"files": list(manifest.files), "kept": [str(folder) for folder in restored.kept]})
        return 0
    console.say(message("Restored: {files}.", files=list(manifest.files)))
    for folder in restored.kept:
        console.say(message("What was there before is kept in {path}.", path=str(folder)))
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Keep every other Etoile from running meanwhile.  Raises UsageError when one does."""
    held = endpoint.lock(endpoint.runtime_folder())
    if held is None:
        raise UsageError(
            message("Etoile is running, and would go on with the files of before."),
            message("End it with “etoile quit”, then try again."),
        )
    with held:
        yield


def _agreed(console: Console, manifest: Manifest) -> bool:
    question = message(
        "Put back the settings and the history of {made} ({version})? What is there now is kept beside them.",
        made=manifest.made,
        version=manifest.version,
    )
    return agreed(question, console, yes=False)


def _places(arguments: argparse.Namespace) -> Places:
    return places(Path(arguments.config) if arguments.config else config_path())
