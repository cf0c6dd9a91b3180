"""A process of its own that reads cards for Etoile: `python -m etoile.gpu.nvml_child PLACES_TO_LEAVE_ALONE...`.

A line "PLACE PROCESSES" on its standard input asks for one card, with the processes on it (1) or without (0), and is
answered by a line of JSON; the first line of its own is the list of its cards.  It ends with its input.
"""

import os
import sys

import msgspec

from etoile.domain.gpus import GpuReading
from etoile.errors import NvmlUnavailable
from etoile.gpu.nvml import NvmlSource


def encoded(*readings: GpuReading) -> str:
    """Return readings as one line."""
    return msgspec.json.encode(readings).decode()


def decoded(line: str) -> list[GpuReading]:
    """Return the readings of a line.  Raises ValueError."""
    return msgspec.json.decode(line, type=list[GpuReading])


def main() -> None:
    """Answer until the input ends."""
    source = NvmlSource(without=frozenset(map(int, sys.argv[1:])))
    try:
        cards = {card.identity.index: card for card in source.cards()}
    except NvmlUnavailable:
        cards = {}
    _say(encoded(*(card.identity for card in cards.values())))
    for line in sys.stdin:
        place, processes = line.split()
        _say(encoded(cards[int(place)].read(with_processes=processes == "1")))
    os._exit(0)  # threads that hang in the driver are not waited for


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
