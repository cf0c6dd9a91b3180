"""A switch that believes a change only once it has lasted."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Hold:
    """How long something must be so before it counts, and how long not before it is over."""

    up_s: float
    down_s: float


@dataclass(frozen=True, slots=True)
class Latch:
    """Whether something counts as being so."""

    on: bool = False
    since_s: float | None = None
    """Since when it is so, with the time that it took to be believed; None while it is not."""
    turning_since_s: float | None = None
    """Since when everything seen has spoken for the opposite of `on`."""

    def turned(self, so: bool, at_s: float, hold: Hold) -> "Latch":
        """Return the latch after one more look at `at_s`."""
        if so == self.on:
            return self.afresh()
        began_s = at_s if self.turning_since_s is None else self.turning_since_s
        if at_s - began_s < (hold.up_s if so else hold.down_s):
            return replace(self, turning_since_s=began_s)
        return Latch(so, began_s if so else None)

    def afresh(self) -> "Latch":
        """Return the latch with its hold begun anew: nobody looked for a while."""
        return replace(self, turning_since_s=None)
