"""When a conversation is over because nobody has added to it for long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from etoile.domain import effects as do
from etoile.domain.effects import Effect
from etoile.domain.turn import Phase, Turn


@dataclass(frozen=True, slots=True)
class Rest:
    """Since when nothing has happened."""

    turn: int
    """The number of the turn behind which nothing came."""
    since: datetime
    """By the time of day: it goes on while the computer sleeps."""


def rest(
    turn: Turn, before: Rest | None, local: datetime, most_s: float
) -> tuple[Turn, Rest | None, tuple[Effect, ...]]:
    """Return the turn at `local`, since when nothing has happened, and what is to be done.  Pure."""
    if turn.phase is not Phase.IDLE or turn.conversation.empty:
        return turn, None, ()
    if before is None or before.turn != turn.number:
        return turn, Rest(turn.number, local), ()
    if local - before.since < timedelta(seconds=most_s):
        return turn, before, ()
    return replace(turn, conversation=turn.conversation.over()), None, (do.BeginConversation(),)
