"""What the interface asks of the rest of the app."""

from collections.abc import Callable
from dataclasses import dataclass

from etoile.domain.events import Event


def _closed(*_: object) -> None:
    """Behind this door is nothing: a view that is shown by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Callables that do not wait; all are called on the main thread."""

    publish: Callable[[Event], None]
    """Reports what the user did."""
    confirm_node: Callable[[str], None]
    """The user wants to use the found node of this name."""
    open_settings: Callable[[], None]
    """Opens the settings window."""
    quit: Callable[[], None]
    """Ends the app."""
    open_nodes: Callable[[], None] = _closed
    """Opens the settings where nodes are added."""
    open_microphone: Callable[[], None] = _closed
    """Opens the settings where the microphone is chosen."""
    open_help: Callable[[str], None] = _closed
    """Opens the help: on a topic, on what helps with a part or the state of a node ("node.auth"); "" where it was."""
    open_first_steps: Callable[[], None] = _closed
    """Opens the first steps again."""
