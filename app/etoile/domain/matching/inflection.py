"""Regular forms of words, so that a catalogue lists "couper" once and understands "coupez", "que tu coupes" as well.

Only what an order or a wish can take is made: no past ("coupé" would be a report), no third person.
Words are as they are heard: small letters without accents.  What is irregular stands in the catalogue's [same].
"""

from collections.abc import Callable, Iterator, Mapping

_WISHES = ("rais", "ras", "rez", "riez")
"""Ends of "tu couperais", "vous couperez"."""
_VOWELS = "aeiou"


def inflected(kind: str, word: str, language: str) -> tuple[str, frozenset[str]]:
    """Return the form that stands for all those of `word`, and those others; `kind` is one of `KINDS`.

    French verbs are given as infinitives in -er, or in -ir like "finir"; the rest as it is in the dictionary.
    Raises ValueError for a French verb of another kind.
    """
    base, *others = _RULES[language][kind](word)
    return base, frozenset(others)


def _french_verb(word: str) -> Iterator[str]:
    stem = word[:-2]
    if word.endswith("er"):
        yield stem + "e"
        if stem.endswith("y"):
            stem = stem[:-1] + "i"
            yield from (stem + end for end in ("e", "es"))
        yield from (word[:-2] + end for end in ("er", "es", "ez", "ons", "iez", "ions"))
        if word.endswith("ger"):
            yield stem + "eons"
        if stem.endswith(("el", "et")):
            yield from (stem + stem[-1] + end for end in ("e", "es"))
        yield from (stem + "e" + end for end in _WISHES)
    elif word.endswith("ir"):
        yield stem + "is"
        yield from (word, stem + "it", stem + "isse", stem + "isses", stem + "issez", stem + "issons", stem + "issiez")
        yield from (stem + "i" + end for end in _WISHES)
    else:
        raise ValueError(f'"{word}" ends neither in -er nor in -ir')


def _french_noun(word: str) -> Iterator[str]:
    yield word
    if word.endswith(("eau", "eu")):
        yield word + "x"
    elif word.endswith("al"):
        yield word[:-1] + "ux"
    else:
        yield word + "s"


def _french_adjective(word: str) -> Iterator[str]:
    yield word
    feminine = word if word.endswith("e") else word[:-1] + "ve" if word.endswith("f") else word + "e"
    yield from (word + "s", feminine, feminine + "s")


def _english_verb(word: str) -> Iterator[str]:
    yield word
    yield word + "ing"
    if word.endswith("e"):
        yield word[:-1] + "ing"
    elif word[-1] not in _VOWELS + "wxy" and word[-2:-1] in tuple(_VOWELS):
        yield word + word[-1] + "ing"


def _english_noun(word: str) -> Iterator[str]:
    yield word
    if word.endswith(("s", "x", "ch", "sh")):
        yield word + "es"
    elif word.endswith("y") and word[-2:-1] not in tuple(_VOWELS):
        yield word[:-1] + "ies"
    else:
        yield word + "s"


def _as_it_is(word: str) -> Iterator[str]:
    yield word


_RULES: Mapping[str, Mapping[str, Callable[[str], Iterator[str]]]] = {
    "fr": {"verbs": _french_verb, "nouns": _french_noun, "adjectives": _french_adjective},
    "en": {"verbs": _english_verb, "nouns": _english_noun, "adjectives": _as_it_is},
}
KINDS = ("verbs", "nouns", "adjectives")
