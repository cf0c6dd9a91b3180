"""The wake word: whether what was heard begins with it, and the request behind it.

A speech model writes a name as it pleases ("Jarvice", "J'arvis", "Jervis"), so words are compared by their sound, and
one slip is forgiven.  The first sound is not: "parvis", "Travis" and "service" are other words.
"""

import re
import unicodedata

from etoile.domain.matching.nearness import is_one_slip

USUAL = "jarvis"
"""The word where the settings name none and the user asks for one."""
_FORGIVES = 6
"""Sounds from which on a slip is forgiven."""
_CALLS = frozenset({"hey", "ok", "okay", "hi", "hello", "eh", "he", "dis", "oh", "ah", "say", "salut", "bonjour"})
"""May stand before it, without accents."""
_MOST_CALLS = 2

_SOUNDS = (
    ("ph", "f"), ("^(?:dj|ch|g(?=[eiy]))", "j"), ("c(?=[eiy])", "s"), ("[ck]h?|qu?", "k"), ("z", "s"), ("w", "v"),
    ("y", "i"), ("h", ""), (r"(.)\1+", r"\1"), ("(?<=[^aeiou])e$", ""),
)  # fmt: skip


def request_after(text: str, wake_word: str) -> str | None:
    """Return what `text` asks behind the wake word, empty when it is the wake word alone; None without it.

    The word counts at the beginning only: whoever talks about it does not call.
    """
    wanted, words = _sound(wake_word), list(re.finditer(r"[^\W\d_]+", text))
    for first in range(min(len(words), _MOST_CALLS + 1)):
        if end := _end_of(wanted, words[first:], text, len(re.findall(r"[^\W\d_]+", wake_word))):
            rest = re.sub(r"^[\W_]+", "", text[end:])
            return rest if (again := request_after(rest, wake_word)) is None else again
        if _plain(words[first].group()) not in _CALLS:
            return None
    return None


def _end_of(wanted: str, words: list[re.Match[str]], text: str, count: int) -> int | None:
    """Return where the wake word ends in `text`, if `words` begin with it: as one word, or torn apart."""
    for taken in range(count, count + 2):
        if len(words) >= taken and _sounds_like("".join(word.group() for word in words[:taken]), wanted):
            return words[taken - 1].end()
    return None


def _sounds_like(heard: str, wanted: str) -> bool:
    sound = _sound(heard)
    if sound == wanted:
        return True
    return len(wanted) >= _FORGIVES and sound[:1] == wanted[:1] and is_one_slip(sound, wanted)


def _sound(word: str) -> str:
    """Return a rough spelling of how a word sounds in either language."""
    sound = re.sub(r"[^a-z]", "", _plain(word))
    for letters, spelled in _SOUNDS:
        sound = re.sub(letters, spelled, sound)
    return sound


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
