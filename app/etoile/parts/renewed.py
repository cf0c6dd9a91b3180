"""A room that is opened anew when the settings change that it was opened with."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Generic, Self, TypeVar

from etoile.config import Config
from etoile.parts.following import Following

Room = TypeVar("Room")


class Renewed(Generic[Room]):
    """Holds the room that `open_room` opens, which may wait; `of` returns what of the settings it is opened with.

    `configure` returns at once, and may be called from any thread: the thread `renewing` closes and opens.
    """

    def __init__(
        self,
        config: Config,
        of: Callable[[Config], object],
        open_room: Callable[[Config], AbstractContextManager[Room]],
    ) -> None:
        self._config = config
        self._of, self._open_room = of, open_room
        self._stack = ExitStack()
        self._following = Following("renewing", config, self._follow)
        self.now: Room | None = None
        """The room; None while it is opened anew."""

    def __enter__(self) -> Self:
        self._open(self._config)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._following.leave()
        self._stack.close()

    def configure(self, config: Config) -> None:
        """Go by `config` from now on."""
        self._following.configure(config)

    def _follow(self, former: Config, wanted: Config) -> None:
        if self._of(wanted) != self._of(former):
            self.now = None
            self._stack.close()
            self._open(wanted)

    def _open(self, config: Config) -> None:
        self.now = self._stack.enter_context(self._open_room(config))
