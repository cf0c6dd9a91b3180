"""What typing and speech recognition do to a request, one slip at a time: to measure how well commands survive it."""

import re
from collections.abc import Callable, Mapping
from random import Random

from etoile.domain.matching.tokens import fold

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_SPLIT = 5

_FILLERS = {"en": ("um", "uh", "er", "like", "well", "so"), "fr": ("euh", "ben", "bon", "alors", "heu", "hein")}
_HOMOPHONES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "to": "too", "two": "to", "for": "four", "four": "for", "close": "clothes", "by": "buy", "hear": "here",
        "here": "hear", "right": "write", "read": "red", "new": "knew", "one": "won", "their": "there", "mute": "moot",
        "lock": "loch", "it's": "its", "your": "you're", "you're": "your", "know": "no", "page": "paige",
        "wifi": "why fi", "volume": "valium", "docker": "doctor", "gpu": "gpo", "site": "sight", "see": "sea",
        "bring": "brings", "track": "truck", "screen": "screens", "window": "windows", "mic": "mike", "weight": "wait",
    },
    "fr": {
        "son": "sont", "mets": "mais", "met": "mets", "et": "est", "est": "et", "ces": "ses", "ses": "ces", "à": "a",
        "baisse": "baisses", "ferme": "fermes", "éteins": "éteint", "coupe": "coupes", "ouvre": "oeuvre",
        "lance": "lances", "prends": "prend", "monte": "montes", "quelle": "quel", "quel": "quelle", "ou": "où",
        "volume": "volumes", "gpu": "jpu", "docker": "docteur", "peux": "peut", "cet": "cette", "où": "ou",
        "écran": "écrans", "fenêtre": "fenêtres",
        "vidéo": "vidéos", "fais": "fait", "passe": "passes", "remets": "remet", "vide": "vides", "affiche": "affiches",
    },
}  # fmt: skip


def dropped_letter(text: str, language: str, chance: Random) -> str | None:
    """Leave out a letter of a word of three or more."""
    return _in_word(text, chance, 3, lambda word, at: word[:at] + word[at + 1 :])


def swapped_letters(text: str, language: str, chance: Random) -> str | None:
    """Swap two letters that stand together."""
    return _in_word(
        text, chance, 3, lambda word, at: word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :], first=1
    )


def doubled_letter(text: str, language: str, chance: Random) -> str | None:
    """Type a letter twice."""
    return _in_word(text, chance, 3, lambda word, at: word[:at] + word[at] + word[at:])


def accents_lost(text: str, language: str, chance: Random) -> str | None:
    """Leave out every accent."""
    bare = _WORD.sub(lambda found: _like(found.group(), fold(found.group())), text)
    return bare if bare != text else None


def joined_words(text: str, language: str, chance: Random) -> str | None:
    """Leave out a space between two words."""
    gaps = [found.start() for found in re.finditer(r"(?<=[^\W\d]) (?=[^\W\d])", text)]
    return _at(gaps, chance, lambda at: text[:at] + text[at + 1 :])


def split_word(text: str, language: str, chance: Random) -> str | None:
    """Put a space into a long word."""
    return _in_word(text, chance, _SHORTEST_SPLIT, lambda word, at: f"{word[:at]} {word[at:]}", first=2, spare=1)


def homophone(text: str, language: str, chance: Random) -> str | None:
    """Write a word as another that sounds the same."""
    alike = _HOMOPHONES[language]
    words = [found for found in re.finditer(r"[\w'’]+", text) if found.group().casefold() in alike]
    if not words:
        return None
    found = chance.choice(words)
    return text[: found.start()] + alike[found.group().casefold()] + text[found.end() :]


def filler(text: str, language: str, chance: Random) -> str | None:
    """Hesitate somewhere."""
    gaps = [0, *(found.end() for found in re.finditer(r"(?<=[^\W\d]) (?=[^\W\d])", text))]
    return _at(gaps, chance, lambda at: f"{text[:at]}{chance.choice(_FILLERS[language])} {text[at:]}")


def repeated_word(text: str, language: str, chance: Random) -> str | None:
    """Say a word twice."""
    words = list(_WORD.finditer(text))
    return _at([word.start() for word in words], chance, lambda at: _repeated(text, at))


def case_and_punctuation(text: str, language: str, chance: Random) -> str | None:
    """Write it in capitals, in small letters, or with other punctuation."""
    bare = text.strip().rstrip(".!")
    ways = [bare.upper(), bare.lower(), bare.title(), bare + "!", bare + ".", bare[:1].upper() + bare[1:] + "..."]
    return chance.choice([way for way in ways if way != text])


OPERATIONS: Mapping[str, Callable[[str, str, Random], str | None]] = {
    function.__name__: function
    for function in (
        dropped_letter,
        swapped_letters,
        doubled_letter,
        accents_lost,
        joined_words,
        split_word,
        homophone,
        filler,
        repeated_word,
        case_and_punctuation,
    )
}
"""Each takes a text, its language and a source of chance; None where it cannot be done."""


def noisy(text: str, language: str, operations: int, chance: Random) -> tuple[str, tuple[str, ...]]:
    """Return `text` after so many operations of different kinds, and which they were."""
    done: list[str] = []
    for name in chance.sample(sorted(OPERATIONS), len(OPERATIONS)):
        changed = OPERATIONS[name](text, language, chance) if len(done) < operations else None
        if changed is not None and changed != text:
            text = changed
            done.append(name)
    return text, tuple(done)


def _in_word(
    text: str, chance: Random, shortest: int, change: Callable[[str, int], str], *, first: int = 0, spare: int = 0
) -> str | None:
    """Return `text` with one letter of a word changed: none before the `first`, none of the last `spare`."""
    words = [found for found in _WORD.finditer(text) if len(found.group()) >= shortest]
    if not words:
        return None
    found = chance.choice(words)
    changed = change(found.group(), chance.randrange(first, len(found.group()) - spare))
    return text[: found.start()] + changed + text[found.end() :]


def _at(places: list[int], chance: Random, change: Callable[[int], str]) -> str | None:
    return change(chance.choice(places)) if places else None


def _repeated(text: str, at: int) -> str:
    found = _WORD.match(text, at)
    word = found.group() if found else ""
    return f"{text[:at]}{word} {text[at:]}"


def _like(word: str, bare: str) -> str:
    """Return `bare` in the capitals of `word`."""
    return bare.upper() if word.isupper() and len(word) > 1 else bare.capitalize() if word[:1].isupper() else bare
