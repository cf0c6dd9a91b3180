"""Folders and files: showing, listing, looking for them, making a folder, emptying the trash.

Copying, moving and deleting files by voice are left out on purpose: too easy to get wrong by ear.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from etoile.actions.action import ActionTable, Context, Done, not_on, text_of
from etoile.actions.folders import folder_called, user_folders
from etoile.actions.opening import open_folder
from etoile.actions.spoken import folded
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message, plural

SHOWN = 5
FOUND_AT_MOST = 50
ENOUGH_S = 2.0
"""A search ends this long before its time is over, and tells what it has found."""
_FORBIDDEN = set('/\\:*?"<>|')


def _open(slots: Slots, context: Context) -> Done:
    folder = folder_called(text_of(slots, "folder"))
    open_folder(context, folder)
    return Done(message("The folder {folder} is opening.", folder=folder.name))


def _list(slots: Slots, context: Context) -> Done:
    folder = folder_called(text_of(slots, "folder"))
    try:
        names = sorted((path.name for path in folder.iterdir() if not path.name.startswith(".")), key=str.casefold)
    except OSError as error:
        raise _cannot(error) from error
    if not names:
        return Done(message("{folder} is empty.", folder=folder.name))
    what = plural("{count} thing is in {folder}", "{count} things are in {folder}", len(names), folder=folder.name)
    return Done(_named(what, names))


def _named(what: Message, names: list[str]) -> Message:
    if len(names) > SHOWN:
        return message("{what}, among them {names}.", what=what, names=names[:SHOWN])
    return message("{what}: {names}.", what=what, names=names)


def _create(slots: Slots, context: Context) -> Done:
    here = user_folders()
    place = here.get("DESKTOP", here["HOME"])
    folder = place / folder_name(text_of(slots, "name"))
    try:
        folder.mkdir()
    except FileExistsError:
        raise ActionFailed(
            message("{folder} exists already in {place}.", folder=folder.name, place=str(place))
        ) from None
    except OSError as error:
        raise _cannot(error) from error

    def take_away(later: Context) -> Message:
        try:
            folder.rmdir()
        except OSError as error:
            raise _cannot(error) from error
        return message("The folder {folder} is gone.", folder=folder.name)

    return Done(message("The folder {folder} is in {place}.", folder=folder.name, place=str(place)), take_away)


def folder_name(spoken: str) -> str:
    """Return `spoken` as a name that every file system takes.  Raises ActionFailed."""
    name = " ".join(spoken.split())
    if (
        _FORBIDDEN & set(name)
        or name.startswith(".")
        or name.endswith(".")
        or len(name.encode()) > 200
        or not name.isprintable()
    ):
        raise ActionFailed(message("“{name}” cannot be the name of a folder.", name=spoken))
    return name


def _search(slots: Slots, context: Context) -> Done:
    wanted = text_of(slots, "name")
    found: list[Path] = []
    for path in _matching(Path.home(), folded(wanted), context):
        found.append(path)
        if len(found) == FOUND_AT_MOST:
            break
    if not found and context.programs.left_s < ENOUGH_S:
        raise ActionFailed(
            message(
                "I found no file called {name}, and did not look everywhere: your home folder is large.", name=wanted
            )
        )
    if not found:
        return Done(message("I found no file called {name} in your home folder.", name=wanted))
    what = plural("I found {count} file called {name}", "I found {count} files called {name}", len(found), name=wanted)
    return Done(_named(what, [str(path.relative_to(Path.home())) for path in found]))


def _matching(root: Path, wanted: str, context: Context) -> Iterator[Path]:
    """Yield what is below `root`, hidden places left out, and has `wanted` in its name."""
    for folder, folders, files in os.walk(root):
        context.programs.check()
        if context.programs.left_s < ENOUGH_S:
            return
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *sorted(files)):
            if wanted in folded(name):
                yield Path(folder) / name


# The trash (the Trash Specification of freedesktop.org): that of the home folder and those of other disks


def _empty_trash(slots: Slots, context: Context) -> Done:
    match context.system:
        case "win32":
            context.programs.powershell("Clear-RecycleBin -Force")
            return Done(message("The trash is empty."))
        case "linux":
            return Done(_emptied(list(trashes()), context))
        case "darwin":
            context.programs.run("osascript", "-e", 'tell application "Finder" to empty trash')
            return Done(message("The trash is empty."))
        case _:
            raise not_on(context)


def trashes() -> Iterator[Path]:
    """Yield every trash of this user that there is; none is reached through a link."""
    yield Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "Trash"
    user = str(os.getuid()) if sys.platform != "win32" else ""
    for disk in psutil.disk_partitions():
        shared = Path(disk.mountpoint) / ".Trash"
        for trash in (Path(disk.mountpoint) / f".Trash-{user}", shared / user):
            with suppress(OSError):
                if trash.is_dir() and not trash.is_symlink() and not shared.is_symlink():
                    yield trash


def _emptied(found: list[Path], context: Context) -> Message:
    """Delete what is in the trashes for good, each thing with its note, and tell how much it was."""
    thrown = [entry for trash in found for entry in _entries(trash / "files")]
    if not thrown:
        return message("The trash is empty already.")
    for number, entry in enumerate(thrown):
        try:
            context.programs.check()
            _delete(entry)
            _delete(entry.parent.parent / "info" / f"{entry.name}.trashinfo")
        except OSError as error:
            raise _only_some(number, _cannot(error).said) from error
        except ActionFailed as error:
            raise _only_some(number, error.said) from error
    for leftover in (entry for trash in found for entry in _entries(trash / "info")):
        with suppress(OSError):  # a note about nothing
            _delete(leftover)
    return plural("{count} thing in the trash is deleted.", "{count} things in the trash are deleted.", len(thrown))


def _only_some(deleted: int, why: Message) -> ActionFailed:
    said = plural(
        "Only {count} thing of the trash is deleted: {why}",
        "Only {count} things of the trash are deleted: {why}",
        deleted,
        why=why,
    )
    return ActionFailed(said, message("Empty it in the file manager, which can ask for more rights."))


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _cannot(error: OSError) -> ActionFailed:
    return ActionFailed(
        message("{path}: {reason}.", path=str(error.filename or "?"), reason=error.strerror or str(error))
    )


ACTIONS: ActionTable = {
    "file.open_folder": _open,
    "file.list": _list,
    "file.create_folder": _create,
    "file.search": _search,
    "file.trash.empty": _empty_trash,
}
