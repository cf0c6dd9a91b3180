"""What of the settings the state holds: taken from them at the start, and again whenever they change."""

from dataclasses import replace
from typing import TYPE_CHECKING

from etoile.config import Config
from etoile.domain.turn import Speaking
from etoile.domain.waking import USUAL

if TYPE_CHECKING:
    from etoile.domain.state import State


def with_settings(state: "State", config: Config) -> "State":
    """Return `state` under the settings `config`; what is going on goes on."""
    turn = replace(
        state.turn,
        speaking=Speaking(config.speech.speak),
        confirm_s=config.commands.confirm_s,
        shown_s=config.commands.shown_s,
        longest_s=config.speech.longest_s,
        wake_word=config.speech.wake_word or USUAL,
        correct_with=config.speech.correct_with,
    )
    return replace(
        state,
        turn=turn,
        limits=config.thermal,
        alerts=config.alerts,
        window=config.window,
        samples_every_s=config.store.samples_every_s,
        conversation_rests_s=config.routing.conversation_rests_s,
    )
