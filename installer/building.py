"""The commands of installer/build.py: Etoile as a program of its own, and the packages that bring it."""

import shutil
import subprocess
import sys
from pathlib import Path

from installer import system
from installer.environment import ROOT, Environment, SetupError

USAGE = """\
python3 installer/build.py COMMAND

  folder      the program as a folder that needs no Python: build/etoile
  deb         a Debian package of it: build/etoile_VERSION_ARCHITECTURE.deb
  tar         an archive of it for any Linux, with an install.sh for one user: build/etoile-VERSION-linux-MACHINE.tar.gz
"""

FREEZING = Environment(ROOT / ".venv-freeze", ("run.lock", "freeze.lock"))
BUILD = ROOT / "build"


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print(USAGE, end="", file=sys.stderr)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        print(command())
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def folder() -> Path:
    """Freeze Etoile into build/etoile, and return that folder.  Raises SetupError."""
    system.provide(system.missing())
    FREEZING.prepare()
    where = ["--distpath", str(BUILD), "--workpath", str(BUILD / "work"), "--noconfirm", "--log-level", "WARN"]
    command = [str(FREEZING.python), "-m", "PyInstaller", *where, str(ROOT / "installer/freeze/etoile.spec")]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupError("Etoile could not be frozen; the lines above say why.")
    shutil.rmtree(BUILD / "work")
    return BUILD / "etoile"


COMMANDS = {"folder": folder}
