"""What comes before everything else."""

import builtins
import linecache
import sys

import pytest
from PySide6.QtCore import QObject

from etoile import beginning


def imported_afresh(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Import a module, and return whether its source was read as lines."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(linecache, "cache", {})
    from shibokensupport.feature import pyside_feature_dict  # what PySide has looked at already

    monkeypatch.delitem(pyside_feature_dict, "colorsys", raising=False)
    import colorsys

    return colorsys.__file__ in linecache.cache


def test_modules_are_imported_without_a_look_at_their_source(monkeypatch: pytest.MonkeyPatch) -> None:
    assert QObject.__name__  # PySide is there
    monkeypatch.setattr(builtins, "__import__", builtins.__feature_import__)  # type: ignore[attr-defined]
    assert imported_afresh(monkeypatch)
    assert linecache.cache
    beginning._import_as_python_does()
    assert not linecache.cache
    assert not imported_afresh(monkeypatch)
