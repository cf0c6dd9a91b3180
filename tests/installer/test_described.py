"""What the command line says of itself, as shells, man and desktops read it."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pytestqt.qtbot import QtBot

from etoile.text import INTERFACE_LANGUAGES
from installer.linux import described

LINUX = Path(described.__file__).parent


@pytest.fixture(scope="module")
def share(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    described.main(folder)
    return folder


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_reads_its_completions(share: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    file = share / described.COMPLETIONS[shell]
    done = subprocess.run([program, "-n", str(file)], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "doctor" in file.read_text("utf-8")


def test_bash_completes_a_command(share: Path) -> None:
    program = shutil.which("bash")
    if program is None:
        pytest.skip("bash is not installed")
    script = (
        f'. "{share / described.COMPLETIONS["bash"]}"; COMP_WORDS=(etoile doc); COMP_CWORD=1; '
        '$(complete -p etoile | sed "s/.*-F \\([^ ]*\\) .*/\\1/"); echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run([program, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["doctor"]


def test_the_manual_tells_of_every_command(share: Path) -> None:
    text = gzip.decompress((share / "man/man1/etoile.1.gz").read_bytes()).decode()
    assert text.startswith(".TH ETOILE 1")
    assert {"doctor", "ask", "gpu", "backup"} <= set(re.findall(r"^\.SS etoile (\S+)", text, re.MULTILINE))
    assert not re.findall(r"^\.(?!TH|SH|SS|nf|fi)", text, re.MULTILINE)


def test_man_shows_it_without_complaint(share: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    command = ["man", "--warnings", "--local-file", str(share / "man/man1/etoile.1.gz")]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80"},
    )
    if "not installed" in done.stderr or "unminimize" in done.stdout:
        pytest.skip("man's pages are cut out of this system")
    assert "etoile doctor" in done.stdout
    assert done.stderr == ""


def test_the_icons_have_their_sizes(share: Path, qtbot: QtBot) -> None:
    from PySide6.QtGui import QImage

    for size in described.SIZES:
        image = QImage(str(share / f"icons/hicolor/{size}x{size}/apps/etoile.png"))
        assert (image.width(), image.height()) == (size, size)
        assert any(image.pixelColor(x, size // 2).alpha() for x in range(size)), "it is empty"


def test_the_desktop_entry_is_one() -> None:
    text = (LINUX / "etoile.desktop").read_text("utf-8")
    entry = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert (entry["Exec"], entry["Icon"], entry["Terminal"]) == ("etoile", "etoile", "false")
    said = {key for key in entry if f"{key}[fr]" in entry}
    assert said == {"GenericName", "Comment", "Keywords"}
    assert {f"{key}[{language}]" for key in said for language in INTERFACE_LANGUAGES[1:]} <= entry.keys()
    if tool := shutil.which("desktop-file-validate"):
        subprocess.run([tool, str(LINUX / "etoile.desktop")], check=True, timeout=120)


def test_software_centres_read_about_it(tmp_path: Path) -> None:
    text = (LINUX / "etoile.metainfo.xml").read_text("utf-8").replace("@VERSION@", "1").replace("@DATE@", "2026-01-01")
    told = ET.fromstring(text)  # of ours
    assert told.findtext("launchable") == "etoile.desktop"
    assert "@" not in text
    for part in ("summary", "description/p"):
        assert [one.get("{http://www.w3.org/XML/1998/namespace}lang", "en") for one in told.findall(part)] == [
            *INTERFACE_LANGUAGES
        ]
    file = tmp_path / "etoile.metainfo.xml"
    file.write_text(text, "utf-8")
    if tool := shutil.which("appstreamcli"):
        subprocess.run([tool, "validate", "--no-net", str(file)], check=True, timeout=120, stdout=subprocess.DEVNULL)
