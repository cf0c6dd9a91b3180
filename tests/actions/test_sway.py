"""Windows, keys, dictation, clipboard and pictures on a real Wayland desktop; and Hyprland by what it would answer."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.actions.compositor import type_keys
from etoile.actions.hyprland import Hyprland
from etoile.actions.sway import Sway
from etoile.actions.windowing import Area, State, Window, open_window_system
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, Scene
from tests.desktop.sway import SwayDesktop
from tests.desktop.tools import WAYLAND_TOOLS
from tests.needs import need
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def wayland() -> Iterator[SwayDesktop]:
    """Give a Wayland desktop."""
    missing = sorted({package for tool, package in WAYLAND_TOOLS.items() if not shutil.which(tool)})
    need(not missing, f"the Wayland desktop needs {', '.join(missing)}: apt-get install {' '.join(missing)}")
    with SwayDesktop() as running:
        yield running


@pytest.fixture
def scene(wayland: SwayDesktop, monkeypatch: pytest.MonkeyPatch, own_home: Path) -> Scene:
    """Give a scene on it, whose environment this process gets."""
    for name, value in wayland.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(own_home))
    monkeypatch.delenv("DISPLAY", raising=False)
    scene = Scene()
    scene.open_windows = lambda: open_window_system("linux")
    return scene


@pytest.fixture
def sway(scene: Scene) -> Sway:
    """Give the connection to the desktop."""
    return Sway()


@pytest.fixture
def terminals(wayland: SwayDesktop, sway: Sway) -> Iterator[list[Window]]:
    """Give two terminals, "one" behind and "two" in front, each of which writes down what is typed into it."""
    for name in ("one", "two"):
        (wayland.folder / name).unlink(missing_ok=True)
        wayland.start("foot", "-T", name, "sh", "-c", f"cat > {wayland.folder / name}")
        wait_until(lambda name=name: name in titles(sway)[-1:], 20, what=f"the window {name}")  # type: ignore[misc]
    yield sway.windows()
    for window in sway.windows():
        sway.close(window)
    wait_until(lambda: not sway.windows(), what="no window")


def titles(sway: Sway) -> list[str]:
    return [window.title for window in sway.windows()]


pytestmark = pytest.mark.desktop


def test_windows_are_listed_the_one_in_front_last(terminals: list[Window]) -> None:
    assert [window.title for window in terminals] == ["one", "two"]
    assert all("foot" in window.names and window.pid for window in terminals)


def test_next_full_screen_put_away_and_back(scene: Scene, sway: Sway, terminals: list[Window]) -> None:
    # Sway carries a change out once the windows have drawn themselves anew.
    scene.do("window.next")
    wait_until(lambda: titles(sway)[-1] == "one", what="the other window in front")
    scene.do("window.fullscreen")
    wait_until(lambda: sway.is_in(terminals[0], State.FULLSCREEN), what="a full screen")
    scene.do("assistant.undo")
    wait_until(lambda: not sway.is_in(terminals[0], State.FULLSCREEN), what="no full screen")
    scene.do("window.minimize")
    wait_until(lambda: not sway.in_view(terminals[0]), what="the window out of sight")
    scene.do("assistant.undo")
    wait_until(lambda: sway.in_view(terminals[0]), what="the window in sight")


def test_half_a_screen(scene: Scene, sway: Sway, terminals: list[Window]) -> None:
    scene.do("window.snap.right")
    wait_until(lambda: sway.area(terminals[1]) == Area(640, 0, 640, 800), what="half a screen")


def test_what_a_tiling_desktop_has_not_is_said(scene: Scene, terminals: list[Window]) -> None:
    for command in ("window.maximize", "window.minimize_all"):
        with pytest.raises(ActionFailed, match="This desktop"):
            scene.do(command)


def test_closing_and_workspaces(scene: Scene, sway: Sway, terminals: list[Window]) -> None:
    with pytest.raises(ActionFailed, match="only one desktop"):
        scene.do("desktop.next")
    assert scene.do("window.close") == "I asked two to close."
    wait_until(lambda: titles(sway) == ["one"], what="one window")


def test_dictation_types_any_letter_into_its_window_and_no_other(
    scene: Scene, sway: Sway, wayland: SwayDesktop, terminals: list[Window]
) -> None:
    scene.do("dictation.start")
    scene.do("dictation.type", text="Ça va ? «Œuvre» 100 €")
    sway.activate(terminals[0])
    with pytest.raises(ActionFailed, match="Another window is in front"):
        scene.do("dictation.type", text="elsewhere")
    sway.activate(terminals[1])
    scene.do("dictation.type", text="日本")
    sway.press("Return")
    typed = "Ça va ? «Œuvre» 100 € 日本\n"
    wait_until(lambda: (wayland.folder / "two").read_text() == typed, what=typed)
    assert (wayland.folder / "one").read_text() == ""


def test_the_clipboard(scene: Scene, wayland: SwayDesktop) -> None:
    wayland.start("wl-copy", "--foreground", "copied é")
    wait_until(lambda: scene.do("clipboard.read") == "The clipboard holds: copied é", what="the text")


def test_a_screenshot(scene: Scene, own_home: Path) -> None:
    scene.do("screen.screenshot")
    [picture] = own_home.glob("*.png")
    assert picture.read_bytes().startswith(b"\x89PNG")


FIRST = ("-s", "100", "-d", "2")


def test_keys_as_wtype_takes_them() -> None:
    assert type_keys("Page_Up") == ["wtype", *FIRST, "-k", "Page_Up"]
    assert type_keys("ctrl+shift+t") == [
        *("wtype", *FIRST, "-M", "ctrl", "-M", "shift", "-k", "t", "-m", "shift", "-m", "ctrl")
    ]


def client(address: str, order: int, workspace: int = 1, **more: object) -> dict[str, object]:
    """Return a window as Hyprland tells it."""
    place = {"at": [10, 20], "size": [300, 200], "workspace": {"id": workspace, "name": str(workspace)}}
    kind = {"class": "kitty", "title": address, "pid": 4242, "mapped": True, "hidden": False, "fullscreen": 0}
    return {"address": address, "focusHistoryID": order, **place, **kind, **more}


def test_hyprland(programs: FakePrograms) -> None:
    clients = [client("0x1", 0), client("0x2", 1, workspace=2), client("0x3", 2, mapped=False)]
    programs.add(
        "hyprctl",
        {
            "-j clients": json.dumps(clients),
            "-j activeworkspace": json.dumps({"id": 1}),
            "-j workspaces": json.dumps([{"id": 2}, {"id": 1}, {"id": -99}]),
            "-j monitors": json.dumps(
                [
                    {
                        "focused": True,
                        "reserved": [0, 30, 0, 0],
                        "x": 0,
                        "y": 0,
                        "width": 2560,
                        "height": 1600,
                        "scale": 2,
                    }
                ]
            ),
            "*": "ok",
        },
    )
    desktop = Hyprland()
    behind, front = desktop.windows()
    assert (behind.id, front.id) == (2, 1)
    assert [desktop.in_view(window) for window in (behind, front)] == [False, True]
    assert desktop.work_area(front) == Area(0, 30, 1280, 770)
    assert desktop.desktop() == (0, 2)
    desktop.activate(front)
    desktop.put(front, State.FULLSCREEN, on=True)
    desktop.close(behind)
    desktop.go_to_desktop(1)
    dispatched = [call[2:] for call in programs.calls() if call[1] == "dispatch"]
    assert dispatched == [
        ("focuswindow", "address:0x1"),
        ("focuswindow", "address:0x1"),
        ("fullscreen", "0"),
        ("closewindow", "address:0x2"),
        ("workspace", "2"),
    ]


def test_hyprland_that_refuses_is_quoted(programs: FakePrograms) -> None:
    programs.add("hyprctl", {"-j clients": json.dumps([client("0x1", 0)]), "*": "Invalid dispatcher"})
    with pytest.raises(ActionFailed, match="hyprctl says: Invalid dispatcher"):
        Hyprland().close(Window(1, "x", ()))
