"""Sentences in which a command is only talked about, made of `development/talked_about_*.toml`.

Every sentence there is said of every command there: some 9,000 a language, of which not one may run anything.
"""

import itertools
import tomllib
from collections.abc import Iterator

from etoile.domain.matching.scoring import Line
from tests.understanding.calibrate import HERE

FORMS = {"en": ("do", "doing", "did", "does"), "fr": ("do", "doing", "did", "wish")}
"""What the verb of a command is called in a sentence, in the order in which the file gives its forms."""


def talked_about(language: str, every: int = 1) -> Iterator[Line]:
    """Return the sentences of `language`, each said of every `every`th command, beginning with another each time."""
    written = tomllib.loads((HERE / f"development/talked_about_{language}.toml").read_text("utf-8"))
    first = itertools.count()
    for kind, sentences in written["said"].items():
        for sentence in sentences:
            for *verb, thing in written["commands"][next(first) % every :: every]:
                said = {form: f"{word} {thing}" for form, word in zip(FORMS[language], verb, strict=True)}
                yield Line(text=sentence.format(**said), language=language, kind=kind)
