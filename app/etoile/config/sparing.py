"""A library is imported without another one that it looks for and does not need."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let the module `name` be missing meanwhile, unless it was imported before.  Not while other threads import."""
    spared = name not in sys.modules
    if spared:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say that there is none
    try:
        yield
    finally:
        if spared:
            del sys.modules[name]
