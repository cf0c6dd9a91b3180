"""Libraries lose what only their makers need, and nothing else: they are still loaded."""

import ctypes
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from installer.linux import elf, encoders
from tests.needs import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="of Linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a library that knows where it was built, and one that looks beside itself."""
    need(shutil.which("cc"), "there is no C compiler")
    (tmp_path / "answer.c").write_text("int answer(void) { return 42; }\n")
    for name, place in (("built.so", "/where/it/was/built"), ("beside.so", "$ORIGIN/lib")):
        options = ["-g", "-shared", "-fPIC", f"-Wl,-rpath,{place}", "-o", name]
        subprocess.run(["cc", *options, "answer.c"], cwd=tmp_path, check=True)
    return tmp_path


def test_symbols_and_folders_of_the_building_machine_go(folder: Path) -> None:
    need(shutil.which("strip"), "strip is not installed")
    before = (folder / "built.so").stat().st_size
    saved = elf.lighten(folder)
    library = (folder / "built.so").read_bytes()
    assert 0 < before - len(library) <= saved
    assert b"answer.c" not in library
    assert ctypes.CDLL(str(folder / "built.so")).answer() == 42
    if tool := shutil.which("readelf"):
        shown = subprocess.run([tool, "-d", folder / "built.so"], capture_output=True, text=True, check=True).stdout
        assert "/where/it/was/built" not in shown
        shown = subprocess.run([tool, "-d", folder / "beside.so"], capture_output=True, text=True, check=True).stdout
        assert "$ORIGIN/lib" in shown


def test_without_strip_the_folders_go_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert elf.lighten(folder) == 0
    assert ctypes.CDLL(str(folder / "built.so")).answer() == 42


def test_a_library_that_strip_would_break_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elf, "is_loadable", lambda data: False)
    before = (folder / "beside.so").read_bytes()
    elf.lighten(folder)
    assert (folder / "beside.so").read_bytes() == before
    assert not list(folder.glob("*.stripped"))


@pytest.mark.parametrize(("offset", "loadable"), [(0x2000, True), (0x2010, False)])
def test_a_segment_off_its_page_cannot_be_mapped(offset: int, loadable: bool) -> None:
    header = elf.MAGIC.ljust(32, b"\0") + struct.pack("<QQIHHHHHH", 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", elf.LOAD, 5, offset, 0x402000, 0, 16, 16, 0x1000)
    assert elf.is_loadable(header + segment) is loadable


def test_what_is_no_library_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("words")
    (tmp_path / "link").symlink_to("words.txt")
    (tmp_path / "empty").touch()
    assert elf.lighten(tmp_path) == 0
    assert (tmp_path / "words.txt").read_text() == "words"


def test_an_encoder_that_nobody_opens_is_left_out_and_the_rest_is_loaded_as_before(folder: Path) -> None:
    need(shutil.which("nm"), "nm is not installed")
    (folder / "x265.c").write_text("char space[100000] = {1}; int x265_encode(void) { return 7; }\n")
    (folder / "codecs.c").write_text("int x265_encode(void); int encode(void) { return x265_encode(); }\n")
    encoder, codecs = "libx265-1a2b.so.9", "libavcodec-3c4d.so.1"
    shared = ["cc", "-shared", "-fPIC"]
    subprocess.run([*shared, f"-Wl,-soname,{encoder}", "-o", encoder, "x265.c"], cwd=folder, check=True)
    subprocess.run([*shared, "-Wl,-rpath,$ORIGIN", "-o", codecs, "codecs.c", encoder], cwd=folder, check=True)
    assert encoders.leave_out(folder) > 50_000
    assert ctypes.CDLL(str(folder / codecs)).encode() == 0
    assert not list(folder.glob("*.new"))
    assert not (folder / f"{encoder}.c").exists()


def test_without_a_compiler_the_encoders_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "libx265-1a2b.so.9").write_bytes(b"code")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert encoders.leave_out(tmp_path) == 0
    assert (tmp_path / "libx265-1a2b.so.9").read_bytes() == b"code"
