"""Models on the disk of a node.  Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A model as its node lists it; None where the node does not tell."""

    name: str
    size_bytes: int = 0
    digest: str | None = None
    """Of all that it is made of: two names with one digest are one model."""
    modified_s: float | None = None
    """When it was fetched or made, in seconds since 1970."""
    family: str | None = None
    parameters: str | None = None
    """As the node words it: "8.0B"."""
    quantisation: str | None = None
    weights: str | None = None
    """Digest of the file that holds its weights, which several models may share."""
    elsewhere: bool = False
    """Whether it runs in the node's cloud: it takes no disk and no card."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the download of a model has come; the total grows as the node learns of more parts."""

    status: str
    """In the node's own words."""
    done_bytes: int | None = None
    total_bytes: int | None = None
