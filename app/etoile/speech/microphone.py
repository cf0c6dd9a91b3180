"""The microphone: 16 kHz, one channel, 16 bits, block by block, and never silently dead.

It stays open for a while after it was used, so that the next words are caught from the first on; with a pre-roll it is
open all the time.  What it hears while nobody listens is forgotten at once.
"""

import logging
import time
from collections.abc import Callable

from etoile.speech.capture import BLOCK_S, BLOCK_SAMPLES, SAMPLE_RATE_HZ, Capture
from etoile.speech.sound import SOUND_CARD, FormatRefused, NoSuchMicrophone, SoundCard, Stream
from etoile.speech.sources import Source, find, sources
from etoile.text import Message, message

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""How often a microphone that is always open is looked at."""
AGAIN_S = 5.0
"""How long after it did not open it is tried again."""


class Microphone:
    """Where captures come from: a device by a part of its name, or the system's default.  Belongs to one thread.

    Where the one that was chosen is not there, the default is taken in its place until it is back; `astray` tells.
    """

    def __init__(
        self,
        device: str | None,
        card: SoundCard = SOUND_CARD,
        now_s: Callable[[], float] = time.monotonic,
        *,
        keep_open_s: float = 0.0,
        preroll_s: float = 0.0,
        sources: Callable[[], tuple[Source, ...]] = sources,
    ) -> None:
        self._device = device
        self._card = card
        self._now_s = now_s
        self._keep_open_s = keep_open_s
        self._preroll_blocks = round(preroll_s / BLOCK_S)
        self._sources = sources
        self._capture: Capture | None = None
        self._in_use = False
        self._rested_s = 0.0
        self._led_to: Source | None = None
        """The microphone of the sound server that the open stream was led to."""
        self._instead: NoSuchMicrophone | None = None

    @property
    def is_open(self) -> bool:
        """Whether the device is open, listened to or not."""
        return self._capture is not None

    @property
    def name(self) -> str:
        """What the desktop calls the one that is open; empty for the one that is used where none is chosen."""
        if self._instead:
            return ""
        return self._led_to.description if self._led_to else self._device or ""

    @property
    def next_look_s(self) -> float | None:
        """How long `look_after` may wait; None where nothing is to be looked after."""
        if self._always_open:
            return LOOK_S if self._capture else AGAIN_S
        return max(0.0, self._rested_s + self._keep_open_s - self._now_s()) if self._capture else None

    def check(self) -> None:
        """Raise MicrophoneUnavailable when there is none; opens nothing.  Any thread; may take a second."""
        self._card.check("input", None if self._source() else self._device)

    def prepare(self) -> None:
        """Get ready to open it."""
        self._card.prepare()

    def open(self, *, with_past: bool = True) -> Capture:
        """Return a capture that listens: at once where the device is open, else this may take seconds.

        Without `with_past` what was heard before is left out.  Raises MicrophoneUnavailable.
        """
        if self._capture is not None and not self._capture.alive:
            self.close()
        if self._capture is None:
            self._capture = self._opened()
        self._in_use = True
        self._capture.begin(with_past=with_past)
        return self._capture

    def rest(self) -> None:
        """Listen no more; the device stays open for a while, unless it is not the one that was chosen."""
        self._in_use = False
        self._rested_s = self._now_s()
        capture = self._capture
        if capture is None:
            return
        capture.pause()
        if not capture.alive or self._instead or not (self._keep_open_s or self._always_open):
            self.close()

    def look_after(self) -> None:
        """Close the device when it was not used for long, or open it when it is to be open always.

        Raises MicrophoneUnavailable.
        """
        if self._in_use:
            return
        if self._always_open:
            if self._capture is not None and not self._capture.alive:
                self.close()
            self._capture = self._capture or self._opened()
        elif self.next_look_s == 0:
            self.close()

    def astray(self) -> NoSuchMicrophone | None:
        """Return why another microphone than the chosen one is listened to; None when it is the right one.

        A sound server leads a stream elsewhere when its device is unplugged, without a word.
        """
        if self._led_to is not None and self._source() is None:
            self._led_to, self._instead = None, self._without(None)
        return self._instead

    def close(self) -> None:
        """Let go of the device."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.close()

    @property
    def _always_open(self) -> bool:
        return self._preroll_blocks > 0

    def _source(self) -> Source | None:
        return find(self._device, self._sources()) if self._device else None

    def _opened(self) -> Capture:
        self._instead = None
        try:
            return self._opened_on(self._device, self._source())
        except NoSuchMicrophone as error:
            log.info("%s  Taking the default.", error)
            capture = self._opened_on(None, None)
            self._instead = self._without(error.remedy)
            return capture

    def _opened_on(self, device: str | None, source: Source | None) -> Capture:
        capture = Capture(self._now_s, ring=max(1, self._preroll_blocks))
        self._led_to = source
        device = None if source else device
        try:
            capture.attach(self._stream(capture, device, source, SAMPLE_RATE_HZ, 1))
        except FormatRefused:
            from etoile.speech.resampling import Resampler  # NumPy is needed for nothing else until then

            rate_hz, channels = self._card.own_format("input", device)
            log.info("the microphone takes no 16 kHz: %d Hz, %d channels", rate_hz, channels)
            resampler = Resampler(rate_hz, channels)
            capture.attach(self._stream(capture, device, source, rate_hz, channels), resampler)
        return capture

    def _stream(
        self, capture: Capture, device: str | None, source: Source | None, rate_hz: int, channels: int
    ) -> Stream:
        return self._card.open(
            "input",
            device,
            source=source,
            samplerate=rate_hz,
            channels=channels,
            blocksize=BLOCK_SAMPLES * rate_hz // SAMPLE_RATE_HZ,
            latency="low",
            callback=capture.on_block,
            finished_callback=capture.on_finished,
        )

    def _without(self, remedy: Message | None) -> NoSuchMicrophone:
        """Return why the chosen microphone is not the one that is used; `remedy` names those that PortAudio knows."""
        if known := self._sources():
            remedy = message("Known devices: {names}.", names=[source.description for source in known])
        return NoSuchMicrophone(
            message("The microphone “{name}” is not there: the default is used until it is back.", name=self._device),
            remedy,
        )
