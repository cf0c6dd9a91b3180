"""The processes on a card, by name."""

import ctypes
from collections.abc import Callable
from ctypes import byref, c_uint, c_ulonglong
from functools import partial
from typing import Any

from etoile.domain.gpus import GpuProcess
from etoile.gpu import nvml_codes as codes
from etoile.gpu.nvml_library import Function, Handle

ROOM = 128
"""So many processes are read by one call; asking for their number first would double the calls."""
NOT_AVAILABLE = 1 << 50
"""Sizes beyond mean that the system keeps them to itself (Windows and WSL 2 do)."""


class _Process(ctypes.Structure):
    _fields_ = (
        ("pid", c_uint),
        ("used", c_ulonglong),
        ("gpu_instance", c_uint),
        ("compute_instance", c_uint),
    )


class _List:
    """One of the two lists, in memory of its own."""

    def __init__(self, function: Function, handle: Handle) -> None:
        self._function = function
        self._handle = handle
        self._count = c_uint()
        self._make_room(ROOM)

    def read(self) -> int:
        self._count.value = self._size
        code = self._call()
        if code == codes.NVML_ERROR_INSUFFICIENT_SIZE:
            self._make_room(2 * max(self._count.value, self._size))
            self._count.value = self._size
            code = self._call()
        if code:
            self._count.value = 0
        return code

    def _make_room(self, size: int) -> None:
        self._size = size
        self._room: Any = (_Process * size)()
        self._call: Callable[[], int] = partial(self._function, self._handle, byref(self._count), self._room)

    def processes(self) -> dict[int, int]:
        """Return the memory by process."""
        count = self._count.value
        return {process.pid: process.used for process in self._room[:count]} if count else {}


def running(
    functions: tuple[Function, ...], handle: Handle
) -> tuple[Callable[[], int], Callable[[dict[str, Any]], bool]]:
    """Return the call for the processes of a card, and what stores them; the names of those that stay are kept.

    A process that computes and draws stands in both lists, with the same memory.
    """
    compute, graphics = (_List(function, handle) for function in functions)
    names: dict[int, str | None] = {}
    former: tuple[dict[int, int], tuple[GpuProcess, ...]] = {}, ()

    def call() -> int:
        code = compute.read()
        if code in (0, codes.NVML_ERROR_NOT_SUPPORTED):
            other = graphics.read()
            return other if code else 0
        return code

    def store(values: dict[str, Any]) -> bool:
        nonlocal former
        used = graphics.processes() | compute.processes()
        if used == former[0]:
            values["processes"] = former[1]
            return False
        for pid in names.keys() - used.keys():
            del names[pid]
        for pid in used.keys() - names.keys():
            names[pid] = _name(pid)
        values["processes"] = tuple(
            GpuProcess(pid=pid, name=names[pid], memory_used_bytes=size if size < NOT_AVAILABLE else None)
            for pid, size in used.items()
        )
        former = used, values["processes"]
        return False

    return call, store


def _name(pid: int) -> str | None:
    import psutil  # only where something runs on a card

    try:
        return psutil.Process(pid).name().encode(errors="replace").decode()
    except (psutil.Error, ValueError, OverflowError):
        return None  # it has ended, or it lives outside this container, or it is no process at all
