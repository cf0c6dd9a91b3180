"""What the user is told when a GPU becomes hot, critical, silent or normal again: one notification a transition.

All notifications of a GPU share one key, so that each replaces the former one.
"""

from collections.abc import Iterable, Iterator, Mapping

from etoile.domain.effects import Notify, Urgency, Withdraw
from etoile.domain.gpus import GpuProcess, GpuReading, Thermal
from etoile.domain.thermal import Transition
from etoile.text import Message, message

ACTIONS: Mapping[str, Message] = {"default": message("Show"), "acknowledge": message("Acknowledge")}
"""What the user can answer; "default" is a click on the notification itself."""

HEAT = frozenset({"sw_thermal", "hw_thermal", "hw_slowdown"})
"""Throttle reasons that mean heat; the power cap ("sw_power_cap") is normal under load."""


def alerts(transitions: Iterable[Transition], *, snoozed: bool) -> tuple[Notify | Withdraw, ...]:
    """Return what to show and what to take away.

    While snoozed nothing new is shown, but what is no longer true is taken away all the same.  A GPU that has not been
    hot is no news when it comes into sight or leaves it.
    """
    told = (_told(transition) for transition in transitions if transition.peak_c is not None)
    return tuple(Withdraw(notify.key) if snoozed else notify for notify in told)


def _told(transition: Transition) -> Notify:
    reading = transition.reading
    title, body, urgency = _words(transition)
    return Notify(
        f"gpu:{reading.uuid}",
        message("{title} (simulated)", title=title) if reading.simulated else title,
        body,
        urgency,
        ACTIONS,
    )


def _words(transition: Transition) -> tuple[Message, Message, Urgency]:
    """Return title, body and urgency."""
    reading = transition.reading
    where = {"index": reading.index, "host": reading.host}
    match transition.before, transition.after:
        case _, Thermal.CRITICAL:
            return message("GPU {index} critical on {host}", **where), _exceeded(transition), Urgency.CRITICAL
        case Thermal.CRITICAL, Thermal.WARNING:
            return message("GPU {index} is cooling down on {host}", **where), _cooling(transition), Urgency.LOW
        case _, Thermal.WARNING:
            return message("GPU {index} is hot on {host}", **where), _exceeded(transition), Urgency.NORMAL
        case _, Thermal.UNKNOWN:
            silent = message("Its last temperature was {temperature}\u00a0°C.", temperature=reading.temperature_c)
            return message("GPU {index} stopped reporting on {host}", **where), silent, Urgency.NORMAL
        case _:
            return message("GPU {index} back to normal on {host}", **where), _recovered(transition), Urgency.LOW


def _exceeded(transition: Transition) -> Message:
    """Say how hot, above which limit, and what is known of the reason."""
    reading = transition.reading
    if transition.held_s:
        heat = message(
            "{temperature}\u00a0°C (limit {limit}\u00a0°C) for {held:duration}.",
            temperature=reading.temperature_c,
            limit=transition.limit_c,
            held=transition.held_s,
        )
    else:
        heat = message(
            "{temperature}\u00a0°C (limit {limit}\u00a0°C).",
            temperature=reading.temperature_c,
            limit=transition.limit_c,
        )
    return _joined([heat, *_reasons(reading)])


def _reasons(reading: GpuReading) -> Iterator[Message]:
    if HEAT.intersection(reading.throttle):
        yield message("The GPU slows itself down because of the heat.")
    if "hw_power_brake" in reading.throttle:
        yield message("The power supply slows the GPU down.")
    if reading.fan_percent == 0:
        yield message("The fan stands still.")
    elif reading.fan_percent is not None:
        yield message("Fan at {fan}\u00a0%.", fan=reading.fan_percent)
    if biggest := _biggest(reading):
        yield message(
            "{process} holds {memory:bytes} of its memory.", process=biggest.name, memory=biggest.memory_used_bytes
        )


def _biggest(reading: GpuReading) -> GpuProcess | None:
    """Return the process that holds the most memory, of those whose name and memory are known."""
    known = (process for process in reading.processes if process.name and process.memory_used_bytes)
    return max(known, key=lambda process: process.memory_used_bytes or 0, default=None)


def _cooling(transition: Transition) -> Message:
    return message(
        "{temperature}\u00a0°C, no longer critical. Peak: {peak}\u00a0°C.",
        temperature=transition.reading.temperature_c,
        peak=transition.peak_c,
    )


def _recovered(transition: Transition) -> Message:
    return message(
        "{temperature}\u00a0°C. Peak: {peak}\u00a0°C, {hot:duration}.",
        temperature=transition.reading.temperature_c,
        peak=transition.peak_c,
        hot=transition.hot_s,
    )


def _joined(sentences: list[Message]) -> Message:
    """Return the sentences one after another."""
    values = {f"sentence{place}": sentence for place, sentence in enumerate(sentences)}
    return Message(" ".join(f"{{{name}}}" for name in values), values)
