"""Asks each card which one it is, so that one that hangs keeps the others from nothing."""

import logging
import time
from collections.abc import Sequence
from functools import partial

from etoile.gpu.nvml_identity import Found, identify
from etoile.gpu.nvml_library import Nvml
from etoile.gpu.worker import Worker

log = logging.getLogger(__name__)

CARD_S = 1.0
"""How long a card may take to say which one it is."""
ALL_S = 2.0
"""The same for all cards together, should they all hang."""


class Scouts:
    """Threads that ask, and those of them that still wait for an answer."""

    def __init__(self) -> None:
        self._waiting: dict[int, Worker] = {}

    def waiting(self) -> list[int]:
        """Return the places of the cards that owe an answer, the one that has for longest first."""
        return [index for index, worker in self._waiting.items() if worker.busy]

    def ask(self, nvml: Nvml, places: Sequence[int]) -> dict[int, Found]:
        """Return the cards at `places` that say which they are; those that owe an answer are not asked again."""
        until_s = time.monotonic() + ALL_S
        owing = self.waiting()
        answers: dict[int, Found] = {}
        scout = Worker("gpu scout")
        for index in places:
            if index in owing:
                continue
            scout.ask(partial(_ask, nvml, index, answers))
            if not scout.wait(min(CARD_S, until_s - time.monotonic())):
                log.info("GPU %d does not say which one it is", index)
                self._waiting[index] = scout
                scout.stop()
                scout = Worker("gpu scout")
        scout.stop()
        return dict(answers)

    def one_lock_for_all(self, places: Sequence[int]) -> bool:
        """Tell whether since one card did not answer none has, so that the others may only be waiting for that one."""
        waiting = self.waiting()
        return len(waiting) > 1 and set(waiting) >= {index for index in places if index >= waiting[0]}


def _ask(nvml: Nvml, index: int, answers: dict[int, Found]) -> None:
    answers[index] = identify(nvml, index)
