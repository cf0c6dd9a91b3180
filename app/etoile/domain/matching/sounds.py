"""How words sound, roughly: enough to tell that "éteint" and "éteins" are the same to the ear."""

import re
from functools import lru_cache

_SOUNDS = {
    "fr": (
        ("ph", "f"), ("eaux?|aux?", "o"), ("qu|ck|c(?=[aoulrkt]|$)|k", "k"), ("c(?=[eiy])|ss|sc(?=[ei])", "s"),
        ("gu(?=[ei])", "g"), ("ge(?=[ao])|g(?=[eiy])", "j"), ("(?:ai|ei)(?=[st]?$|[^nm])", "e"), ("y", "i"), ("h", ""),
        ("(?:ein|ain|in|im(?=[bp]))", "in"), ("en(?=[^n])|em(?=[bp])", "an"),
        ("(?:e[rz]|es|ent|ee?s?)$", "e"), ("[dstxzp]+$", ""), ("e$", ""),
    ),
    "en": (
        ("ph", "f"), ("ck|qu|c(?=[aoulrkt]|$)", "k"), ("c(?=[eiy])", "s"), ("wr", "r"), ("kn", "n"),
        ("ee|ea|ie|y", "i"), ("oo|ou|ow", "u"), ("gh(?=t)", ""), ("z", "s"), ("e$", ""),
    ),
}  # fmt: skip


@lru_cache(maxsize=16)
def by_sound(words: frozenset[str], language: str) -> dict[str, list[str]]:
    """Return what `words` sound like -> the words; made once, as it takes milliseconds."""
    index: dict[str, list[str]] = {}
    for word in words:
        index.setdefault(sound_of(word, language), []).append(word)
    return index


def sound_of(word: str, language: str) -> str:
    """Return a rough spelling of how `word` sounds: "eteint" and "eteins" are the same."""
    for letters, sound in _SOUNDS[language]:
        word = re.sub(letters, sound, word)
    return re.sub(r"(.)\1+", r"\1", word)
