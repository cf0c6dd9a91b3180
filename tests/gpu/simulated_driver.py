"""Builds the simulated driver and steers it."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import pynvml
import pytest

SOURCE = Path(__file__).parent / "driver" / "nvml.c"


def build(folder: Path, *options: str) -> Path:
    """Return the driver, built in `folder`."""
    library = folder / "libnvidia-ml.so.1"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wall", "-Werror", *options, "-o", str(library), str(SOURCE)], check=True
    )
    return library


class SimulatedDriver:
    """A driver in a folder of its own; it starts as six cool cards."""

    def __init__(self, built: Path, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.library = Path(shutil.copy(built, folder / built.name))
        self._lines: list[str] = []

    def load(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give it to this process's pynvml, with no memory of another driver."""
        monkeypatch.setattr(pynvml, "nvmlLib", ctypes.CDLL(str(self.library)))
        monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})

    def say(self, *lines: str) -> None:
        """Add lines to the control file; of two for the same thing, the last counts."""
        self._lines += lines
        self._write()

    def only(self, *lines: str) -> None:
        """Forget all former lines."""
        self._lines = list(lines)
        self._write()

    def _write(self) -> None:
        # Replaced, never rewritten: the driver must not read half a file.
        new = self.folder / "control.new"
        new.write_text("".join(f"{line}\n" for line in self._lines))
        new.replace(self.folder / "control")
