"""Which kind of task a request is, for what no command takes: decides which node and model answer it."""

from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.domain.tasks.model import Model
from etoile.domain.tasks.proposals import proposals

__all__ = ["Classification", "Model", "TaskKind", "classify", "proposals"]
