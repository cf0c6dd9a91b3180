"""Loudness on Windows: IAudioEndpointVolume, a COM interface of Core Audio, called through its table of functions.

Built to Microsoft's documentation (mmdeviceapi.h, endpointvolume.h); not tried on Windows yet.
"""

import ctypes
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from etoile.errors import ActionFailed
from etoile.text import message

if TYPE_CHECKING:
    from etoile.actions.audio import End, Loudness

_ENUMERATOR_CLASS = uuid.UUID("bcde0395-e52f-467c-8e3d-c4579291692e")
_ENUMERATOR = uuid.UUID("a95664d2-9614-4f35-a746-de8db63617e6")
_ENDPOINT_VOLUME = uuid.UUID("5cdf2c82-841e-4546-9722-0cf74078229a")
_IN_PROCESS = 1
_DIRECTIONS = {"speaker": 0, "microphone": 1}
"""EDataFlow: eRender, eCapture."""
_CONSOLE = 0
_RELEASE = 2
_GET_DEFAULT_ENDPOINT, _ACTIVATE = 4, 3
_SET_SCALAR, _GET_SCALAR, _SET_MUTE, _GET_MUTE = 7, 9, 14, 15
"""Places in the tables of functions, counted from IUnknown's three."""

_windows: Any = ctypes
"""`ctypes` with what it has on Windows alone, so that this file can be imported and checked everywhere."""


class EndpointVolume:
    """The default speaker and microphone; see Mixer."""

    def read(self, end: "End") -> "Loudness":
        """Return how loud `end` is."""
        from etoile.actions.audio import Loudness

        scalar, muted = ctypes.c_float(), ctypes.c_int()
        with _volume(end) as volume:
            _call(volume, _GET_SCALAR, ctypes.byref(scalar))
            _call(volume, _GET_MUTE, ctypes.byref(muted))
        return Loudness(round(scalar.value * 100), bool(muted.value))

    def write(self, end: "End", loudness: "Loudness") -> None:
        """Make `end` as loud as `loudness` tells."""
        with _volume(end) as volume:
            _call(volume, _SET_SCALAR, ctypes.c_float(loudness.percent / 100), None)
            _call(volume, _SET_MUTE, ctypes.c_int(loudness.muted), None)


@contextmanager
def _volume(end: "End") -> Iterator[ctypes.c_void_p]:
    """Yield the IAudioEndpointVolume of `end`, in a COM apartment of this thread."""
    ole32 = _windows.windll.ole32
    ole32.CoInitializeEx(None, 0)
    with ExitStack() as released:
        released.callback(ole32.CoUninitialize)
        enumerator, device, volume = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        _check(
            ole32.CoCreateInstance(
                _guid(_ENUMERATOR_CLASS), None, _IN_PROCESS, _guid(_ENUMERATOR), ctypes.byref(enumerator)
            )
        )
        released.callback(_release, enumerator)
        _call(enumerator, _GET_DEFAULT_ENDPOINT, _DIRECTIONS[end], _CONSOLE, ctypes.byref(device))
        released.callback(_release, device)
        _call(device, _ACTIVATE, _guid(_ENDPOINT_VOLUME), _IN_PROCESS, None, ctypes.byref(volume))
        released.callback(_release, volume)
        yield volume


def _guid(value: uuid.UUID) -> Any:
    return ctypes.byref(ctypes.create_string_buffer(value.bytes_le, 16))


def _call(interface: ctypes.c_void_p, place: int, *arguments: Any) -> None:
    """Call the function at `place` of a COM interface."""
    table = ctypes.cast(interface, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    function = _windows.WINFUNCTYPE(_windows.HRESULT)(table[place] or 0)
    _check(function(interface, *arguments))


def _release(interface: ctypes.c_void_p) -> None:
    table = ctypes.cast(interface, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    _windows.WINFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)(table[_RELEASE] or 0)(interface)


def _check(result: int) -> None:
    if result < 0:
        raise ActionFailed(message("Windows gives no access to the sound ({code}).", code=f"{result & 0xFFFFFFFF:#x}"))
