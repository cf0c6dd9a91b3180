"""Words that several views share, as messages: states, values, and what stands in for a value that is unknown."""

from datetime import datetime, timedelta

from etoile.domain.ages import from_memory
from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.domain.nodes import Attribution, NodeState, NodeStatus
from etoile.domain.readings import busyness, called, left_alone
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.text import Message, message, plural, verbatim

NOTHING = "–"
"""Where the driver or the node reports no value."""

THERMAL = {
    Thermal.NORMAL: message("Normal"),
    Thermal.WARNING: message("Hot"),
    Thermal.CRITICAL: message("Critical"),
    Thermal.UNKNOWN: message("Unknown"),
}

GPU_STATE = {
    GpuState.OK: message("Working"),
    GpuState.UNSUPPORTED: message("Reports nothing"),
    GpuState.ASLEEP: message("Asleep"),
    GpuState.STALE: message("Not measured lately"),
    GpuState.LOST: message("Lost"),
    GpuState.UNKNOWN: message("Unknown"),
}

THROTTLE = {
    "sw_power_cap": message("power limit"),
    "hw_power_brake": message("power supply"),
    "hw_slowdown": message("heat or power"),
    "sw_thermal": message("heat"),
    "hw_thermal": message("critical heat"),
    "sync_boost": message("in step with others"),
}
"""Why a GPU runs slower than it could, by the driver's word."""

NODE_STATE = {
    NodeState.UP: message("Online"),
    NodeState.LOADING: message("Loading"),
    NodeState.BUSY: message("Busy"),
    NodeState.DEGRADED: message("Unsteady"),
    NodeState.OPEN: message("Resting after errors"),
    NodeState.QUARANTINED: message("Set aside"),
    NodeState.AUTH: message("Wants another key"),
    NodeState.DOWN: message("Unreachable"),
    NodeState.UNCONFIRMED: message("Found, not used yet"),
}

PHASE = {
    Phase.IDLE: message("Ready"),
    Phase.LISTENING: message("Listening"),
    Phase.TRANSCRIBING: message("Writing down what was said"),
    Phase.THINKING: message("Thinking"),
    Phase.SPEAKING: message("Speaking"),
    Phase.CONFIRMING: message("Waiting for your answer"),
}

STOP = message("Stop")
STOP_SPEAKING = message("Stop speaking")


def clock(seconds: float) -> str:
    """Return `seconds` as "0:07"."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def time_of(at_s: float, now_s: float, clock: datetime) -> str:
    """Return when it was `at_s` by the monotonic clock, of which `clock` is the time of day at `now_s`: "14:02"."""
    return f"{clock - timedelta(seconds=now_s - at_s):%H:%M}"


def measured(time: str) -> Message:
    """Return since when a value is that of now no more."""
    return message("measured {time}", time=time)


def short_gpu(name: str) -> str:
    """Return a GPU's model without the words that most share: "RTX 3080" for "NVIDIA GeForce RTX 3080"."""
    return name.removeprefix("NVIDIA ").removeprefix("GeForce ").removesuffix(" Generation")


def summary(state: State) -> Message | None:
    """Return how much there is, and what is to be seen always: "3 nodes · 5 GPUs"; None when there is nothing."""
    parts = []
    if state.nodes:
        parts.append(plural("{count} node", "{count} nodes", len(state.nodes)))
    if state.gpus:
        parts.append(plural("{count} GPU", "{count} GPUs", len(state.gpus)))
    if state.turn.muted:
        parts.append(message("muted"))
    if state.turn.phase is Phase.LISTENING:
        return joined(parts)
    if state.listening_for:
        parts.append(message("listening for “{word}”", word=state.listening_for))
    elif state.microphone_open:
        parts.append(message("microphone open"))
    return joined(parts)


def gpu_line(gpu: GpuReading, thermal: Thermal) -> Message:
    """Return one line about a GPU: "GPU 0 on athena: 71 °C, load 99 %, 19.8 GiB of 24.0 GiB"."""
    parts = list(_gpu_values(gpu))
    if gpu.state is not GpuState.OK:
        parts.insert(0, GPU_STATE[gpu.state])
    elif thermal in (Thermal.WARNING, Thermal.CRITICAL):
        parts.insert(0, THERMAL[thermal])
    if gpu.simulated:
        parts.append(message("simulated"))
    known = parts or [message("reports nothing")]
    return message("{gpu} on {host}: {values}", gpu=called(gpu), host=gpu.host, values=known)


def _gpu_values(gpu: GpuReading) -> list[Message]:
    values = []
    if gpu.temperature_c is not None:
        values.append(message("{degrees} °C", degrees=gpu.temperature_c))
    if gpu.utilization_percent is not None:
        values.append(message("load {percent} %", percent=gpu.utilization_percent))
    if gpu.memory_used_bytes is not None and gpu.memory_total_bytes is not None:
        used, total = gpu.memory_used_bytes, gpu.memory_total_bytes
        values.append(message("{used:bytes} of {total:bytes}", used=used, total=total))
    return values


def gpu_details(gpu: GpuReading) -> Message | None:
    """Return what has no place on the card: power, fan, what slows it down, processes; None when nothing is known."""
    parts = []
    if gpu.power_w is not None and gpu.power_limit_w is not None:
        parts.append(message("{power:.0f} W of {limit:.0f} W", power=gpu.power_w, limit=gpu.power_limit_w))
    elif gpu.power_w is not None:
        parts.append(message("{power:.0f} W", power=gpu.power_w))
    if gpu.fan_percent is not None:
        parts.append(message("fan {percent} %", percent=gpu.fan_percent))
    if gpu.throttle:
        reasons = [THROTTLE.get(reason, verbatim(reason)) for reason in gpu.throttle]
        parts.append(message("slowed down: {reasons}", reasons=reasons))
    if gpu.processes:
        parts.append(plural("{count} process", "{count} processes", len(gpu.processes)))
    return joined(parts)


def node_detail(node: NodeStatus) -> Message:
    """Return the line about a node: what it is, or why it cannot be used."""
    parts = [node.reason] if node.reason else [NODE_STATE[node.state]]
    parts += left_alone(node.retry_at_s)
    if node.model:
        parts.append(verbatim(short_model(node.model)))
    if node.latency_ms is not None:
        parts.append(message("{latency:.0f} ms", latency=node.latency_ms))
    if node.load:
        parts += busyness(node.load)
    parts.append(verbatim(node.url))
    return joined(parts) or NODE_STATE[node.state]


def short_model(model: str) -> str:
    """Return a model's name without the folder or the publisher before it."""
    return model.rsplit("/", 1)[-1]


def attribution_line(
    attribution: tuple[Attribution, ...], elapsed_ms: float | None, reused_s: float | None = None
) -> Message | None:
    """Return who answered: "M1 · qwen3-30b · 1.4 s", or when it was; None when nobody has."""
    if not attribution:
        return None
    said = _one_attribution(attribution[0])
    for following in attribution[1:]:
        said = message("{first}, then {following}", first=said, following=_one_attribution(following))
    if reused_s is not None:
        return joined([from_memory(reused_s), said])
    if elapsed_ms is None:
        return said
    return message("{who} · {seconds:.1f} s", who=said, seconds=elapsed_ms / 1000)


def _one_attribution(attribution: Attribution) -> Message:
    return message("{node} · {model}", node=attribution.node, model=short_model(attribution.model))


def joined(parts: list[Message]) -> Message | None:
    """Return `parts` with points between them; None when there are none."""
    if not parts:
        return None
    said = parts[0]
    for part in parts[1:]:
        said = message("{first} · {following}", first=said, following=part)
    return said
