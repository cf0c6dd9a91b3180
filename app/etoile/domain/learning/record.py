"""An exchange of the history, as learning sees it."""

from dataclasses import dataclass, field
from datetime import datetime

from etoile.domain.commands import WINDOW_SLOT
from etoile.domain.effects import Decision
from etoile.domain.learning.corrections import correction_of
from etoile.domain.match import Candidate, Reason, Slots

_ABOUT_THE_TALK = ("assistant", "conversation", "language", "voice", "learning")
"""Rooms of commands that steer the conversation: they follow anything, and mean nothing of what stood before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was asked at one time, and what became of it."""

    id: int
    at: datetime
    """When it ended, in the local time."""
    request: str
    spoken: bool = False
    """Whether a speech model wrote it."""
    language: str = "en"
    decision: Decision | None = None
    command: str | None = None
    slots: Slots = field(default_factory=dict)
    ok: bool = True
    reason: Reason | None = None
    compound: bool = False
    """Whether it held further commands beside this one."""
    undone: bool = False

    @property
    def asked(self) -> str:
        """The request, without what only introduces a correction."""
        return (correction_of(self.request) or self.request).strip()

    @property
    def handed_over(self) -> bool:
        """Whether no command took it: it went to the nodes, or to a question that nobody answered."""
        return self.command is None and self.decision in (Decision.ROUTE, Decision.PROPOSE)

    @property
    def ran(self) -> bool:
        """Whether one command took it, was carried out, and was left as it is."""
        done = self.command is not None and self.decision is Decision.RUN and self.ok
        return done and not self.compound and not self.undone

    @property
    def was_chosen(self) -> bool:
        """Whether the user chose its command from “did you mean”."""
        return self.ran and self.reason in (Reason.AMBIGUOUS, Reason.BELOW_THRESHOLD)

    @property
    def about_the_talk(self) -> bool:
        """Whether its command only steers the conversation."""
        return self.command is not None and self.command.split(".")[0] in _ABOUT_THE_TALK

    @property
    def what(self) -> Candidate:
        """What was carried out, whichever window was in front."""
        slots = {name: value for name, value in self.slots.items() if name != WINDOW_SLOT}
        return Candidate(command=self.command or "", slots=slots, confidence=1.0)
