"""The installer for Windows, of the frozen program."""

import shutil
import subprocess
from pathlib import Path

from installer.environment import SetupError

HERE = Path(__file__).parent


def build(program: Path, icon: Path, version: str, target: Path) -> Path:
    """Make the installer of the frozen `program` in the folder `target`; return it.

    Raises SetupError where makensis is missing or fails.
    """
    compiler = shutil.which("makensis") or shutil.which("makensis", path=r"C:\Program Files (x86)\NSIS")
    if compiler is None:
        raise SetupError("makensis makes the installer, and is not here: it comes with NSIS 3.")
    path = target / f"etoile-{version}-setup.exe"
    size_kb = sum(file.stat().st_size for file in program.rglob("*") if file.is_file()) // 1024
    values = {"VERSION": version, "PAYLOAD": program, "SIZE_KB": size_kb, "ICON": icon, "TARGET": path}
    defines = [f"-D{name}={value}" for name, value in values.items()]
    command = [compiler, "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defines, str(HERE / "etoile.nsi")]
    if subprocess.run(command, check=False).returncode:
        raise SetupError("makensis failed; the lines above say why.")
    return path
