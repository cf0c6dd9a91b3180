"""What builds on what, and whether it goes round in circles."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def cycle_in(after: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return ids that wait for each other, the first one again at the end; empty where none do."""
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()
