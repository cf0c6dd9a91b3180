"""The model that the settings name, in the place that this computer has for it."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from etoile.config import AlertsOfGpu, Speech, Thermal
from etoile.domain.gpus import GpuReading
from etoile.domain.placement import Failure, Machine, Placement, Wish, place
from etoile.domain.thermal import assess
from etoile.errors import CudaFailed
from etoile.speech import models

if TYPE_CHECKING:
    from etoile.speech.whisper import Whisper

log = logging.getLogger(__name__)

KNOWN_S = 3.0
"""The cards are waited for at the start of the app; without any driver that is known at once."""
LOOK_S = 0.02


def no_cards() -> Sequence[GpuReading]:
    """Return the cards where nobody reads any."""
    return ()


class PlacedWhisper:
    """`readings` returns the cards as they are now, None while that is not known yet; `is_hot` judges by UUID.

    The model is to expect `hotwords`.
    """

    def __init__(
        self,
        speech: Speech,
        readings: Callable[[], Sequence[GpuReading] | None] = no_cards,
        is_hot: Callable[[str], bool] = lambda uuid: False,
        now_s: Callable[[], float] = time.monotonic,
        hotwords: Sequence[str] = (),
    ) -> None:
        self._speech = speech
        self._readings = readings
        self._is_hot = is_hot
        self._now_s = now_s
        self._hotwords = ", ".join(hotwords)

    def check(self) -> None:
        """Raise ModelUnavailable when the model is not here, or not whole."""
        models.folder(self._speech.model)

    def place(self, now: Placement | None, failure: Failure | None) -> Placement:
        """Return where the model belongs.  Blocks at the start of the app, until the cards were read."""
        return place(wish(self._speech), self._machine(), self._now_s(), now, failure)

    def load(self, placement: Placement) -> "Whisper":
        """Return the model, loaded there."""
        from etoile.speech import whisper

        return whisper.load(
            placement.model, placement.device, placement.cuda_index, self._speech.context_s, self._hotwords
        )

    def has_onset(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`; the model itself is not needed."""
        from etoile.speech import whisper

        return whisper.has_voice(samples, start_s)

    def loaded(self) -> "Whisper":
        """Return the model, loaded where it belongs, for whoever needs it once.  Raises ModelUnavailable."""
        placement = self.place(None, None)
        try:
            return self.load(placement)
        except CudaFailed as error:
            log.warning("the speech model does not run on %s (%s); taking the CPU", placement.card, error)
            return self.load(self.place(placement, Failure(error=str(error), at_s=self._now_s())))

    def _machine(self) -> Machine:
        import psutil  # before a model is to be loaded nobody asks how busy the processor is

        readings = tuple(self._known() or ())
        hot = frozenset(reading.uuid for reading in readings if self._is_hot(reading.uuid))
        return machine(readings, hot, psutil.cpu_percent(None))

    def _known(self) -> Sequence[GpuReading] | None:
        deadline_s = time.monotonic() + KNOWN_S
        while (readings := self._readings()) is None and time.monotonic() < deadline_s:
            time.sleep(LOOK_S)
        return readings


def placed_once(
    speech: Speech, readings: tuple[GpuReading, ...], limits: Thermal, own: Sequence[AlertsOfGpu]
) -> PlacedWhisper:
    """Return the model for whoever looks at the cards once: what is above its limit then is hot."""
    tracks = assess({}, readings, 0.0, limits, own)
    hot = {
        reading.uuid
        for reading in readings
        if reading.temperature_c is not None and reading.temperature_c >= tracks[reading.uuid].limits.warning_c
    }
    return PlacedWhisper(speech, lambda: readings, hot.__contains__)


def wish(speech: Speech) -> Wish:
    """Return what the settings want, and what there is to choose from."""
    return Wish(
        model=speech.model,
        device=speech.device,
        installed=models.installed(),
        file_bytes=0 if speech.model in models.KNOWN else models.weights_bytes(speech.model),
    )


def machine(readings: tuple[GpuReading, ...], hot: frozenset[str], cpu_percent: float | None) -> Machine:
    """Return what this computer is like."""
    threads = cpu_threads(os.cpu_count() or 1)
    return Machine(readings=readings, hot=hot, cpu_percent=cpu_percent, threads=threads, environment=os.environ)


def cpu_threads(processors: int) -> int:
    """Return how many threads to decode with: half of the logical processors, 1 to 4.

    Half is about the physical cores.  The threads wait for each other at every layer, so that one busy core stalls them
    all: two threads on two busy cores took ten times as long as one; beyond four the gain is small.
    """
    return max(1, min(4, processors // 2))
