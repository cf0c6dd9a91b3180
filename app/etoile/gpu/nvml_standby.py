"""Cards that processes of their own read: for a driver that has one lock for all, and a card that hangs holding it.

Only such a process can be killed when it hangs as well.  Starting one takes a quarter of a second, for which all cards
would wait, so that two stand by from the start: one to read, and one for the others when a card hangs that one, too.
Each takes 22 MiB, and no time: it waits for a line, and until then makes no call into the driver.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu.nvml_process import NvmlProcess, child_command

log = logging.getLogger(__name__)

STANDING = 2
"""So many processes are there, or on their way."""
START_S = 5.0
"""How long one may take to tell its cards."""


class Standby:
    """The processes, for as long as the driver stays open.  Any thread."""

    def __init__(self, command: Callable[[], Sequence[str]] = child_command) -> None:
        self._command = command
        self._changed = threading.Condition()
        self._alive: set[NvmlProcess] = set()
        self._idle: list[NvmlProcess] = []
        """Those that can be asked."""
        self._cards: tuple[GpuReading, ...] = ()
        """What one of them told."""
        self._without: frozenset[int] = frozenset()
        self._wanted = STANDING
        self._open = False
        self._failed = False
        """Whether the latest one could not be started: that is told once."""

    def start(self, without: Iterable[int], *, cards: int) -> None:
        """Have processes stand by that leave the cards at `without` alone, for `cards` others; returns at once."""
        with self._changed:
            self._without = frozenset(without)
            self._wanted = min(STANDING, cards - 1)
            self._open = True
            self._start_missing()

    def cards(
        self, without: Iterable[int], known: Mapping[int, GpuReading], now_s: Callable[[], float]
    ) -> list["ProcessCard"]:
        """Return all cards but those at `without`: those at places of `known` as they are known, none if it fails.

        Where no process stands by, one is waited for; those on their way are of no use if they may hang in such a card.
        """
        with self._changed:
            if not self._idle and not self._without >= frozenset(without):
                self._end_all()
            self._without = frozenset(without)
            self._open = True
            self._start_missing()
            self._changed.wait_for(lambda: self._idle or not self._alive, START_S)
            told = self._cards if self._idle else ()
            return [
                ProcessCard(known.get(card.index, card), self, now_s)
                for card in told
                if card.index not in self._without
            ]

    def read(self, place: int, *, with_processes: bool) -> GpuReading | None:
        """Return what the card at `place` reports; None when it does not answer: it is left alone from then on."""
        process = self._taken(place)
        reading = process.read(place, with_processes=with_processes) if process else None
        with self._changed:
            if reading is None:
                self._without |= {place}
            if process in self._alive:
                if reading:
                    self._idle.append(process)
                    self._changed.notify()
                else:
                    self._end(process)
                    self._start_missing()
        return reading

    def close(self) -> None:
        """End the processes at once."""
        with self._changed:
            self._open = False
            self._end_all()

    def _taken(self, place: int) -> NvmlProcess | None:
        """Return a process that nobody else asks meanwhile."""
        with self._changed:
            if place in self._without or not self._open:
                return None
            if not self._alive:
                self._start_missing()
            self._changed.wait_for(lambda: self._idle or not self._alive, START_S)
            return self._idle.pop() if self._idle else None

    def _start_missing(self) -> None:
        """Start one more, if there are to be more; when that one is there, it is the next one's turn."""
        if len(self._alive) >= self._wanted:
            return
        try:
            self._alive.add(NvmlProcess(self._without, self._told, self._command))
            self._failed = False
        except OSError as error:
            if not self._failed:
                log.warning("no process can be started to read GPUs while one of them hangs: %s", error)
            self._failed = True

    def _told(self, process: NvmlProcess, cards: list[GpuReading]) -> None:
        with self._changed:
            if process not in self._alive:
                return
            if not cards:
                self._end(process)
                return
            self._cards = tuple(cards)
            self._idle.append(process)
            self._changed.notify_all()
            self._start_missing()

    def _end(self, process: NvmlProcess) -> None:
        self._alive.discard(process)
        if process in self._idle:
            self._idle.remove(process)
        process.kill()
        self._changed.notify_all()

    def _end_all(self) -> None:
        for process in list(self._alive):
            self._end(process)


class ProcessCard:
    """A card that a process reads."""

    def __init__(self, identity: GpuReading, standby: Standby, now_s: Callable[[], float]) -> None:
        self.identity = replace(identity, state=GpuState.UNKNOWN)
        self._standby = standby
        self._now_s = now_s

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now."""
        known = self.identity
        reading = self._standby.read(known.index, with_processes=with_processes)
        if reading is None:
            return replace(known, at_s=self._now_s())
        # The process does not see all cards, and so not where they stand among all.
        return replace(
            reading,
            uuid=known.uuid,
            cuda_index=known.cuda_index,
            cuda_fastest_index=known.cuda_fastest_index,
            cuda_fastest_estimated=known.cuda_fastest_estimated,
        )
