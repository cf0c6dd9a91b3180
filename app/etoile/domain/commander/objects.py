"""The JSON in what a language model wrote: bare, in a fence, or between other words."""

import json
from collections.abc import Iterator
from typing import Any

_LONGEST = 100_000
"""Characters that are looked at."""
_MOST_TRIES = 200
"""Opening braces that are tried: what is made of braces alone costs no more."""

_decoder = json.JSONDecoder()


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in `text`, the outermost ones, in their order."""
    text = text[:_LONGEST]
    at = -1
    for _ in range(_MOST_TRIES):
        at = text.find("{", at + 1)
        if at < 0:
            return
        try:
            found, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found
        at = end - 1
