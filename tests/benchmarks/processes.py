"""What a program and all that it started take of the machine: CPU and memory, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """What processes hold, in MiB.

    Where other programs have Qt's libraries open, these pages count for less in `uss_mib` and `pss_mib`, for nobody in
    `rss_mib`: the ratio of two programs is comparable between machines there alone.
    """

    uss_mib: float = 0.0
    """Pages that are nobody else's."""
    pss_mib: float = 0.0
    """Every page by the share of each who has it."""
    rss_mib: float = 0.0
    """Every page."""

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.uss_mib + other.uss_mib, self.pss_mib + other.pss_mib, self.rss_mib + other.rss_mib)


def family(pid: int) -> list[int]:
    """Return the process and all its descendants, itself first."""
    found = [pid]
    for parent in found:
        found += _children(parent)
    return found


def memory(pid: int) -> Memory:
    """Return what one process holds; nothing once it has ended."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    except ProcessLookupError:
        return Memory()
    kib = {name: int(value.split()[0]) for name, value in (line.split(":") for line in lines)}
    own = kib["Private_Clean"] + kib["Private_Dirty"]
    return Memory(own / 1024, kib["Pss"] / 1024, kib["Rss"] / 1024)


def cpu_s(pid: int) -> float:
    """Return the CPU that a process, its descendants and those of them that ended have used so far."""
    return sum(map(_cpu_s, family(pid)))


def _cpu_s(pid: int) -> float:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS_PER_S


def _children(pid: int) -> Iterator[int]:
    """Yield what any thread of the process started."""
    for thread in (PROC / str(pid) / "task").iterdir():
        yield from map(int, (thread / "children").read_text().split())
