"""Where the speech model runs, and which one: on a GPU or on the CPU, by memory, heat and load.  Pure.

The memory of GPUs belongs to the language models: speech takes a place on a card only while that has room and is cool,
leaves it at once when it has not, and comes back after a while.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from etoile.domain.cuda import cuda_index
from etoile.domain.gpus import GpuReading, GpuState, Kind
from etoile.text import Message, message

MB = 1_000_000
Device = Literal["cpu", "cuda"]

LEAST_FREE_BYTES = 500 * MB
"""With less memory free on its card, speech goes to the CPU."""
FULL_PERCENT = 90.0
"""So it does above this."""
BACK_PERCENT = 80.0
"""It comes back to a card that is filled less than this with the model on it."""
CPU_BUSY_PERCENT = 80.0
"""Speech leaves a CPU that is busier than this..."""
ROOMY_PERCENT = 70.0
"""... for a card that is filled less than this, without waiting."""
GPU_BUSY_PERCENT = 80.0
"""Of two cards the one that is less busy than this is preferred."""
STAY_S = 300.0
"""Once it has left a card, speech stays on the CPU for so long."""
FAILED_S = 3600.0
"""A card on which the model failed is tried again after this."""
TOO_SLOW_S = 2.0
"""On the CPU no request may take longer than this, if a smaller model is there that takes less."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a model takes, in 8-bit integers."""

    gpu_bytes: int
    """The most that it takes of a card, with CUDA's own."""
    cpu_s: float
    """A request of 3 s on two threads, shown 10 s, with 12 tokens."""


COSTS: Mapping[str, Cost] = {
    "tiny": Cost(500 * MB, 0.05),
    "base": Cost(550 * MB, 0.13),
    "small": Cost(800 * MB, 0.40),
    "medium": Cost(1_700 * MB, 1.4),
    "large-v3-turbo": Cost(1_545 * MB, 2.1),
    "large-v3": Cost(2_953 * MB, 4.0),
}
"""By size.  Memory of the large ones: SYSTRAN/faster-whisper#1030 (int8, beam 5); of the others: a byte a weight, and
the same for the rest as the measured ones show.  Time of tiny, base, small, and of the encoder of large-v3-turbo:
measured with the true shapes and CTranslate2 4.8.5 on an AMD EPYC; the rest by operations (encoder layers times width
squared)."""
UNKNOWN_EXTRA_BYTES = 700 * MB
"""What a model of the user's own takes of a card beside its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the settings say, and what there is to choose from."""

    model: str
    """A known name, or a folder."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    installed: tuple[str, ...] = ()
    """Known models on this computer."""
    file_bytes: int = 0
    """Of a model in a folder."""

    @property
    def gpu_bytes(self) -> int:
        """What the model takes of a card."""
        cost = COSTS.get(self.model)
        return cost.gpu_bytes if cost else self.file_bytes + UNKNOWN_EXTRA_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What this computer is like now."""

    readings: tuple[GpuReading, ...] = ()
    hot: frozenset[str] = frozenset()
    """UUIDs of cards that are hot, after hysteresis and hold."""
    cpu_percent: float | None = None
    threads: int = 2
    """With which the model would run on the CPU."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What CUDA is told by variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A model did not run on a card."""

    error: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the speech model is to be, and why."""

    model: str
    reason: Message
    """A clause."""
    uuid: str | None = None
    """Of the card; None for the CPU."""
    card: str = ""
    cuda_index: int = 0
    """By which CUDA knows the card in this process."""
    passing: bool = False
    """Whether it is not where the settings would have it, for a reason that may pass."""
    since_s: float = 0.0

    @property
    def device(self) -> Device:
        """What runs it."""
        return "cuda" if self.uuid else "cpu"

    @property
    def where(self) -> tuple[str, str | None]:
        """Model and card: what cannot change without loading anew."""
        return self.model, self.uuid

    @property
    def said(self) -> Message:
        """The whole as a sentence."""
        if self.uuid:
            return message("Speech: {model} on {card}: {reason}.", model=self.model, card=self.card, reason=self.reason)
        return message("Speech: {model} on the CPU: {reason}.", model=self.model, reason=self.reason)


def place(
    wish: Wish, machine: Machine, at_s: float, now: Placement | None = None, failure: Failure | None = None
) -> Placement:
    """Return where the model belongs at `at_s` (monotonic clock); `now` is where it is, or was last.

    The same place as now keeps its time, so that whoever asks again and again sees when it has last moved.
    """
    placement = _placed(wish, machine, at_s, now, failure)
    if now is not None and placement.where == now.where:
        return replace(placement, since_s=now.since_s)
    return replace(placement, since_s=at_s)


def _placed(wish: Wish, machine: Machine, at_s: float, now: Placement | None, failure: Failure | None) -> Placement:
    if wish.device == "cpu":
        return Placement(model=wish.model, reason=message("the settings want it there"))
    if failure and at_s - failure.at_s < FAILED_S:
        return _on_cpu(wish, machine, message("CUDA failed ({error})", error=failure.error), passing=True)
    on_card = now.uuid if now else None
    cards = sorted(_cards(machine), key=lambda reading: reading.uuid != on_card)
    usable = [reading for reading in cards if _why_unusable(reading, machine) is None]
    if not usable:
        why = _first((_why_unusable(reading, machine) for reading in cards), _NO_CARD)
        return _on_cpu(wish, machine, why, passing=now is not None and (now.passing or on_card is not None))
    if usable[0].uuid == on_card:
        if (why_leave := _why_leave(usable[0], machine, wish)) is None:
            return _on(usable[0], wish, machine)
        return _elsewhere(wish, machine, usable[1:], why_leave)
    if now and now.passing and not on_card:
        return _back(wish, machine, usable, now, at_s)
    return _elsewhere(wish, machine, usable, None)


def _elsewhere(wish: Wish, machine: Machine, cards: list[GpuReading], left: Message | None) -> Placement:
    """Return the best of `cards` that has room; the CPU where none has, for the reason that drove it there."""
    room = [reading for reading in cards if _why_not(reading, machine, wish, FULL_PERCENT) is None]
    if room:
        return _on(min(room, key=_preference), wish, machine)
    why = left or _first((_why_not(reading, machine, wish, FULL_PERCENT) for reading in cards), _NO_CARD)
    return _on_cpu(wish, machine, why, passing=True)


def _back(wish: Wish, machine: Machine, cards: list[GpuReading], now: Placement, at_s: float) -> Placement:
    """Return whether a model that had to leave the cards may come back; not to and fro with every breath of theirs."""
    busy_percent = machine.cpu_percent or 0.0
    if busy_percent > CPU_BUSY_PERCENT:
        roomy = [reading for reading in cards if _why_not(reading, machine, wish, ROOMY_PERCENT) is None]
        if roomy:
            best = _on(min(roomy, key=_preference), wish, machine)
            why = message("the CPU is busy ({percent:.0f} %), and this card has room", percent=busy_percent)
            return replace(best, reason=why)
    room = [reading for reading in cards if _why_not(reading, machine, wish, BACK_PERCENT) is None]
    wait_s = now.since_s + STAY_S - at_s
    if room and wait_s <= 0:
        return _on(min(room, key=_preference), wish, machine)
    if room:
        why = message("{card} has room again; it goes back in {wait:duration}", card=room[0].name, wait=wait_s)
    else:
        why = _first((_why_not(reading, machine, wish, BACK_PERCENT) for reading in cards), _NO_CARD)
    return _on_cpu(wish, machine, why, passing=True)


_NO_CARD = message("no NVIDIA card is known here")


def _first(reasons: Iterable[Message | None], otherwise: Message) -> Message:
    return next((reason for reason in reasons if reason is not None), otherwise)


def _cards(machine: Machine) -> Iterable[GpuReading]:
    """Return the NVIDIA cards of this machine: AMD's are not for CUDA, and simulated ones are not there."""
    return (
        reading
        for reading in machine.readings
        if reading.kind is Kind.GPU and not (reading.far or reading.simulated) and reading.uuid.startswith("GPU-")
    )


def _why_unusable(reading: GpuReading, machine: Machine) -> Message | None:
    """Return why the model cannot be on this card at all; None when it can."""
    if reading.state is GpuState.ASLEEP:
        return message("{card} is asleep, and is left so", card=reading.name)
    if reading.state is not GpuState.OK:
        return message("{card} does not answer", card=reading.name)
    if reading.memory_total_bytes is None or _free_bytes(reading) is None:
        return message("{card} does not tell its memory", card=reading.name)
    if reading.mig:
        return message("{card} is divided into MIG instances", card=reading.name)
    if cuda_index(reading, machine.readings, machine.environment) is None:
        return message("CUDA_VISIBLE_DEVICES hides {card}", card=reading.name)
    return None


def _why_leave(reading: GpuReading, machine: Machine, wish: Wish) -> Message | None:
    """Return why the model must leave the card that it is on; its own memory is among what is used."""
    if wish.device == "cuda":
        return None
    return _why_crowded(reading, machine, 0, FULL_PERCENT)


def _why_not(reading: GpuReading, machine: Machine, wish: Wish, most_percent: float) -> Message | None:
    """Return why the model may not go to a card on which it is not; None when it may."""
    free = _free_bytes(reading) or 0
    if wish.device == "cuda":
        return None if free >= wish.gpu_bytes else _little(reading, free, wish.gpu_bytes)
    return _why_crowded(reading, machine, wish.gpu_bytes, most_percent)


def _why_crowded(reading: GpuReading, machine: Machine, more_bytes: int, most_percent: float) -> Message | None:
    """Return what speaks against `more_bytes` on a card; None when nothing does."""
    free, total = _free_bytes(reading) or 0, reading.memory_total_bytes or 1
    percent = 100.0 * (total - free + more_bytes) / total
    if reading.uuid in machine.hot:
        return message("{card} is hot", card=reading.name)
    if free - more_bytes < LEAST_FREE_BYTES:
        return _little(reading, free, more_bytes + LEAST_FREE_BYTES)
    if percent > most_percent and more_bytes:
        return message("it would fill the memory of {card} to {percent:.0f} %", card=reading.name, percent=percent)
    if percent > most_percent:
        return message("the memory of {card} is filled to {percent:.0f} %", card=reading.name, percent=percent)
    return None


def _little(reading: GpuReading, free: int, need: int) -> Message:
    return message(
        "{card} has {free:bytes} of memory free, and {need:bytes} are needed", card=reading.name, free=free, need=need
    )


def _free_bytes(reading: GpuReading) -> int | None:
    """Return what is free on a card; some drivers tell the total and what is used only."""
    if reading.memory_free_bytes is not None:
        return reading.memory_free_bytes
    if reading.memory_total_bytes is None or reading.memory_used_bytes is None:
        return None
    return reading.memory_total_bytes - reading.memory_used_bytes


def _preference(reading: GpuReading) -> tuple[bool, int, int]:
    """Return what orders cards with room: one that is idle, then a small one, since large ones suit language models."""
    busy = (reading.utilization_percent or 0) > GPU_BUSY_PERCENT
    return busy, reading.memory_total_bytes or 0, -(_free_bytes(reading) or 0)


def _on(reading: GpuReading, wish: Wish, machine: Machine) -> Placement:
    return Placement(
        model=wish.model,
        reason=message("{free:bytes} of its memory are free", free=_free_bytes(reading)),
        uuid=reading.uuid,
        card=reading.name,
        cuda_index=cuda_index(reading, machine.readings, machine.environment) or 0,
    )


def _on_cpu(wish: Wish, machine: Machine, why: Message, *, passing: bool) -> Placement:
    """Return the CPU, with a smaller model where the wanted one would be too slow there and another is installed."""
    if cpu_s(wish.model, machine.threads) <= TOO_SLOW_S:
        return Placement(model=wish.model, reason=why, passing=passing)
    smaller = [
        name
        for name in wish.installed
        if name in COSTS and COSTS[name].cpu_s < COSTS[wish.model].cpu_s and cpu_s(name, machine.threads) <= TOO_SLOW_S
    ]
    if not smaller:
        why = message("{reason}, where it is slow, and no smaller model is installed", reason=why)
        return Placement(model=wish.model, reason=why, passing=passing)
    best = max(smaller, key=lambda name: COSTS[name].cpu_s)
    why = message("{reason}, and {model} would be slow here", reason=why, model=wish.model)
    return Placement(model=best, reason=why, passing=passing)


def cpu_s(model: str, threads: int) -> float:
    """Return about how long a short request takes on the CPU; 0 for a model of the user's own, which nobody knows."""
    cost = COSTS.get(model)
    return cost.cpu_s * 2 / threads if cost else 0.0
