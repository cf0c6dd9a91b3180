"""Rooms that are there already, in the place of those that are opened later."""

from collections.abc import Callable
from typing import Any


def opened(room: Any) -> Any:
    """Return what takes the place of a `Later` of `room`."""
    return _Opened(room)


class _Opened:
    """Does what is wanted of its room at once."""

    wanted = True

    def __init__(self, room: Any) -> None:
        self._room = room

    def soon(self, act: Callable[[Any], object], failed: object = None) -> None:
        act(self._room)

    def now(self) -> Any:
        return self._room
