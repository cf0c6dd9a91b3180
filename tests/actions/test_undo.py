"""What was done is taken back: each command that has a true inverse, and nothing that was so before."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from etoile.actions.table import ACTIONS
from etoile.actions.undo import DEEPEST, UndoStack
from etoile.actions.windowing import State, Window
from etoile.actions.x11 import X11
from etoile.domain.commands import COMMANDS, Consequence
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import render, verbatim
from tests.actions.fakes import FakeDesk, FakePrograms, FakeWindows, Scene
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

EDITOR = Window(id=1, title="notes.txt", names=("gedit",), pid=11)
BROWSER = Window(id=2, title="A page", names=("firefox",), pid=12)


@pytest.fixture
def scene(programs: FakePrograms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Give a desk on which every command with an inverse can be carried out."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    light = tmp_path / "backlight" / "panel"
    light.mkdir(parents=True)
    monkeypatch.setattr("etoile.actions.display.BACKLIGHTS", light.parent)
    programs.add("pactl", {"get-sink-volume @DEFAULT_SINK@": "70%", "get-source-volume @DEFAULT_SOURCE@": "60%"})
    (light / "brightness").write_text("600")
    (light / "max_brightness").write_text("1500")
    programs.add("brightnessctl")
    programs.add("gsettings", "false")
    for number, kind in enumerate(("wlan", "bluetooth")):
        radio = tmp_path / "rfkill" / f"rfkill{number}"
        radio.mkdir(parents=True)
        (radio / "type").write_text(kind)
        (radio / "soft").write_text("1")
    monkeypatch.setattr("etoile.actions.radios.RFKILL", tmp_path / "rfkill")
    programs.add("rfkill")
    programs.add("systemctl", code=1)
    windows = FakeWindows(shown=[BROWSER, EDITOR], desktops=(0, 2), text="copied before")
    return Scene(desk=FakeDesk(language="en"), windows=windows)


INVERSES: dict[str, tuple[Slots, str]] = {
    "audio.volume.set": ({"level": 20}, "The volume is at 70 %."),
    "audio.volume.up": ({}, "The volume is at 70 %."),
    "audio.volume.down": ({}, "The volume is at 70 %."),
    "audio.mute": ({}, "The volume is at 70 %."),
    "audio.mic.mute": ({}, "The microphone is on."),
    "display.brightness.set": ({"level": 90}, "The brightness is at 40 %."),
    "display.brightness.up": ({}, "The brightness is at 40 %."),
    "display.brightness.down": ({}, "The brightness is at 40 %."),
    "display.nightlight.on": ({}, "The night light is off."),
    "network.wifi.on": ({}, "The Wi-Fi is off."),
    "network.bluetooth.on": ({}, "Bluetooth is off."),
    "window.minimize": ({}, "The window is back."),
    "window.minimize_all": ({}, "The windows are back."),
    "window.maximize": ({}, "The window is no longer maximised."),
    "window.fullscreen": ({}, "The window no longer fills the screen."),
    "window.next": ({}, "notes.txt is in front."),
    "window.snap.left": ({}, "The window is where it was."),
    "window.snap.right": ({}, "The window is where it was."),
    "desktop.next": ({}, "This is desktop 1."),
    "app.switch": ({"app": "firefox"}, "notes.txt is in front."),
    "browser.back": ({}, "notes.txt is as it was."),
    "clipboard.copy": ({}, "The clipboard holds again what it held before."),
    "file.create_folder": ({"name": "Reports"}, "The folder Reports is gone."),
    "note.create": ({"text": "milk"}, "The note is gone."),
    "screen.screenshot": ({}, "The screenshot Etoile 2026-11-21 14.05.00.png is gone."),
    "timer.set": ({"seconds": 60}, "The timer of 1 min is cancelled."),
    "alarm.set": ({"time": "16:00"}, "The alarm at 16:00 is cancelled."),
    "language.set": ({"language": "fr"}, "I speak English from now on."),
    "voice.switch": ({"voice": "Amelie"}, "From now on I speak with the voice Thomas."),
    "voice.faster": ({}, "I speak 180 words a minute from now on."),
    "voice.slower": ({}, "I speak 180 words a minute from now on."),
    "alert.snooze": ({}, ""),
    "skills.create": ({"skill": "lights", "file": 'name = "lights"\nsteps = ["mute"]'}, "The skill “lights” is gone."),
}


def undone(scene: Scene) -> str:
    """Undo, and return what is so again."""
    said = scene.do("assistant.undo")
    assert said.startswith("Undone: ")
    return said


@pytest.mark.parametrize("command", INVERSES)
def test_undo_says_what_is_so_again(scene: Scene, command: str) -> None:
    slots, now = INVERSES[command]
    done = scene.done(command, slots)
    assert done.undo, "nothing to take back"
    assert undone(scene).endswith(now)
    with pytest.raises(ActionFailed, match="nothing to undo"):
        scene.do("assistant.undo")


def test_what_was_cancelled_comes_back(scene: Scene) -> None:
    scene.do("timer.set", seconds=60)
    scene.do("alarm.set", time="16:00")
    scene.do("timer.cancel")
    scene.do("alarm.cancel")
    assert "alarm at 16:00" in undone(scene)
    assert "timer of 1 min" in undone(scene)
    assert "alarm at 16:00" in scene.do("timer.status")


def test_each_undo_goes_one_action_further_back(scene: Scene) -> None:
    scene.do("window.maximize")
    scene.do("file.create_folder", name="Reports")
    assert undone(scene) == "Undone: Create the folder Reports. The folder Reports is gone."
    assert undone(scene) == "Undone: Maximise the window. The window is no longer maximised."


SO_ALREADY: dict[str, Callable[[Scene, FakePrograms], None]] = {
    "window.maximize": lambda scene, programs: scene.windows.states.add((EDITOR.id, State.MAXIMIZED)),
    "network.wifi.off": lambda scene, programs: None,
    "network.bluetooth.off": lambda scene, programs: None,
    "language.set": lambda scene, programs: scene.desk.set_language("fr"),
    "voice.faster": lambda scene, programs: scene.desk.speak_at(450),
    "voice.slower": lambda scene, programs: scene.desk.speak_at(80),
    "app.switch": lambda scene, programs: scene.windows.activate(BROWSER),
    "clipboard.copy": lambda scene, programs: scene.windows.hold_clipboard(""),
    "service.start": lambda scene, programs: programs.add("systemctl"),
}


@pytest.mark.parametrize("command", SO_ALREADY)
def test_what_changed_nothing_is_not_taken_back(scene: Scene, programs: FakePrograms, command: str) -> None:
    SO_ALREADY[command](scene, programs)
    slots: Slots = {"language": "fr", "app": "firefox", "service": "ollama"}
    assert scene.done(command, slots).undo is None


def test_what_the_user_turned_since_stays(scene: Scene, programs: FakePrograms) -> None:
    scene.do("audio.mute")
    programs.add("pactl", {"get-sink-volume @DEFAULT_SINK@": "30%", "get-sink-mute @DEFAULT_SINK@": "Mute: yes"})
    assert undone(scene).endswith("The volume is at 30 %.")
    assert ("pactl", "set-sink-volume", "@DEFAULT_SINK@", "70%") not in programs.calls()[-2:]


def test_a_screenshot_that_was_worked_on_stays(scene: Scene, own_home: Path) -> None:
    scene.do("screen.screenshot")
    [picture] = own_home.rglob("*.png")
    picture.write_bytes(b"with an arrow")
    os.utime(picture, ns=(1, 1))
    with pytest.raises(ActionFailed, match="changed meanwhile"):
        scene.do("assistant.undo")
    assert picture.read_bytes() == b"with an arrow"


def test_the_way_back_of_a_page_is_the_way_forward(scene: Scene) -> None:
    scene.do("browser.back")
    scene.do("assistant.undo")
    assert scene.windows.pressed == [(EDITOR.id, "alt+Left"), (EDITOR.id, "alt+Right")]


def test_what_tells_only_and_what_loses_work_has_no_way_back() -> None:
    wrong = [
        command
        for command in INVERSES
        if COMMANDS[command].consequence is not Consequence.REVERSIBLE or command not in ACTIONS
    ]
    assert wrong == []


def test_the_stack_forgets_the_oldest() -> None:
    stack = UndoStack()
    for number in range(DEEPEST + 5):
        stack.push(verbatim(str(number)), lambda context: verbatim("back"))
    kept = list(iter(stack.pop, None))
    assert [render(what, "en") for what, _ in kept] == [str(number) for number in range(DEEPEST + 4, 4, -1)]


@pytest.mark.desktop
def test_the_clipboard_of_a_real_desktop_is_held_until_somebody_copies(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in desktop.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with X11() as windows:
        windows.hold_clipboard("Étoile à 5 h")
        assert windows.clipboard() == "Étoile à 5 h"
        windows.hold_clipboard("another")
        assert windows.clipboard() == "another"
        holders = [thread for thread in threading.enumerate() if thread.name == "clipboard"]
        wait_until(lambda: sum(thread.is_alive() for thread in holders) == 1, what="the former holder to let go")
