"""What may be offered to the user: another wording of a command, a misheard word, or a habit; and how each is named."""

import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from etoile.domain.descriptions import describe
from etoile.domain.match import Candidate, Slots
from etoile.text import Message, message

WINDOW_MINUTES = 60
"""A habit of the day is one that falls into an hour."""


def key_of(candidate: Candidate) -> str:
    """Return a text that is the same for the same command with the same slots."""
    slots = json.dumps(dict(candidate.slots), sort_keys=True, ensure_ascii=False) if candidate.slots else ""
    return candidate.command + slots


def number_of(key: str) -> int:
    """Return the number, of four digits, by which the user names what has this key: the same in every process."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) % 9000 + 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A phrase that stands for a command."""

    said: str
    """As the user says it."""
    language: str
    command: str
    slots: Slots = field(default_factory=dict)

    @property
    def what(self) -> Candidate:
        """The command it stands for."""
        return Candidate(command=self.command, slots=self.slots, confidence=1.0)

    @property
    def key(self) -> str:
        """Names the alias."""
        return f"alias:{self.language}:{' '.join(self.said.casefold().split())}={key_of(self.what)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasOffer:
    """An alias that the user may want."""

    alias: Alias
    evidence: tuple[int, ...]
    """Ids of the exchanges that speak for it."""

    @property
    def key(self) -> str:
        """Names the offer."""
        return self.alias.key

    @property
    def said(self) -> Message:
        """What is asked of the user."""
        return message(
            "Shall “{phrase}” mean “{what}” from now on?", phrase=self.alias.said, what=describe(self.alias.what)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Misheard:
    """Words that are heard in the place of others."""

    heard: str
    """In small letters, without accents."""
    meant: str
    """As the user writes it."""
    language: str

    @property
    def key(self) -> str:
        """Names the pair."""
        return f"heard:{self.language}:{self.heard}={self.meant}"

    @property
    def said(self) -> Message:
        """The pair, in words."""
        return message("“{heard}”, when it is heard, is read as “{meant}”.", heard=self.heard, meant=self.meant)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordOffer:
    """Misheard words that the user may want to be read as what was meant."""

    misheard: Misheard
    evidence: tuple[int, ...]
    """Ids of the exchanges that speak for it."""

    @property
    def key(self) -> str:
        """Names the offer."""
        return self.misheard.key

    @property
    def said(self) -> Message:
        """What is asked of the user."""
        return message(
            "Shall “{heard}”, when it is heard, be read as “{meant}” from now on?",
            heard=self.misheard.heard,
            meant=self.misheard.meant,
        )


class Days(Enum):
    """Days that a habit may hold for: the weekdays, Monday 0, from the widest choice to the narrowest."""

    EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
    WEEKDAYS = (0, 1, 2, 3, 4)
    WEEKENDS = (5, 6)
    MONDAYS = (0,)
    TUESDAYS = (1,)
    WEDNESDAYS = (2,)
    THURSDAYS = (3,)
    FRIDAYS = (4,)
    SATURDAYS = (5,)
    SUNDAYS = (6,)


_WHEN = {
    Days.EVERY_DAY: message("Every day"),
    Days.WEEKDAYS: message("On weekdays"),
    Days.WEEKENDS: message("At weekends"),
    Days.MONDAYS: message("On Mondays"),
    Days.TUESDAYS: message("On Tuesdays"),
    Days.WEDNESDAYS: message("On Wednesdays"),
    Days.THURSDAYS: message("On Thursdays"),
    Days.FRIDAYS: message("On Fridays"),
    Days.SATURDAYS: message("On Saturdays"),
    Days.SUNDAYS: message("On Sundays"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeHabit:
    """Something that is done around the same time of the day."""

    what: Candidate
    request: str
    """How the user says it."""
    days: Days
    minute: int
    """Of the day."""
    seen: int
    of: int
    """On how many days it was seen, of how many on which anything was asked."""
    evidence: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Names the habit; a few minutes more or less make no other."""
        return f"time:{key_of(self.what)}"

    @property
    def said(self) -> Message:
        """The habit, in words."""
        at = datetime(2000, 1, 1, self.minute // 60, self.minute % 60)  # noqa: DTZ001  # a time of day, of no day
        return message(
            "{when}, around {at:clock}, you usually do this: {what}.",
            when=_WHEN[self.days],
            at=at,
            what=describe(self.what),
        )

    def is_due(self, now: datetime) -> bool:
        """Whether `now` is the time for it."""
        late = now.hour * 60 + now.minute - self.minute
        return now.weekday() in self.days.value and -WINDOW_MINUTES // 6 <= late <= WINDOW_MINUTES // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """Something that is done after something else."""

    after: Candidate
    what: Candidate
    request: str
    """How the user says it."""
    seen: int
    of: int
    """How often it followed, of how often it might have."""
    evidence: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Names the habit."""
        return f"after:{key_of(self.after)}:{key_of(self.what)}"

    @property
    def said(self) -> Message:
        """The habit, in words."""
        return message(
            "After “{first}” you usually do this: {what}.", first=describe(self.after), what=describe(self.what)
        )


Suggestion = TimeHabit | Sequel
"""Is shown, and never carried out by itself."""

Question = AliasOffer | WordOffer
"""Waits for a yes or a no; what is taken holds from then on."""

Offer = Question | Suggestion
