"""What a piece of work wants of a node, and what the user's settings say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from etoile.config import Routing
from etoile.domain.roles import DEFAULT_MATRIX, Steps, matrix_of, needs_of, roles_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a piece of work wants of the node that takes it."""

    kind: str = "simple"
    """What kind of task it belongs to."""
    role: str = "respond"
    node: str | None = None
    """This node alone: its user named it, and that is leave for what is not done unasked (heat, cloud)."""
    among: frozenset[str] = frozenset()
    """Only these, whom the user named; all where it is empty."""
    tried: frozenset[str] = frozenset()
    """Nodes that failed at it."""
    avoid: frozenset[str] = frozenset()
    """Rather another node: the author of what is to be reviewed."""
    sticky: str | None = None
    """The node whose cache is warm."""
    tokens: int = 0
    """Estimate of the prompt."""
    needs: frozenset[str] = frozenset()
    """Tools ("search", "market") that the node must declare."""
    private: bool = False
    """Whether what goes along was read in the history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings say."""

    matrix: Mapping[str, Steps] = field(default_factory=lambda: DEFAULT_MATRIX)
    cloud: frozenset[str] = frozenset()
    """Kinds that may leave for a cloud provider."""
    cloud_history: bool = False
    """Whether what was read in the history may leave for one too."""

    @staticmethod
    def of(routing: Routing) -> "Rules":
        """Return the rules of [routing]."""
        return Rules(
            matrix=matrix_of(routing.matrix), cloud=frozenset(routing.cloud), cloud_history=routing.cloud_history
        )

    def steps(self, kind: str) -> Steps:
        """Return what a task of `kind` takes."""
        return self.matrix.get(kind, DEFAULT_MATRIX["simple"])

    def whole(self, kind: str, node: str | None = None, *, tokens: int = 0) -> Wanted:
        """Return what a request of `kind` wants that one node answers by itself: the first role, all the live data."""
        steps = self.steps(kind)
        needs = frozenset(need for role in roles_in(steps) for need in needs_of(kind, role))
        return Wanted(kind=kind, role=steps[0][0], node=node, tokens=tokens, needs=needs)
