"""A real Wayland desktop without a screen: Sway, drawing into memory."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.desktop.rig import end
from tests.waiting import wait_until

CONFIG = "output HEADLESS-1 resolution 1280x800\ndefault_border none\nworkspace 1\n"


class SwayDesktop:
    """Sway with a runtime folder of its own; lives while its `with` does."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="etoile-sway-"))
        (self.folder / "config").write_text(CONFIG)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": "sway",
            "WAYLAND_DISPLAY": "wayland-1",
            "SWAYSOCK": str(self.folder / "ipc.sock"),
        }
        drawing = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
        self._processes: list[subprocess.Popen[bytes]] = []
        env = {name: value for name, value in self.env.items() if name != "WAYLAND_DISPLAY"}
        self._start([*_as_nobody(self.folder), "sway", "-c", str(self.folder / "config")], env | drawing)
        wait_until((self.folder / "wayland-1").exists, what=f"sway: {self.log()}")
        wait_until((self.folder / "ipc.sock").exists, what=f"sway: {self.log()}")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *command: str) -> None:
        """Start a program on it."""
        self._start(list(command), self.env)

    def log(self) -> str:
        """Return what its programs wrote."""
        return (self.folder / "log").read_text()

    def _start(self, command: list[str], env: dict[str, str]) -> None:
        with (self.folder / "log").open("ab") as output:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *command],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)


def _as_nobody(folder: Path) -> list[str]:
    """Return what makes another user of root, as whom Sway does not start."""
    if os.getuid():
        return []
    nobody = 65534
    os.chown(folder, nobody, nobody)
    return ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups", "--"]
