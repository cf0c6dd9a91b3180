"""Where the floating window stands: by the nearest corner of each screen, kept from run to run, snapped to edges.

A place is the distance of a corner of the window from the same corner of the screen.  So it survives another
resolution, and window and pill, which share it, keep that corner still while one becomes the other.
"""

import json
import logging
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize

log = logging.getLogger(__name__)

SNAP = 16
"""An edge that comes as near as this to the screen's edge goes to it."""


class Spot(NamedTuple):
    """A place on a screen: how far a corner is from the corner of the screen that it is nearest to."""

    right: bool = True
    bottom: bool = True
    x: int = SNAP
    y: int = SNAP


def spot_of(face: QRect, area: QRect) -> Spot:
    """Return the place of `face` on the screen whose usable part is `area`."""
    right, bottom = face.center().x() > area.center().x(), face.center().y() > area.center().y()
    x = area.right() - face.right() if right else face.left() - area.left()
    y = area.bottom() - face.bottom() if bottom else face.top() - area.top()
    return Spot(right, bottom, x, y)


def face_at(spot: Spot, size: QSize, area: QRect) -> QRect:
    """Return where something of `size` stands at `spot`: as far as possible whole on the screen."""
    left = area.right() - spot.x - size.width() + 1 if spot.right else area.left() + spot.x
    top = area.bottom() - spot.y - size.height() + 1 if spot.bottom else area.top() + spot.y
    left = max(area.left(), min(left, area.right() - size.width() + 1))
    top = max(area.top(), min(top, area.bottom() - size.height() + 1))
    return QRect(QPoint(left, top), size)


def snapped(face: QRect, area: QRect) -> QRect:
    """Return `face` with the edges that are near an edge of `area` moved to it."""
    moved = QRect(face)
    if abs(face.left() - area.left()) <= SNAP:
        moved.moveLeft(area.left())
    elif abs(face.right() - area.right()) <= SNAP:
        moved.moveRight(area.right())
    if abs(face.top() - area.top()) <= SNAP:
        moved.moveTop(area.top())
    elif abs(face.bottom() - area.bottom()) <= SNAP:
        moved.moveBottom(area.bottom())
    return moved


class Places:
    """Remembers the place on each screen, the screen that was used last, and whether the window was folded.

    They are kept in `file`; without one, or where it cannot be written, only until the end.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._spots: dict[str, Spot] = {}
        self.screen = ""
        """The name of the screen that was used last."""
        self.folded = False
        """Whether the window was a pill."""
        self._read()

    def spot(self, screen: str) -> Spot:
        """Return the place on `screen`: the one of last time, or the lower right corner."""
        return self._spots.get(screen, Spot())

    def keep(self, screen: str, spot: Spot) -> None:
        """Remember that the window stands at `spot` of `screen` now."""
        if (self.screen, self._spots.get(screen)) != (screen, spot):
            self.screen, self._spots[screen] = screen, spot
            self._write()

    def fold(self, folded: bool) -> None:
        """Remember whether the window is a pill."""
        if folded != self.folded:
            self.folded = folded
            self._write()

    def _read(self) -> None:
        """Take in what was kept; what makes no sense counts as not kept."""
        try:
            kept: Any = json.loads(self._file.read_text(encoding="utf-8")) if self._file else {}
            self._spots = {str(name): _spot(values) for name, values in kept.get("spots", {}).items()}
            self.screen, self.folded = str(kept.get("screen", "")), kept.get("folded") is True
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.info("the place of the window is forgotten: %s", error)

    def _write(self) -> None:
        if self._file is None:
            return
        kept = {"screen": self.screen, "folded": self.folded, "spots": self._spots}
        draft = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(kept), encoding="utf-8")
            draft.replace(self._file)
        except OSError as error:
            log.info("the place of the window is not kept: %s", error)


def _spot(values: Any) -> Spot:
    right, bottom, x, y = values
    return Spot(bool(right), bool(bottom), int(x), int(y))
