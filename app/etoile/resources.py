"""Where the files are that Etoile ships: icons, catalogues, translations, help pages."""

from pathlib import Path

_PACKAGED = Path(__file__).parent / "_resources"
_CHECKOUT = Path(__file__).parents[2] / "resources"


def resource(name: str) -> Path:
    """Return the path of the shipped file or folder `name` ("icons/etoile.svg"); it may not exist."""
    return (_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT) / name
