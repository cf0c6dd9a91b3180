"""Files of sysfs, each of which holds one value, or says in its own way that it has none."""

import errno
from pathlib import Path

_NOT_OFFERED = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EOPNOTSUPP})


class NotOffered(Exception):
    """The kernel does not tell this of this device."""


def text(path: Path) -> str | None:
    """Return what `path` holds; None when it cannot be read just now.  Raises NotOffered."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        if error.errno in _NOT_OFFERED:
            raise NotOffered from error
        return None


def first(*paths: Path) -> str | None:
    """Return what the first of `paths` that is there holds.  Raises NotOffered when none is."""
    for path in paths:
        try:
            return text(path)
        except NotOffered:
            continue
    raise NotOffered


def number(*paths: Path) -> int | None:
    """Return the whole number in the first of `paths` that is there; None for junk.  Raises NotOffered."""
    held = first(*paths)
    try:
        return None if held is None else int(held, 0)
    except ValueError:
        return None


def word(path: Path) -> str:
    """Return what `path` holds; "" where it holds nothing or is not there."""
    try:
        return text(path) or ""
    except NotOffered:
        return ""
