"""Builds the simulated driver and steers it."""

import ctypes
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pynvml
import pytest

FOLDER = Path(__file__).parent / "driver"


def build(folder: Path, *options: str) -> Path:
    """Return the driver, built in `folder`."""
    return compile_library(folder, FOLDER / "control.c", FOLDER / "nvml.c", "-lm", *options)


def compile_library(folder: Path, *arguments: str | Path) -> Path:
    """Return a library by the name that is looked for."""
    library = folder / "libnvidia-ml.so.1"
    # Moved into its place, so that a program that has the former one open keeps that.
    new = folder / "libnvidia-ml.new"
    options = ["-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", new]
    subprocess.run(["cc", *map(str, options), *map(str, arguments)], check=True)
    return new.replace(library)


def write_control(folder: Path, lines: Iterable[str]) -> None:
    """Give the driver in `folder` its lines: replaced, never rewritten, as the driver must not read half a file."""
    new = folder / "control.new"
    new.write_text("".join(f"{line}\n" for line in lines))
    new.replace(folder / "control")


class SimulatedDriver:
    """A driver in a folder of its own; it starts as six cool cards."""

    def __init__(self, built: Path, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.library = Path(shutil.copy(built, folder / built.name))
        self._lines: list[str] = []
        self._calls_told = 0

    def load(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give it to this process, with no memory of another driver, and to the processes it starts."""
        monkeypatch.setattr("etoile.gpu.nvml_library.load", lambda: ctypes.CDLL(str(self.library)))
        monkeypatch.setattr(pynvml, "nvmlLib", ctypes.CDLL(str(self.library)))
        monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
        monkeypatch.setenv("LD_LIBRARY_PATH", str(self.folder))

    def say(self, *lines: str) -> None:
        """Add lines to the control file; of two for the same thing, the last counts."""
        self._lines += lines
        write_control(self.folder, self._lines)

    def only(self, *lines: str) -> None:
        """Forget all former lines."""
        self._lines = list(lines)
        write_control(self.folder, self._lines)

    def calls(self) -> list[tuple[int, str]]:
        """Return the calls since `set * log 1`, each with its card (-1 for the driver as a whole), and forget them."""
        path = self.folder / "calls"
        # The file stays: a call that is written between a reading and an unlinking would be lost.
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        new, self._calls_told = lines[self._calls_told :], len(lines)
        return [(int(gpu), function) for gpu, function in (line.split(" ") for line in new)]
