"""Takes out of programs and libraries what only their makers need: symbols, and folders of the building machine."""

import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

MAGIC = b"\x7fELF\x02\x01"
"""64 bits, little-endian: every machine that Etoile has wheels for."""
LOAD, DYNAMIC = 1, 2
STRING_TABLE, RPATH, RUNPATH, DEBUG = 5, 15, 29, 21


def lighten(folder: Path) -> int:
    """Take out of every program and library below `folder` what is not needed, and return how many bytes that gave."""
    saved = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and _begins(path) == MAGIC:
            saved += _strip(path)
            forget_folders(path)
    return saved


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(MAGIC))


def _strip(path: Path) -> int:
    """Take the symbols out where that leaves a library that can be loaded, and return how many bytes that gave.

    Wheels' libraries were changed after they were linked, and `strip` moves some of their segments off the page.
    """
    if not shutil.which("strip"):
        return 0
    new = path.with_name(f"{path.name}.stripped")
    done = subprocess.run(["strip", "--strip-unneeded", "-o", str(new), str(path)], check=False, capture_output=True)
    saved = path.stat().st_size - new.stat().st_size if done.returncode == 0 else 0
    if saved <= 0 or not is_loadable(new.read_bytes()):
        new.unlink(missing_ok=True)
        return 0
    shutil.copymode(path, new)
    new.replace(path)
    return saved


def is_loadable(elf: bytes) -> bool:
    """Return whether the dynamic linker can map each segment: its place in the file and in memory fit its alignment."""
    return all(
        offset % alignment == address % alignment
        for kind, offset, address, _, alignment in _segments(elf)
        if kind == LOAD and alignment
    )


def forget_folders(path: Path) -> None:
    """Have a library look for others where the system does, and not in folders of the machine that built it.

    Its entry that names them becomes one that linkers pass over; those that begin at its own place ($ORIGIN) stay.
    """
    elf = bytearray(path.read_bytes())
    entries = list(_dynamic(elf))
    base = next((value for _, tag, value in entries if tag == STRING_TABLE), None)
    strings = None if base is None else _place(elf, base)
    for position, tag, value in entries:
        if tag in (RPATH, RUNPATH) and strings is not None:
            start = strings + value
            if elf[start : elf.index(0, start)].startswith(b"/"):
                struct.pack_into("<QQ", elf, position, DEBUG, 0)
                path.write_bytes(elf)


def _segments(elf: bytes | bytearray) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield kind, offset, address, size in the file and alignment of each segment (System V ABI, "Program Header")."""
    table = struct.unpack_from("<Q", elf, 32)[0]
    size, count = struct.unpack_from("<HH", elf, 54)
    for index in range(count):
        kind, _, offset, address, _, in_file, _, alignment = struct.unpack_from("<IIQQQQQQ", elf, table + index * size)
        yield kind, offset, address, in_file, alignment


def _dynamic(elf: bytes | bytearray) -> Iterator[tuple[int, int, int]]:
    """Yield position, tag and value of each entry for the dynamic linker."""
    for kind, offset, _, size, _ in _segments(elf):
        if kind == DYNAMIC:
            for position in range(offset, offset + size, 16):
                yield position, *struct.unpack_from("<QQ", elf, position)


def _place(elf: bytes | bytearray, address: int) -> int | None:
    """Return where in the file lies what is loaded to `address`."""
    for kind, offset, start, size, _ in _segments(elf):
        if kind == LOAD and start <= address < start + size:
            return offset + address - start
    return None
