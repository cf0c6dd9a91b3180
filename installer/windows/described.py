"""What Windows shows of the program: its icon and its version resource; runs where Etoile is installed.

`python -m installer.windows.described FOLDER` writes `etoile.ico` and `version.txt` into FOLDER.
"""

import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
VERSION = """\
VSVersionInfo(
    ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}),
    kids=[
        StringFileInfo([StringTable("040904B0", [
            StringStruct("CompanyName", "The Etoile contributors"),
            StringStruct("FileDescription", "Etoile"),
            StringStruct("FileVersion", "{version}"),
            StringStruct("InternalName", "etoile"),
            StringStruct("LegalCopyright", "The Etoile contributors"),
            StringStruct("ProductName", "Etoile"),
            StringStruct("ProductVersion", "{version}"),
        ])]),
        VarFileInfo([VarStruct("Translation", [1033, 1200])]),
    ],
)
"""


def main(folder: Path) -> None:
    """Write both into `folder`."""
    from etoile import __version__
    from etoile.resources import resource

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "etoile.ico").write_bytes(icon(resource("icons/etoile.svg").read_bytes()))
    (folder / "version.txt").write_text(version_resource(__version__), "utf-8")


def version_resource(version: str) -> str:
    """Return the version resource as PyInstaller reads it; Windows wants four numbers."""
    numbers = tuple(int(part) for part in version.split("."))
    return VERSION.format(version=version, numbers=(*numbers, 0, 0, 0, 0)[:4])


def icon(drawing: bytes) -> bytes:
    """Return the SVG `drawing` as an icon of all sizes: bitmaps, and the largest one as a PNG, as Windows' own are."""
    images = [_png(drawing, size) if size >= 256 else _bitmap(drawing, size) for size in SIZES]
    offset = 6 + 16 * len(images)
    entries = []
    for size, image in zip(SIZES, images, strict=True):
        entries.append(struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), offset))
        offset += len(image)
    return struct.pack("<HHH", 0, 1, len(images)) + b"".join(entries) + b"".join(images)


def _bitmap(drawing: bytes, size: int) -> bytes:
    """Return a bitmap with transparency: its lines from the bottom up, then a mask that nobody asks for any more."""
    from PySide6.QtCore import Qt

    image = _rendered(drawing, size).flipped(Qt.Orientation.Vertical)
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    mask = bytes((size + 31) // 32 * 4 * size)
    return header + bytes(image.constBits()) + mask


def _png(drawing: bytes, size: int) -> bytes:
    from PySide6.QtCore import QBuffer

    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    _rendered(drawing, size).save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 takes a str, and no bytes
    return bytes(buffer.data().data())


def _rendered(drawing: bytes, size: int) -> "QImage":
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing)).render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    main(Path(sys.argv[1]))
