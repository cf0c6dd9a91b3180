"""The peer of the GPU reader: NVML by ctypes as one would write it with care, and nothing else.

Handles, argument types, pointers and memory are made once; every answer is looked at; nothing is checked.
"""

import ctypes
from collections.abc import Callable
from ctypes import POINTER, byref, c_int, c_uint, c_ulonglong, c_void_p
from typing import Any


class _Utilization(ctypes.Structure):
    _fields_ = (("gpu", c_uint), ("memory", c_uint))


class _Memory(ctypes.Structure):
    _fields_ = (
        ("version", c_uint),
        ("total", c_ulonglong),
        ("reserved", c_ulonglong),
        ("free", c_ulonglong),
        ("used", c_ulonglong),
    )


class _Process(ctypes.Structure):
    _fields_ = (("pid", c_uint), ("used", c_ulonglong), ("gpu_instance", c_uint), ("compute_instance", c_uint))


def sampler(library: Any) -> Callable[[bool], list[tuple[Any, ...]]]:
    """Return what reads the fields of one sample of all cards, with or without their processes; NVML is open."""

    def function(symbol: str, *types: Any) -> Any:
        found = library[symbol]
        found.argtypes = [c_void_p, *types]
        found.restype = c_int
        return found

    temperature = function("nvmlDeviceGetTemperature", c_int, POINTER(c_uint))
    utilization = function("nvmlDeviceGetUtilizationRates", POINTER(_Utilization))
    memory = function("nvmlDeviceGetMemoryInfo_v2", POINTER(_Memory))
    power = function("nvmlDeviceGetPowerUsage", POINTER(c_uint))
    fan = function("nvmlDeviceGetFanSpeed", POINTER(c_uint))
    clock = function("nvmlDeviceGetClockInfo", c_int, POINTER(c_uint))
    reasons = function("nvmlDeviceGetCurrentClocksEventReasons", POINTER(c_ulonglong))
    compute = function("nvmlDeviceGetComputeRunningProcesses_v3", POINTER(c_uint), POINTER(_Process))
    graphics = function("nvmlDeviceGetGraphicsRunningProcesses_v3", POINTER(c_uint), POINTER(_Process))

    number, wide, rates, sizes, room = c_uint(), c_ulonglong(), _Utilization(), _Memory(), (_Process * 128)()
    sizes.version = ctypes.sizeof(_Memory) | 2 << 24
    to_number, to_wide, to_rates, to_sizes = byref(number), byref(wide), byref(rates), byref(sizes)
    handles = _handles(library)

    def listed(call: Any, handle: c_void_p) -> list[tuple[int, int]]:
        number.value = len(room)
        call(handle, to_number, room)
        return [(room[place].pid, room[place].used) for place in range(number.value)]

    def sample(with_processes: bool) -> list[tuple[Any, ...]]:
        cards = []
        for handle in handles:
            temperature(handle, 0, to_number)
            temperature_c = number.value
            utilization(handle, to_rates)
            percent = rates.gpu
            memory(handle, to_sizes)
            used, total, free = sizes.used, sizes.total, sizes.free
            power(handle, to_number)
            milliwatts = number.value
            fan(handle, to_number)
            fan_percent = number.value
            clock(handle, 0, to_number)
            graphics_mhz = number.value
            clock(handle, 2, to_number)
            memory_mhz = number.value
            reasons(handle, to_wide)
            bits = wide.value
            processes = [*listed(compute, handle), *listed(graphics, handle)] if with_processes else None
            values = temperature_c, percent, used, total, free, milliwatts, fan_percent, graphics_mhz, memory_mhz
            cards.append((*values, bits, processes))
        return cards

    return sample


def _handles(library: Any) -> list[c_void_p]:
    count = c_uint()
    library.nvmlDeviceGetCount_v2(byref(count))
    handles = [c_void_p() for _ in range(count.value)]
    for index, handle in enumerate(handles):
        library.nvmlDeviceGetHandleByIndex_v2(c_uint(index), byref(handle))
    return handles
