"""What is known of nodes when Etoile starts: how fast their models usually answered before.

It is read once, and written every ten minutes where something was measured, and on leaving: never while one answers.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Protocol

from etoile.domain.routing.usual import UsualPace, still_true
from etoile.errors import EtoileError
from etoile.llm.fleet import Fleet

log = logging.getLogger(__name__)

KEEP_EVERY_S = 600.0


class Paces(Protocol):
    """Where they are kept."""

    def read(self) -> Sequence[UsualPace]:
        """Return all of them.  Blocks; raises EtoileError."""
        ...

    def keep(self, paces: Sequence[UsualPace], now_s: float) -> None:
        """Keep `paces` in place of what was known of their models; `now_s` is the time of day.  Returns at once."""
        ...


class RecalledPaces:
    """Recalls and keeps the paces of `fleet`; `paces` is None where nothing is kept.  Lives on the net thread."""

    def __init__(self, fleet: Fleet, paces: Paces | None) -> None:
        self._fleet = fleet
        self._paces = paces
        self._kept: list[UsualPace] = []
        self._recalled = asyncio.Event()

    async def recall(self) -> None:
        """Read what is kept.  On another thread: while the history is being opened its reader waits."""
        import anyio.to_thread

        try:
            if self._paces is not None:
                kept = await anyio.to_thread.run_sync(self._paces.read, abandon_on_cancel=True)
                self._fleet.recall(still_true(kept, time.time()))
        except EtoileError as error:
            log.info("how fast models answered before cannot be read: %s", error)
        except Exception:
            log.exception("how fast models answered before is not known")
        finally:
            self._recalled.set()

    async def recalled(self, within_s: float) -> None:
        """Wait until it was read, but no longer than `within_s`."""
        import anyio

        with anyio.move_on_after(within_s):
            await self._recalled.wait()

    async def keep_now_and_then(self) -> None:
        """Keep what was measured, for as long as this is not cancelled."""
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            self.keep()

    def keep(self) -> None:
        """Keep what was measured, if there is anything new."""
        if self._paces is None:
            return
        try:
            measured = self._fleet.measured()
            if measured and measured != self._kept:
                self._paces.keep(measured, time.time())
                self._kept = measured
        except Exception:
            log.exception("how fast models answer cannot be kept")
