"""What a row of the settings window is, as data.

Its kind, its default and what it may be come from `etoile.config`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from etoile.text import Message, message, verbatim

SECONDS, CELSIUS, PERCENT, DAYS = verbatim("s"), verbatim("°C"), verbatim("%"), message("days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A setting as it is shown."""

    section: str
    key: str
    title: Message
    explanation: Message
    unit: Message | None = None
    words: Mapping[str, Message] = field(default_factory=dict)
    """What its values are called, where they are to be chosen from."""
    arguments: bool = False
    """Whether it is a command, to be cut as a shell does."""

    @property
    def place(self) -> str:
        """Its name in the file: "speech.rate_wpm"."""
        return f"{self.section}.{self.key}"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows in one box."""

    title: Message
    rows: tuple[Row, ...]
    more: tuple[Row, ...] = ()
    """Those that few people need: folded until they are wanted."""


def row(
    place: str,
    title: Message,
    explanation: Message,
    unit: Message | None = None,
    **words: Message,
) -> Row:
    """Return the row of the setting at `place`; `words` are what its values are called."""
    section, _, key = place.rpartition(".")
    return Row(section=section, key=key, title=title, explanation=explanation, unit=unit, words=words)
