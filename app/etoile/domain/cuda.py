"""Which number CUDA gives a card in this process: what chooses cards by UUID needs it to say so.  Pure."""

from collections.abc import Iterable, Mapping

from etoile.domain.gpus import GpuReading


def orders_by_bus(environment: Mapping[str, str]) -> bool:
    """Tell whether CUDA's cards are counted by their place on the bus in this process.

    They are if the user says so, and else if nothing counts them otherwise: whoever opens CUDA then says so itself,
    since CUDA's own order, the fastest first, can only be guessed from outside.
    """
    order = environment.get("CUDA_DEVICE_ORDER")
    if order is not None:
        return order == "PCI_BUS_ID"
    return not any(name.strip().lstrip("-").isdigit() for name in _visible(environment) or ())


def cuda_index(reading: GpuReading, readings: Iterable[GpuReading], environment: Mapping[str, str]) -> int | None:
    """Return by which number CUDA knows a card in this process; None when it does not.

    CUDA_VISIBLE_DEVICES names cards by number or by the beginning of their UUID; the first that names none ends the
    list (CUDA C++ Programming Guide, "CUDA Environment Variables").
    """
    by_bus = orders_by_bus(environment)
    numbers = {
        one.uuid: number
        for one in readings
        if not one.far and (number := one.cuda_index if by_bus else one.cuda_fastest_index) is not None
    }
    names = _visible(environment)
    if names is None:
        return numbers.get(reading.uuid)
    seen: list[str] = []
    for name in names:
        card = _named(name.strip(), numbers)
        if card is None or card in seen:
            break
        seen.append(card)
    return seen.index(reading.uuid) if reading.uuid in seen else None


def _visible(environment: Mapping[str, str]) -> list[str] | None:
    listed = environment.get("CUDA_VISIBLE_DEVICES")
    return None if listed is None else listed.split(",")


def _named(name: str, numbers: Mapping[str, int]) -> str | None:
    if name.isdigit():
        return next((uuid for uuid, number in numbers.items() if number == int(name)), None)
    found = [uuid for uuid in numbers if name.startswith("GPU-") and uuid.startswith(name)]
    return found[0] if len(found) == 1 else None
