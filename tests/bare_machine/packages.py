"""What becomes of the packages on a bare machine: installed, started, upgraded while it runs, and removed."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from installer.environment import can_install
from installer.system import NEEDS
from tests.bare_machine.machine import PERSON, Done, Machine, Report

APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends")
SCREEN = ("xvfb", "trayer", "x11-utils")
"""A display with a tray."""
HERE = Path(__file__).parent
HOME = Path("/home", PERSON)
OWN = (f"{HOME}/.config/etoile", f"{HOME}/.local/share/etoile", f"{HOME}/.local/state/etoile", f"{HOME}/.cache/etoile")
"""The user's data."""


def try_package(report: Report, package: Path) -> None:
    """Go through the life of a Debian package."""
    machine = report.machine
    shutil.copy(HERE / "session.sh", machine.root / "root")
    old = Path(shutil.copy(package, machine.root / "root/old.deb"))
    repacked(old, machine.root / "root/new.deb", "99.0")
    report.step("root", "apt-get", "update", "-q")
    before = set(files(machine))
    report.step(PERSON, *APT, "/root/old.deb", called="apt-get install, without rights", expect=refused)
    no_room = "mount -t tmpfs -o size=50m none /opt && exec apt-get install -y --no-install-recommends /root/old.deb"
    report.step("root", "sh", "-c", no_room, called="apt-get install onto a full disk", expect=lacked_room)
    broken = "timeout --signal KILL 8 apt-get install -y --no-install-recommends /root/old.deb"
    report.step("root", "sh", "-c", broken, called="apt-get install, killed", expect=lambda done: done.code != 0)
    report.step("root", "sh", "-c", "dpkg --configure -a && exec " + " ".join((*APT, "/root/old.deb")),
                called="apt-get install ./etoile.deb")  # fmt: skip
    brought = installed_files(machine)
    look_around(report, "etoile")
    report.step("root", *APT, *SCREEN, called="apt-get install a screen")
    upgrade = (*APT, "/root/new.deb")
    report.step("root", "sh", "/root/session.sh", "etoile", *upgrade, called="apt-get install the next one, meanwhile")
    report.step(PERSON, "etoile", "version", expect=lambda done: done.code == 0)
    report.step("root", "dpkg", "--verify", "etoile", expect=lambda done: not done.output.strip())
    report.step("root", "apt-get", "remove", "-y", "etoile")
    left = [path for path in brought if (machine.root / path.lstrip("/")).exists()]
    report.step("root", "echo", *left[:10], called="nothing is left of it", expect=lambda _: not left)
    report.step("root", "apt-get", "purge", "-y", "etoile", expect=lambda done: "~/.config/etoile" in done.output)
    report.step("root", "echo", *(new := foreign(machine, before)), called="nothing but the user's data",
                expect=lambda _: not new)  # fmt: skip


def try_archive(report: Report, archive: Path) -> None:
    """Go through the life of the archive, with a user who may not become root."""
    machine = report.machine
    report.step("root", "apt-get", "update", "-q")
    desktop = {need.apt for need in NEEDS if need.present is not can_install}
    report.step("root", *APT, *desktop, *SCREEN, called="apt-get install a desktop")
    before = set(files(machine))
    shutil.copy(HERE / "session.sh", machine.root / "root")
    shutil.copy(archive, machine.root / "var/tmp/archive.tar.gz")
    unpack = 'cd ~ && tar xzf /var/tmp/archive.tar.gz && mv etoile-* "unpacked here"'
    report.step(PERSON, "sh", "-c", unpack, called="tar xzf")
    install = f"{HOME}/unpacked here/install.sh"
    report.step(PERSON, install, called="./install.sh")
    look_around(report, f"{HOME}/.local/bin/etoile")
    again = ("setpriv", f"--reuid={PERSON}", f"--regid={PERSON}", "--init-groups", "--", "env", f"HOME={HOME}", install)
    report.step("root", "sh", "/root/session.sh", f"{HOME}/.local/bin/etoile", *again,
                called="./install.sh again, meanwhile")  # fmt: skip
    report.step(PERSON, install, "--remove", called="./install.sh --remove")
    shutil.rmtree(machine.root / HOME.relative_to("/") / "unpacked here")
    report.step("root", "echo", *(new := foreign(machine, before)), called="nothing but the user's data",
                expect=lambda _: not new)  # fmt: skip


def look_around(report: Report, program: str) -> None:
    """Ask the installed program for what it knows without a desktop."""
    report.step(PERSON, program, "version")
    report.step(PERSON, program, "match", "turn up the volume", expect=lambda done: "audio.volume.up" in done.output)
    report.step(PERSON, program, "doctor", "--json", expect=is_well)
    report.step(PERSON, program, called="etoile, without a display", expect=lambda done: "no display" in done.output)


def is_well(done: Done) -> bool:
    """Judge the doctor's report: on such a machine nothing is wrong, much is not there."""
    told = {line["check"]: line["ok"] for line in map(json.loads, done.output.splitlines())}
    return done.code == 0 and told["settings"] and told["versions"] and False not in told.values()


def refused(done: Done) -> bool:
    """Judge an installation without rights."""
    return done.code != 0 and "are you root" in done.output.lower()


def lacked_room(done: Done) -> bool:
    """Judge an installation onto a full disk."""
    return done.code != 0 and "No space left" in done.output


def repacked(package: Path, new: Path, version: str) -> None:
    """Write `package` as one of another version, hardly compressed."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
        control = Path(folder, "DEBIAN/control")
        lines = control.read_text("utf-8").splitlines()
        control.write_text(
            "".join(f"Version: {version}\n" if line.startswith("Version:") else f"{line}\n" for line in lines), "utf-8"
        )
        subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "--build", folder, new], check=True, stdout=subprocess.DEVNULL)


def installed_files(machine: Machine) -> list[str]:
    """Return the files that the package brought, and not the folders that others use."""
    shown = machine.run("root", "dpkg", "--listfiles", "etoile").output.split("\n")
    return [path for path in shown if path.startswith("/opt/") or "etoile" in path]


def files(machine: Machine) -> list[str]:
    """Return every file and folder that bears Etoile's name, or lies in a home or in /opt."""
    found = machine.run("root", "find", "/", "-xdev", "-path", "/root", "-prune", "-o", "(", "-iname", "*etoile*", "-o",
                        "-path", "/home/*", "-o", "-path", "/opt/*", ")", "-print")  # fmt: skip
    return found.output.split("\n")


def foreign(machine: Machine, before: set[str]) -> list[str]:
    """Return what came since `before` and is neither the user's data nor a folder that others share."""
    own = (*OWN, "/tmp/etoile.log", f"{HOME}/.local/share/keyrings", f"{HOME}/.dbus", f"{HOME}/.cache", "/var/lib/apt")
    new = [path for path in files(machine) if path not in before and not path.startswith(own)]
    return [path for path in new if not any(other.startswith(f"{path}/") for other in own)
            and not ((machine.root / path.lstrip("/")).is_dir() and not path.lower().count("etoile"))]  # fmt: skip
