"""The commands of installer/build.py: Etoile as a program of its own, and the packages that bring it."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from installer import system
from installer.environment import ROOT, Environment, SetupError
from installer.linux import archive, debian, elf, encoders
from installer.windows import setup_program

USAGE = """\
python3 installer/build.py COMMAND...

  folder      the program as a folder that needs no Python: build/etoile
  deb         a Debian package of it: build/etoile_VERSION_ARCHITECTURE.deb
  test        see that the program as it lies in build/etoile hears, speaks, notifies, matches, routes and reads GPUs
  tar         an archive of it for any Linux, with an install.sh for one user: build/etoile-VERSION-linux-MACHINE.tar.gz
  windows     an installer of it for one user, on Windows and with NSIS 3: build/etoile-VERSION-setup.exe
"""

FREEZING = Environment(ROOT / ".venv-freeze", ("run.lock", "freeze.lock"))
TESTING = Environment(ROOT / ".venv", ("run.lock", "dev.lock"))
BUILD = ROOT / "build"
LINUX = ROOT / "installer/linux"
WINDOWS = BUILD / "windows"
ON_THE_DESKTOP = tuple(f"tests/desktop/test_{name}.py" for name in ("app", "alone", "spoken", "journeys"))
"""The tests with which the frozen program is tried on the virtual desktop."""


def main(arguments: list[str]) -> int:
    """Carry out the commands and return their exit code."""
    if not arguments or not set(arguments) <= set(COMMANDS):
        print(USAGE, end="", file=sys.stderr)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        for name in arguments:
            print(COMMANDS[name](), flush=True)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


@cache
def folder() -> Path:
    """Freeze Etoile into build/etoile, once, and return that folder.  Raises SetupError."""
    system.provide(system.missing())
    FREEZING.prepare()
    if sys.platform == "win32":
        _describe("installer.windows.described", WINDOWS)
    where = ["--distpath", str(BUILD), "--workpath", str(BUILD / "work"), "--noconfirm", "--log-level", "WARN"]
    command = [str(FREEZING.python), "-m", "PyInstaller", *where, str(ROOT / "installer/freeze/etoile.spec")]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupError("Etoile could not be frozen; the lines above say why.")
    shutil.rmtree(BUILD / "work")
    if sys.platform == "linux":
        encoders.leave_out(BUILD / "etoile/_internal/av.libs")
        elf.lighten(BUILD / "etoile")
    return BUILD / "etoile"


def deb() -> Path:
    """Make the Debian package.  Raises SetupError."""
    return debian.build(folder(), _share(), version(), BUILD)


def tar() -> Path:
    """Make the archive for any Linux.  Raises SetupError."""
    return archive.build(folder(), _share(), version(), BUILD)


def windows() -> Path:
    """Make the installer for Windows.  Raises SetupError."""
    return setup_program.build(folder(), WINDOWS / "etoile.ico", version(), BUILD)


def test() -> str:
    """Try the frozen program: what is tried with the checkout on the virtual desktop, and more.  Raises SetupError."""
    program = BUILD / "etoile" / ("etoile.exe" if os.name == "nt" else "etoile")
    if not program.exists():
        raise SetupError(f"There is no {program}: run `python3 installer/build.py folder` first.")
    TESTING.prepare()
    tests = ["tests/frozen", *(ON_THE_DESKTOP if sys.platform == "linux" else ())]
    environment = {**os.environ, "ETOILE_PROGRAM": str(program)}
    command = [str(TESTING.python), "-m", "pytest", *tests]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise SetupError("The frozen program does not do all that it must; the lines above say what.")
    return f"{program} does what it must."


def version() -> str:
    """Return the version of Etoile."""
    found: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return found


def _share() -> Path:
    """Return a folder with what desktops and shells want to know, as it lies below /usr/share.  Raises SetupError."""
    share = BUILD / "share"
    shutil.rmtree(share, ignore_errors=True)
    _describe("installer.linux.described", share)
    (share / "applications").mkdir()
    shutil.copy(LINUX / "etoile.desktop", share / "applications")
    released = (LINUX / "etoile.metainfo.xml").read_text("utf-8").replace("@VERSION@", version())
    (share / "metainfo").mkdir()
    (share / "metainfo/etoile.metainfo.xml").write_text(released.replace("@DATE@", _released()), "utf-8")
    return share


def _describe(module: str, target: Path) -> None:
    """Have `module` write into the folder `target` what describes Etoile.  Raises SetupError."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "COLUMNS": "80"}
    if subprocess.run(
        [str(FREEZING.python), "-m", module, str(target)], cwd=ROOT, env=environment, check=False
    ).returncode:
        raise SetupError("What describes Etoile could not be made; the lines above say why.")


def _released() -> str:
    """Return the day of the newest commit: the same sources make the same package."""
    command = ["git", "log", "-1", "--format=%cs"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip() or "1970-01-01"


COMMANDS: dict[str, Callable[[], Path | str]] = {
    "folder": folder,
    "test": test,
    "deb": deb,
    "tar": tar,
    "windows": windows,
}
