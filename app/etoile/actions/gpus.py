"""What the GPUs say of themselves, and silence for their alerts."""

import time
from collections.abc import Callable
from datetime import timedelta

from etoile.actions.action import Action, ActionTable, Context, Done
from etoile.domain.events import AlertsSnoozed
from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.domain.match import Slots
from etoile.domain.readings import load_memory_power
from etoile.errors import ActionFailed
from etoile.text import Message, message, verbatim

SNOOZE_S = 30 * 60

_THERMAL = {
    Thermal.NORMAL: message("normal"),
    Thermal.WARNING: message("hot"),
    Thermal.CRITICAL: message("critically hot"),
}
_STATES = {
    GpuState.LOST: message("lost"),
    GpuState.STALE: message("silent for a while"),
    GpuState.ASLEEP: message("asleep"),
    GpuState.UNKNOWN: message("unknown"),
    GpuState.UNSUPPORTED: message("tells little"),
}


def _each(one: Callable[[GpuReading, Context], Message]) -> Action:
    """Return the action that tells `one` of every GPU."""

    def tell(slots: Slots, context: Context) -> Done:
        readings = context.desk.gpus()
        if not readings:
            raise ActionFailed(
                message("I see no GPU on this computer."), message("`etoile doctor` tells what is missing.")
            )
        said = message("{gpus}.", gpus=[one(reading, context) for reading in readings])
        if any(reading.simulated for reading in readings):
            said = message("Simulated: {said}", said=said)
        return Done(said)

    return tell


def _temperature(reading: GpuReading, context: Context) -> Message:
    if reading.temperature_c is None:
        return message("{gpu}: {temperature}", gpu=_name(reading, context), temperature=_untold(reading))
    thermal = _THERMAL.get(context.desk.thermal(reading.uuid))
    said = message("{gpu}: {temperature} °C", gpu=_name(reading, context), temperature=reading.temperature_c)
    return said if thermal is None else message("{said} ({thermal})", said=said, thermal=thermal)


def _memory(reading: GpuReading, context: Context) -> Message:
    name = _name(reading, context)
    if reading.memory_used_bytes is None or reading.memory_total_bytes is None:
        return message("{gpu}: {memory}", gpu=name, memory=_untold(reading))
    return message(
        "{gpu}: {used:bytes} of {total:bytes} taken",
        gpu=name,
        used=reading.memory_used_bytes,
        total=reading.memory_total_bytes,
    )


def _status(reading: GpuReading, context: Context) -> Message:
    return message("{told}", told=[_temperature(reading, context), *load_memory_power(reading)])


def _name(reading: GpuReading, context: Context) -> Message:
    """Return what to call a GPU: its model, with its index where there are several of that model."""
    alike = sum(other.name == reading.name and other.host == reading.host for other in context.desk.gpus())
    name = verbatim(f"{reading.name} #{reading.index}" if alike > 1 else reading.name)
    return message("{gpu} on {host}", gpu=name, host=reading.host) if reading.far else name


def _untold(reading: GpuReading) -> Message:
    """Return why a value is missing."""
    return _STATES.get(reading.state, message("not reported"))


def _snooze(slots: Slots, context: Context) -> Done:
    context.publish(AlertsSnoozed(time.monotonic() + SNOOZE_S))

    def wake(later: Context) -> Message:
        later.publish(AlertsSnoozed(0))
        return message("Alerts are shown again.")

    until = context.now() + timedelta(seconds=SNOOZE_S)
    return Done(message("No GPU alert for {length:duration}, until {time:clock}.", length=SNOOZE_S, time=until), wake)


ACTIONS: ActionTable = {
    "gpu.status": _each(_status),
    "gpu.temperature": _each(_temperature),
    "gpu.memory": _each(_memory),
    "alert.snooze": _snooze,
}
