"""Windows and keys: the one in front, halves, ways back, and terminals spared."""

import pytest

from etoile.actions.windowing import Area, State, Window, open_window_system
from etoile.actions.windows import is_terminal
from etoile.errors import ActionFailed
from tests.actions.fakes import FakeWindows, Scene

BROWSER = Window(1, "A page", ("Navigator", "firefox"))
EDITOR = Window(2, "notes.txt", ("gedit", "Gedit"))
TERMINAL = Window(3, "~", ("xterm", "XTerm"))
ELSEWHERE = Window(4, "mail", ("thunderbird",))


def scene_of(*windows: Window, desktops: tuple[int, int] = (0, 1)) -> Scene:
    """Return a scene with `windows`, the last one in front."""
    return Scene(windows=FakeWindows(list(windows), desktops=desktops))


def test_closing_closes_the_one_in_front() -> None:
    scene = scene_of(BROWSER, EDITOR)
    assert scene.do("window.close") == "I asked notes.txt to close."
    assert scene.windows.shown == [BROWSER]


@pytest.mark.parametrize("command", ["window.close", "tab.close", "clipboard.paste"])
def test_only_the_window_that_was_asked_about_is_touched(command: str) -> None:
    scene = scene_of(BROWSER, EDITOR)
    with pytest.raises(ActionFailed, match=r"Another window is in front now \(notes\.txt\): nothing was done"):
        scene.do(command, window="A page")
    assert (scene.windows.shown, scene.windows.pressed) == ([BROWSER, EDITOR], [])
    scene.do(command, window="notes.txt")


def test_a_minimised_window_is_not_in_front() -> None:
    scene = scene_of(BROWSER, EDITOR)
    scene.windows.states.add((EDITOR.id, State.MINIMIZED))
    scene.do("window.close")
    assert scene.windows.shown == [EDITOR]


def test_a_window_of_another_desktop_is_not_in_front() -> None:
    scene = scene_of(BROWSER, EDITOR)
    scene.windows.elsewhere.add(EDITOR.id)
    scene.do("window.close")
    assert scene.windows.shown == [EDITOR]


def test_next_and_next_again_goes_round_all_windows() -> None:
    scene = scene_of(TERMINAL, BROWSER, EDITOR)
    scene.windows.shown.insert(0, ELSEWHERE)
    scene.windows.elsewhere.add(ELSEWHERE.id)
    seen = []
    for _ in range(3):
        scene.do("window.next")
        seen.append(scene.windows.shown[-1])
    assert seen == [TERMINAL, BROWSER, EDITOR]
    scene.do("assistant.undo")
    assert scene.windows.shown[-1] == BROWSER


@pytest.mark.parametrize("command", ["window.close", "window.maximize", "tab.new", "scroll.down", "window.snap.left"])
def test_without_a_window_it_is_said(scene: Scene, command: str) -> None:
    with pytest.raises(ActionFailed, match="No window is open"):
        scene.do(command)


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("window.minimize", State.MINIMIZED),
        ("window.maximize", State.MAXIMIZED),
        ("window.fullscreen", State.FULLSCREEN),
    ],
)
def test_states_and_the_way_back(command: str, state: State) -> None:
    scene = scene_of(EDITOR)
    scene.do(command)
    assert scene.windows.states == {(EDITOR.id, state)}
    scene.do("assistant.undo")
    assert scene.windows.states == set()


def test_full_screen_is_left_by_the_same_command() -> None:
    scene = scene_of(EDITOR)
    assert scene.do("window.fullscreen") == "The window fills the screen."
    assert scene.do("window.fullscreen") == "The window no longer fills the screen."


@pytest.mark.parametrize(
    ("command", "area"),
    [("window.snap.left", Area(0, 32, 640, 768)), ("window.snap.right", Area(640, 32, 641, 768))],
)
def test_halves_of_the_screen_leave_no_pixel_between(command: str, area: Area) -> None:
    scene = scene_of(EDITOR)
    scene.do(command)
    assert scene.windows.areas[EDITOR.id] == area
    scene.do("assistant.undo")
    assert scene.windows.areas[EDITOR.id] == Area(10, 20, 300, 200)


def test_next_window_and_back() -> None:
    scene = scene_of(BROWSER, EDITOR)
    assert scene.do("window.next") == "A page is in front."
    scene.do("assistant.undo")
    assert scene.windows.shown == [BROWSER, EDITOR]


def test_no_other_window() -> None:
    with pytest.raises(ActionFailed, match="no other window"):
        scene_of(EDITOR).do("window.next")


def test_desktops_go_round() -> None:
    scene = scene_of(desktops=(3, 4))
    assert scene.do("desktop.next") == "This is desktop 1."
    scene.do("assistant.undo")
    assert scene.windows.desktops == (3, 4)


def test_a_single_desktop_is_said() -> None:
    with pytest.raises(ActionFailed, match="only one desktop"):
        scene_of().do("desktop.next")


def test_minimise_all_and_back() -> None:
    scene = scene_of(EDITOR)
    scene.do("window.minimize_all")
    assert scene.windows.away
    scene.do("assistant.undo")
    assert not scene.windows.away


@pytest.mark.parametrize(
    ("command", "usual", "in_terminal"),
    [
        ("tab.new", "ctrl+t", "ctrl+shift+t"),
        ("tab.close", "ctrl+w", "ctrl+shift+w"),
        ("clipboard.copy", "ctrl+c", "ctrl+shift+c"),
        ("clipboard.paste", "ctrl+v", "ctrl+shift+v"),
        ("scroll.up", "Page_Up", "shift+Page_Up"),
        ("scroll.down", "Page_Down", "shift+Page_Down"),
        ("browser.back", "alt+Left", None),
        ("edit.undo", "ctrl+z", None),
        ("edit.save", "ctrl+s", None),
        ("edit.select_all", "ctrl+a", None),
    ],
)
def test_keys_and_terminals(command: str, usual: str, in_terminal: str | None) -> None:
    scene = scene_of(TERMINAL, EDITOR)
    scene.do(command)
    assert scene.windows.pressed == [(EDITOR.id, usual)]

    scene = scene_of(EDITOR, TERMINAL)
    if in_terminal is None:
        with pytest.raises(ActionFailed, match="terminal"):
            scene.do(command)
        assert scene.windows.pressed == []
    else:
        scene.do(command)
        assert scene.windows.pressed == [(TERMINAL.id, in_terminal)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("gnome-terminal-server", "Gnome-terminal"), True),
        (("org.gnome.Console",), True),
        (("kitty", "kitty"), True),
        (("code", "Code"), False),
        (("st-2048",), False),
    ],
)
def test_terminals_are_known_by_their_class(names: tuple[str, ...], expected: bool) -> None:
    assert is_terminal(Window(1, "terminal", names)) is expected


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "Wayland"),
        ({"XDG_SESSION_TYPE": "wayland"}, "Wayland"),
        ({}, "no graphical desktop"),
    ],
)
def test_a_desktop_that_allows_nothing_says_why(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ActionFailed, match=said):
        open_window_system("linux", environment)


# python-xlib leaves the sockets of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*socket:pytest.PytestUnraisableExceptionWarning")
def test_an_x_server_that_is_gone_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":9999")
    with (
        pytest.raises(ActionFailed, match="X server cannot be reached"),
        open_window_system("linux", {"DISPLAY": ":9999"}),
    ):
        pass
