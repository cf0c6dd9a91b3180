"""Patience on a slow machine: what a node takes to tell of itself decides nothing."""

import pytest

from etoile.llm import member, router

LONG_S = 60.0


def patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for what nodes tell of themselves for as long as they take."""
    monkeypatch.setattr(member, "PROBE_WITHIN_S", LONG_S)
    monkeypatch.setattr(router, "GLANCE_S", LONG_S)
