"""The script of the archive, with a tiny program in place of Etoile: what it brings, refuses and takes away."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer.linux import archive
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a script for Linux")

LINUX = Path(archive.__file__).parent
SHARED = ("applications/etoile.desktop", "man/man1/etoile.1.gz", "icons/hicolor/16x16/apps/etoile.png")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Return the unpacked archive: its program is one that waits."""
    folder = tmp_path / "unpacked here"
    (folder / "program/_internal").mkdir(parents=True)
    shutil.copy(str(shutil.which("sleep")), folder / "program/etoile")
    (folder / "program/version").write_text("1")
    for name in SHARED:
        (folder / "share" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(LINUX / "etoile.desktop", folder / "share" / name)
    (folder / "needs").write_text("libc.so.6 Etoile cannot start\nlibnowhere.so.9 no voice\n")
    shutil.copy(LINUX / "install.sh", folder)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with settings and a history, whose path has a blank."""
    folder = tmp_path / "a home"
    for name in (".config/etoile/config.toml", ".local/share/etoile/etoile.db"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("mine")
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder whose programs come before the system's."""
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def stand_in(tools: Path, name: str, script: str) -> None:
    """Have the script meet another program of this name."""
    (tools / name).write_text(f"#!/bin/sh\n{script}\n")
    (tools / name).chmod(0o755)


@pytest.fixture
def install(unpacked: Path, home: Path, tools: Path) -> "Install":
    return Install(unpacked, home, tools)


class Install:
    """Runs the script as a user with this home."""

    def __init__(self, unpacked: Path, home: Path, tools: Path) -> None:
        self.script = unpacked / "install.sh"
        self.home = home
        self.env = {"HOME": str(home), "PATH": f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin"}

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(self.script), *arguments], env=self.env, capture_output=True, text=True, timeout=120, check=False
        )

    def files(self) -> list[str]:
        """Return every file of the home."""
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*") if not path.is_dir())

    def version(self) -> str:
        """Return which one is installed."""
        return (self.home / ".local/lib/etoile/version").read_text()


OWN = [".config/etoile/config.toml", ".local/share/etoile/etoile.db"]


def test_it_brings_the_program_a_link_and_what_desktops_want_to_know(install: Install) -> None:
    done = install()
    assert (done.returncode, done.stderr) == (0, "")
    link = install.home / ".local/bin/etoile"
    assert link.resolve() == install.home / ".local/lib/etoile/etoile"
    assert set(install.files()) >= {f".local/share/{name}" for name in SHARED}
    assert f'Exec="{link}"' in (install.home / ".local/share/applications/etoile.desktop").read_text()
    assert str(link) in done.stdout
    assert "This system lacks libnowhere.so.9: no voice." in done.stdout
    assert "libc.so.6" not in done.stdout


def test_a_second_one_replaces_it_whole_and_leaves_what_is_the_users(install: Install, unpacked: Path) -> None:
    install()
    (unpacked / "program/version").write_text("2")
    (unpacked / "share" / SHARED[1]).unlink()
    assert install().returncode == 0
    assert install.version() == "2"
    assert f".local/share/{SHARED[1]}" not in install.files()
    assert set(install.files()) >= set(OWN)
    assert sorted(path.name for path in (install.home / ".local/lib").iterdir()) == ["etoile"]


@pytest.fixture
def started(install: Install) -> Iterator["subprocess.Popen[bytes]"]:
    """Install and start the program."""
    install()
    with subprocess.Popen([install.home / ".local/bin/etoile", "600"]) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("arguments", [(), ("--remove",)], ids=["replaced", "removed"])
def test_a_running_one_ends_first(
    install: Install, started: "subprocess.Popen[bytes]", arguments: tuple[str, ...]
) -> None:
    assert install(*arguments).returncode == 0
    wait_until(lambda: started.poll() is not None, what="the old one has ended")


def test_it_is_removed_but_for_what_is_the_users(install: Install) -> None:
    install()
    entry = install.home / ".config/autostart/etoile.desktop"
    entry.parent.mkdir()
    entry.write_text(f'[Desktop Entry]\nExec="{install.home}/.local/bin/etoile" --hidden\n')
    done = install("--remove")
    assert done.returncode == 0
    assert install.files() == OWN
    assert ".config/etoile" in done.stdout


def test_what_starts_another_one_with_the_session_stays(install: Install) -> None:
    install()
    entry = install.home / ".config/autostart/etoile.desktop"
    entry.parent.mkdir()
    entry.write_text("[Desktop Entry]\nExec=/usr/bin/etoile --hidden\n")
    install("--remove")
    assert entry.exists()


def test_there_is_nothing_to_remove(install: Install) -> None:
    done = install("--remove")
    assert done.returncode == 1
    assert "is not installed" in done.stderr


def test_a_full_disk_is_told_before_anything_is_written(install: Install, tools: Path) -> None:
    stand_in(tools, "df", "echo Filesystem; echo /dev/null 10 10 3 99% /")
    stand_in(tools, "du", r"printf '400000\tprogram\n'")
    done = install()
    assert done.returncode == 1
    assert "needs 390 MB" in done.stderr
    assert install.files() == OWN


@pytest.mark.parametrize(
    "broken",
    ['/bin/cp "$@"; exit 1', '/bin/cp "$@"; kill -TERM $PPID; sleep 1'],
    ids=["the disk fills meanwhile", "it is interrupted"],
)
def test_what_is_there_stays_when_the_new_one_does_not_come_whole(
    install: Install, unpacked: Path, tools: Path, broken: str
) -> None:
    install()
    before = install.files()
    (unpacked / "program/version").write_text("2")
    stand_in(tools, "cp", broken)
    assert install().returncode in (1, 130)
    assert install.version() == "1"
    assert install.files() == before
    (tools / "cp").unlink()
    assert install().returncode == 0
    assert install.version() == "2"


def test_one_that_was_killed_between_old_and_new_brings_the_old_one_back(install: Install) -> None:
    install()
    lib = install.home / ".local/lib"
    (lib / "etoile").rename(lib / "etoile.old")
    shutil.copytree(lib / "etoile.old", lib / "etoile.new")
    install.script.with_name("program").rename(install.script.with_name("gone"))
    assert install().returncode != 0
    assert install.version() == "1"


def test_a_folder_that_cannot_be_written_to_is_named(install: Install) -> None:
    # Root may write into any folder, so something else is in its place.
    lib = install.home / ".local/lib"
    lib.write_text("")
    done = install()
    assert done.returncode == 1
    assert f"{lib} cannot be written to: nothing was installed." in done.stderr


def test_an_unknown_option_does_nothing(install: Install) -> None:
    done = install("--purge")
    assert done.returncode == 1
    assert "Usage" in done.stderr
    assert install.files() == OWN


def test_the_archive_holds_it_all_and_nobodys_name(unpacked: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    shutil.copytree(unpacked / "share", share)
    made = archive.build(unpacked / "program", share, "1.2", tmp_path)
    assert made.name.startswith("etoile-1.2-linux-")
    listed = subprocess.run(["tar", "tvzf", made], capture_output=True, text=True, check=True).stdout
    assert listed.count("root/root") == len(listed.splitlines())
    assert f"etoile-1.2-linux-{os.uname().machine}/install.sh" in listed
    assert "libportaudio.so.2 no microphone, no voice" in archive.needs()
