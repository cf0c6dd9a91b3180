"""Names as they are spoken, compared without case, accents and marks."""

import unicodedata
from collections.abc import Iterable


def folded(name: str) -> str:
    """Return `name` in small letters and digits, without accents; words are parted by one space."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())


def nearest(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the `known` names that sound most like `name`, to be offered and never to be run."""
    by_folded = {folded(one): one for one in known}
    import difflib  # only for what is not found

    close = difflib.get_close_matches(folded(name), by_folded, n=count, cutoff=0.5)
    return tuple(by_folded[one] for one in close)
