"""Which commands may be proposed for a request about this computer that no command took."""

from typing import Final

from etoile.domain.commands import COMMANDS
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.tasks.kinds import Classification, TaskKind

_LIKELY_ENOUGH: Final = 0.4
"""A candidate of less is nothing that anybody meant."""
_AT_MOST = 3


def proposals(match: Match, classified: Classification) -> tuple[Candidate, ...]:
    """Return the commands of the catalogue to propose, the likeliest first; none of them runs by itself.

    Only for a request of kind `systeme` without a command.  What was understood and refused (a negation, a question, a
    quotation) stays refused, and a candidate that lacks a slot is left out.
    """
    if classified.kind is not TaskKind.SYSTEME or match.command is not None or match.reason is Reason.REFUSED:
        return ()
    candidates = (*match.choices, *((match.runner_up,) if match.runner_up else ()))
    likely = {candidate.command: candidate for candidate in reversed(candidates) if _is_whole(candidate)}
    return tuple(sorted(likely.values(), key=lambda candidate: -candidate.confidence))[:_AT_MOST]


def _is_whole(candidate: Candidate) -> bool:
    command = COMMANDS.get(candidate.command)
    return (
        command is not None
        and candidate.confidence >= _LIKELY_ENOUGH
        and all(slot in candidate.slots for slot in command.slots)
    )
