"""What the doctor looks at, and what a check finds."""

import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from etoile.config import Config
from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeStatus
from etoile.text import Message

Result = TypeVar("Result")

LIMIT_S = 3.0
"""A check that takes longer is given up, and says so."""
GPU_S = 8.0
"""Cards that do not answer are given up by their reader before this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found."""

    ok: bool | None
    """None: not known, or not there and not asked for either."""
    detail: Message
    remedy: Message | None = None
    about: str = ""
    """Which of several: the name of a node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question to this computer.

    `look` blocks; what it raises as an EtoileError is a part that is missing, which is wrong only where it is `wanted`.
    """

    name: str
    look: Callable[[], Finding | Sequence[Finding]]
    wanted: bool = False
    """Whether the user has asked for this part in the settings."""
    limit_s: float = LIMIT_S


class Once(Generic[Result]):
    """A value that several checks need: made by the first that asks, waited for by the others."""

    def __init__(self, make: Callable[[], Result]) -> None:
        self._make = make
        self._gate = threading.Lock()
        self._made: Future[Result] | None = None

    def __call__(self) -> Result:
        """Return the value; raises what making it raised."""
        with self._gate:
            mine = self._made is None
            made = self._made = self._made or Future()
        if mine:
            try:
                made.set_result(self._make())
            except Exception as error:  # noqa: BLE001  # every check that needs it is told
                made.set_exception(error)
        return made.result()


@dataclass(frozen=True, kw_only=True)
class Patient:
    """The computer with its settings, as the checks see it."""

    # Without slots, for `mentioned`.

    config: Config
    path: Path
    """Of the settings file."""
    gpus: Callable[[], tuple[GpuReading, ...]]
    """This machine's cards now; raises NvmlUnavailable.  Blocks."""
    nodes: Callable[[], Sequence[NodeStatus]]
    """Every node now.  Blocks."""
    app: Mapping[str, Any] | None
    """What the running app says of itself; None when none runs."""

    @property
    def missing_in_app(self) -> Sequence[str]:
        """The parts that the running app lacks."""
        return self.app["missing"] if self.app else ()

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The settings that the user's file holds, like "speech.model": these were asked for."""
        try:
            return frozenset(_keys(tomllib.loads(self.path.read_text("utf-8")), ""))
        except (OSError, ValueError):
            return frozenset()


def _keys(table: Mapping[str, Any], where: str) -> Iterator[str]:
    for key, value in table.items():
        yield f"{where}{key}"
        if isinstance(value, dict):
            yield from _keys(value, f"{where}{key}.")
