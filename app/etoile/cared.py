"""Care for models as it is asked for by voice: on which node is nobody's concern, and what came of it is a sentence.

Every call blocks, and ends early when `check` raises.  Errors are EtoileErrors.
"""

from etoile.caring import MEASURED, Care, Check, in_memory
from etoile.domain.model_names import Place, places
from etoile.domain.plan import order
from etoile.errors import ActionFailed, EtoileError
from etoile.text import Message, message

MOST_MEASURED = 4
"""A spoken request does not take for ever."""


def load_anywhere(care: Care, model: str, check: Check) -> Message:
    """Bring `model` into the memory of the node that would be asked first for it, and tell where."""
    meant = care.choose(model)
    there = care.load(meant, check)
    if there.load_s is None:
        return message("{model} was in memory on {node} already.", model=meant.model, node=meant.node.name)
    return in_memory(meant, there.load_s)


def unload_everywhere(care: Care, model: str, check: Check) -> Message:
    """Take `model` out of memory wherever it is, and tell where that was."""
    held = [one for one in places(care.statuses(), model) if one.model in one.node.loaded]
    emptied = [one.node.name for one in held or [care.choose(model)] if care.unload(one, check)]
    if not emptied:
        return message("{model} was not in memory.", model=model)
    return message("{model} is out of memory on {nodes}.", model=held[0].model if held else model, nodes=emptied)


def measure_loaded(care: Care, check: Check) -> Message:
    """Measure, quickly, every model in memory, and tell what came of it; nothing is loaded, nobody disturbed."""
    meant = [Place(node, name) for node in order(care.statuses()) if node.dialect in MEASURED for name in node.loaded]
    if not meant:
        raise EtoileError(
            message("No model is in memory: there is nothing to measure."),
            message("Load one, or ask something first."),
        )
    rates: list[Message] = []
    refused: list[EtoileError] = []
    for one in meant[:MOST_MEASURED]:
        try:
            rates.append(_rate(care, one, check))
        except ActionFailed:
            raise
        except EtoileError as error:
            refused.append(error)
    if not rates:
        raise refused[0]
    told = message("{told}.", told=rates)
    return message("{told} {refused}", told=told, refused=refused[0].said) if refused else told


def _rate(care: Care, meant: Place, check: Check) -> Message:
    """Return how fast a model answers, as a clause.  Raises EtoileError."""
    bench = care.measure(meant, rounds=1, wait_s=0, check=check).bench
    rate = message(
        "{model} on {node}: {rate:.0f} tokens a second",
        model=meant.model,
        node=meant.node.name,
        rate=bench.output_per_s,
    )
    change = care.change(bench)
    if change is None or not change.clear:
        return rate
    then = change.then.output_per_s
    return message("{rate} (it was {then:.0f} before)", rate=rate, then=then)
