"""How this computer is: processor, memory, disk, battery."""

import os
from pathlib import Path

import psutil

from etoile.actions.action import ActionTable, Context, Done
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

MEASURED_S = 0.5


def _cpu(slots: Slots, context: Context) -> Done:
    return Done(_cpu_said())


def _cpu_said() -> Message:
    return message(
        "The processor is at {load} %, on {cores} cores.",
        load=round(psutil.cpu_percent(MEASURED_S)),
        cores=os.cpu_count() or 1,
    )


def _memory(slots: Slots, context: Context) -> Done:
    return Done(_memory_said())


def _memory_said() -> Message:
    memory = psutil.virtual_memory()
    return message(
        "{used:bytes} of {total:bytes} of memory are taken, {free:bytes} are free.",
        used=memory.total - memory.available,
        total=memory.total,
        free=memory.available,
    )


def _disk(slots: Slots, context: Context) -> Done:
    return Done(_disk_said())


def _disk_said() -> Message:
    home = psutil.disk_usage(str(Path.home()))
    return message(
        "{free:bytes} of {total:bytes} are free on the disk of your home folder.", free=home.free, total=home.total
    )


def _status(slots: Slots, context: Context) -> Done:
    parts = {"cpu": _cpu_said(), "memory": _memory_said(), "disk": _disk_said()}
    return Done(message("{cpu} {memory} {disk}", **parts))


def _battery(slots: Slots, context: Context) -> Done:
    battery = psutil.sensors_battery()
    if battery is None:
        raise ActionFailed(message("This computer has no battery."))
    level = round(battery.percent)
    if battery.power_plugged:
        return Done(message("The battery is at {level} %, on mains power.", level=level))
    if battery.secsleft and battery.secsleft > 0:
        return Done(
            message("The battery is at {level} %, for {left:duration} more.", level=level, left=battery.secsleft)
        )
    return Done(message("The battery is at {level} %.", level=level))


ACTIONS: ActionTable = {
    "system.status": _status,
    "system.cpu": _cpu,
    "system.memory": _memory,
    "system.disk": _disk,
    "power.battery": _battery,
}
