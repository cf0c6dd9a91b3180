"""Applications: what desktop entries say, and by which names they are found."""

import struct
from pathlib import Path

import pytest

from etoile.actions.apps import belongs
from etoile.actions.installed import App, app_of, argv_of, entry_of, find, installed, target_of
from etoile.actions.windowing import Window
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, FakeWindows, Scene

FIREFOX = """\
[Desktop Entry]
Type=Application
Name=Firefox
GenericName=Web Browser
GenericName[fr]=Navigateur web
Exec=firefox-esr --name "Fire fox" %u
StartupWMClass=firefox-esr
Categories=Network;WebBrowser;
# Name=Comment

[Desktop Action new-window]
Name=New window
Exec=firefox-esr --new-window
"""
CALCULATOR = """\
[Desktop Entry]
Type=Application
Name=Calculator
Name[fr]=Calculatrice
Name[de]=Taschenrechner
Exec=gnome-calculator
Categories=GNOME;Utility;Calculator;
"""


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of desktop entries of the system, with two in it."""
    folder = tmp_path / "share/applications"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    (folder / "firefox-esr.desktop").write_text(FIREFOX)
    (folder / "org.gnome.Calculator.desktop").write_text(CALCULATOR)
    return folder


def test_an_entry_is_its_own_group_alone() -> None:
    entry = entry_of(FIREFOX)
    assert entry["Name"] == "Firefox"
    assert entry["Exec"].startswith("firefox-esr --name")


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        ("firefox %u", ("firefox",)),
        ('sh -c "echo \\"hi\\""', ("sh", "-c", 'echo "hi"')),
        ("env GTK_THEME=x app --file=%f %F", ("env", "GTK_THEME=x", "app", "--file=%f")),
        ("printf 100%%", ("printf", "100%")),
        ("", ()),
    ],
)
def test_the_command_of_an_entry_is_an_argument_list(line: str, argv: tuple[str, ...]) -> None:
    assert argv_of(line) == argv


@pytest.mark.parametrize(
    "change",
    [
        "NoDisplay=true",
        "Hidden=true",
        "TryExec=/nowhere/missing",
        "Type=Link",
        "Exec=",
        "Name=",
    ],
)
def test_what_is_hidden_broken_or_missing_is_no_application(change: str) -> None:
    key, _, value = change.partition("=")
    entry = entry_of(CALCULATOR) | {key: value}
    if key == "Name":
        entry = {"Type": "Application", "Exec": "x"}
    assert app_of(entry, "x") is None


@pytest.mark.parametrize(
    ("spoken", "id"),
    [
        ("firefox", "firefox-esr"),
        ("Calculatrice", "org.gnome.Calculator"),
        ("CALCULATOR", "org.gnome.Calculator"),
        ("navigateur web", "firefox-esr"),
        ("browser", "firefox-esr"),
        ("Web Browser", "firefox-esr"),
        ("taschenrechner", None),
        ("fire", None),
        ("", None),
    ],
)
def test_an_application_is_found_by_its_names(entries: Path, spoken: str, id: str | None) -> None:
    app = find(installed("linux"), spoken)
    assert (app.id if app else None) == id


def test_the_users_own_entry_replaces_and_hides(entries: Path, own_home: Path) -> None:
    own = own_home / ".local/share/applications"
    own.mkdir(parents=True)
    (own / "firefox-esr.desktop").write_text(FIREFOX.replace("Type=Application", "Type=Application\nHidden=true"))
    assert find(installed("linux"), "firefox") is None


def test_a_broken_file_does_not_hide_the_others(entries: Path) -> None:
    (entries / "broken.desktop").write_bytes(b"\xff\xfe[Desktop Entry]\nType=Application\nName=x\nExec='unclosed")
    (entries / "empty.desktop").write_bytes(b"")
    assert len(installed("linux")) == 2


def test_opening_runs_the_entrys_own_command(scene: Scene, programs: FakePrograms, entries: Path) -> None:
    programs.add("setsid")
    programs.add("firefox-esr")
    assert scene.do("app.open", app="Firefox") == "Firefox is opening."
    assert programs.calls() == [("setsid", "--fork", "--wait", "firefox-esr", "--name", "Fire fox")]


def test_an_entry_whose_program_is_gone_says_so(scene: Scene, programs: FakePrograms, entries: Path) -> None:
    with pytest.raises(ActionFailed, match="firefox-esr is not installed"):
        scene.do("app.open", app="firefox")


def test_an_unknown_application_is_never_guessed(scene: Scene, programs: FakePrograms, entries: Path) -> None:
    with pytest.raises(ActionFailed) as error:
        scene.do("app.open", app="Firefoxe")
    assert error.value.remedy
    assert error.value.remedy.values["apps"] == ("Firefox",)
    assert programs.calls() == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Navigator", "firefox-esr"), True),
        (("firefox",), True),
        (("xterm", "XTerm"), False),
        ((), False),
    ],
)
def test_a_window_belongs_by_its_program_never_by_its_title(names: tuple[str, ...], expected: bool) -> None:
    app = App(id="firefox-esr", names=("Firefox",), window_names=("firefox-esr",))
    assert belongs(Window(1, "Firefox: how to", names), app) is expected


def test_closing_asks_every_window_of_the_application(entries: Path) -> None:
    editor = Window(3, "Firefox notes", ("gedit",))
    windows = FakeWindows([Window(1, "a", ("firefox-esr",)), Window(2, "b", ("firefox-esr",)), editor])
    assert Scene(windows=windows).do("app.close", app="firefox") == "I asked Firefox to close."
    assert windows.shown == [editor]


def test_switching_brings_the_last_used_window_to_the_front(entries: Path) -> None:
    older, newer = Window(1, "a", ("firefox-esr",)), Window(2, "b", ("firefox-esr",))
    windows = FakeWindows([older, newer, Window(3, "x", ("xterm",))])
    Scene(windows=windows).do("app.switch", app="firefox")
    assert windows.shown[-1] == newer


@pytest.mark.parametrize("command", ["app.close", "app.switch"])
def test_what_is_not_open_is_said(scene: Scene, entries: Path, command: str) -> None:
    with pytest.raises(ActionFailed, match="Firefox has no open window"):
        scene.do(command, app="firefox")


def test_windows_start_menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    menu = tmp_path / "Microsoft/Windows/Start Menu/Programs/Tools"
    menu.mkdir(parents=True)
    (menu / "Notepad++.lnk").touch()
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path))
    app = find(installed("win32"), "notepad++")
    assert app
    assert app.argv == ("explorer.exe", str(menu / "Notepad++.lnk"))


def shortcut(target: str, *, with_ids: bool = True) -> bytes:
    """Return a .lnk file, as far as it is read here (MS-SHLLINK)."""
    ids = struct.pack("<H", 6) + b"\x04\x00ab\x00\x00" if with_ids else b""
    path = target.encode("latin-1") + b"\0"
    info = struct.pack("<IIIIIII", 28 + len(path), 28, 1, 0, 28, 0, 0) + path
    return struct.pack("<I16xI", 76, 2 | int(with_ids)) + bytes(76 - 24) + ids + info


@pytest.mark.parametrize("with_ids", [True, False])
def test_a_shortcut_names_the_program_that_its_windows_belong_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_ids: bool
) -> None:
    menu = tmp_path / "Microsoft/Windows/Start Menu/Programs"
    menu.mkdir(parents=True)
    content = shortcut(r"C:\Program Files\Google\Chrome\chrome.exe", with_ids=with_ids)
    (menu / "Google Chrome.lnk").write_bytes(content)
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path))
    app = find(installed("win32"), "google chrome")
    assert app
    assert belongs(Window(1, "a page", ("chrome.exe", "chrome")), app)


@pytest.mark.parametrize("cut", [0, 3, 20, 76, 90, 100])
def test_a_broken_shortcut_names_nothing(cut: int) -> None:
    assert target_of(shortcut(r"C:\x.exe")[:cut]) == ""


@pytest.mark.parametrize(
    "command", ["python3 /opt/a.py", "/usr/bin/python3.11 -m a", "flatpak run org.a", "bash -c a", "java -jar a.jar"]
)
def test_a_program_that_starts_others_says_nothing_about_a_window(command: str) -> None:
    app = app_of({"Type": "Application", "Name": "A", "Exec": command}, "org.example.a")
    assert app
    assert not belongs(Window(1, "another", (argv_of(command)[0].rpartition("/")[2], "python3", "java")), app)
    assert belongs(Window(1, "a", ("org.example.a",)), app)
