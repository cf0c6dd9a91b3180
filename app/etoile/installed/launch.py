"""The command that starts this very Etoile again: from a bundle, an environment or a checkout."""

import shutil
import sys
from pathlib import Path


def launch_command() -> list[str]:
    """Return the command that starts the tray app, whole: it is run by a session that knows no environment of ours."""
    if getattr(sys, "frozen", False):
        return [_public(Path(sys.executable))]
    script = shutil.which("etoile", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "etoile"]


def _public(program: Path) -> str:
    """Return how others start the frozen `program`.

    On Windows the one without a console; elsewhere the link of the same name that a package put on the path, which
    outlives an upgrade.
    """
    if sys.platform == "win32":
        return str(program.with_name("etoile-tray.exe"))
    link = shutil.which(program.name)
    return link if link and Path(link).resolve() == program.resolve() else str(program)
