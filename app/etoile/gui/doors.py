"""What the interface asks of the rest of the app."""

from collections.abc import Callable
from dataclasses import dataclass

from etoile.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Callables that do not wait; all are called on the main thread."""

    publish: Callable[[Event], None]
    """Reports what the user did."""
    confirm_node: Callable[[str], None]
    """The user wants to use the found node of this name."""
    open_settings: Callable[[], None]
    """Opens the settings file in the user's editor."""
    quit: Callable[[], None]
    """Ends the app."""
