"""What this Etoile is made of: its version, its libraries and their licences, from what is installed."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata

from etoile import __version__
from etoile.installed.updating import update_advice
from etoile.text import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What Etoile is made of."""

    version: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """Its libraries by name: version and licence."""
    licence: str = ""
    """Its terms."""
    update: Message | None = None
    """How it is brought up to date."""


def about() -> About:
    """Return what is told about this Etoile.  Reads small files."""
    own = metadata.distribution("etoile")
    return About(
        version=__version__,
        parts={name: " · ".join(filter(None, (version, _licence(name)))) for name, version in parts().items()},
        licence=own.read_text("licenses/LICENSE") or _told(own.metadata, "License-Expression"),
        update=update_advice(),
    )


def parts() -> dict[str, str]:
    """Return the version of each library that Etoile asks for, by the name of its distribution."""
    asked = (re.split(r"[^\w.-]", one)[0] for one in metadata.requires("etoile") or () if "extra ==" not in one)
    versions = {}
    for name in sorted(set(asked), key=str.lower):
        with suppress(metadata.PackageNotFoundError):  # those of other systems
            versions[name] = metadata.version(name)
    return {**versions, "SQLite": sqlite3.sqlite_version}


def _told(about: metadata.PackageMetadata, field: str) -> str:
    return next(iter(about.get_all(field) or ()), "")


def _licence(name: str) -> str:
    """Return what a library is licensed under, in one line; empty where it does not say."""
    if name == "SQLite":
        return "Public Domain"
    told = metadata.metadata(name)
    if expression := _told(told, "License-Expression"):
        return expression
    classifiers = [
        one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")
    ]
    short = _told(told, "License")
    return classifiers[0] if classifiers else short if "\n" not in short else ""
