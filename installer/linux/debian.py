"""The Debian package: the frozen program under /opt, and what a desktop and shells want to know of it under /usr."""

import email.utils
import gzip
import hashlib
import shutil
import subprocess
import textwrap
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from installer.environment import SetupError
from installer.system import NEEDS, Need

HERE = Path(__file__).parent
ALTERNATIVES = {
    "libglib2.0-0": "libglib2.0-0 | libglib2.0-0t64",
    "fonts-dejavu-core": "fonts-dejavu-core | fonts-freefont-ttf",
}
"""Packages that newer releases call otherwise, or that others stand in for."""
OWN_SYSTEM = ("libc6 (>= 2.36)", "libgcc-s1", "libstdc++6")
"""Of Debian 12: what is built there runs there and later."""
MAINTAINER = "The Etoile contributors <etoile@etoile.example.com>"
SECTIONS = ("usr/share/doc/etoile", "usr/share/lintian/overrides")


def build(program: Path, share: Path, version: str, target: Path) -> Path:
    """Make the package of the frozen `program` and what lies in `share` in the folder `target`; return it.

    Raises SetupError where dpkg-deb is missing or fails.
    """
    if not shutil.which("dpkg-deb"):
        raise SetupError("dpkg-deb makes the package, and is not here: it comes with the package dpkg.")
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    root = target / "deb"
    shutil.rmtree(root, ignore_errors=True)
    lay_out(root, program, share, version, machine)
    package = target / f"etoile_{version}_{machine}.deb"
    # One thread a core and a light level: the hours are in the libraries, which hardly shrink further.
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(root), str(package)]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        raise SetupError("dpkg-deb failed; the lines above say why.")
    shutil.rmtree(root)
    return package


def lay_out(root: Path, program: Path, share: Path, version: str, machine: str) -> None:
    """Put every file of the package where it belongs, below `root`."""
    shutil.copytree(program, root / "opt/etoile", symlinks=True)
    shutil.copytree(share, root / "usr/share", dirs_exist_ok=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/etoile").symlink_to("/opt/etoile/etoile")
    doc, overrides = (root / section for section in SECTIONS)
    doc.mkdir(parents=True)
    overrides.mkdir(parents=True)
    shutil.copy(HERE / "copyright", doc)
    shutil.copy(HERE / "overrides", overrides / "etoile")
    (doc / "changelog.gz").write_bytes(gzip.compress(changelog(version).encode(), compresslevel=9, mtime=0))
    _set_modes(root)
    about = root / "DEBIAN"
    about.mkdir()
    (about / "control").write_text(control(version, machine, _size_kb(root)), "utf-8")
    (about / "md5sums").write_text(_sums(root), "utf-8")
    for script in ("prerm", "postrm"):
        shutil.copy(HERE / script, about)
        (about / script).chmod(0o755)


def control(version: str, machine: str, size_kb: int) -> str:
    """Return what the package says of itself."""
    needed = [*OWN_SYSTEM, *_packages(need for need in NEEDS if need.required or "X11" in need.without)]
    better = _packages(need for need in NEEDS if not need.required and "X11" not in need.without)
    description = textwrap.fill(
        "From the system tray, Etoile watches every GPU and every node that runs a language model, warns before heat"
        " or memory hurts, and takes spoken or typed requests: a known command runs at once, anything else goes to the"
        " node that can best take it.  It brings its own Python and libraries, in /opt/etoile.",
        width=78, initial_indent=" ", subsequent_indent=" ",
    )  # fmt: skip
    return "\n".join((
        "Package: etoile", f"Version: {version}", f"Architecture: {machine}", "Section: utils", "Priority: optional",
        f"Maintainer: {MAINTAINER}", f"Installed-Size: {size_kb}",
        f"Depends: {', '.join(needed)}", f"Recommends: {', '.join(better)}",
        "Description: companion for people who run language models", description, "",
    ))  # fmt: skip


def changelog(version: str) -> str:
    """Return the package's own changelog: what changed in Etoile is in the one that it brings."""
    now = email.utils.format_datetime(datetime.fromtimestamp(0, UTC))
    lines = (
        f"etoile ({version}) stable; urgency=medium",
        "",
        "  * See the release notes.",
        "",
        f" -- {MAINTAINER}  {now}",
    )
    return "\n".join(lines) + "\n"


def _packages(needs: Iterable[Need]) -> list[str]:
    """Return the Debian packages that bring `needs`; what installs Python packages is not needed any more."""
    names = {need.apt for need in needs if need.what != "a package installer"}
    return sorted(ALTERNATIVES.get(name, name) for name in names)


def _set_modes(root: Path) -> None:
    """Give folders and files the modes that a package's have, whatever the umask here."""
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            continue
        runs = path.is_dir() or (path.parent == root / "opt/etoile" and path.is_file())
        path.chmod(0o755 if runs else 0o644)


def _size_kb(root: Path) -> int:
    return sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024


def _sums(root: Path) -> str:
    """Return what `dpkg --verify` compares the files with."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    own = (path for path in files if not path.is_relative_to(root / "DEBIAN"))
    return "".join(f"{_md5(path)}  {path.relative_to(root)}\n" for path in own)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
