"""A library that is imported without another."""

import importlib
import sys

import pytest

from etoile.config.sparing import without


def test_it_is_missing_meanwhile_and_then_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_what_was_imported_before_stays() -> None:
    with without("sys"):
        assert importlib.import_module("sys") is sys


def test_what_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with pytest.raises(RuntimeError), without("colorsys"):
        raise RuntimeError
    assert importlib.import_module("colorsys")
