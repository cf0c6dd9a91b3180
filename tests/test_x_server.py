"""Connections to the X server know what is wanted of them, and load no more."""

import sys
from pathlib import Path

import pytest

from etoile.x_server import connect
from tests.desktop.rig import Desktop

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.desktop

LOADED = """
import sys
from etoile.x_server import connect
connect().close()
print(*(name for name in sys.modules if name.startswith("Xlib.ext.")))
"""


@pytest.fixture
def on_display(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", desktop.env["DISPLAY"])


@pytest.mark.usefixtures("on_display")
def test_it_knows_the_extensions_that_are_named_and_those_alone() -> None:
    plain, both, plain_again = connect(), connect("XTEST", "RANDR"), connect()
    try:
        assert [each.extensions for each in (plain, both, plain_again)] == [[], ["XTEST", "RANDR"], []]
    finally:
        for each in (plain, both, plain_again):
            each.close()


def test_it_loads_none_of_the_others(desktop: Desktop) -> None:
    loaded_by_itself = ["Xlib.ext.ge"]
    assert desktop.run(sys.executable, "-c", LOADED, env={"PYTHONPATH": str(ROOT / "app")}).split() == loaded_by_itself
