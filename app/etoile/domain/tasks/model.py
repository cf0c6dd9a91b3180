"""The model of task kinds as it is shipped: a vocabulary of features, and what each says for each kind.

The score of a kind is its bias plus the sum of its weights over the features of a request, divided by the square root
of how many features there are; softmax makes probabilities of the scores.  Features that the model does not know
count among them, so a request in another language stays unsure.  `tests/task_kinds` fits the weights.

The file: a line of JSON, the vocabulary with a line break between features, then for each kind a signed byte a feature.
"""

import json
import math
from array import array
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Self

from etoile.domain.tasks.kinds import TaskKind

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A linear model of task kinds.  Safe from any thread."""

    vocabulary: dict[str, int]
    """The place of each feature in `weights`."""
    weights: dict[TaskKind, "array[int]"]
    bias: dict[TaskKind, float]
    scale: float
    """What a weight of 1 is worth, calibration included."""
    threshold: float
    """The confidence below which a node is asked for a second opinion."""
    corpus: str
    """SHA-256 of the prompts and words that the model was fitted to."""

    def probabilities(self, features: AbstractSet[str]) -> dict[TaskKind, float]:
        """Return how likely each kind is for a request of these features."""
        known = [place for feature in features if (place := self.vocabulary.get(feature)) is not None]
        worth = self.scale / math.sqrt(max(1, len(features)))
        scores = {
            kind: self.bias[kind] + worth * sum(map(row.__getitem__, known)) for kind, row in self.weights.items()
        }
        highest = max(scores.values())
        shares = {kind: math.exp(score - highest) for kind, score in scores.items()}
        total = sum(shares.values())
        return {kind: share / total for kind, share in shares.items()}

    def to_bytes(self) -> bytes:
        """Return the file that `parse` reads."""
        features = "\n".join(self.vocabulary).encode()
        header = {
            "format": FORMAT,
            "bias": self.bias,
            "scale": self.scale,
            "threshold": self.threshold,
            "corpus": self.corpus,
            "vocabulary_bytes": len(features),
        }
        return b"".join(
            (json.dumps(header).encode(), b"\n", features, *(self.weights[kind].tobytes() for kind in self.bias))
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a shipped model.  Raises ValueError, which says what is wrong with it."""
        first, _, body = data.partition(b"\n")
        try:
            header: dict[str, Any] = json.loads(first)
            if header["format"] != FORMAT:
                raise ValueError(f"its format is {header['format']}, not {FORMAT}")
            size = int(header["vocabulary_bytes"])
            vocabulary = {feature: place for place, feature in enumerate(body[:size].decode().split("\n"))}
            bias = {TaskKind(kind): float(bias) for kind, bias in header["bias"].items()}
            return cls(
                vocabulary=vocabulary,
                weights=_rows(body[size:], list(bias), len(vocabulary)),
                bias=bias,
                scale=float(header["scale"]),
                threshold=float(header["threshold"]),
                corpus=str(header["corpus"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"This is no model of task kinds: {error!r}.") from error


def _rows(data: bytes, kinds: list[TaskKind], size: int) -> dict[TaskKind, "array[int]"]:
    if len(data) != size * len(kinds):
        raise ValueError(f"{len(data)} bytes of weights for {size} features and {len(kinds)} kinds")
    return {kind: array("b", data[at * size : (at + 1) * size]) for at, kind in enumerate(kinds)}
