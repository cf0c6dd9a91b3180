"""The user's skills: one TOML file each, in the folder `skills` of the settings, to be read and written by hand too.

How a file looks is told in `domain/skill_files.py`.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from etoile.actions.action import ActionTable, Context, Done, Undo, text_of
from etoile.actions.spoken import folded, nearest
from etoile.config import FOLDERS
from etoile.domain.match import Slots
from etoile.domain.skill import Skill, Step
from etoile.domain.skill_files import LONGEST_BYTES, book_of, read, written
from etoile.domain.skills import Book
from etoile.errors import ActionFailed, ConfigError
from etoile.text import Message, message, plural

MOST_FILES = 200
SHOWN = 8


def folder() -> Path:
    """Return where the files are."""
    return Path(FOLDERS.user_config_dir) / "skills"


def read_book() -> Book:
    """Return every skill, as the files are at this moment; a broken file costs its own skill only."""
    return _book(tuple(_stamps()))


def _stamps() -> Iterator[tuple[str, int, int]]:
    """Yield path, time of change and size of every file."""
    for path in sorted(folder().glob("*.toml"))[:MOST_FILES]:
        with suppress(OSError):
            found = path.stat()
            yield str(path), found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _book(stamps: tuple[tuple[str, int, int], ...]) -> Book:
    return book_of((path, _content(path, size)) for path, _, size in stamps)


def _content(path: str, size: int) -> str | ConfigError:
    if size > LONGEST_BYTES:
        return ConfigError(message("{path} is too long for a skill.", path=path))
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return ConfigError(message("{path} cannot be read: {error}.", path=path, error=str(error)))


# Commands


def _list(slots: Slots, context: Context) -> Done:
    names = [skill.name for skill in read_book().skills]
    if not names:
        return Done(message("There are no skills yet. Say for example “create a routine called morning report”."))
    what = plural("There is {count} skill", "There are {count} skills", len(names))
    if len(names) > SHOWN:
        return Done(message("{what}, among them {names}.", what=what, names=names[:SHOWN]))
    return Done(message("{what}: {names}.", what=what, names=names))


def _create(slots: Slots, context: Context) -> Done:
    """Keep the skill whose file the slot `file` holds; without one, tell whether there may be one of that name."""
    name = text_of(slots, "skill")
    file = slots.get("file")
    skill = _readable(str(file) if file else written(Skill(name=name, steps=(Step("mute"),))))
    if read_book().find(name):
        raise ActionFailed(
            message("There is a skill called “{skill}” already.", skill=name),
            message("Give the new one another name, or say “remove the skill {skill}” first.", skill=name),
        )
    if not file:
        return Done(message("What shall “{skill}” do first? Nothing is carried out while you tell it.", skill=name))
    path = _free(folder() / f"{folded(name).replace(' ', '-')[:60] or 'skill'}.toml")
    _write(path, str(file))
    kept = plural("“{skill}” is kept, with {count} step.", "“{skill}” is kept, with {count} steps.",
                  len(skill.steps), skill=name)  # fmt: skip
    return Done(kept, _removal(name, path))


def _readable(file: str) -> Skill:
    """Return the skill in `file`.  Raises ActionFailed."""
    try:
        return read(file, "")
    except ConfigError as error:
        raise ActionFailed(error.said, error.remedy) from error


def _remove(slots: Slots, context: Context) -> Done:
    return remove(text_of(slots, "skill"))


def remove(name: str) -> Done:
    """Delete the file of the skill `name`.  Raises ActionFailed."""
    path = Path(path_of(name))
    try:
        content = path.read_text("utf-8")
        path.unlink()
    except OSError as error:
        raise _cannot(error) from error

    def put_back(later: Context) -> Message:
        _write(path, content)
        return message("The skill “{skill}” is back.", skill=name)

    return Done(message("The skill “{skill}” is gone.", skill=name), put_back)


def _removal(name: str, path: Path) -> Undo:
    def take_away(later: Context) -> Message:
        try:
            path.unlink()
        except OSError as error:
            raise _cannot(error) from error
        return message("The skill “{skill}” is gone.", skill=name)

    return take_away


def path_of(name: str) -> str:
    """Return the file of the skill `name`.  Raises ActionFailed, which names those that sound like it."""
    book = read_book()
    if found := book.find(name):
        return found[0].path
    close = nearest(name, book.calls)
    remedy = message("Close to it: {names}.", names=close) if close else None
    raise ActionFailed(message("There is no skill “{skill}”.", skill=name), remedy)


def _free(path: Path) -> Path:
    """Return `path`, or with a number behind its name when there is such a file already."""
    candidates = (path.with_stem(f"{path.stem}-{number}") for number in range(2, 1000))
    return path if not path.exists() else next(one for one in candidates if not one.exists())


def _write(path: Path, content: str) -> None:
    """Write the whole file or nothing of it.  Raises ActionFailed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(content, "utf-8")
        fresh.replace(path)
    except OSError as error:
        raise _cannot(error) from error


def _cannot(error: OSError) -> ActionFailed:
    return ActionFailed(
        message("{path}: {reason}.", path=str(error.filename or "?"), reason=error.strerror or str(error))
    )


ACTIONS: ActionTable = {"skills.list": _list, "skills.create": _create, "skills.remove": _remove}
