"""Which language a sentence of an answer is in, for the voice that reads it."""

import re
from collections.abc import Mapping

_FRENCH = """
    le la les un une des du de et est dans que qui pour pas avec ce cette ces il elle nous vous je tu sont au aux
    mais ou où donc se sa ses leur leurs être avoir fait peut très comme si ne mon ton votre notre aussi sans
    sous entre depuis voici voilà cela ça été j l c n qu
"""
_ENGLISH = """
    the of and to is that it for you with are this be have from not was by they we which can will your an at has if
    would there their what about all more when how been but or so its my our these those into than then were do does
    i he she
"""
_LITTLE: Mapping[str, frozenset[str]] = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
"""Words of each language that the other has not."""
_WORD = re.compile(r"[^\W\d_]+")
_FRENCH_LETTERS = re.compile(r"[éèêëàâçùûîïôœ]")
_UNTOLD = re.compile(r"`[^`\n]{0,400}`|\S+://\S+")
_READ_LETTERS = 600
_LEAST = 2


def language_of(sentence: str, otherwise: str) -> str:
    """Return the language of `sentence` ("fr", "en"); `otherwise` unless it is clearly another one.

    Names of another language within a sentence change nothing: it takes two of its little words, and twice as many as
    of the own.  Code and addresses are not looked at.
    """
    words = _WORD.findall(_UNTOLD.sub(" ", sentence[:_READ_LETTERS]).casefold())
    counts = {language: sum(word in little for word in words) for language, little in _LITTLE.items()}
    counts["fr"] += sum(_FRENCH_LETTERS.search(word) is not None for word in words)
    own = counts.get(otherwise, 0)
    other = max((language for language in counts if language != otherwise), key=counts.__getitem__)
    return other if counts[other] >= _LEAST and counts[other] > 2 * own else otherwise
