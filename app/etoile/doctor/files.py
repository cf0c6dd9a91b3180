"""The user's own files: settings, commands, skills, plans, histories."""

import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from etoile.config import FOLDERS
from etoile.doctor.finding import Check, Finding, Patient
from etoile.errors import ConfigError
from etoile.text import message, plural

COMMANDS_S = 10.0
"""Reading the catalogues takes a second or two on an old computer."""
LOOKED_THROUGH_BYTES = 50_000_000
"""A larger database is only opened: looking through it takes seconds."""


def checks(patient: Patient) -> Iterator[Check]:
    """Yield the checks of files; what is in them was put there, so that it counts."""
    yield Check(name="settings", look=lambda: _settings(patient.path), wanted=True)
    yield Check(name="commands", look=_commands, wanted=True, limit_s=COMMANDS_S)
    yield Check(name="skills", look=_skills, wanted=True)
    yield Check(name="plans", look=_plans, wanted=True)
    folder = Path(FOLDERS.user_data_dir)
    yield Check(name="store etoile.db", look=lambda: _database(folder / "etoile.db"))
    yield Check(name="store metrics.db", look=lambda: _database(folder / "metrics.db"))


def _settings(path: Path) -> Finding:
    """Tell of the file; that it can be read, and holds no unknown key, is certain by now."""
    if not path.exists():
        return Finding(ok=True, detail=message("There is no {path}: the defaults are used.", path=str(path)))
    if sys.platform != "win32" and path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Finding(
            ok=False,
            detail=message("{path} can be changed by other users.", path=str(path)),
            remedy=message("It says where requests go: chmod go-w {path}", path=str(path)),
        )
    return Finding(ok=True, detail=message("{path} is in order.", path=str(path)))


def _commands() -> Finding:
    own = sorted((Path(FOLDERS.user_config_dir) / "commands").glob("*/*.toml"))
    if not own:
        return Finding(ok=True, detail=message("The catalogue that Etoile brings is used."))
    from etoile.catalogue import load_catalogues

    try:
        load_catalogues()
    except ConfigError as error:
        remedy = error.remedy or message("Correct the file, then: etoile commands check")
        return Finding(ok=False, detail=error.said, remedy=remedy)
    return Finding(
        ok=True,
        detail=plural("{count} file of your own is in order.", "{count} files of your own are in order.", len(own)),
    )


def _skills() -> Finding:
    from etoile.actions.skills import read_book

    book = read_book()
    if book.problems:
        first = book.problems[0]
        remedy = first.remedy or message("Correct the file; “etoile skills” tells of each.")
        return Finding(ok=False, detail=first.said, remedy=remedy)
    return Finding(ok=True, detail=plural("There is {count} skill.", "There are {count} skills.", len(book.skills)))


def _plans() -> Finding:
    from etoile.llm.plan_files import PlanFiles

    try:
        plans = PlanFiles().plans()
    except ConfigError as error:
        return Finding(ok=False, detail=error.said, remedy=error.remedy)
    return Finding(ok=True, detail=plural("There is {count} plan.", "There are {count} plans.", len(plans.by_name)))


def _database(path: Path) -> Finding:
    """Look through a database without changing it, and without waiting for the app that writes it."""
    if not path.exists():
        return Finding(ok=True, detail=message("{path} is not begun yet.", path=str(path)))
    size = path.stat().st_size
    try:
        found = _look_through(path, whole=size <= LOOKED_THROUGH_BYTES)
    except sqlite3.OperationalError as error:
        return Finding(
            ok=False,
            detail=message("{path} cannot be opened: {error}.", path=str(path), error=str(error)),
            remedy=message("Check that the folder can be written and that the disk is not full."),
        )
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        return Finding(
            ok=False,
            detail=message("{path} is damaged: {error}.", path=str(path), error=found),
            remedy=message("Restart Etoile: it sets the file aside, and begins a new one."),
        )
    return Finding(ok=True, detail=message("{path}, {size:bytes}.", path=str(path), size=size))


def _look_through(path: Path, *, whole: bool) -> str:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1.0)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0]) if whole else "ok"
    finally:
        connection.close()
