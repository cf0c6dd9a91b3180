"""How the Etoile that runs is brought up to date, by the way in which it was installed: no server is asked."""

import sys
from pathlib import Path

from etoile.text import Message, message


def update_advice() -> Message:
    """Return what the user does to have a newer Etoile."""
    program = Path(sys.executable)
    if getattr(sys, "frozen", False):
        if sys.platform == "win32":
            return message("Run the newer installer; settings and history stay.")
        if program.is_relative_to("/opt/etoile"):
            return message("Install the newer package: sudo apt install ./etoile_….deb; settings and history stay.")
        return message("Run install.sh of the newer archive; settings and history stay.")
    if "pipx" in program.parts:
        return message("In a terminal: {command}", command="pipx upgrade etoile")
    if {"uv", "tools"} <= set(program.parts):
        return message("In a terminal: {command}", command="uv tool upgrade etoile")
    if (Path(__file__).parents[3] / "installer/dev.py").exists():
        return message("In its folder: git pull, then python3 installer/dev.py run.")
    return message("In a terminal: {command}", command="pip install --upgrade etoile")
