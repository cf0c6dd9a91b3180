"""The words of the tray: its tool tip, within what a tray shows of one, and lines of its menu."""

import sys
from collections.abc import Callable

from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.readings import called
from etoile.domain.state import State
from etoile.gui.doings import LOCKED
from etoile.gui.icons import TrayState
from etoile.gui.tray_state import OFFLINE, is_offline, tray_state
from etoile.gui.words import GPU_STATE, NODE_STATE, PHASE, THERMAL, gpu_line, joined
from etoile.text import Message, message, plural

MOST_GPUS = 8
"""Lines of the tool tip: more do not fit on a screen."""
MOST_CHARACTERS = 127 if sys.platform == "win32" else 1000
"""What Windows keeps of a tool tip: the rest would be cut off in the middle of a word."""
_SHORT = 200
"""Where no more than this fits, lines are short."""


def tool_tip(state: State, words: Callable[[Message], str], most: int = MOST_CHARACTERS) -> str:
    """Return "Etoile — Thinking" and one line a GPU, the hottest first: as many as fit, and how many more there are.

    On a locked screen it tells nothing.
    """
    title = words(message("Etoile — {what}", what=LOCKED if state.locked else _what(state)))
    if state.locked:
        return title
    gpus = sorted(state.watched, key=lambda gpu: -(gpu.temperature_c or 0))
    lines = [title, *(words(_line(gpu, state, short=most <= _SHORT)) for gpu in gpus[:MOST_GPUS])]
    shown = len(lines)
    while shown > 1 and len("\n".join(_with_rest(lines[:shown], len(gpus), words))) > most:
        shown -= 1
    return "\n".join(_with_rest(lines[:shown], len(gpus), words))[:most]


def _with_rest(lines: list[str], gpus: int, words: Callable[[Message], str]) -> list[str]:
    """Return `lines`, of which the first is no GPU's, and in one more line how many GPUs are left."""
    left = gpus - len(lines) + 1
    return [*lines, words(plural("and {count} more", "and {count} more", left))] if left else lines


def _what(state: State) -> Message:
    """Return what goes on; of an icon that is struck out, why."""
    said = PHASE[state.turn.phase]
    if tray_state(state) is TrayState.OFFLINE and is_offline(state):
        said = OFFLINE
    if state.listening_for:
        said = message("{first}, listening for “{word}”", first=said, word=state.listening_for)
    return said


def _line(gpu: GpuReading, state: State, *, short: bool) -> Message:
    return _short_line(gpu, state.thermal(gpu.uuid)) if short else gpu_line(gpu, state.thermal(gpu.uuid))


def _short_line(gpu: GpuReading, thermal: Thermal) -> Message:
    """Return "GPU 0: 71 °C · 99 %"."""
    values: list[Message] = []
    if gpu.temperature_c is not None:
        values.append(message("{degrees} °C", degrees=gpu.temperature_c))
    if gpu.utilization_percent is not None:
        values.append(message("{percent} %", percent=gpu.utilization_percent))
    if thermal in (Thermal.WARNING, Thermal.CRITICAL):
        values.append(THERMAL[thermal])
    return message("{node}: {state}", node=called(gpu), state=joined(values) or GPU_STATE[gpu.state])


def hottest_line(state: State) -> Message:
    """Return the line about the hottest GPU; of none when no temperature is known."""
    known = [gpu for gpu in state.watched if gpu.temperature_c is not None]
    if not known:
        return message("No GPU temperature is known")
    hottest = max(known, key=_temperature)
    return gpu_line(hottest, state.thermal(hottest.uuid))


def node_line(node: NodeStatus) -> Message:
    """Return "M1: online", or "Use Ollama (http://…)" for a node that waits to be confirmed."""
    if node.state is NodeState.UNCONFIRMED:
        return message("Use {node} ({url})", node=node.name, url=node.url)
    return message("{node}: {state}", node=node.name, state=NODE_STATE[node.state])


def _temperature(gpu: GpuReading) -> int:
    return gpu.temperature_c if gpu.temperature_c is not None else -1
