"""The virtual environments: made once, filled from the locks, and known again by a stamp."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "installer"


class SetupError(Exception):
    """Set-up cannot go on; the text says what is missing and how to mend it."""


class Environment:
    """A virtual environment in the checkout, filled from `locks` (names of files in installer/)."""

    def __init__(self, folder: Path, locks: tuple[str, ...]) -> None:
        self.folder = folder
        self.locks = locks
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self._stamp = folder / "etoile-stamp.json"

    def is_ready(self) -> bool:
        """Return whether `prepare` would have nothing to do."""
        stamp = self._read_stamp()
        return self.python.exists() and all(stamp.get(name) == digest for name, digest in self._wanted().items())

    def prepare(self) -> None:
        """Make the environment and install what its locks name.

        Each finished step is written down, so an interrupted set-up goes on where it stopped.  Raises SetupError.
        """
        if self.is_ready():
            return
        stamp = self._read_stamp()
        if not self.python.exists() or not stamp:
            self._create()
            stamp = {"interpreter": interpreter()}
        for name, digest in self._wanted().items():
            if stamp.get(name) != digest:
                self._install(name)
                stamp[name] = digest
                self._stamp.write_text(json.dumps(stamp, indent=1), "utf-8")

    def _wanted(self) -> dict[str, str]:
        """Return a digest of each thing to install, in the order of installation; "project" is Etoile itself."""
        wanted = {name: _digest((LOCKS / name).read_bytes()) for name in self.locks}
        return wanted | {"project": project_digest((ROOT / "pyproject.toml").read_text("utf-8"))}

    def _read_stamp(self) -> dict[str, str]:
        """Return the digests of what was installed here: nothing where another interpreter did it."""
        try:
            stamp: dict[str, str] = json.loads(self._stamp.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if stamp.get("interpreter") == interpreter() else {}

    def _create(self) -> None:
        print(f"Making {self.folder.name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(self.folder)], check=True)

    def _install(self, name: str) -> None:
        if name == "project":
            what = ["--no-build-isolation", "--editable", str(ROOT)]
        else:
            print(f"Installing the packages of installer/{name} ...", flush=True)
            what = ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS / name)]
        quiet = [] if sys.stdout.isatty() else ["--quiet"]
        command = [*self._installer(), "install", "--no-deps", *quiet, *what]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            raise SetupError(
                "The packages could not be installed; the lines above say why.\n"
                "Once that is mended, the same command goes on from here."
            )

    def _installer(self) -> list[str]:
        """Return the start of the command that installs into this environment: uv's, or pip's of whoever has one."""
        if uv := shutil.which("uv"):
            os.environ["VIRTUAL_ENV"] = str(self.folder)
            return [uv, "pip"]
        if importlib.util.find_spec("pip"):
            return [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check"]
        subprocess.run([self.python, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
        return [str(self.python), "-m", "pip", "--disable-pip-version-check"]


def can_install() -> bool:
    """Return whether there is any means to install packages: Debian's bare Python has none."""
    return bool(shutil.which("uv") or importlib.util.find_spec("pip") or importlib.util.find_spec("ensurepip"))


def interpreter() -> str:
    """Return what an environment depends on in the Python that made it; an update in its place changes nothing."""
    return f"{Path(sys.executable).resolve()} {sys.version_info.major}.{sys.version_info.minor}"


def project_digest(pyproject: str) -> str:
    """Return a digest of what an editable install is made from; the settings of linters are not in it."""
    settings = tomllib.loads(pyproject)
    return _digest(json.dumps([settings["build-system"], settings["project"], settings["tool"]["hatch"]]).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
