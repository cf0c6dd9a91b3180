"""Try Etoile on a machine that has nothing: Debian 12 in a folder.

    sudo python3 tests/bare_machine/run.py [--keep]
    sudo python3 tests/bare_machine/run.py --package build/etoile_….deb [--archive build/etoile-….tar.gz]

Without options, the README's two commands, on a machine with python3 and git.  With a package, that: installed,
started in the tray, upgraded while it runs and removed, as root; and the archive, by a user without rights.

Run by hand, as root, on a Debian machine with debootstrap: minutes, and about 3 GB in the temporary folder.  It tells
what was missing, what each step took, and whether each did what it must.  Mirror, certificates and package index are
those of the machine it runs on, read when it runs.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bare_machine.machine import PERSON, RELEASE, Done, Machine, Report, folder
from tests.bare_machine.packages import try_archive, try_package

SOURCE_HAS = "python3,git,ca-certificates"
PACKAGE_HAS = "ca-certificates"
DEV = ("python3", "installer/dev.py")


def succeeded_at_once(done: Done) -> bool:
    """Judge a start after the first one."""
    return done.code == 0 and done.duration_s < 1


def named_the_way(done: Done) -> bool:
    """Judge a command that may not install packages: it ends with the one command that does."""
    return done.code == 1 and "apt-get install" in done.output and "Traceback" not in done.output


def try_source(report: Report) -> None:
    """Go through the first day of a user without rights, of root, and of that user again."""
    machine = report.machine
    mine, roots = machine.clone(PERSON), machine.clone("root")
    before = machine.packages()
    for command in (("run", "version"), ("test",)):
        report.step(PERSON, *DEV, *command, folder=mine, expect=named_the_way)
    report.step("root", *DEV, "run", "version", folder=roots)
    report.step("root", *DEV, "run", "version", folder=roots, expect=succeeded_at_once)
    report.step("root", *DEV, "test", folder=roots)
    report.step(PERSON, *DEV, "run", "version", folder=mine)
    report.step(PERSON, *DEV, "run", "version", folder=mine, expect=succeeded_at_once)
    report.step(PERSON, *DEV, "test", folder=mine)
    print("missing and installed:", " ".join(sorted(machine.packages() - before)))


def main() -> int:
    """Make the machine, try the commands on it, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="leave the machine's folder for a look")
    parser.add_argument("--package", type=Path, help="try this Debian package instead of the checkout")
    parser.add_argument("--archive", type=Path, help="try this archive for one user, too")
    asked = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("This needs root and debootstrap (apt-get install debootstrap).")
    packaged = bool(asked.package or asked.archive)
    with folder(keep=asked.keep) as path:
        machine = Machine(path)
        start = time.monotonic()
        machine.install(has := PACKAGE_HAS if packaged else SOURCE_HAS)
        took_s = time.monotonic() - start
        print(f"Debian {RELEASE} with {has}: made in {took_s:.0f} s, {len(machine.packages())} packages", flush=True)
        report = Report(machine)
        if asked.package:
            try_package(report, asked.package)
        if asked.archive:
            try_archive(report, asked.archive)
        if not packaged:
            try_source(report)
    print("all as it must be" if not report.failed else f"{report.failed} steps not as they must be")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
