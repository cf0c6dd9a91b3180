"""The window and its pill on a real desktop: folded by keyboard, dragged to an edge, kept from run to run."""

from pathlib import Path

import pytest

from tests.desktop.app import START_S, App, running
from tests.desktop.rig import Desktop, Window
from tests.desktop.test_app import QUIET
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

HEIGHT = 40
CALM = ("--simulate", "calm")


def pill(app: App) -> Window | None:
    """Return the pill, if it shows."""
    found = [window for window in app.desktop.windows("^Etoile$") if window.height == HEIGHT]
    return found[0] if found else None


def wait_for_pill(app: App) -> Window:
    """Return the pill as soon as it shows."""
    wait_until(lambda: pill(app), START_S, what="the pill")
    found = pill(app)
    assert found
    return found


def corner(window: Window) -> tuple[int, int]:
    """Return the lower right corner."""
    return window.x + window.width, window.y + window.height


def active(app: App) -> int:
    """Return the id of the window that has the keyboard."""
    return int(app.desktop.xdotool("getwindowfocus").strip() or 0)


def test_it_folds_unfolds_and_hides_by_keyboard(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "fold", QUIET, *CALM) as app:
        window = app.wait_for_window()
        desktop.xdotool("windowactivate", "--sync", str(window.id))
        desktop.xdotool("key", "ctrl+w")
        wait_until(lambda: not app.windows(), what="the window is folded away")
        wait_until(lambda: corner(wait_for_pill(app)) == corner(window), what="the pill is in the window's corner")
        wait_until(lambda: active(app) == wait_for_pill(app).id, what="the pill has the keyboard")
        desktop.xdotool("key", "Return")
        wait_until(lambda: corner(app.wait_for_window()) == corner(window), what="the window is where it was")
        desktop.xdotool("windowactivate", "--sync", str(app.wait_for_window().id))
        desktop.xdotool("key", "Escape")
        wait_until(lambda: active(app) == wait_for_pill(app).id, what="the pill has the keyboard")
        desktop.xdotool("key", "Escape")
        wait_until(lambda: not app.windows() and pill(app) is None, what="nothing is in view")


def test_dragged_to_an_edge_it_snaps_and_is_there_again_after_a_start(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "drag", QUIET, *CALM) as app:
        window = app.wait_for_window()
        desktop.xdotool("windowactivate", "--sync", str(window.id))
        desktop.xdotool("key", "ctrl+w")
        wait_until(lambda: corner(wait_for_pill(app)) == corner(window), what="the pill is in the window's corner")
        x, y = wait_for_pill(app).centre
        desktop.xdotool("mousemove", str(x - 60), str(y), "mousedown", "1")
        for place in ("600 500", "200 420", "40 400"):  # the pill is held 32 from its left edge
            desktop.xdotool("mousemove", *place.split())
        desktop.xdotool("mouseup", "1")
        wait_until(lambda: wait_for_pill(app).x == 0, what="the pill is at the left edge")
        kept = tmp_path / "drag" / ".local/state/etoile/window.json"
        wait_until(lambda: kept.exists() and "false" in kept.read_text(), what="the place is kept")
        there = wait_for_pill(app)
    again = tmp_path / "again" / ".local/state/etoile/window.json"
    again.parent.mkdir(parents=True)
    again.write_bytes(kept.read_bytes())
    with running(desktop, tmp_path / "again", QUIET, *CALM) as app:
        wait_until(lambda: corner(wait_for_pill(app)) == corner(there), what="the pill is where it was")
        assert app.windows() == []
