"""The lines of the text files beside the tests."""

from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr")


def nothing(language: str) -> list[str]:
    """Return the lines that must run nothing."""
    return _lines(f"nothing_{language}.txt")


def said(language: str) -> list[tuple[str, str, str | None]]:
    """Return what people say, the command that it means, and the value of its slot."""
    rows = [[part.strip() for part in line.split("|")] for line in _lines(f"said_{language}.txt")]
    return [(row[0], row[1], row[2] if len(row) > 2 else None) for row in rows]


def _lines(name: str) -> list[str]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("# ")]
