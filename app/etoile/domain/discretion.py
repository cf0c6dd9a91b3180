"""What a notification may say while the screen is locked: anybody may read it."""

from dataclasses import replace

from etoile.domain.effects import Effect, Notify
from etoile.domain.learning.dialogue import SUGGESTION
from etoile.text import message

HIDDEN = message("It is shown once the screen is unlocked.")


def discreet(effects: tuple[Effect, ...], *, locked: bool) -> tuple[Effect, ...]:
    """Return `effects` as they may be seen: on a locked screen a suggestion, which tells of habits, says nothing.

    Alerts and timers stay as they are: they tell of heat and time alone, and are wanted at once.
    """
    return tuple(_hidden(effect) for effect in effects) if locked else effects


def _hidden(effect: Effect) -> Effect:
    if isinstance(effect, Notify) and effect.key == SUGGESTION:
        return replace(effect, body=HIDDEN, actions={})
    return effect
