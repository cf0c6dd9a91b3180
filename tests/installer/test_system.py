"""What the system lacks, and the one command that brings it."""

import sys
from pathlib import Path

import pytest

from installer import environment, system
from installer.environment import SetupError
from installer.system import NEEDS, Need, commands, describe, missing, provide

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone needs packages of the system")

EGL = Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd", "libEGL1", present=lambda: False)
VOICE = Need("libvoice.so.1", "espeak-ng", "espeak", "espeak", "espeak", "no voice", lambda: False)


@linux
def test_a_library_is_found_by_loading_it() -> None:
    assert system.can_load("libc.so.6")
    assert not system.can_load("libno-such-thing.so.6")


@linux
def test_only_what_is_missing_is_reported() -> None:
    there = Need("libc.so.6", "libc6", "glibc", "glibc", "glibc")
    assert missing([there, EGL]) == [EGL]


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("apt-get", [["apt-get", "update"], ["apt-get", "install", "espeak-ng", "libegl1"]]),
        ("dnf", [["dnf", "install", "espeak", "libglvnd-egl"]]),
        ("pacman", [["pacman", "-S", "espeak", "libglvnd"]]),
        ("zypper", [["zypper", "install", "espeak", "libEGL1"]]),
    ],
)
def test_each_package_manager_is_told_in_its_own_words(manager: str, expected: list[list[str]]) -> None:
    told = [[word for word in command if not word.startswith(("-q", "-y", "--", "-o", "DPkg"))]
            for command in commands(manager, [VOICE, EGL])]  # fmt: skip
    assert told == expected


def test_every_need_has_a_package_everywhere() -> None:
    for need in NEEDS:
        assert all(need.package(manager) for manager in system.INSTALLS), need


def test_the_report_names_the_loss_and_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda _: "/usr/bin/sudo")
    report = describe([EGL, VOICE], "apt-get")
    assert "libEGL.so.1: Etoile cannot start" in report
    assert "libvoice.so.1: no voice" in report
    (command,) = [line for line in report.splitlines() if "install" in line]
    assert command.startswith("  sudo apt-get update")
    assert command.endswith("espeak-ng libegl1")


def test_without_sudo_the_report_says_who_must_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda _: None)
    report = describe([EGL], "apt-get")
    assert "as root" in report
    assert "sudo" not in report


def test_an_unknown_system_is_told_the_names() -> None:
    assert "libegl1" in describe([EGL], None)


@pytest.fixture
def as_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every right to install packages."""
    monkeypatch.setattr(system, "privilege", lambda: None)


@pytest.mark.usefixtures("as_user")
def test_what_is_required_stops_the_set_up() -> None:
    with pytest.raises(SetupError, match=r"libEGL\.so\.1"):
        provide([EGL, VOICE])


@pytest.mark.usefixtures("as_user")
def test_what_is_optional_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    provide([VOICE])
    assert "no voice" in capsys.readouterr().err


def test_nothing_is_said_where_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    provide([])
    assert capsys.readouterr() == ("", "")


def test_what_was_installed_is_missing_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    library = tmp_path / "libEGL.so.1"
    needed = Need("libEGL.so.1", "libegl1", "e", "e", "e", present=library.exists)
    ran: list[list[str]] = []

    def install(commands: list[list[str]]) -> None:
        ran.extend(commands)
        library.touch()

    monkeypatch.setattr(system, "privilege", lambda: ["sudo"])
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_run_all", install)
    provide([needed])
    assert [command[:3] for command in ran] == [["sudo", "apt-get", "update"], ["sudo", "apt-get", "install"]]


def test_a_python_without_pip_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _: None)
    assert not environment.can_install()
    installer = next(need for need in NEEDS if need.what == "a package installer")
    assert installer.required
    assert installer.apt == f"python3.{sys.version_info.minor}-venv"
