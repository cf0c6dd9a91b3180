"""Pages in Prometheus' text format: the only home of its parser."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

LONGEST_LINE_BYTES = 4_000
MOST_SAMPLES = 20_000
"""Of those that are wanted: some three hundred of the largest machines' GPUs."""


class Sample(NamedTuple):
    """One line of a page: `name{labels} value`."""

    name: str
    labels: Mapping[str, str]
    value: float


def samples(page: bytes, prefixes: tuple[str, ...]) -> list[Sample]:
    """Return the samples whose names begin with one of `prefixes`, in their order.

    Each line stands for itself: one that is no sample costs no other.  Lines that nobody wants are not parsed, since
    a page of a node_exporter has thousands.
    """
    wanted = tuple(prefix.encode() for prefix in prefixes)
    lines = (line for raw in page.splitlines() if (line := raw.lstrip()).startswith(wanted))
    found: list[Sample] = []
    for line in lines:
        if len(line) <= LONGEST_LINE_BYTES:
            found.extend(_parsed(line.decode("utf-8", "replace")))
        if len(found) >= MOST_SAMPLES:
            break
    return found


def _parsed(line: str) -> Iterator[Sample]:
    from prometheus_client.parser import text_string_to_metric_families

    try:
        for family in text_string_to_metric_families(line):
            for name, labels, value, *_ in family.samples:
                yield Sample(name, labels, float(value))
    except (ValueError, LookupError, TypeError, AttributeError):
        return  # what the parser raises for a line that is none
