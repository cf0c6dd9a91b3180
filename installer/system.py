"""What Etoile needs of a Linux system: found by loading it, installed where that is allowed, else named.

Loading a library asks the one question that matters, whatever package brought it.  Windows and macOS have all of it in
the packages from the lock.
"""

import ctypes
import importlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.environment import SetupError, can_install

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

UPDATES = {"apt-get": ("apt-get", "update")}
"""What a package manager must be told before it knows its packages."""

INSTALLS = {
    "apt-get": ("apt-get", "install", "-y", "--no-install-recommends"),
    "dnf": ("dnf", "install", "-y"),
    "pacman": ("pacman", "-S", "--needed", "--noconfirm"),
    "zypper": ("zypper", "--non-interactive", "install"),
}

UNATTENDED = {"apt-get": ("-qq", "-o", "DPkg::Lock::Timeout=120")}
"""What a package manager is told besides when nobody watches it."""


@dataclass(frozen=True)
class Need:
    """One thing that the system must have."""

    what: str
    """A soname, or what else is looked for."""
    apt: str
    dnf: str
    pacman: str
    zypper: str
    without: str = ""
    """What does not work where it is missing; nothing for what Etoile cannot start without."""
    present: Callable[[], bool] | None = None
    """How it is looked for, where loading `what` is not the way."""

    @property
    def required(self) -> bool:
        """Whether Etoile cannot start without it."""
        return not self.without

    def package(self, manager: str) -> str:
        """Return the name of the package that brings it."""
        return {"apt-get": self.apt, "dnf": self.dnf, "pacman": self.pacman, "zypper": self.zypper}[manager]

    def is_met(self) -> bool:
        """Return whether the system has it now."""
        return self.present() if self.present else can_load(self.what)


def can_load(soname: str) -> bool:
    """Return whether the dynamic linker finds the library `soname` with all that it needs itself."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Return whether there is any font to draw words with."""
    kinds = {".ttf", ".otf", ".ttc"}
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(file.suffix in kinds for folder in folders for file in folder.rglob("*"))


def _venv_package() -> str:
    """Return Debian's name of what lets this Python install packages: its own Python comes without."""
    return f"python3.{sys.version_info.minor}-venv"


WINDOW = "no window on X11"
NEEDS = (
    Need("a package installer", _venv_package(), "python3-pip", "python-pip", "python3-pip", present=can_install),
    # Qt loads these even where nothing is shown.
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd", "libEGL1"),
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd", "libGL1"),
    Need("libX11.so.6", "libx11-6", "libX11", "libx11", "libX11-6"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig", "fontconfig"),
    Need("libfreetype.so.6", "libfreetype6", "freetype", "freetype2", "libfreetype6"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    Need("libgthread-2.0.so.0", "libglib2.0-0", "glib2", "glib2", "libgthread-2_0-0"),
    Need("libzstd.so.1", "libzstd1", "libzstd", "zstd", "libzstd1"),
    Need("libbrotlidec.so.1", "libbrotli1", "libbrotli", "brotli", "libbrotlidec1"),
    Need("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs", "krb5", "krb5"),
    Need("a font", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts", "no words", has_font),
    # Qt's X11 platform.
    Need("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1", WINDOW),
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0", WINDOW),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4", WINDOW),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0", WINDOW),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1", WINDOW),
    Need("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0", WINDOW),
    Need("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil",
         "libxcb-render-util0", WINDOW),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0", WINDOW),
    Need("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1", WINDOW),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0", WINDOW),
    Need("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1", WINDOW),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0",
         WINDOW),
    # Speech.
    Need("libportaudio.so.2", "libportaudio2", "portaudio", "portaudio", "libportaudio2", "no microphone, no voice"),
    Need("libespeak-ng.so.1", "espeak-ng", "espeak-ng", "espeak-ng", "espeak-ng", "no voice"),
)  # fmt: skip


def missing(needs: Iterable[Need] = NEEDS) -> list[Need]:
    """Return what this system lacks."""
    return [need for need in needs if not need.is_met()] if sys.platform == "linux" else []


def provide(lacking: Sequence[Need]) -> None:
    """Install what is lacking where that is allowed, and tell what stays so.  Raises SetupError for what must not."""
    manager = next((name for name in INSTALLS if shutil.which(name)), None)
    if lacking and manager:
        prefix = privilege()
        if prefix is not None:
            options = UNATTENDED.get(manager, ())
            _run_all([[*prefix, *command, *options] for command in commands(manager, lacking)])
            importlib.invalidate_caches()
            lacking = missing(lacking)
    if lacking:
        report = describe(lacking, manager)
        if any(need.required for need in lacking):
            raise SetupError(report)
        print(report, file=sys.stderr)


def commands(manager: str, lacking: Iterable[Need]) -> list[list[str]]:
    """Return what `manager` must be told, in this order, to bring what is lacking."""
    packages = sorted({need.package(manager) for need in lacking})
    updates = [list(UPDATES[manager])] if manager in UPDATES else []
    return [*updates, [*INSTALLS[manager], *packages]]


def describe(lacking: Sequence[Need], manager: str | None) -> str:
    """Return what is missing, what that means, and the one command that brings it."""
    losses: dict[str, list[str]] = {}
    for need in lacking:
        losses.setdefault(need.without or "Etoile cannot start", []).append(need.what)
    lines = ["This system lacks", *(f"  {', '.join(names)}: {loss}" for loss, names in losses.items())]
    if manager is None:
        packages = " ".join(sorted({need.apt for need in lacking}))
        lines += ["Install what brings it; Debian's packages are", f"  {packages}"]
    elif shutil.which("sudo"):
        lines += ["This brings it", "  " + " && ".join("sudo " + shlex.join(c) for c in commands(manager, lacking))]
    else:
        lines += ["This brings it, as root", "  " + " && ".join(shlex.join(c) for c in commands(manager, lacking))]
    return "\n".join(lines)


def privilege() -> list[str] | None:
    """Return what to put before a command that needs root: nothing, sudo, or None where it may not be had."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo"] if silent or sys.stdin.isatty() else None


def _run_all(each: Iterable[list[str]]) -> None:
    """Run the commands in turn, telling each; one that fails is seen by what is still missing afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in each:
        print("+", shlex.join(command), flush=True)
        subprocess.run(command, env=environment, check=False, stdin=None if sys.stdin.isatty() else subprocess.DEVNULL)
