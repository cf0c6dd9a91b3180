"""Writes resources/commands/*/dictionary.txt: common words, so that repair bends none that exists.

    pip download --no-deps pyspellchecker && unzip pyspellchecker-*.whl
    .venv/bin/python -m tests.understanding.make_dictionaries spellchecker/resources

The word lists are those of pyspellchecker 0.9.1 (MIT License, Copyright (c) 2018-2021 Tyler Barrus).
"""

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

from etoile.domain.matching.tokens import fold
from etoile.text import SPOKEN_LANGUAGES

MOST = 25_000
SHORTEST = 2
HEADER = (
    "# The 25,000 most frequent words, without accents, in alphabetical order: what is written here is no slip.\n"
    "# From pyspellchecker 0.9.1 (MIT License, Copyright (c) 2018-2021 Tyler Barrus); made by"
    " tests/understanding/make_dictionaries.py.\n"
)


def words(counts: dict[str, int]) -> list[str]:
    """Return the most frequent words in alphabetical order, "don't" as "don" and "t"."""
    folded: Counter[str] = Counter()
    for word, count in counts.items():
        for part in re.split(r"['’-]", word):
            bare = fold(part)
            if bare.isascii() and bare.isalpha() and len(bare) >= SHORTEST:
                folded[bare] += count
    return sorted(word for word, _ in folded.most_common(MOST))


def main(folder: Path) -> None:
    """Write the dictionary of each language from the lists of `folder`."""
    for language in SPOKEN_LANGUAGES:
        with gzip.open(folder / f"{language}.json.gz", "rt", encoding="utf-8") as file:
            found = words(json.load(file))
        target = Path(__file__).parents[2] / "resources/commands" / language / "dictionary.txt"
        target.write_text(HEADER + "\n".join(found) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
