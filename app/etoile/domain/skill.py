"""What a skill is: a named sequence of commands and requests; see `etoile.domain.skills` for what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_STEPS = 20
LONGEST_NAME = 60
"""Characters."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a skill does."""

    text: str
    """A command, as it is said; parameters stand in braces."""
    asks: bool = False
    """Whether it is handed to a node rather than carried out."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a skill is told each time."""

    default: str
    among: tuple[str, ...] = ()
    """The only values there are; empty when it may be anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """A named sequence of commands and requests."""

    name: str
    """How it is called; parameters may stand in it, in braces."""
    also: tuple[str, ...] = ()
    """Further names."""
    language: str | None = None
    """Of the steps; None tries each."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    steps: tuple[Step, ...]
    path: str = ""
    """The file it was read from."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is called by."""
        return (self.name, *self.also)

    @property
    def defaults(self) -> dict[str, str]:
        """The parameters when nobody tells them."""
        return {name: parameter.default for name, parameter in self.parameters.items()}


@dataclass(frozen=True, slots=True)
class Draft:
    """A skill that is being told, step by step."""

    name: str
    steps: tuple[Step, ...] = ()
    parameter: str = ""
    """What it is told each time; empty for nothing."""
    default: str = ""
    """What that is when nobody says; empty until it was told."""
