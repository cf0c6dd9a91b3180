"""Nodes and the matrix of roles: what contradicts itself, or names what is not there, is refused with its key."""

from collections.abc import Iterable

from etoile.config.sections import Config, Node, Role
from etoile.errors import ConfigError
from etoile.text import message

GUIDE = "guide"
"""The name of the built-in node."""


def check_routing(config: Config, name: str) -> None:
    """Raise ConfigError for names that are taken, models that are forbidden, and roles that nobody has."""
    _check_names([node.name for node in config.nodes], name)
    for index, node in enumerate(config.nodes):
        _check_models(node, index, name)
    _check_matrix(config, name)


def _check_names(names: list[str], name: str) -> None:
    """Raise ConfigError for two nodes of one name: capitals do not count, as nobody hears them."""
    known: set[str] = set()
    for index, called in enumerate(names):
        if not called.strip():
            raise ConfigError(message('{path}: nodes[{index}].name is "{name}".', path=name, index=index, name=called))
        if called.lower() == GUIDE:
            raise ConfigError(
                message('{path}: nodes[{index}].name is "{name}".', path=name, index=index, name=called),
                message("That is what the built-in node is called: choose another name."),
            )
        if called.lower() in known:
            raise ConfigError(
                message('{path}: two nodes are called "{name}".', path=name, name=called),
                message("Give each a name of its own: answers are signed with it, and requests can name it."),
            )
        known.add(called.lower())


def _check_models(node: Node, index: int, name: str) -> None:
    never = {model.lower() for model in node.never}
    named = {"model": node.model, **{f"models.{role}": model for role, model in node.models.items()}}
    for key, model in named.items():
        if model is not None and model.lower() in never:
            raise ConfigError(
                message(
                    '{path}: nodes[{index}].{key} is "{model}", and “never” forbids it.',
                    path=name,
                    index=index,
                    key=key,
                    model=model,
                ),
                message("Take it out of the one or the other."),
            )


def _check_matrix(config: Config, name: str) -> None:
    """Raise ConfigError for a kind that takes nothing, or that takes a role which no node has."""
    for kind, steps in config.routing.matrix.items():
        roles = [role for step in steps for role in ((step,) if isinstance(step, str) else step)]
        if not roles or () in steps:
            raise ConfigError(
                message("{path}: routing.matrix.{kind} names no role.", path=name, kind=kind),
                message('Write what it takes: {kind} = ["respond"], or leave it out for the usual.', kind=kind),
            )
        if missing := _nobody_has(roles, config.nodes):
            raise ConfigError(
                message(
                    '{path}: routing.matrix.{kind} takes "{role}", and no node has that role.',
                    path=name,
                    kind=kind,
                    role=missing,
                ),
                message('Add "{role}" to “roles” of a node; a node without “roles” has all of them.', role=missing),
            )


def _nobody_has(roles: Iterable[Role], nodes: tuple[Node, ...]) -> Role | None:
    """Return a role of which no node of the settings is for; None where there are none: those found have every role."""
    if not nodes or any(not node.roles for node in nodes):
        return None
    there = {role for node in nodes for role in node.roles}
    return next((role for role in roles if role not in there), None)
