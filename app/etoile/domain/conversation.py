"""What was said before, as far as later requests may refer to it: exchanges with nodes, and a summary of the oldest."""

from dataclasses import dataclass, replace
from typing import Self

from etoile.domain.events import ConversationResumed, Summarised
from etoile.domain.exchange import Exchange
from etoile.domain.nodes import Attribution

MOST_EXCHANGES = 200
"""No context holds more; they wait here for their summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What belongs together; every method returns it as it is afterwards."""

    number: int = 1
    """Counts the conversations of this run."""
    exchanges: tuple[Exchange, ...] = ()
    """Oldest first."""
    summary: str = ""
    """What came before these, in short."""
    summarised: int = 0
    """The number of the last exchange that the summary holds."""
    private: bool = False
    """Whether the history was read for any of it: later answers and the summary may repeat what was found."""
    shown_from: int = 0
    """The turn from which on the window shows it: what was said before the user began anew is out of sight."""

    def having(self, request: str, answer: str, attribution: tuple[Attribution, ...], *, private: bool = False) -> Self:
        """With a further exchange; `private` tells that the history was read for it."""
        exchange = Exchange(request, answer, attribution, self._last + 1)
        exchanges = (*self.exchanges, exchange)[-MOST_EXCHANGES:]
        return replace(self, exchanges=exchanges, private=self.private or private)

    def over(self, shown_from: int | None = None) -> "Conversation":
        """A new one; the former stays in sight unless `shown_from` tells the turn with which the new one begins."""
        return Conversation(number=self.number + 1, shown_from=self.shown_from if shown_from is None else shown_from)

    def resumed(self, event: ConversationResumed) -> Self:
        """The one of an earlier run goes on; what was said since the start comes behind."""
        last = event.exchanges[-1].number if event.exchanges else event.summarised
        since = tuple(replace(one, number=last + count) for count, one in enumerate(self.exchanges, start=1))
        exchanges = (*event.exchanges, *since)
        private = self.private or event.private
        return replace(self, exchanges=exchanges, summary=event.summary, summarised=event.summarised, private=private)

    def shortened(self, event: Summarised) -> Self:
        """With a summary in place of its oldest exchanges; as it was, where that tells of another conversation."""
        if event.conversation != self.number or event.upto <= self.summarised:
            return self
        left = tuple(exchange for exchange in self.exchanges if exchange.number > event.upto)
        return replace(self, exchanges=left, summary=event.summary, summarised=event.upto)

    @property
    def empty(self) -> bool:
        """Whether nothing was said yet that a request could refer to."""
        return not self.exchanges and not self.summary

    @property
    def _last(self) -> int:
        return self.exchanges[-1].number if self.exchanges else self.summarised
