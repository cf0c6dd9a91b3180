"""The Debian package, made of a tiny program: where its files lie, what it says of itself, and what its scripts do."""

import gzip
import os
import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path

import pytest

from installer.environment import can_install
from installer.linux import debian
from installer.system import NEEDS
from tests.needs import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a package for Linux")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "program"
    (folder / "_internal").mkdir(parents=True)
    (folder / "etoile").write_text("#!/bin/sh\n")
    (folder / "_internal/library.so").write_text("code")
    (folder / "_internal/library.so").chmod(0o755)
    return folder


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    (folder / "applications").mkdir(parents=True)
    (folder / "applications/etoile.desktop").write_text("[Desktop Entry]\n")
    return folder


def test_every_file_lies_where_it_belongs_with_the_right_mode(program: Path, share: Path, tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        debian.lay_out(root := tmp_path / "root", program, share, "1.2", "amd64")
    finally:
        os.umask(old)
    assert (root / "usr/bin/etoile").readlink() == Path("/opt/etoile/etoile")
    modes = {path: oct((root / path).stat().st_mode & 0o777) for path in (
        "opt/etoile/etoile", "opt/etoile/_internal/library.so", "opt", "usr/share/applications/etoile.desktop",
        "DEBIAN/prerm", "DEBIAN/postrm",
    )}  # fmt: skip
    assert list(modes.values()) == ["0o755", "0o644", "0o755", "0o644", "0o755", "0o755"]
    changes = gzip.decompress((root / "usr/share/doc/etoile/changelog.gz").read_bytes()).decode()
    assert changes.startswith("etoile (1.2) ")
    summed = (root / "DEBIAN/md5sums").read_text()
    assert "opt/etoile/_internal/library.so" in summed
    assert "DEBIAN" not in summed


def test_it_says_what_it_is_and_what_it_needs() -> None:
    told = Parser().parsestr(debian.control("1.2", "amd64", 1234))
    assert (told["Package"], told["Version"], told["Architecture"]) == ("etoile", "1.2", "amd64")
    assert told["Installed-Size"] == "1234"
    depends, recommends = told["Depends"].split(", "), told["Recommends"].split(", ")
    assert "libc6 (>= 2.36)" in depends
    assert not set(depends) & set(recommends)
    named = " ".join(depends + recommends)
    assert not [one.apt for one in NEEDS if one.present is not can_install and one.apt not in named]
    assert "python3" not in named
    assert all(line.startswith(" ") for line in told["Description"].splitlines()[1:])


def test_dpkg_takes_it(program: Path, share: Path, tmp_path: Path) -> None:
    need(shutil.which("dpkg-deb"), "dpkg-deb is not installed")
    made = debian.build(program, share, "1.2", tmp_path)
    shown = subprocess.run(["dpkg-deb", "--field", made, "Version"], capture_output=True, text=True, check=True)
    assert shown.stdout == "1.2\n"
    listed = subprocess.run(["dpkg-deb", "--contents", made], capture_output=True, text=True, check=True).stdout
    assert listed.count("root/root") == len(listed.splitlines())
    assert not (tmp_path / "deb").exists()


def test_purging_says_where_the_users_data_is() -> None:
    script = str(debian.HERE / "postrm")
    for action, says in (("remove", ""), ("upgrade", ""), ("purge", "~/.config/etoile")):
        done = subprocess.run(["sh", script, action], capture_output=True, text=True, check=True)
        assert says in done.stdout
        assert bool(done.stdout) is bool(says)


def test_nothing_runs_so_nothing_is_ended() -> None:
    subprocess.run(["sh", str(debian.HERE / "prerm"), "upgrade"], check=True, timeout=120)
