"""What each kind of task takes: roles, step by step; and what live data it needs.  Pure."""

from collections.abc import Mapping

from etoile.config import Kind, Role

Steps = tuple[tuple[str, ...], ...]
"""Roles one step after the other; those of one step work side by side."""

DEFAULT_MATRIX: Mapping[str, Steps] = {
    "code": (("code",), ("review",)),
    "analyse": (("analyse",),),
    "trading": (("analyse", "search"), ("validate",)),
    "web": (("search",), ("synthesise",)),
    "simple": (("respond",),),
    "systeme": (("respond",),),
}
"""By kind.  What is about this computer is proposed as commands first; words are for what is left."""

_LIVE = {"trading": "market"}
"""What has to be looked up, by kind; of any other kind it is the web."""


def matrix_of(settings: Mapping[Kind, tuple[Role | tuple[Role, ...], ...]]) -> Mapping[str, Steps]:
    """Return the usual matrix with what the settings have instead."""
    own = {
        str(kind): tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
        for kind, steps in settings.items()
    }
    return {**DEFAULT_MATRIX, **own}


def roles_in(steps: Steps) -> frozenset[str]:
    """Return every role of `steps`."""
    return frozenset(role for step in steps for role in step)


def needs_of(kind: str, role: str) -> frozenset[str]:
    """Return what live data a node must have to do `role` for a task of `kind`."""
    return frozenset({_LIVE.get(kind, "search")}) if role == "search" else frozenset()
