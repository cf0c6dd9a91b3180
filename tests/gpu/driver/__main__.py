"""Builds the simulated driver, to drive any program with it.

    python -m tests.gpu.driver FOLDER "set 2 temperature 91" "error 3 * 15"
    LD_LIBRARY_PATH=FOLDER etoile gpu --json

The lines go to FOLDER/control, which may be written anew at any time; the first comment of nvml.c tells what it may
say.
"""

import argparse
from pathlib import Path

from tests.gpu.simulated_driver import build, write_control


def main() -> None:
    """Build the driver and write its control file."""
    parser = argparse.ArgumentParser(prog="python -m tests.gpu.driver", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("lines", nargs="*", metavar="LINE", help="a line of the control file")
    parser.add_argument("--old", action="store_true", help="a driver without the newer calls")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    build(arguments.folder, *(["-DOLD_DRIVER"] if arguments.old else []))
    write_control(arguments.folder, arguments.lines)


main()
