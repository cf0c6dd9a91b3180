"""What may become of a request that was understood as a command: run it, ask first, propose, refuse, or hand it on.

A wrong action is far worse than no action: what destroys asks first, what is uncertain is only proposed, and where
nobody is there to answer, what would ask is refused.
"""

from etoile.domain.commands import COMMANDS, Consequence
from etoile.domain.effects import Decision
from etoile.domain.events import Asking
from etoile.domain.match import Candidate, Match, Reason


def decide(match: Match, asking: Asking) -> Decision:
    """Return what becomes of a request that means `match` and came as `asking` tells."""
    if match.command is None:
        if match.reason in (Reason.AMBIGUOUS, Reason.BELOW_THRESHOLD) and match.choices and asking.can_confirm:
            return Decision.PROPOSE
        return Decision.ROUTE
    if any(asks_first(candidate) for candidate in commands_of(match)):
        return Decision.ASK if asking.can_confirm or asking.dry_run else Decision.REFUSE
    return Decision.RUN


def commands_of(match: Match) -> tuple[Candidate, ...]:
    """Return every command of a request, in order; empty when there is none."""
    if match.command is None:
        return ()
    first = Candidate(command=match.command, slots=match.slots, confidence=match.confidence)
    return (first, *match.then)


def asks_first(candidate: Candidate) -> bool:
    """Whether a command needs the user's word before it runs."""
    command = COMMANDS.get(candidate.command)
    return command is None or command.consequence is Consequence.DESTRUCTIVE or command.asks
