"""Which alerts are meant, and until when the user wants to hear nothing of them."""

import math
from dataclasses import dataclass
from datetime import time
from enum import IntEnum, StrEnum

SNOOZES_S = (600, 3600)
UNTIL_OVER = "snooze over"


class Kind(StrEnum):
    """What can be wrong."""

    HEAT = "heat"
    FAN = "fan"
    MEMORY = "memory"
    LOST = "lost"
    SPILL = "spill"
    """A model does not fit, and runs in part on the CPU."""
    NODE = "node"


class Level(IntEnum):
    """How bad it is."""

    WARNING = 1
    CRITICAL = 2


Identity = tuple[Kind, str]
"""What is wrong, and with whom: the UUID of a GPU, the name of a node (with its model, where it spills)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Some alerts: of one kind, of one subject, of both, or all."""

    kind: Kind | None = None
    subject: str | None = None

    def covers(self, identity: Identity) -> bool:
        """Return whether an alert is one of them."""
        kind, subject = identity
        return self.kind in (None, kind) and self.subject in (None, subject)

    def within(self, other: "Scope") -> bool:
        """Return whether `other` means all of these."""
        return other.kind in (None, self.kind) and other.subject in (None, self.subject)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Snooze:
    """Silence about some alerts."""

    scope: Scope
    until_s: float = math.inf
    until_over: bool = False
    """Whether it ends with what it is about."""
    level: Level = Level.CRITICAL
    """The worst that is silenced: who silences a warning has not seen it become critical."""

    def silences(self, identity: Identity, level: Level) -> bool:
        """Return whether it covers this alert."""
        return level <= self.level and self.scope.covers(identity)


def is_quiet(hours: str, at: time) -> bool:
    """Return whether `at` lies within `hours` ("22:00-07:30"; empty for none), which may go past midnight."""
    start, _, end = hours.partition("-")
    now = f"{at:%H:%M}"
    if start <= end:
        return start <= now < end
    return now >= start or now < end
