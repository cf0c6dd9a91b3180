"""The speech model in memory: loaded where it belongs, moved from there, and let go of.  Never there twice."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from etoile.domain.events import Event, SpeechPlaced
from etoile.domain.placement import Failure, Placement
from etoile.errors import CudaFailed
from etoile.speech.dictation import Recogniser
from etoile.text import render

log = logging.getLogger(__name__)


class LoadedModel(Recogniser, Protocol):
    """A recogniser that holds memory."""

    def close(self) -> None:
        """Give the memory back; it is not used any more."""


class SpeechModel(Protocol):
    """A recogniser that is not loaded yet."""

    def check(self) -> None:
        """Raise ModelUnavailable when it is plain that it cannot be loaded; quick, any thread."""

    def has_onset(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`: any thread, also while it is not loaded."""

    def place(self, now: Placement | None, failure: Failure | None) -> Placement:
        """Return where it belongs; `now` is where it is, or was last, `failure` why it did not run on a GPU."""

    def load(self, placement: Placement) -> LoadedModel:
        """Return the recogniser, warmed up; may take seconds.  Raises ModelUnavailable, of a GPU CudaFailed."""


class Resident:
    """Holds the model for one thread, which alone calls the methods; any may look at `recogniser`."""

    def __init__(
        self,
        model: SpeechModel,
        publish: Callable[[Event], None],
        *,
        unload_after_s: float,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._publish = publish
        self._unload_after_s = unload_after_s
        self._now_s = now_s
        self.recogniser: LoadedModel | None = None
        self._placement: Placement | None = None
        """Where it is, or was last."""
        self._failure: Failure | None = None
        self._used_s = now_s()

    def loaded(self) -> LoadedModel:
        """Return the recogniser, loading it where there is none.  Raises ModelUnavailable."""
        self._used_s = self._now_s()
        if self.recogniser is None:
            self._load(self._model.place(self._placement, self._failure))
            self._used_s = self._now_s()
        assert self.recogniser is not None
        return self.recogniser

    def look(self) -> None:
        """Let go of the model if it has not been used for long, or move it if it belongs elsewhere by now.

        To be called now and then, while nothing is being transcribed.  Raises ModelUnavailable.
        """
        if self.recogniser is None:
            return
        idle_s = self._now_s() - self._used_s
        if 0 < self._unload_after_s <= idle_s:
            log.info("the speech model has not been used for %.0f s", idle_s)
            self.unload()
            return
        placement = self._model.place(self._placement, self._failure)
        if self._placement is None or placement.where != self._placement.where:
            self.unload()
            self._load(placement)
        else:
            self._placement = placement

    def blames_card(self, error: Exception) -> bool:
        """Tell whether a GPU may be to blame for `error`; the model is then let go of, and loaded on the CPU next."""
        if self.recogniser is None or self._placement is None or self._placement.uuid is None:
            return False
        log.warning("the speech model failed on %s (%s); it goes to the CPU", self._placement.card, error)
        self._fail(str(error))
        self.unload()
        return True

    def unload(self) -> None:
        """Let go of the model."""
        recogniser, self.recogniser = self.recogniser, None
        if recogniser is not None:
            recogniser.close()

    def _load(self, placement: Placement) -> None:
        try:
            self.recogniser = self._model.load(placement)
        except CudaFailed as error:
            log.warning("the speech model does not run on %s (%s); taking the CPU", placement.card, error)
            self._fail(str(error))
            placement = self._model.place(self._placement, self._failure)
            self.recogniser = self._model.load(placement)
        self._placement = placement
        log.info("%s", render(placement.said, "en"))
        self._publish(SpeechPlaced(placement))

    def _fail(self, error: str) -> None:
        self._failure = Failure(error=error, at_s=self._now_s())
