"""An archive for any Linux: the frozen program, what describes it, and a script that installs both for one user."""

import io
import platform
import shutil
import tarfile
from pathlib import Path

from installer.system import NEEDS

HERE = Path(__file__).parent


def build(program: Path, share: Path, version: str, target: Path) -> Path:
    """Make the archive of the frozen `program` and what lies in `share` in the folder `target`; return it."""
    name = f"etoile-{version}-linux-{platform.machine()}"
    path = target / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        archive.add(program, f"{name}/program", filter=_nobodys)
        archive.add(share, f"{name}/share", filter=_nobodys)
        archive.add(HERE / "install.sh", f"{name}/install.sh", filter=_nobodys)
        needed = tarfile.TarInfo(f"{name}/needs")
        needed.size = len(needs().encode())
        archive.addfile(_nobodys(needed), io.BytesIO(needs().encode()))
    shutil.rmtree(share)
    return path


def needs() -> str:
    """Return a line for each library that the system must have: its name, and what is lost without it."""
    libraries = (need for need in NEEDS if ".so." in need.what)
    return "".join(f"{need.what} {need.without or 'Etoile cannot start'}\n" for need in libraries)


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return `entry` without the user who made it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
