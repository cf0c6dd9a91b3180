"""NVML itself: loaded, opened and closed by pynvml, and called by pointers of our own.

pynvml looks a function up, wraps its answer and raises its errors at every call, which is three times the cost of the
call.  Its pointers without argument types, given arguments made once, are the cheapest way that ctypes has.
"""

import ctypes
import logging
from collections.abc import Callable, Mapping
from typing import Any

import pynvml

from etoile.errors import NvmlUnavailable
from etoile.text import Message, message

log = logging.getLogger(__name__)

Function = Callable[..., int]
"""A function of NVML: every argument is a ctypes value, the answer is an error code, 0 for none."""
Handle = ctypes.c_void_p

ABSENT = frozenset(
    {
        pynvml.NVML_ERROR_NOT_SUPPORTED,
        pynvml.NVML_ERROR_NO_PERMISSION,
        pynvml.NVML_ERROR_FUNCTION_NOT_FOUND,
        pynvml.NVML_ERROR_ARGUMENT_VERSION_MISMATCH,
        pynvml.NVML_ERROR_DEPRECATED,
    }
)
"""Codes that mean: this card or driver does not report it (to this user)."""

GONE = frozenset(
    {
        pynvml.NVML_ERROR_UNINITIALIZED,
        pynvml.NVML_ERROR_DRIVER_NOT_LOADED,
        pynvml.NVML_ERROR_GPU_IS_LOST,
        pynvml.NVML_ERROR_RESET_REQUIRED,
        pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
        pynvml.NVML_ERROR_GPU_NOT_FOUND,
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
        return int(pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)

    def text(self, symbol: str, handle: Handle) -> str | None:
        """Return a text about a card; None when there is none."""
        buffer = ctypes.create_string_buffer(128)
        if self.ask((symbol,), handle, buffer, ctypes.c_uint(len(buffer))):
            return None
        return buffer.value.decode(errors="replace") or None

    def number(self, symbol: str, handle: Handle, *arguments: Any) -> int | None:
        """Return an unsigned number about a card; None when there is none."""
        out = ctypes.c_uint()
        return None if self.ask((symbol,), handle, *arguments, ctypes.byref(out)) else out.value

    def count(self) -> int:
        """Return how many cards there are.  Raises NvmlUnavailable."""
        out = ctypes.c_uint()
        if code := self.ask(("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"), ctypes.byref(out)):
            raise unavailable(code)
        if out.value > MOST_CARDS:
            raise unavailable(pynvml.NVML_ERROR_UNKNOWN)
        return out.value

    def handle(self, index: int) -> tuple[Handle, int]:
        """Return the handle of a card, and the code that came with it."""
        handle = Handle()
        symbols = ("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex")
        return handle, self.ask(symbols, ctypes.c_uint(index), ctypes.byref(handle))


def open_nvml() -> Nvml:
    """Load and start NVML.  Raises NvmlUnavailable."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        code = int(error.value)
        if code == pynvml.NVML_ERROR_FUNCTION_NOT_FOUND:  # a driver before 396.37
            code = Nvml(pynvml.nvmlLib).ask(("nvmlInit_v2", "nvmlInit"))
        if code:
            raise unavailable(code) from error
    except OSError as error:  # what ctypes makes of an access violation on Windows
        raise unavailable(pynvml.NVML_ERROR_UNKNOWN) from error
    return Nvml(pynvml.nvmlLib)


def close_nvml() -> None:
    """Shut NVML down; an NVML that is not open is none the worse."""
    try:
        pynvml.nvmlShutdown()
    except (pynvml.NVMLError, OSError) as error:
        log.debug("NVML was not open, or is past closing: %s", error)


def guarded(function: Function, *arguments: Any) -> int:
    """Call `function`; where its driver was torn away under it, return that the card is lost."""
    try:
        return function(*arguments)
    except OSError as error:
        log.debug("a call into the driver crashed: %s", error)
        return int(pynvml.NVML_ERROR_GPU_IS_LOST)


def unavailable(code: int) -> NvmlUnavailable:
    """Return what an NVML that does not start means for the user."""
    said, remedy = _START_FAILURES.get(
        code,
        (
            message("The NVIDIA driver does not start: {error}.", error=str(pynvml.NVMLError(code))),
            message("`nvidia-smi` in a terminal tells more; often a restart of the computer is enough."),
        ),
    )
    return NvmlUnavailable(said, remedy)


_START_FAILURES: Mapping[int, tuple[Message, Message]] = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: (
        message("There is no NVIDIA driver on this computer."),
        message("With an NVIDIA card, install its driver; without one, GPUs of other machines are still shown."),
    ),
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: (
        message("The NVIDIA driver is installed, but not loaded."),
        message("Load it (`sudo modprobe nvidia`), or restart the computer."),
    ),
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        message("The NVIDIA driver was updated while the former one is still running."),
        message("Restart the computer."),
    ),
    pynvml.NVML_ERROR_NO_PERMISSION: (
        message("The NVIDIA driver may not be used by this user."),
        message("Check who may read /dev/nvidia*: often the group `video` or `render`."),
    ),
}
