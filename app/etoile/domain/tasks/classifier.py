"""Tells the kind of a request: by a certain sign, else by the model."""

from typing import Final

from etoile.domain.tasks.features import excerpt, features, words
from etoile.domain.tasks.kinds import Classification
from etoile.domain.tasks.model import Model
from etoile.domain.tasks.rules import certain_kind

CERTAIN: Final = 0.98
"""The confidence of a rule: none was wrong on the prompts, and one in fifty is allowed for."""


def classify(text: str, model: Model) -> Classification:
    """Return the kind of the request `text`, of any length and language.  Takes well below a millisecond."""
    seen = excerpt(text)
    if kind := certain_kind(seen):
        return Classification(kind, CERTAIN, "rules")
    likely = model.probabilities(features(words(seen)))
    kind = max(likely, key=likely.__getitem__)
    return Classification(kind, likely[kind], "model", likely[kind] < model.threshold)
