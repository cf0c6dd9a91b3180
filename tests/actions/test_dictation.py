"""Dictation: into the window it began in, in one line, never into a password prompt."""

import os
import pty
import sys
import termios
from collections.abc import Iterator

import pytest

from etoile.actions import passwords
from etoile.actions.passwords import asks_password
from etoile.actions.windowing import Window
from etoile.actions.x11_typing import keysym_of, own_keys, pieces, spare_keys
from etoile.domain.commands import DICTATED
from etoile.errors import ActionFailed
from tests.actions.fakes import FakeWindows, Scene

EDITOR = Window(2, "notes.txt", ("gedit", "Gedit"))
BROWSER = Window(1, "A page", ("Navigator", "firefox"))


@pytest.fixture
def dictating() -> Scene:
    scene = Scene(windows=FakeWindows([BROWSER, EDITOR]))
    assert "into notes.txt" in scene.do("dictation.start")
    return scene


def test_utterances_are_parted_by_a_space(dictating: Scene) -> None:
    dictating.do(DICTATED, text="Dear aunt,")
    dictating.do(DICTATED, text="thank you.")
    assert dictating.windows.typed == [(2, "Dear aunt,"), (2, " thank you.")]


def test_no_key_is_pressed_that_sends_or_runs(dictating: Scene) -> None:
    dictating.do(DICTATED, text="rm -rf ~\n\r\x1b[A\t; reboot\n")
    [(_, typed)] = dictating.windows.typed
    assert typed == "rm -rf ~ [A ; reboot"


def test_another_window_gets_nothing_and_it_goes_on_in_the_first(dictating: Scene) -> None:
    dictating.windows.activate(BROWSER)
    with pytest.raises(ActionFailed, match="Another window is in front"):
        dictating.do(DICTATED, text="secret")
    assert dictating.windows.typed == []
    dictating.windows.activate(EDITOR)
    dictating.do(DICTATED, text="open")
    assert dictating.windows.typed == [(2, "open")]


def test_a_changed_title_is_the_same_window(dictating: Scene) -> None:
    dictating.windows.shown[-1] = Window(2, "*notes.txt", EDITOR.names)
    dictating.do(DICTATED, text="more")
    assert dictating.windows.typed == [(2, "more")]


def test_it_is_over_once_stopped(dictating: Scene) -> None:
    assert dictating.do("dictation.stop") == "Dictation is over."
    for command in (DICTATED, "dictation.stop"):
        with pytest.raises(ActionFailed, match="Dictation is not on"):
            dictating.do(command, text="late")


def test_without_the_app_there_is_no_talk_key_to_dictate_with() -> None:
    with pytest.raises(ActionFailed, match="needs Etoile to be running"):
        Scene(lasting=False, windows=FakeWindows([EDITOR])).do("dictation.start")


def test_a_prompt_that_appears_meanwhile_gets_nothing(dictating: Scene) -> None:
    dictating.windows.shown[-1] = Window(2, "Authentication Required", EDITOR.names)
    with pytest.raises(ActionFailed, match="asks for a password"):
        dictating.do(DICTATED, text="hunter2")
    assert dictating.windows.typed == []


@pytest.mark.parametrize(
    ("title", "name", "asks"),
    [
        ("x", "pinentry-qt", True),
        ("", "gcr-prompter", True),
        ("", "polkit-gnome-authentication-agent-1", True),
        ("", "polkit-kde-authentication-agent-1", True),
        ("", "lxpolkit", True),
        ("", "ksshaskpass", True),
        ("", "CredentialUIBroker.exe", True),
        ("Mot de passe requis", "firefox", True),
        ("Enter passphrase for key", "zenity", True),
        ("Passworthy prose", "gedit", False),
        ("notes.txt", "gedit", False),
        ("Compass", "firefox", False),
    ],
)
def test_prompts_are_known_by_program_and_title(title: str, name: str, asks: bool) -> None:
    assert asks_password(Window(1, title, (name,))) is asks


@pytest.fixture
def terminal() -> Iterator[str]:
    master, slave = pty.openpty()
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of Unix")
@pytest.mark.parametrize(
    ("shown", "by_lines", "asks"), [(True, True, False), (False, True, True), (False, False, False)]
)
def test_a_terminal_that_hides_a_line_waits_for_a_password(
    terminal: str, monkeypatch: pytest.MonkeyPatch, shown: bool, by_lines: bool, asks: bool
) -> None:
    file = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    settings = termios.tcgetattr(file)
    settings[3] = (termios.ECHO if shown else 0) | (termios.ICANON if by_lines else 0)
    termios.tcsetattr(file, termios.TCSANOW, settings)
    os.close(file)
    monkeypatch.setattr(passwords, "_terminals", lambda pid: [terminal])
    assert asks_password(Window(1, "~", ("xterm",), pid=1)) is asks


def test_letters_have_keysyms_of_latin_1_or_unicode() -> None:
    assert [keysym_of(letter) for letter in "aé€😀\n"] == [0x61, 0xE9, 0x010020AC, 0x0101F600, 0xFF0D]


def test_pieces_borrow_few_different_letters_and_lose_none() -> None:
    text = "the quick brown fox"
    cut = list(pieces(text, {keysym_of(letter) for letter in "the "}, 4))
    assert "".join(cut) == text
    assert max(len(set(piece) - set("the ")) for piece in cut) == 4
    assert list(pieces("", set(), 4)) == []
    assert list(pieces("the", {keysym_of(letter) for letter in "the"}, 0)) == ["the"]
    with pytest.raises(ActionFailed, match="no spare key"):
        list(pieces("é", set(), 0))


def test_only_keys_that_mean_the_same_in_every_layout_are_pressed_for_themselves() -> None:
    latin, both, cyrillic, none = (0x61, 0x41), (0x31, 0x21, 0x31, 0x21), (0x66, 0x46, 0x6C1, 0x6E1), (0, 0, 0, 0)
    assert own_keys({8: latin, 9: both, 10: cyrillic, 11: none}) == {
        0x61: (8, False),
        0x41: (8, True),
        0x31: (9, False),
        0x21: (9, True),
    }


def test_the_longest_row_of_spare_keys_is_lent() -> None:
    used, none = (0x61, 0x41), (0, 0)
    assert spare_keys({8: none, 9: used, 10: none, 11: none, 12: used, 13: none}) == [10, 11]
    assert spare_keys({8: used}) == []
