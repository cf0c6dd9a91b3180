"""Windows, keys, clipboard and pictures on a real X desktop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.actions.windowing import Area, State, Window
from etoile.actions.x11 import X11
from etoile.errors import ActionFailed
from tests.actions.fakes import Scene
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

# A window that notes what is typed into it, owns the clipboard, and answers as a program of its own.
PROGRAM = """
import sys
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(sys.argv)
app.setApplicationName(sys.argv[1])
line = QLineEdit(sys.argv[1])
line.setWindowTitle(sys.argv[1])
line.setGeometry(200, 200, 300, 100)
line.show()
QGuiApplication.clipboard().setText("copied by " + sys.argv[1])
app.exec()
"""


# A player of music on the session bus: it answers what it does, and does what it is told.
PLAYER = """
from jeepney import HeaderFields, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
bus = open_dbus_connection(bus="SESSION")
bus.send_and_get_reply(message_bus.RequestName("org.mpris.MediaPlayer2.fake"))
status = "Playing"
while True:
    call = bus.receive()
    member = call.header.fields.get(HeaderFields.member)
    if member == "Get":
        bus.send(new_method_return(call, "v", (("s", status),)))
    elif member in ("Play", "Pause"):
        status = {"Play": "Playing", "Pause": "Paused"}[member]
        print(status, flush=True)
        bus.send(new_method_return(call))
"""


@pytest.fixture
def windows(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[X11]:
    """Give a connection to the virtual desktop, whose environment this process gets."""
    for name, value in desktop.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with X11() as connection:
        yield connection


@pytest.fixture
def program(desktop: Desktop, windows: X11) -> Iterator[Window]:
    """Give a window of another program, in front."""
    process = desktop.start("python", "-c", PROGRAM, "victim")
    wait_until(lambda: any(one.title == "victim" for one in windows.windows()), what="the window")
    wait_until(lambda: windows.windows()[-1].title == "victim", what="the window in front")
    yield next(one for one in windows.windows() if one.title == "victim")
    process.kill()
    process.wait()
    wait_until(lambda: all(one.title != "victim" for one in windows.windows()), what="the window gone")


def scene() -> Scene:
    """Return a scene on the real desktop."""
    on_desktop = Scene()
    on_desktop.windows = X11()  # type: ignore[assignment]
    return on_desktop


def test_a_window_tells_its_program(program: Window) -> None:
    assert program.pid
    assert any("python" in name for name in program.names)


def test_states_come_and_go(windows: X11, program: Window) -> None:
    for state in (State.MAXIMIZED, State.FULLSCREEN, State.MINIMIZED):
        windows.put(program, state, on=True)
        wait_until(lambda state=state: windows.is_in(program, state), what=f"{state} on")  # type: ignore[misc]
        windows.put(program, state, on=False)
        wait_until(lambda state=state: not windows.is_in(program, state), what=f"{state} off")  # type: ignore[misc]


def test_halves_and_the_way_back(windows: X11, program: Window) -> None:
    before = windows.area(program)
    work = windows.work_area(program)
    assert 0 < work.width <= 1280
    on_desktop = scene()
    on_desktop.do("window.snap.right")
    wait_until(lambda: windows.area(program) == work.right_half(), what=f"{work.right_half()}")
    on_desktop.do("assistant.undo")
    wait_until(lambda: windows.area(program) == before, what=f"{before}")


def test_keys_reach_the_program(windows: X11, program: Window) -> None:
    on_desktop = scene()
    on_desktop.do("edit.select_all")
    on_desktop.do("clipboard.copy")
    wait_until(lambda: windows.clipboard() == "victim", what="the text that was selected and copied")


# A window for long texts, which prints what stands in it.
EDITOR = """
import sys
from PySide6.QtWidgets import QApplication, QPlainTextEdit
app = QApplication(sys.argv)
editor = QPlainTextEdit()
editor.setWindowTitle("editor")
editor.textChanged.connect(lambda: print(repr(editor.toPlainText()), flush=True))
editor.show()
app.exec()
"""


def test_dictated_words_are_really_typed_whatever_their_letters(windows: X11, desktop: Desktop) -> None:
    process = desktop.start("python", "-c", EDITOR, log="editor")
    wait_until(lambda: "editor" in [one.title for one in windows.windows()][-1:], what="the editor in front")
    on_desktop = scene()
    on_desktop.do("dictation.start")
    first, second = (
        "Ça va\u00a0? «\u202fŒuvre\u202f» 100\u00a0€",
        "Zwölf Boxkämpfer jagen Viktor quer über 日本 😀 {|}~@#",
    )
    on_desktop.do("dictation.type", text=first)
    desktop.xdotool("key", "Caps_Lock")  # letters are as they were said, whatever the keyboard is locked to
    on_desktop.do("dictation.type", text=second)
    desktop.xdotool("key", "Caps_Lock")
    shown = repr(" ".join(f"{first} {second}".split()))
    wait_until(lambda: desktop.log("editor").read_text().splitlines()[-1:] == [shown], what=shown)
    process.kill()
    process.wait()


def test_a_held_key_is_waited_for_and_then_nothing_is_pressed(
    windows: X11, desktop: Desktop, program: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etoile.actions.x11.LET_GO_S", 0.05)
    desktop.xdotool("keydown", "Shift_L")
    try:
        with pytest.raises(ActionFailed, match="held down"):
            windows.press("ctrl+a")
    finally:
        desktop.xdotool("keyup", "Shift_L")


def test_a_window_of_another_desktop_is_not_touched(windows: X11, desktop: Desktop, program: Window) -> None:
    here, count = windows.desktop()
    windows.activate(program)
    windows.go_to_desktop((here + 1) % count)
    wait_until(lambda: not windows.in_view(program), what="the window out of sight")
    with pytest.raises(ActionFailed, match="No window is open"):
        scene().do("window.close")
    windows.go_to_desktop(here)
    wait_until(lambda: windows.in_view(program), what="the window in sight")


def test_the_clipboard_of_another_program(windows: X11, program: Window) -> None:
    wait_until(lambda: windows.clipboard() == "copied by victim", what="the clipboard")


def test_closing_asks_the_program(windows: X11, program: Window) -> None:
    assert scene().do("window.close") == "I asked victim to close."
    wait_until(lambda: all(one.title != "victim" for one in windows.windows()), what="no window")


def test_desktops(windows: X11, desktop: Desktop) -> None:
    before, count = windows.desktop()
    assert count > 1  # as openbox comes
    windows.go_to_desktop((before + 1) % count)
    wait_until(lambda: windows.desktop()[0] != before)
    windows.go_to_desktop(before)
    wait_until(lambda: windows.desktop()[0] == before)


def test_a_screenshot_is_what_the_screen_shows(windows: X11, desktop: Desktop, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    windows.screenshot(tmp_path / "ours.png")
    ours = QImage(str(tmp_path / "ours.png"))
    theirs = QImage(str(desktop.screenshot(tmp_path / "theirs.png")))
    assert (ours.width(), ours.height()) == (1280, 800)
    corners = [(5, 795), (640, 795), (1270, 600)]
    assert [ours.pixel(*corner) for corner in corners] == [theirs.pixel(*corner) for corner in corners]


def test_the_volume_really_changes(windows: X11, desktop: Desktop) -> None:
    on_desktop = scene()
    before = desktop.sink_volume_percent()
    on_desktop.do("audio.volume.set", level=40)
    assert desktop.sink_volume_percent() == 40
    on_desktop.do("audio.mute")
    assert desktop.sink_is_muted()
    on_desktop.do("assistant.undo")
    on_desktop.do("assistant.undo")
    assert desktop.sink_volume_percent() == before
    assert not desktop.sink_is_muted()


def test_a_player_on_the_bus_pauses_and_plays_on(windows: X11, desktop: Desktop) -> None:
    player = desktop.start("python", "-c", PLAYER, log="player")
    names = ("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus")
    listing = (*names, "org.freedesktop.DBus.ListNames")
    wait_until(lambda: "MediaPlayer2.fake" in desktop.run(*listing), what="the player on the bus")
    on_desktop = scene()
    assert on_desktop.do("media.pause") == "It pauses."
    assert on_desktop.do("media.play") == "It plays."
    assert desktop.log("player").read_text().split() == ["Paused", "Playing"]
    player.kill()
    player.wait()


def test_areas_halve_whole() -> None:
    area = Area(0, 0, 101, 10)
    assert area.left_half().width + area.right_half().width == 101
