"""How Etoile is updated, by the way it was installed."""

import sys
from pathlib import Path

import pytest

from etoile.installed import updating
from etoile.text import render


@pytest.mark.parametrize(
    ("program", "frozen", "platform", "says"),
    [
        ("/opt/etoile/etoile", True, "linux", "sudo apt install"),
        ("/home/me/.local/lib/etoile/etoile", True, "linux", "install.sh"),
        ("/home/me/.local/lib/etoile/etoile", True, "win32", "the newer installer"),
        ("/home/me/.local/share/pipx/venvs/etoile/bin/python", False, "linux", "pipx upgrade etoile"),
        ("/home/me/.local/share/uv/tools/etoile/bin/python", False, "linux", "uv tool upgrade etoile"),
        ("/somewhere/bin/python", False, "linux", "pip install --upgrade etoile"),
    ],
)
def test_each_way_has_its_own_advice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, frozen: bool, platform: str, says: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(updating, "__file__", str(tmp_path / "site/etoile/installed/updating.py"))
    assert says in render(updating.update_advice(), "en")


def test_a_checkout_is_pulled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/somewhere/bin/python")
    assert "git pull" in render(updating.update_advice(), "en")
