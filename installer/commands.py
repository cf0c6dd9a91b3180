"""The commands of installer/dev.py."""

import os
import subprocess
import sys
from pathlib import Path

from installer.environment import ROOT, Environment, SetupError

USAGE = """\
python3 installer/dev.py COMMAND [ARGUMENTS]     (Windows: py installer\\dev.py COMMAND)

  run [ARGUMENTS]   start Etoile; with arguments, the same as `etoile ARGUMENTS`
  test [ARGUMENTS]  run the tests; arguments go to pytest
"""


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    commands = {"run": run, "test": test}
    if not arguments or arguments[0] not in commands:
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> int:
    """Start Etoile."""
    environment = Environment(ROOT / ".venv", ("run.lock",))
    environment.prepare()
    return become([str(environment.python), "-m", "etoile", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests."""
    environment = Environment(ROOT / ".venv", ("run.lock", "dev.lock"))
    environment.prepare()
    return become([str(environment.python), "-m", "pytest", *arguments])


def become(command: list[str]) -> int:
    """Go on as `command`, so that its signals and its exit code are its own."""
    if os.name == "nt":
        return subprocess.call(command)
    sys.stdout.flush()
    os.execv(command[0], command)
