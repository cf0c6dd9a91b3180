"""A process of its own that reads cards for Etoile: `python -m etoile.gpu.nvml_child PLACES_TO_LEAVE_ALONE...`.

A line "PLACE PROCESSES" on its standard input asks for one card, with the processes on it (1) or without (0), and is
answered by a line of JSON; the first line of its own is the list of its cards.  It ends with its input, even while a
call hangs: so it is gone with whoever started it, however that ends.
"""

import os
import sys
import threading
from queue import SimpleQueue

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
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_serve, args=(lines,), daemon=True).start()
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)  # threads that hang in the driver are not waited for


def _serve(lines: "SimpleQueue[str]") -> None:
    """Run on a thread, until the process ends; end it when something goes wrong."""
    try:
        source = NvmlSource(without=frozenset(map(int, sys.argv[1:])))
        try:
            cards = {card.identity.index: card for card in source.cards()}
            for card in cards.values():
                card.read(with_processes=True)  # the first time takes longest, and is not to be waited for
        except NvmlUnavailable:
            cards = {}
        _say(encoded(*(card.identity for card in cards.values())))
        while True:
            place, processes = lines.get().split()
            _say(encoded(cards[int(place)].read(with_processes=processes == "1")))
    finally:
        os._exit(1)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
