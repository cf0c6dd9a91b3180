"""The commands of installer/dev.py."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from installer import locks, system
from installer.environment import ROOT, Environment, SetupError

USAGE = """\
python3 installer/dev.py COMMAND [ARGUMENTS]     (Windows: py installer\\dev.py COMMAND)

  run [ARGUMENTS]         start Etoile; with arguments, the same as `etoile ARGUMENTS`
  test [ARGUMENTS]        run the tests on all cores, or one file of them on one; arguments go to pytest
  bench [NAME] [--json]   run the benchmarks, or those of one area, beside the peers'
  train SCRIPT [ARGUMENTS]      run a script of tests/speech_model with torch
  lint                    check style, types, layers, locks, translations and the command catalogue
  lock [--upgrade|--check]      resolve the locks anew, with --upgrade to the newest versions
  screenshots [FOLDER]    draw every state of the interface into resources/screenshots
  translate [--check]     collect the words of the app and compile their translations
"""

APP = Environment(ROOT / ".venv", ("run.lock",))
TESTS = Environment(ROOT / ".venv", ("run.lock", "dev.lock"))
CHECKS = Environment(ROOT / ".venv", ("run.lock", "dev.lock", "lint.lock"))
BENCHES = Environment(ROOT / ".venv-bench", ("run.lock", "dev.lock", "bench.lock"))
TRAINING = Environment(ROOT / ".venv-train", ("run.lock", "train.lock"))

MOST_WORKERS = 4
"""Each has a desktop of its own: beyond this, memory is short before cores are."""
ALONE = ("-n", "--numprocesses", "-s", "--capture=no", "--pdb", "--trace", "--collect-only", "--co", "--setup-plan")
"""Options of pytest that say how many workers there are, or that need the tests in one process."""

NO_DISPLAY = """\
There is no display here, so there is nowhere to show the tray icon.  In a terminal, ask like this:

  python3 installer/dev.py run ask "how warm is my GPU?"
"""


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        print(USAGE, end="", file=sys.stderr)
        return 0 if arguments in (["-h"], ["--help"], ["help"]) else 2
    try:
        return command(arguments[1:])
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.  The same command goes on from here.", file=sys.stderr)
        return 130


def run(arguments: list[str]) -> int:
    """Start Etoile."""
    prepare(APP)
    if not arguments and not has_display():
        print(NO_DISPLAY, end="", file=sys.stderr)
        return 1
    return become([str(APP.python), "-m", "etoile", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests."""
    prepare(TESTS)
    # Else hundreds of processes would compile the app anew, each for itself.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return become([str(TESTS.python), "-m", "pytest", *spread(arguments, cores()), *arguments], ROOT)


def spread(arguments: Sequence[str], cores: int) -> list[str]:
    """Return the options that spread the tests over the cores, a file at a time, and tell at the end what took longest.

    None where `arguments` name files, look into the tests or say it themselves: starting workers takes seconds.
    """
    alone = any(argument.startswith(ALONE) or ".py" in argument for argument in arguments)
    workers = min(cores, MOST_WORKERS)
    if alone or workers < 2:
        return []
    # In the order of tests/conftest.py: what takes long comes first, so that no worker is left alone with it.
    return ["-n", str(workers), "--dist=loadfile", "--no-loadscope-reorder", "--durations=15", "--durations-min=2"]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, in an environment of their own since it holds the peers too."""
    prepare(BENCHES)
    return become([str(BENCHES.python), "-m", "installer.benchmarks", *arguments], ROOT)


def train(arguments: list[str]) -> int:
    """Run a script of tests/speech_model where torch is, in an environment of its own."""
    prepare(TRAINING)
    return become([str(TRAINING.python), *arguments])


def lint(_arguments: list[str]) -> int:
    """Run every check but the tests; all of them, whatever the first ones say."""
    prepare(CHECKS)
    tools = str(CHECKS.python.parent)
    checks = [
        [f"{tools}/ruff", "check"],
        [f"{tools}/ruff", "format", "--check"],
        [f"{tools}/mypy"],
        [f"{tools}/lint-imports"],
        [sys.executable, "installer/dev.py", "lock", "--check"],
        [str(CHECKS.python), "-m", "installer.translations", "--check"],
        [str(CHECKS.python), "-m", "etoile", "commands", "check"],
    ]
    failed = [check for check in checks if not passes(check)]
    for check in failed:
        print("failed:", " ".join(check).replace(f"{ROOT}/", ""))
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Resolve the locks anew, or with --check see that they still fit pyproject.toml."""
    if "--check" in arguments:
        return locks.check()
    prepare(CHECKS)
    return locks.resolve(CHECKS.python.with_name("uv"), upgrade="--upgrade" in arguments)


def translate(arguments: list[str]) -> int:
    """Collect the words of the app and compile their translations."""
    prepare(TESTS)
    return become([str(TESTS.python), "-m", "installer.translations", *arguments], ROOT)


def screenshots(arguments: list[str]) -> int:
    """Draw every state of the interface, for people to look at."""
    prepare(TESTS)
    return become([str(TESTS.python), "-m", "tests.gui.screenshots", *arguments], ROOT)


def prepare(environment: Environment) -> None:
    """Make `environment` ready, and before it what the system must have."""
    lacking = system.missing()
    if any(need.required for need in lacking) or not environment.is_ready():
        system.provide(lacking)
    environment.prepare()


def has_display() -> bool:
    """Return whether a tray app could show itself."""
    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in variables)


def passes(command: Sequence[str]) -> bool:
    """Run `command` in the checkout and return whether it succeeded."""
    print("+", " ".join(command).replace(f"{ROOT}/", ""), flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def become(command: list[str], folder: Path | None = None) -> int:
    """Go on as `command`, in `folder`, so that its signals and its exit code are its own."""
    os.chdir(folder or Path.cwd())
    if os.name == "nt":
        return subprocess.call(command)
    sys.stdout.flush()
    os.execv(command[0], command)
    raise AssertionError("execv does not return")


COMMANDS = {
    "run": run,
    "test": test,
    "bench": bench,
    "train": train,
    "lint": lint,
    "lock": lock,
    "screenshots": screenshots,
    "translate": translate,
}
