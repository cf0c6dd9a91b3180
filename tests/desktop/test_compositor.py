"""Window and pill where windows are blended: they move into each other, and stand where they did without a shadow."""

from pathlib import Path

import pytest

from tests.desktop.app import START_S, App, running
from tests.desktop.rig import Desktop, Window, end
from tests.desktop.test_app import QUIET
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop
SHADOW = 20
PILL = 40 + 2 * SHADOW


def shown(app: App, height: int | None = None) -> Window | None:
    """Return the window of Etoile that is `height` high, or any other than the pill."""
    for window in app.desktop.windows("^Etoile$"):
        if window.height == height or (height is None and window.height > 2 * PILL):
            return window
    return None


def corner(window: Window | None) -> tuple[int, int] | None:
    """Return the lower right corner."""
    return window and (window.x + window.width, window.y + window.height)


def test_it_moves_into_the_pill_and_out_of_it_by_a_double_click(desktop: Desktop, tmp_path: Path) -> None:
    compositor = desktop.start("picom", "--backend", "xrender", "--config", "/dev/null")
    with running(desktop, tmp_path / "blended", QUIET, "--simulate", "calm") as app:
        wait_until(lambda: (window := shown(app)) and window.width == 440 + 2 * SHADOW, START_S, what="a shadow")
        window = shown(app)
        assert window
        desktop.xdotool("windowactivate", "--sync", str(window.id), "key", "ctrl+w")
        wait_until(lambda: corner(shown(app, PILL)) == corner(window), START_S, what="the pill in its corner")
        wait_until(lambda: not shown(app), START_S, what="the pill alone")
        pill = shown(app, PILL)
        assert pill
        x, y = pill.centre  # here the window has the buttons to talk and to send
        desktop.xdotool("mousemove", str(x + 40), str(y), "click", "--repeat", "2", "--delay", "60", "1")
        wait_until(lambda: shown(app) == window and not shown(app, PILL), START_S, what="the window alone")
        status = app.status()
        assert status
        assert (status["phase"], status["turn"]) == ("idle", 0), "the second press reached no button"
        end(compositor)
        without = Window(window.id, "Etoile", window.x + SHADOW, window.y + SHADOW, 440, window.height - 2 * SHADOW)
        wait_until(lambda: shown(app) == without, START_S, what="no shadow, at the same place")
