"""The life of the app on a real X desktop: in the tray, a second time, at its end and after it."""

import signal
from pathlib import Path

import pytest

from tests.desktop.app import MODEL, QUIET, START_S, App, node, running, settings_of
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

__all__ = ["MODEL", "QUIET", "node", "type_request"]

pytestmark = pytest.mark.desktop


UNWANTED = ("libportaudio", "_asyncio", "_ssl", "psutil", "rapidfuzz", "libctranslate2", "libQt6Svg")
"""Libraries of what nobody has asked for yet: `tests/test_idle.py` lists the modules."""


def type_request(app: App, text: str) -> None:
    """Type a request into the window's line and send it."""
    app.type_request(text)


def test_the_icon_is_in_the_tray_a_click_opens_the_window_and_the_menu_quits(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "tray", QUIET, "--hidden", "--simulate", "calm") as app:
        wait_until(lambda: len(desktop.tray_icons()) == 1, START_S, what="one icon in the tray")
        assert app.windows() == []
        loaded = Path(f"/proc/{app.process.pid}/maps").read_text()
        assert [name for name in UNWANTED if name in loaded] == []
        [icon] = desktop.tray_icons()
        desktop.click(*icon.centre)
        window = app.wait_for_window()
        desktop.xdotool("windowactivate", "--sync", str(window.id))
        desktop.xdotool("key", "Escape")
        wait_until(lambda: not app.windows(), what="Esc hides the window")

        again = app.command("--hidden")
        assert (again.returncode, again.stderr) == (0, "")
        window = app.wait_for_window()
        assert app.process.poll() is None, "a second start shows the window of the first"
        desktop.xdotool("windowactivate", "--sync", str(window.id))
        desktop.xdotool("key", "Escape")
        wait_until(lambda: not app.windows(), what="Esc hides the window")

        desktop.click(*icon.centre, button=3)
        desktop.xdotool("key", "--delay", "100", "Up", "Return")
        wait_until(lambda: app.process.poll() is not None, what="the last line of the menu quits")
        assert app.process.returncode == 0
        wait_until(lambda: not desktop.tray_icons(), what="the icon is gone")


def test_it_ends_on_a_signal_leaves_nothing_and_starts_again_in_its_place(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "end"
    with node("--answer", "word " * 500, "--token-ms", "20") as (url, _):
        for number in (signal.SIGINT, signal.SIGTERM):
            with running(desktop, home, QUIET + settings_of("M1", url), "--simulate", "heatwave@20") as app:
                children = f"/proc/{app.process.pid}/task/{app.process.pid}/children"
                app.type_request("tell me a long story")
                app.wait_for_phase("thinking")
                voice = [int(child) for child in Path(children).read_text().split()]
                app.quit(number)
                assert app.process.returncode == 0
                wait_until(lambda pids=voice: not any(map(alive, pids)), what="no child is left")
                assert [path.name for path in (home / "run" / "etoile").iterdir()] == ["app.lock"]


def test_a_timer_survives_a_restart_and_rings_late(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "timer"
    settings = QUIET + '[window]\nlanguage = "en"\n'
    with running(desktop, home, settings, "--hidden", "--simulate", "none") as app:
        before = len(desktop.notifications())
        for length in ("one hour", "two seconds"):
            [line] = app.etoile("ask", f"set a timer for {length}")
            assert line["ok"]
    kept = home / ".local/share/etoile/alarms.json"
    assert kept.is_file()
    with running(desktop, home, settings, "--hidden", "--simulate", "none") as app:
        wait_until(lambda: len(desktop.notifications()) > before, START_S, what="the short timer rings")
        assert "timer" in desktop.notifications()[-1].summary.lower()
        [line] = app.etoile("ask", "how long is left on the timer")
        assert "1\u00a0h" in str(line["answer"])
    assert '"length_s":3600' in kept.read_text()


def alive(pid: int) -> bool:
    """Whether the process runs; one that is only waiting to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
