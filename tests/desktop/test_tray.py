"""The icon in the tray on a real panel: its ink, the temperature in it, and where the lines of its menu lead."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.desktop.app import START_S, App, running
from tests.desktop.rig import Desktop
from tests.desktop.status_notifier import StatusNotifierHost
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

SETTINGS = '[speech]\nspeak = "never"\n[routing]\ndiscover = false\n[window]\ntray_temperature = {wanted}\n'
DARK = 60
"""A pixel darker than this is ink for a light panel, such as that of the rig."""


def ink(app: App, picture: Path) -> frozenset[tuple[int, int]]:
    """Return which points of the icon are drawn in dark ink."""
    [icon] = app.desktop.tray_icons()
    seen = QImage(str(app.desktop.screenshot(picture)))
    places = ((x, y) for x in range(icon.width) for y in range(icon.height))
    return frozenset((x, y) for x, y in places if seen.pixelColor(icon.x + x, icon.y + y).lightness() < DARK)


def test_on_a_light_panel_the_ink_is_dark_and_a_temperature_is_another_icon(desktop: Desktop, tmp_path: Path) -> None:
    seen = frozenset[tuple[int, int]]()
    for wanted in ("false", "true"):
        settings = SETTINGS.format(wanted=wanted)
        with running(desktop, tmp_path / wanted, settings, "--hidden", "--simulate", "calm") as app:
            wait_until(lambda: len(desktop.tray_icons()) == 1, START_S, what="one icon in the tray")
            drawn = partial(ink, app, tmp_path / f"{wanted}.png")
            # The temperature comes with the first reading, a while after the icon.
            wait_until(lambda: len(now := drawn()) > 20 and len(now ^ seen) > 20, START_S, what="another dark ink")  # noqa: B023
            seen = drawn()


def test_in_a_tray_of_kde_or_gnome_it_says_the_same_over_the_bus(desktop: Desktop, tmp_path: Path) -> None:
    settings = SETTINGS.format(wanted="true")
    with (
        StatusNotifierHost(desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as host,
        running(desktop, tmp_path / "bus", settings, "--hidden", "--simulate", "calm") as app,
    ):
        wait_until(lambda: len(host.items) == 1, START_S, what="the icon is registered")
        wait_until(lambda: len(host.tool_tip().splitlines()) == 7, START_S, what="a line for each of six GPUs")
        sizes = {width for width, _, _ in host.property("IconPixmap")}
        assert {22, 44, 64} <= sizes
        lines = host.menu()
        assert "Measuring 6 GPUs" in lines
        assert list(lines)[-1] == "Quit"
        host.choose(lines["Measuring 6 GPUs"])
        app.wait_for_window()
        host.click()
        wait_until(lambda: not app.windows(), what="a click hides the window")
        host.choose(host.menu()["Quit"])
        wait_until(lambda: app.process.poll() is not None, what="the last line of the menu quits")
