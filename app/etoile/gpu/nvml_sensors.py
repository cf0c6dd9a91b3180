"""What is read of a card: which call reports which fields, in which bounds, into which memory.

A sensor is one call bound to one card with its arguments and its answer's memory made once, so that reading it costs
the call and one look.  Values beyond their bounds are junk, which drivers report when a sensor does not answer: 0, 127
and 255 °C, or numbers near 2^63.
"""

import ctypes
from collections.abc import Callable, Iterable, Mapping
from ctypes import byref, c_int, c_uint, c_ulonglong, sizeof
from functools import partial
from struct import Struct
from typing import Any, NamedTuple

from etoile.gpu import nvml_codes as codes
from etoile.gpu.nvml_library import Function, Handle, Nvml
from etoile.gpu.nvml_running import running

Values = dict[str, Any]
"""Fields of `GpuReading` by name."""


class Number(NamedTuple):
    """A call with its arguments, the number it answers, and the bounds beyond which that is junk."""

    call: Callable[[], int]
    out: Any
    field: str
    lowest: int
    highest: int

    def store(self, values: Values) -> bool:
        """Write the number into the values, and tell whether it is junk.  (The loop does this by itself.)"""
        value = self.out.value
        if self.lowest <= value <= self.highest:
            values[self.field] = value
            return False
        return True


class Answer(NamedTuple):
    """A call with its arguments, and what writes its answer into the values and tells whether it is junk."""

    call: Callable[[], int]
    store: Callable[[Values], bool]


Bound = Number | Answer


class Form(NamedTuple):
    """One of the calls that may report some fields."""

    symbols: tuple[str, ...]
    bind: Callable[[tuple[Function, ...], Handle], Bound]


class Quantity(NamedTuple):
    """Fields that one call reports, and the forms of that call: the first that a driver has and answers counts."""

    fields: tuple[str, ...]
    forms: tuple[Form, ...]


class Sensor(NamedTuple):
    """A quantity of one card."""

    bound: Bound
    quantity: Quantity
    otherwise: "Sensor | None"
    """The next form of the call, for when the card turns this one down."""


def sensor(quantity: Quantity, nvml: Nvml, handle: Handle) -> Sensor | None:
    """Return the sensor of a card; None when its driver has none of the calls."""
    found: Sensor | None = None
    for form in reversed(quantity.forms):
        functions = tuple(function for symbol in form.symbols if (function := nvml.find(symbol)))
        if len(functions) == len(form.symbols):
            found = Sensor(form.bind(functions, handle), quantity, found)
    return found


def _number(field: str, symbol: str, lowest: int, highest: int, *arguments: Any) -> Form:
    def bind(functions: tuple[Function, ...], handle: Handle) -> Bound:
        out = c_uint()
        return Number(partial(functions[0], handle, *arguments, byref(out)), out, field, lowest, highest)

    return Form((symbol,), bind)


def _watts(field: str, symbol: str) -> Form:
    def bind(functions: tuple[Function, ...], handle: Handle) -> Bound:
        out = c_uint()

        def store(values: Values) -> bool:
            milliwatts = out.value
            if 0 < milliwatts < 5_000_000:
                values[field] = milliwatts / 1000
                return False
            return True

        return Answer(partial(functions[0], handle, byref(out)), store)

    return Form((symbol,), bind)


def _member(field: str, symbol: str, struct: Any, member: str, lowest: int, highest: int) -> Form:
    """Return the form of a call that fills a struct, of which one signed member is wanted."""

    def bind(functions: tuple[Function, ...], handle: Handle) -> Bound:
        answer = struct()
        if hasattr(answer, "version"):
            answer.version = sizeof(struct) | 1 << 24
        out = c_int.from_buffer(answer, getattr(struct, member).offset)
        return Number(partial(functions[0], handle, byref(answer)), out, field, lowest, highest)

    return Form((symbol,), bind)


class _Temperature(ctypes.Structure):
    _fields_ = (("version", c_uint), ("sensor", c_uint), ("temperature", c_int))


class _Margin(ctypes.Structure):
    _fields_ = (("version", c_uint), ("margin", c_int))


class _Utilization(ctypes.Structure):
    _fields_ = (("gpu", c_uint), ("memory", c_uint))


_MEMORY = Struct("=QQQ")
"""Total, free, used."""
_MEMORY_V2 = Struct("=IxxxxQQQQ")
"""Version, total, reserved, free, used."""


class _FieldValue(ctypes.Structure):
    _fields_ = (
        ("field", c_uint),
        ("scope", c_uint),
        ("timestamp", ctypes.c_longlong),
        ("latency_us", ctypes.c_longlong),
        ("kind", c_uint),
        ("code", c_uint),
        ("value", c_uint),
        ("upper", c_uint),
    )


def _memory(functions: tuple[Function, ...], handle: Handle) -> Bound:
    answer = ctypes.create_string_buffer(_MEMORY.size)

    def store(values: Values) -> bool:
        return _store_memory(values, *_MEMORY.unpack(answer))

    return Answer(partial(functions[0], handle, byref(answer)), store)


def _memory_v2(functions: tuple[Function, ...], handle: Handle) -> Bound:
    answer = ctypes.create_string_buffer(_MEMORY_V2.pack(_MEMORY_V2.size | 2 << 24, 0, 0, 0, 0), _MEMORY_V2.size)

    def store(values: Values) -> bool:
        _, total, _, free, used = _MEMORY_V2.unpack(answer)
        return _store_memory(values, total, free, used)

    return Answer(partial(functions[0], handle, byref(answer)), store)


def _store_memory(values: Values, total: int, free: int, used: int) -> bool:
    if used <= total >= free and 0 < total < LARGEST_BYTES:
        values["memory_total_bytes"] = total
        values["memory_used_bytes"] = used
        values["memory_free_bytes"] = free
        return False
    return True


LARGEST_BYTES = 1 << 50
"""A petabyte: sizes beyond mean "not available"."""


def _field_value(field: str, number: int, lowest: int, highest: int) -> Form:
    def bind(functions: tuple[Function, ...], handle: Handle) -> Bound:
        answer = _FieldValue(field=number)
        ask = partial(functions[0], handle, c_int(1), byref(answer))
        out = c_int.from_buffer(answer, _FieldValue.value.offset)
        return Number(lambda: ask() or int(answer.code), out, field, lowest, highest)

    return Form(("nvmlDeviceGetFieldValues",), bind)


THROTTLE_REASONS: Mapping[int, str] = {
    codes.CLOCKS_EVENT_REASON_SW_POWER_CAP: "sw_power_cap",
    codes.CLOCKS_EVENT_REASON_HW_SLOWDOWN: "hw_slowdown",
    codes.CLOCKS_EVENT_REASON_SYNC_BOOST: "sync_boost",
    codes.CLOCKS_EVENT_REASON_SW_THERMAL_SLOWDOWN: "sw_thermal",
    codes.CLOCKS_EVENT_REASON_HW_THERMAL_SLOWDOWN: "hw_thermal",
    codes.CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN: "hw_power_brake",
}
"""Bits and words.  Idle and clocks set by the user are no reasons to mention."""


def _reasons(functions: tuple[Function, ...], handle: Handle) -> Bound:
    out = c_ulonglong()
    known: dict[int, tuple[str, ...]] = {}

    def store(values: Values) -> bool:
        bits = out.value
        if (words := known.get(bits)) is None:
            if bits > 0xFFFF:
                return True
            words = known[bits] = tuple(word for bit, word in THROTTLE_REASONS.items() if bits & bit)
        values["throttle"] = words
        return False

    return Answer(partial(functions[0], handle, byref(out)), store)


def _processes(functions: tuple[Function, ...], handle: Handle) -> Bound:
    call, store = running(functions, handle)
    return Answer(call, store)


def _one(field: str, *forms: Form) -> Quantity:
    return Quantity((field,), forms)


def _limit(field: str, threshold: int) -> Quantity:
    return _one(field, _number(field, "nvmlDeviceGetTemperatureThreshold", 31, 126, c_uint(threshold)))


def _clock(field: str, clock: int, highest_mhz: int) -> Quantity:
    return _one(field, _number(field, "nvmlDeviceGetClockInfo", 0, highest_mhz, c_uint(clock)))


_CORE = c_uint(codes.NVML_TEMPERATURE_GPU)

EACH_SAMPLE = (
    _one(
        "temperature_c",
        _number("temperature_c", "nvmlDeviceGetTemperature", 1, 126, _CORE),
        _member("temperature_c", "nvmlDeviceGetTemperatureV", _Temperature, "temperature", 1, 126),
    ),
    _one(
        "utilization_percent",
        _member("utilization_percent", "nvmlDeviceGetUtilizationRates", _Utilization, "gpu", 0, 100),
    ),
    Quantity(
        ("memory_used_bytes", "memory_total_bytes", "memory_free_bytes"),
        # Version 1 counts the 400 MiB and more that the driver keeps for itself as used.
        (
            Form(("nvmlDeviceGetMemoryInfo_v2",), _memory_v2),
            Form(("nvmlDeviceGetMemoryInfo",), _memory),
        ),
    ),
    _one("power_w", _watts("power_w", "nvmlDeviceGetPowerUsage")),
    # 0 % is a fan at rest; a card without a fan answers "not supported".  More than 100 % is possible.
    _one("fan_percent", _number("fan_percent", "nvmlDeviceGetFanSpeed", 0, 200)),
    _clock("clock_graphics_mhz", codes.NVML_CLOCK_GRAPHICS, 20_000),
    _clock("clock_memory_mhz", codes.NVML_CLOCK_MEM, 50_000),
    _one(
        "throttle",
        Form(("nvmlDeviceGetCurrentClocksEventReasons",), _reasons),
        Form(("nvmlDeviceGetCurrentClocksThrottleReasons",), _reasons),
    ),
    _one(
        "thermal_margin_c",
        _member("thermal_margin_c", "nvmlDeviceGetMarginTemperature", _Margin, "margin", -60, 126),
    ),
    _one("memory_temperature_c", _field_value("memory_temperature_c", codes.NVML_FI_DEV_MEMORY_TEMP, 1, 126)),
)
"""PCIe throughput is not among them: the driver counts 40 ms for it."""

NOW_AND_THEN = (
    _one(
        "processes",
        Form(("nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v3"), _processes),
        Form(("nvmlDeviceGetComputeRunningProcesses_v2", "nvmlDeviceGetGraphicsRunningProcesses_v2"), _processes),
    ),
)
"""Read at a lower rate: it costs more."""

LIMITS = (
    _one("power_limit_w", _watts("power_limit_w", "nvmlDeviceGetEnforcedPowerLimit")),
    _limit("shutdown_c", codes.NVML_TEMPERATURE_THRESHOLD_SHUTDOWN),
    _limit("slowdown_c", codes.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN),
    _limit("max_operating_c", codes.NVML_TEMPERATURE_THRESHOLD_GPU_MAX),
    _limit("target_c", codes.NVML_TEMPERATURE_THRESHOLD_ACOUSTIC_CURR),
)
"""Hardly ever changed.  Recent data centre cards report margins instead, here as numbers out of bounds: those are never
mixed with temperatures."""


def fields_of(quantities: Iterable[Quantity]) -> tuple[str, ...]:
    """Return the fields of some quantities."""
    return tuple(field for quantity in quantities for field in quantity.fields)
