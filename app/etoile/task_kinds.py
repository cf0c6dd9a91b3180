"""The model of task kinds that is shipped, read once."""

from functools import cache

from etoile.domain.tasks.model import Model
from etoile.resources import resource


@cache
def shipped_model() -> Model:
    """Return the model for `etoile.domain.tasks.classify`.  Takes some milliseconds the first time."""
    return Model.parse(resource("task_kinds.model").read_bytes())
