"""Run a command on a virtual desktop: `.venv/bin/python -m tests.desktop [--screenshot FILE] COMMAND...`."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.desktop.tools import packages


def main(arguments: Sequence[str]) -> int:
    """Run a command on a desktop and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.desktop", description="Run a command on a desktop.")
    parser.add_argument("--packages", action="store_true", help="print the Debian packages that it needs, and end")
    parser.add_argument("--screenshot", type=Path, help="write what the screen shows when the command ends, as PNG")
    parser.add_argument("--after", type=float, metavar="SECONDS", help="end the command after so long")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    if asked.packages:
        print(*packages())
        return 0
    # Needs packages of the environment, which `--packages` must not.
    from tests.desktop.rig import Desktop, end

    with Desktop() as desktop:
        process = subprocess.Popen(asked.command, env=desktop.env, start_new_session=True)
        try:
            code = process.wait(asked.after)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            code = 0
        if asked.screenshot:
            desktop.screenshot(asked.screenshot)
        end(process)
    return code


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
