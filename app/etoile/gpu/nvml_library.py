"""NVML itself: loaded, opened, called and closed through ctypes.

NVIDIA's binding pynvml looks a function up, wraps its answer and raises its errors at every call, which is three times
the cost of the call, and holds all of nvml.h in memory.  Pointers without argument types, given arguments made once,
are the cheapest way that ctypes has.
"""

import ctypes
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from etoile.errors import NvmlUnavailable
from etoile.gpu import nvml_codes as codes
from etoile.text import Message, message

log = logging.getLogger(__name__)

Function = Callable[..., int]
"""A function of NVML: every argument is a ctypes value, the answer is an error code, 0 for none."""
Handle = ctypes.c_void_p

ABSENT = frozenset(
    {
        codes.NVML_ERROR_NOT_SUPPORTED,
        codes.NVML_ERROR_NO_PERMISSION,
        codes.NVML_ERROR_FUNCTION_NOT_FOUND,
        codes.NVML_ERROR_ARGUMENT_VERSION_MISMATCH,
        codes.NVML_ERROR_DEPRECATED,
    }
)
"""Codes that mean: this card or driver does not report it (to this user)."""

GONE = frozenset(
    {
        codes.NVML_ERROR_UNINITIALIZED,
        codes.NVML_ERROR_DRIVER_NOT_LOADED,
        codes.NVML_ERROR_GPU_IS_LOST,
        codes.NVML_ERROR_RESET_REQUIRED,
        codes.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
        codes.NVML_ERROR_GPU_NOT_FOUND,
    }
)
"""Codes that concern the whole card (or, after a reload of the driver, every card)."""

MOST_CARDS = 1024
"""A driver that tells of more is not believed."""


class Nvml:
    """An open NVML.  Which calls it has differs from driver to driver, so that each is named with its older forms."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def find(self, symbol: str) -> Function | None:
        """Return the function of this name; None when this driver does not have it."""
        try:
            function: Function = self._library[symbol]
        except AttributeError:
            return None
        return function

    def ask(self, symbols: tuple[str, ...], *arguments: Any) -> int:
        """Call the first of `symbols` that there is, and return its code."""
        for symbol in symbols:
            if function := self.find(symbol):
                return guarded(function, *arguments)
        return codes.NVML_ERROR_FUNCTION_NOT_FOUND

    def version(self) -> str | None:
        """Return the version of the driver."""
        return self.text("nvmlSystemGetDriverVersion")

    def text(self, symbol: str, *handle: Handle) -> str | None:
        """Return a text about a card, or about the driver; None when there is none."""
        buffer = ctypes.create_string_buffer(128)
        if self.ask((symbol,), *handle, buffer, ctypes.c_uint(len(buffer))):
            return None
        return buffer.value.decode(errors="replace") or None

    def number(self, symbol: str, handle: Handle, *arguments: Any) -> int | None:
        """Return an unsigned number about a card; None when there is none."""
        out = ctypes.c_uint()
        return None if self.ask((symbol,), handle, *arguments, ctypes.byref(out)) else out.value

    def close(self) -> None:
        """Shut it down."""
        if code := self.ask(("nvmlShutdown",)):
            log.debug("NVML was past closing: %d", code)

    def unavailable(self, code: int) -> NvmlUnavailable:
        """Return what an NVML that does not start means for the user."""
        if known := _START_FAILURES.get(code):
            return NvmlUnavailable(*known)
        return NvmlUnavailable(
            message("The NVIDIA driver does not start: {error}.", error=self._described(code)),
            message("`nvidia-smi` in a terminal tells more; often a restart of the computer is enough."),
        )

    def _described(self, code: int) -> str:
        """Return what the driver itself says of an error."""
        if (function := self.find("nvmlErrorString")) is None:
            return str(code)
        function.restype = ctypes.c_char_p  # type: ignore[attr-defined]  # of a function of ctypes
        told: Any = function(ctypes.c_int(code))
        return told.decode(errors="replace") if told else str(code)

    def count(self) -> int:
        """Return how many cards there are.  Raises NvmlUnavailable."""
        out = ctypes.c_uint()
        if code := self.ask(("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"), ctypes.byref(out)):
            raise self.unavailable(code)
        if out.value > MOST_CARDS:
            raise self.unavailable(codes.NVML_ERROR_UNKNOWN)
        return out.value

    def handle(self, index: int) -> tuple[Handle, int]:
        """Return the handle of a card, and the code that came with it."""
        handle = Handle()
        symbols = ("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex")
        return handle, self.ask(symbols, ctypes.c_uint(index), ctypes.byref(handle))


def load() -> ctypes.CDLL:
    """Return the library of the driver.  Raises OSError."""
    if sys.platform != "win32":
        return ctypes.CDLL("libnvidia-ml.so.1")
    windows = Path(os.environ.get("WINDIR", "C:/Windows"))
    programs = Path(os.environ.get("PROGRAMFILES", "C:/Program Files"))
    try:
        return ctypes.CDLL(str(windows / "System32" / "nvml.dll"))
    except OSError:  # drivers before DCH have it elsewhere
        return ctypes.CDLL(str(programs / "NVIDIA Corporation" / "NVSMI" / "nvml.dll"))


def open_nvml() -> Nvml:
    """Load and start NVML.  Raises NvmlUnavailable."""
    try:
        nvml = Nvml(load())
    except OSError as error:
        log.debug("no NVML: %s", error)
        raise NvmlUnavailable(*_START_FAILURES[codes.NVML_ERROR_LIBRARY_NOT_FOUND]) from error
    code = nvml.ask(("nvmlInitWithFlags",), ctypes.c_uint(0))
    if code == codes.NVML_ERROR_FUNCTION_NOT_FOUND:  # a driver before 396.37
        code = nvml.ask(("nvmlInit_v2", "nvmlInit"))
    if code:
        raise nvml.unavailable(code)
    return nvml


def guarded(function: Function, *arguments: Any) -> int:
    """Call `function`; where its driver was torn away under it, return that the card is lost."""
    try:
        return function(*arguments)
    except OSError as error:
        log.debug("a call into the driver crashed: %s", error)
        return codes.NVML_ERROR_GPU_IS_LOST


_START_FAILURES: Mapping[int, tuple[Message, Message]] = {
    codes.NVML_ERROR_LIBRARY_NOT_FOUND: (
        message("There is no NVIDIA driver on this computer."),
        message("With an NVIDIA card, install its driver; without one, GPUs of other machines are still shown."),
    ),
    codes.NVML_ERROR_DRIVER_NOT_LOADED: (
        message("The NVIDIA driver is installed, but not loaded."),
        message("Load it (`sudo modprobe nvidia`), or restart the computer."),
    ),
    codes.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        message("The NVIDIA driver was updated while the former one is still running."),
        message("Restart the computer."),
    ),
    codes.NVML_ERROR_NO_PERMISSION: (
        message("The NVIDIA driver may not be used by this user."),
        message("Check who may read /dev/nvidia*: often the group `video` or `render`."),
    ),
}
