"""Words for people: a message (an id and values) becomes a sentence in a given language.

Rooms below the interface publish `Message`s, because speech and window may speak different languages at the same
time.  The id of a message is its English source, as gettext has it: `message("{node} did not answer.", node="M1")`.
Values stay values until `render`, so that French gets its decimal comma and its units.

Babel extracts the ids of `message` and `plural` (`installer/dev.py translate`); the catalogues are in
`resources/translations/`.  Without Qt, and safe from any thread.
"""

import locale
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from string import Formatter

from etoile.resources import resource

INTERFACE_LANGUAGES = ("en", "fr", "pt")
"""What windows, notifications and the command line are written in; the first is the source, and needs no catalogue."""

SPOKEN_LANGUAGES = ("en", "fr")
"""What is heard, understood as a command, and spoken; the help is written in them, too."""

OWN_NAMES = {"en": "English", "fr": "Français", "pt": "Português"}
"""What each language is called by those who speak it."""

NO_BREAK_SPACE = "\u00a0"

_NAMED = {code: code for code in INTERFACE_LANGUAGES} | {"french": "fr", "portuguese": "pt"}
"""Languages as systems name them, Windows in English: "Portuguese_Brazil", which is not Polish."""

_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
_OCTETS = ("o", "Kio", "Mio", "Gio", "Tio")
_DECIMAL_COMMA = ("fr", "pt")


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said, before it is said in any language."""

    id: str
    """English source, with `{named}` places."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Numbers, names and other messages for the places."""
    many: str | None = None
    """The plural form of `id`; `values["count"]` chooses."""

    def __hash__(self) -> int:
        return hash((self.id, self.many))


def message(id: str, /, **values: object) -> Message:
    """Return the message `id`; places may carry a format spec: `{size:bytes}`, `{time:duration}`, `{at:clock}` too."""
    return Message(id, values)


def plural(one: str, many: str, /, count: int, **values: object) -> Message:
    """Return a message whose wording depends on `count`, which is also the value of `{count}`."""
    return Message(one, {"count": count, **values}, many)


def verbatim(text: str) -> Message:
    """Return a message that is the same in every language: a name, an answer, another program's words."""
    return Message("{text}", {"text": text})


def with_decimals(digits: str, language: str) -> str:
    """Return the number `digits`, as Python writes it, with the decimal sign of `language`: "3,1" in French."""
    return digits.replace(".", ",") if language in _DECIMAL_COMMA else digits


def render(said: Message, language: str) -> str:
    """Return `said` as a sentence in `language` ("en", "fr", "pt"; anything else is taken for English)."""
    catalogue = _catalogue(language)
    if said.many is None:
        pattern = catalogue.gettext(said.id)
    else:
        count = said.values["count"]
        pattern = catalogue.ngettext(said.id, said.many, count if isinstance(count, int) else 0)
    return _Words(language).vformat(pattern, (), said.values)


class _Words(Formatter):
    """Formats values as `language` writes them."""

    def __init__(self, language: str) -> None:
        self._language = language if language in INTERFACE_LANGUAGES else INTERFACE_LANGUAGES[0]

    def format_field(self, value: object, format_spec: str) -> str:
        match value, format_spec:
            case Message(), _:
                return render(value, self._language)
            case int() | float(), "bytes":
                return self._bytes(value)
            case int() | float(), "duration":
                return _duration(value)
            case datetime(), "clock":
                return self._clock(value)
            case float(), _:
                return with_decimals(format(value, format_spec), self._language)
            case str(), _:
                return format(value, format_spec)
            case Sequence(), _:
                return ", ".join(self.format_field(part, format_spec) for part in value)
            case _:
                return format(value, format_spec)

    def _clock(self, at: datetime) -> str:
        """Return "09:05", in French "9 h 05": as it is written, and as a voice reads it rightly."""
        if self._language == "fr":
            return f"{at.hour}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{at:%M}"
        return f"{at:%H:%M}"

    def _bytes(self, size: float) -> str:
        units = _OCTETS if self._language == "fr" else _BYTES
        power = 0
        while size >= 1024 and power < len(units) - 1:
            size /= 1024
            power += 1
        digits = f"{size:.1f}" if power >= 3 and size < 100 else f"{size:.0f}"
        return with_decimals(digits, self._language) + NO_BREAK_SPACE + units[power]


def _duration(seconds: float) -> str:
    """Return "50 s", "4 min", "1 min 20 s" or "2 h 5 min": the same in all languages."""
    whole = round(seconds)
    parts = [(whole // 3600, "h"), (whole % 3600 // 60, "min"), (whole % 60 if whole < 3600 else 0, "s")]
    shown = [f"{count}{NO_BREAK_SPACE}{unit}" for count, unit in parts if count]
    return " ".join(shown) or f"0{NO_BREAK_SPACE}s"


def desktop_language() -> str:
    """Return the language of this desktop if Etoile is written in it, else English; "pt" for Brazil and Portugal."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not named and sys.platform in ("win32", "darwin"):
        named = locale.getlocale()[0] or ""
    found = re.split("[_.@]", named.lower())[0]
    return _NAMED.get(found, INTERFACE_LANGUAGES[0])


@cache
def _catalogue(language: str) -> NullTranslations:
    compiled = resource(f"translations/{language}/LC_MESSAGES/etoile.mo")
    if language == INTERFACE_LANGUAGES[0] or not compiled.is_file():
        return NullTranslations()
    with compiled.open("rb") as file:
        return GNUTranslations(file)
