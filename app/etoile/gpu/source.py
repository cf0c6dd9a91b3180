"""Where readings come from: what the monitor needs of a driver, an exporter or a simulation."""

from typing import Protocol

from etoile.domain.gpus import GpuReading


class GpuCard(Protocol):
    """One card that can be read."""

    @property
    def identity(self) -> GpuReading:
        """UUID, index, name and place of the card, in the state UNKNOWN and without values."""

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now; without `with_processes`, the processes as they were last read.

        Never raises for what a card can do: a lost one is read as LOST.  May block for as long as the driver pleases;
        by one thread at a time, whichever that is.
        """


class GpuSource(Protocol):
    """The cards behind one driver.

    Its methods are never called at the same time, nor while a card is being read, unless that call hangs.
    """

    def cards(self) -> tuple[GpuCard, ...]:
        """Open the driver afresh and return the cards it has; those returned before must not be read again.

        While a call hangs, return what can be read all the same.  Raises NvmlUnavailable.
        """

    def outdated(self) -> bool:
        """Tell whether `cards` would find other cards than last time.  Cheap."""

    def close(self) -> None:
        """Let go of the driver; `cards` may open it again."""
