"""What Etoile's command line says of itself, for the manual and for shells; runs where Etoile is installed.

`python -m installer.linux.described FOLDER` writes them into FOLDER, as they lie below `/usr/share`.
"""

import gzip
import sys
from pathlib import Path

COMPLETIONS = {
    "bash": "bash-completion/completions/etoile",
    "zsh": "zsh/vendor-completions/_etoile",
    "fish": "fish/vendor_completions.d/etoile.fish",
}
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def main(share: Path) -> None:
    """Write the manual page, the completions and the icons below `share`."""
    _write_completions(share)
    _write_manual(share)
    _write_icons(share)


def _write_completions(share: Path) -> None:
    import shtab

    from etoile.cli.parser import parser

    for shell, name in COMPLETIONS.items():
        path = share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shtab.complete(parser("en"), shell), "utf-8")


def _write_manual(share: Path) -> None:
    path = share / "man/man1/etoile.1.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(manual().encode(), mtime=0))


def manual() -> str:
    """Return the manual page, in the language of man(7): what each command says of itself with --help."""
    from etoile import __version__
    from etoile.cli.parser import parser

    told = parser("en")
    commands = next(action.choices for action in told._actions if isinstance(action.choices, dict))  # noqa: SLF001
    lines = [f'.TH ETOILE 1 "" "Etoile {__version__}"', ".SH NAME", f"etoile \\- {_escaped(told.description or '')}"]
    lines += [".SH DESCRIPTION", *_as_it_stands(told.format_help()), ".SH COMMANDS"]
    for name, command in commands.items():
        lines += [f".SS etoile {name}", *_as_it_stands(command.format_help())]
    return "\n".join(lines) + "\n"


def _as_it_stands(text: str) -> list[str]:
    return [".nf", *(_escaped(line) for line in text.splitlines()), ".fi"]


def _escaped(line: str) -> str:
    escaped = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _write_icons(share: Path) -> None:
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    from etoile.resources import resource

    drawing = resource("icons/etoile.svg").read_bytes()
    scalable = share / "icons/hicolor/scalable/apps/etoile.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    scalable.write_bytes(drawing)
    renderer = QSvgRenderer(QByteArray(drawing))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        path = share / f"icons/hicolor/{size}x{size}/apps/etoile.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            raise OSError(f"{path} cannot be written")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
