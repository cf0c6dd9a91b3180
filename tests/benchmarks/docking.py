"""Watches an X desktop for the moment in which its tray takes an icon up."""

import select
import time
from types import TracebackType
from typing import Self

from Xlib import X
from Xlib.display import Display


class Docking:
    """Tells when the next icon is embedded (XEMBED): its window then leaves the root for the tray's."""

    def __init__(self, display: str) -> None:
        self._display = Display(display)
        self._embeds = self._display.intern_atom("_XEMBED_INFO")

    def __enter__(self) -> Self:
        self._display.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
        self._display.sync()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.close()

    def wait(self, timeout_s: float) -> None:
        """Return as soon as an icon is embedded.  Raises TimeoutError."""
        until_s = time.monotonic() + timeout_s
        while not self._embedded():
            remaining_s = until_s - time.monotonic()
            if remaining_s <= 0:
                raise TimeoutError(f"no icon came into the tray within {timeout_s:g} s")
            select.select([self._display], [], [], remaining_s)

    def _embedded(self) -> bool:
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.ReparentNotify and event.window.get_full_property(self._embeds, X.AnyPropertyType):
                return True
        return False
