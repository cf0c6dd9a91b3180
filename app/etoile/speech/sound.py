"""The sound card, through PortAudio: the home of sounddevice.

PortAudio is one per process: its list of devices is frozen when it starts, and refreshing the list ends every stream.
So whoever plays or records opens streams here, where they are counted; the list is refreshed only while none is open.

It is loaded when it is first wanted, for what it costs (`etoile.speech.devices`); whether there is a device is told
without it.

Streams are ended by `close`, which aborts: PortAudio's own `stop` waits for ever on a device that was suspended.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, Self

from etoile.errors import EtoileError, MicrophoneUnavailable, VoiceUnavailable
from etoile.speech.devices import look
from etoile.speech.sources import Source, chosen
from etoile.text import Message, message

log = logging.getLogger(__name__)

Kind = Literal["input", "output"]

_NO_LIBRARY = message("PortAudio, the library that records and plays sound, is not installed.")
_INSTALL = message("Install it (Debian, Ubuntu: sudo apt install libportaudio2 libasound2-plugins) and restart Etoile.")


_REFUSED_FORMATS = (-9997, -9998)
"""PortAudio's numbers for a sample rate and for a number of channels that the device does not take."""


class NoSuchMicrophone(MicrophoneUnavailable):
    """There are microphones, but none of the name that was asked for."""


class FormatRefused(MicrophoneUnavailable):
    """The microphone is there, and records at other rates or with other channels only."""


def _sounddevice() -> Any:
    import sounddevice

    return sounddevice


class SoundCard:
    """Opens streams of 16-bit samples.  Safe from any thread, but opening may take seconds: not on the main one."""

    def __init__(self, load: Callable[[], Any] = _sounddevice, look: Callable[[], Any] | None = None) -> None:
        """`look` tells of the devices without `load`ing the library: its `query_devices`, or None."""
        self._load = load
        self._look = look or load
        self._gate = threading.Lock()
        self._open_streams = 0

    def open(self, kind: Kind, device: str | None, *, source: Source | None = None, **settings: Any) -> "Stream":
        """Return a started stream on `device`, a part of its name, or on the system's default.

        `source` is a microphone of the sound server, to which its default device is then led.  `settings` are those of
        sounddevice's raw streams.  When it does not open, the list of devices is refreshed and it is tried once more.
        Raises MicrophoneUnavailable or VoiceUnavailable.
        """
        with self._gate, chosen(source):
            library = _asked(self._load, kind)
            try:
                return self._start(library, kind, device, settings)
            except (library.PortAudioError, _NoDeviceError) as error:
                if kind == "input" and _refuses_format(error):
                    raise FormatRefused(_said(kind, device, error, _names(library, kind))) from error
                log.info("%s does not open (%s); looking for devices again", kind, error)
            try:
                self._refresh(library)
                return self._start(library, kind, device, settings)
            except (library.PortAudioError, _NoDeviceError) as error:
                raise _unavailable(kind, device, error, _names(library, kind)) from error

    def prepare(self) -> None:
        """Load PortAudio, which takes some 0.05 s, before a stream is wanted; where there is none, opening tells."""
        with self._gate, suppress(ImportError, OSError):
            self._load()

    def check(self, kind: Kind, device: str | None) -> None:
        """Raise MicrophoneUnavailable or VoiceUnavailable when there is no such device; opens and loads nothing."""
        devices = _asked(self._look, kind)
        if devices is None:
            return
        try:
            _find(devices, kind, device)
        except (devices.PortAudioError, _NoDeviceError) as error:
            raise _unavailable(kind, device, error, _names(devices, kind)) from error

    def own_format(self, kind: Kind, device: str | None) -> tuple[int, int]:
        """Return the rate in Hz of `device` and its number of channels.  Raises MicrophoneUnavailable."""
        with self._gate:
            library = _asked(self._load, kind)
            try:
                index = _find(library, kind, device)
                told = library.query_devices(kind=kind) if index is None else library.query_devices(index)
            except (library.PortAudioError, _NoDeviceError) as error:
                raise _unavailable(kind, device, error, _names(library, kind)) from error
            return int(told["default_samplerate"]), int(told[f"max_{kind}_channels"])

    def _start(self, library: Any, kind: Kind, device: str | None, settings: dict[str, Any]) -> "Stream":
        make = library.RawInputStream if kind == "input" else library.RawOutputStream
        stream = make(device=_find(library, kind, device), dtype="int16", **settings)
        try:
            stream.start()
        except library.PortAudioError:
            stream.close(ignore_errors=True)
            raise
        self._open_streams += 1
        return Stream(self, stream)

    def _refresh(self, library: Any) -> None:
        """Have PortAudio look for devices again, as only its end and new start does."""
        if self._open_streams == 0:
            library._terminate()  # noqa: SLF001 (sounddevice offers no other way)
            library._initialize()  # noqa: SLF001

    def release(self, stream: Any) -> None:
        """End `stream` of sounddevice at once; called by `Stream` alone."""
        with self._gate:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
            self._open_streams -= 1


class Stream:
    """A running stream; leaving the context ends it at once and drops what was not played."""

    def __init__(self, card: SoundCard, stream: Any) -> None:
        self._card = card
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def latency_s(self) -> float:
        """Time between our buffer and the loudspeaker or microphone, as the device tells it."""
        return float(self._stream.latency)

    def close(self) -> None:
        """End the stream; a second time does nothing."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._card.release(stream)


SOUND_CARD = SoundCard(look=look)
"""The one of this process: PortAudio is a single library with a single state."""


class _NoDeviceError(Exception):
    """No device of that name, or none at all."""


def _asked(whom: Callable[[], Any], kind: Kind) -> Any:
    """Return what `whom` returns.  Raises MicrophoneUnavailable or VoiceUnavailable where there is no PortAudio."""
    try:
        return whom()
    except (ImportError, OSError) as error:
        log.debug("no PortAudio: %s", error)
        raise _error_of(kind)(_NO_LIBRARY, _INSTALL) from error


def _find(library: Any, kind: Kind, name: str | None) -> int | None:
    """Return the index of the device `name` (whole or a part of it), None for the default.  Raises _NoDeviceError."""
    if name is None:
        library.query_devices(kind=kind)
        return None
    wanted = name.casefold()
    known = {known.casefold(): index for index, known in _devices(library, kind)}
    for candidate, index in known.items():
        if candidate == wanted:
            return index
    for candidate, index in known.items():
        if wanted in candidate:
            return index
    raise _NoDeviceError(name)


def _devices(library: Any, kind: Kind) -> list[tuple[int, str]]:
    channels = f"max_{kind}_channels"
    return [(index, device["name"]) for index, device in enumerate(library.query_devices()) if device[channels] > 0]


def _names(library: Any, kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, name in _devices(library, kind)))


def _error_of(kind: Kind) -> type[EtoileError]:
    return MicrophoneUnavailable if kind == "input" else VoiceUnavailable


def _refuses_format(error: Exception) -> bool:
    return len(error.args) > 1 and error.args[1] in _REFUSED_FORMATS


def _unavailable(kind: Kind, device: str | None, error: Exception, names: tuple[str, ...]) -> EtoileError:
    misnamed = kind == "input" and names and isinstance(error, _NoDeviceError)
    made = NoSuchMicrophone if misnamed else _error_of(kind)
    return made(_said(kind, device, error, names), _remedy(kind, device, names))


def _said(kind: Kind, device: str | None, error: Exception, names: tuple[str, ...]) -> Message:
    if kind == "input":
        if not names:
            return message("There is no microphone.")
        if isinstance(error, _NoDeviceError):
            return message('There is no microphone called "{name}".', name=device)
        return message("The microphone does not open: {error}.", error=str(error))
    if not names:
        return message("There is no loudspeaker.")
    if isinstance(error, _NoDeviceError):
        return message('There is no loudspeaker called "{name}".', name=device)
    return message("The loudspeaker does not open: {error}.", error=str(error))


def _remedy(kind: Kind, device: str | None, names: tuple[str, ...]) -> Message:
    if device is not None and names:
        return message("Known devices: {names}.", names=names)
    if kind == "input":
        return message("Plug one in, or choose one in the sound settings; Etoile finds it at the next try.")
    return message("Plug one in, or choose one in the sound settings.")
