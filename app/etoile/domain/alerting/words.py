"""What an alert says: what is wrong, why, how it will go on, and what Etoile does about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from etoile.domain.alerting.conditions import WORKING, Condition
from etoile.domain.alerting.scope import SNOOZES_S, UNTIL_OVER, Kind, Level
from etoile.domain.forecast import Forecast, heating_c_per_min
from etoile.domain.gpus import SLOWED_BY_HEAT, GpuProcess, GpuReading, GpuState
from etoile.domain.nodes import LoadedModel, NodeStatus, gpus_of
from etoile.domain.readings import called
from etoile.text import Message, message, plural

SLOWEST_HEATING_C_PER_MIN = 3.0
MOST_NAMES = 4
"""More are counted."""


@dataclass(frozen=True, slots=True)
class Words:
    """An alert as it is shown."""

    title: Message
    body: Message


def buttons(kind: Kind) -> Mapping[str, Message]:
    """Return what the user can answer; "default" is a click on the notification itself."""
    snoozes = {f"snooze {length_s}": message("Snooze for {length:duration}", length=length_s) for length_s in SNOOZES_S}
    over = message("Until it cools") if kind is Kind.HEAT else message("Until it is over")
    return {"default": message("Show"), **snoozes, UNTIL_OVER: over}


def alert(condition: Condition, nodes: Sequence[NodeStatus], at_s: float) -> Words:
    """Return the words about one thing that is wrong; `nodes` are all there are."""
    sentences = [*_facts(condition, nodes, at_s), *measures(condition, nodes)]
    return Words(_marked(_title(condition), [condition]), _joined(sentences))


def group_alert(conditions: Sequence[Condition], nodes: Sequence[NodeStatus]) -> Words:
    """Return the words about several things of one kind, the worst first."""
    worst = sorted(conditions, key=_badness)
    names = [_item(condition) for condition in worst[:MOST_NAMES]]
    body = [message("{items}.", items=names)]
    if len(worst) > MOST_NAMES:
        body.append(message("And {count} more.", count=len(worst) - MOST_NAMES))
    return Words(_marked(_group_title(worst), worst), _joined([*body, *measures(worst[0], nodes)]))


def measures(condition: Condition, nodes: Sequence[NodeStatus]) -> Iterator[Message]:
    """Yield what Etoile itself does about it: only what is so, and nothing where it does nothing yet."""
    if condition.kind is Kind.NODE:
        others = [node.name for node in nodes if node.state in WORKING]
        if others:
            yield message("Requests go to {nodes} meanwhile.", nodes=others)
        else:
            yield message("No other node can take requests now.")


def in_about(forecast: Forecast) -> Message:
    """Return "85 °C in about 3 min", as exact as a forecast is."""
    step_s = 10 if forecast.in_s < 90 else 30 if forecast.in_s < 300 else 60
    return message(
        "{limit}\u00a0°C in about {time:duration}",
        limit=forecast.limit_c,
        time=max(step_s, step_s * round(forecast.in_s / step_s)),
    )


def _title(condition: Condition) -> Message:
    match condition:
        case Condition(kind=Kind.NODE, node=NodeStatus(name=name)):
            return message("{node} does not answer", node=name)
        case Condition(kind=Kind.SPILL, node=NodeStatus(name=name), model=LoadedModel(name=model, gpu_bytes=0)):
            return message("{model} runs on the CPU of {node}", model=model, node=name)
        case Condition(kind=Kind.SPILL, node=NodeStatus(name=name), model=LoadedModel(name=model)):
            return message("{model} runs partly on the CPU of {node}", model=model, node=name)
        case Condition(reading=GpuReading() as reading):
            return _gpu_title(condition, reading)
    raise ValueError(f"nothing is known about {condition.identity}")


def _gpu_title(condition: Condition, reading: GpuReading) -> Message:
    gpu, index, host = called(reading), reading.index, reading.host
    match condition.kind, condition.level:
        case Kind.HEAT, Level.CRITICAL:
            return message("{gpu} critical on {host}", gpu=gpu, host=host)
        case Kind.HEAT, _:
            return message("{gpu} is hot on {host}", gpu=gpu, host=host)
        case Kind.FAN, _:
            return message("The fan of GPU {index} stands still on {host}", index=index, host=host)
        case Kind.MEMORY, _:
            return message("The memory of GPU {index} is nearly full on {host}", index=index, host=host)
        case _:
            return message("{gpu} stopped reporting on {host}", gpu=gpu, host=host)


def _group_title(conditions: Sequence[Condition]) -> Message:
    count = len(conditions)
    match conditions[0].kind, conditions[0].level:
        case Kind.HEAT, Level.CRITICAL:
            return plural("{count} GPU is critical", "{count} GPUs are critical", count)
        case Kind.HEAT, _:
            return plural("{count} GPU is hot", "{count} GPUs are hot", count)
        case Kind.FAN, _:
            return plural("{count} fan stands still", "{count} fans stand still", count)
        case Kind.MEMORY, _:
            return plural(
                "The memory of {count} GPU is nearly full", "The memory of {count} GPUs is nearly full", count
            )
        case Kind.LOST, _:
            return plural("{count} GPU stopped reporting", "{count} GPUs stopped reporting", count)
        case Kind.SPILL, _:
            return plural("{count} model runs partly on the CPU", "{count} models run partly on the CPU", count)
        case _:
            return plural("{count} node does not answer", "{count} nodes do not answer", count)


def _marked(title: Message, conditions: Iterable[Condition]) -> Message:
    simulated = all(condition.reading and condition.reading.simulated for condition in conditions)
    return message("{title} (simulated)", title=title) if simulated else title


def _badness(condition: Condition) -> tuple[int, str]:
    reading = condition.reading
    return -(reading.temperature_c or 0) if reading else 0, condition.subject


def _item(condition: Condition) -> Message:
    """Return a name within a list, with the one value that matters."""
    match condition:
        case Condition(kind=Kind.HEAT, reading=GpuReading(host=host, temperature_c=int(temperature_c)) as reading):
            return message(
                "{gpu} on {host} {temperature}\u00a0°C", gpu=called(reading), host=host, temperature=temperature_c
            )
        case Condition(reading=GpuReading(host=host) as reading):
            return message("{gpu} on {host}", gpu=called(reading), host=host)
        case Condition(node=NodeStatus(name=name), model=LoadedModel(name=model)):
            return message("{model} on {node}", model=model, node=name)
    return message("{text}", text=condition.subject)


def _facts(condition: Condition, nodes: Sequence[NodeStatus], at_s: float) -> Iterator[Message]:
    """Yield what is known about it."""
    reading, node, model = condition.reading, condition.node, condition.model
    match condition.kind:
        case Kind.HEAT if reading:
            yield from _heat(condition, reading, at_s)
        case Kind.FAN if reading:
            yield message(
                "It is at 0\u00a0% while the card is at {temperature}\u00a0°C.", temperature=reading.temperature_c
            )
            yield from _heating(condition)
        case Kind.MEMORY if reading:
            yield from _memory(reading, nodes)
        case Kind.LOST if reading:
            yield from _lost(condition, reading)
        case Kind.SPILL if model:
            yield message(
                "{part:bytes} of {whole:bytes} are not in GPU memory: its answers are slow.",
                part=model.size_bytes - model.gpu_bytes,
                whole=model.size_bytes,
            )
            yield message("A smaller quantisation or a shorter context may fit.")
        case Kind.NODE if node and node.reason:
            yield message("Reason: {reason}.", reason=node.reason)


def _heat(condition: Condition, reading: GpuReading, at_s: float) -> Iterator[Message]:
    limits = condition.track.limits if condition.track else None
    limit_c = limits and (limits.critical_c if condition.level is Level.CRITICAL else limits.warning_c)
    held_s = at_s - condition.since_s
    if held_s >= 1:
        yield message(
            "{temperature}\u00a0°C (limit {limit}\u00a0°C) for {held:duration}.",
            temperature=reading.temperature_c,
            limit=limit_c,
            held=held_s,
        )
    else:
        yield message(
            "{temperature}\u00a0°C (limit {limit}\u00a0°C).", temperature=reading.temperature_c, limit=limit_c
        )
    yield from _heating(condition)
    yield from _reasons(reading)


def _heating(condition: Condition) -> Iterator[Message]:
    """Say how it will go on, if that is clear; otherwise how fast it heats."""
    track = condition.track
    if track is None:
        return
    if track.forecast:
        yield message("{forecast} at this rate.", forecast=in_about(track.forecast))
        return
    rate = heating_c_per_min(track.recent)
    if rate is not None and rate >= SLOWEST_HEATING_C_PER_MIN:
        yield message("It heats by {rate:.0f}\u00a0°C a minute.", rate=rate)


def _reasons(reading: GpuReading) -> Iterator[Message]:
    if SLOWED_BY_HEAT.intersection(reading.throttle):
        yield message("The GPU slows itself down because of the heat.")
    if "hw_power_brake" in reading.throttle:
        yield message("The power supply slows the GPU down.")
    if "sw_power_cap" in reading.throttle and reading.power_limit_w is not None:
        yield message("It draws all it may, {limit:.0f}\u00a0W.", limit=reading.power_limit_w)
    if reading.fan_percent == 0:
        yield message("The fan stands still.")
    elif reading.fan_percent is not None:
        yield message("Fan at {fan}\u00a0%.", fan=reading.fan_percent)
    yield from _biggest_process(reading)


def _biggest_process(reading: GpuReading) -> Iterator[Message]:
    """Tell which process holds the most memory, of those whose name and memory are known."""
    known = (process for process in reading.processes if process.name and process.memory_used_bytes)
    biggest = max(known, key=_memory_of, default=None)
    if biggest:
        yield message(
            "{process} holds {memory:bytes} of its memory.", process=biggest.name, memory=biggest.memory_used_bytes
        )


def _memory_of(process: GpuProcess) -> int:
    return process.memory_used_bytes or 0


def _memory(reading: GpuReading, nodes: Sequence[NodeStatus]) -> Iterator[Message]:
    yield message(
        "{used:bytes} of {total:bytes} are taken.", used=reading.memory_used_bytes, total=reading.memory_total_bytes
    )
    yield from _biggest_process(reading)
    for node in nodes:
        if node.loaded and gpus_of(node, [reading]):
            gpu_bytes = {model.name: model.gpu_bytes for model in node.in_memory}
            models = sorted(node.loaded, key=lambda name: -gpu_bytes.get(name, 0))
            yield plural(
                "{node} has {models} loaded: unload it to make room.",
                "{node} has {models} loaded: unload one to make room.",
                len(models),
                node=node.name,
                models=models[:MOST_NAMES],
            )


def _lost(condition: Condition, reading: GpuReading) -> Iterator[Message]:
    match reading.state:
        case GpuState.LOST if reading.far:
            yield message("The exporter on {host} no longer tells of it.", host=reading.host)
        case GpuState.STALE if reading.far:
            yield message("The exporter on {host} does not answer.", host=reading.host)
        case GpuState.LOST:
            yield message("The driver no longer finds it.")
        case GpuState.STALE:
            yield message("The driver does not answer for it.")
    known = condition.track and condition.track.reading.temperature_c
    if known is not None:
        yield message("Its last temperature was {temperature}\u00a0°C.", temperature=known)


def _joined(sentences: Sequence[Message]) -> Message:
    """Return the sentences one after another."""
    values = {f"sentence{place}": sentence for place, sentence in enumerate(sentences)}
    return Message(" ".join(f"{{{name}}}" for name in values), values)
