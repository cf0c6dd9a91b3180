"""What the conversation shows: the turns so far, told by the state alone.

The state holds the turn that goes on and the outcome of the last one; here they are strung together.
"""

from dataclasses import dataclass, replace

from etoile.domain.commander.units import TaskUnit
from etoile.domain.effects import Decision, Outcome
from etoile.domain.nodes import Attribution
from etoile.domain.turn import Phase, Turn
from etoile.text import Message, message

LONGEST = 50
"""Turns that the window keeps; the history keeps them all."""
RESUMED = 5
"""Exchanges that are shown of a conversation of an earlier run."""

_WORKING = frozenset({Phase.TRANSCRIBING, Phase.THINKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A turn as it is shown."""

    turn: int
    request: str = ""
    heard: str = ""
    """What was heard, where the request is in other words."""
    answer: str = ""
    """Markdown."""
    attribution: tuple[Attribution, ...] = ()
    elapsed_ms: float | None = None
    passed_over: tuple[tuple[str, Message], ...] = ()
    said: Message | None = None
    remedy: Message | None = None
    failed: bool = False
    working: bool = False
    undoable: bool = False
    """Whether what was done can be taken back."""
    units: tuple[TaskUnit, ...] = ()
    """What it was cut into, where it took several units."""
    notes: tuple[Message, ...] = ()
    """What is to be known of the answer."""
    reused_s: float | None = None
    """How old the answer is, if it was given before."""
    conversation: int = 1
    opens: bool = False
    """Whether another conversation than that of the entry above begins with it."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show yet."""
        return not (self.request or self.answer or self.said)

    @property
    def asked_again(self) -> bool:
        """Whether asking again may bring something else: no node could answer, or the answer was given before."""
        unanswered = self.failed and bool(self.request and self.passed_over)
        return not self.working and (unanswered or self.reused_s is not None)

    @property
    def helped_by(self) -> str:
        """What the help is asked for where it failed and can be mended; empty for a calm end."""
        if not self.failed or self.remedy is None:
            return ""
        if self.passed_over:
            return "node.down"
        return "troubleshooting" if self.request else "microphone"


def follow(entries: tuple[Entry, ...], turn: Turn) -> tuple[Entry, ...]:
    """Return `entries` with what `turn` tells now; the same ones when it tells nothing new.  Pure."""
    if turn.asking.dry_run:
        return entries
    if not entries and turn.number == 0:
        return _resumed(turn)
    settled = _settled(_in_sight(entries, turn), turn)
    entry = _entry(turn)
    if settled and (settled[-1].turn == turn.number or _ends(settled[-1], turn)):
        entry = _in_place_of(settled[-1], entry)
        if settled[-1] == entry:
            return settled
        return (*settled[:-1], entry)
    return settled if entry.empty else _behind(settled, entry)


def _resumed(turn: Turn) -> tuple[Entry, ...]:
    """Return the end of a conversation of an earlier run; its turns are numbered from before this one."""
    exchanges = turn.conversation.exchanges[-RESUMED:]
    return tuple(
        Entry(turn=number, request=exchange.request, answer=exchange.answer, attribution=exchange.attribution)
        for number, exchange in enumerate(exchanges, start=-len(exchanges))
    )


def _in_sight(entries: tuple[Entry, ...], turn: Turn) -> tuple[Entry, ...]:
    """Return `entries` without those before the user began anew."""
    first = turn.conversation.shown_from
    return tuple(entry for entry in entries if entry.turn >= first) if first else entries


def _in_place_of(former: Entry, entry: Entry) -> Entry:
    """Return `entry` in the conversation in which `former` began."""
    return replace(entry, conversation=former.conversation, opens=former.opens)


def _behind(entries: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    opens = bool(entries) and entries[-1].conversation != entry.conversation
    return (*entries, replace(entry, opens=opens))[-LONGEST:]


def _settled(entries: tuple[Entry, ...], turn: Turn) -> tuple[Entry, ...]:
    """Return `entries` with the former turn at rest: ended as the outcome tells, else broken off."""
    last = turn.last
    if last and last.turn < turn.conversation.shown_from:
        return entries
    if last and last.turn != turn.number and last.text and not (entries and entries[-1].turn >= last.turn):
        return _behind(entries, replace(_entry_of(last), conversation=turn.conversation.number))
    if not entries or entries[-1].turn == turn.number or not entries[-1].working:
        return entries
    former = entries[-1]
    if last and last.turn == former.turn:
        return (*entries[:-1], _in_place_of(former, _entry_of(last)))
    if _ends(former, turn):
        return entries
    return (*entries[:-1], replace(former, working=False, failed=True, said=message("Broken off.")))


def _ends(former: Entry, turn: Turn) -> bool:
    """Whether `turn` is only the end of `former`: cancelling begins a turn that has nothing of its own."""
    cancelled = turn.phase is Phase.IDLE and turn.failed and turn.interrupted
    return cancelled and former.turn == turn.number - 1 and former.request == turn.request


def _entry(turn: Turn) -> Entry:
    return Entry(
        turn=turn.number,
        request=turn.request,
        heard=turn.heard,
        answer=turn.answer,
        attribution=turn.attribution,
        elapsed_ms=turn.elapsed_ms,
        passed_over=turn.passed_over,
        said=turn.said,
        remedy=turn.remedy,
        failed=turn.failed,
        working=turn.phase in _WORKING,
        undoable=turn.undoable and turn.phase in (Phase.IDLE, Phase.SPEAKING),
        units=turn.units,
        notes=turn.notes,
        reused_s=turn.reused_s,
        conversation=turn.conversation.number,
    )


def _entry_of(outcome: Outcome) -> Entry:
    by_nodes = outcome.ok and (outcome.decision is Decision.ROUTE or outcome.attribution)
    answer = str(outcome.answer.values.get("text", "")) if by_nodes and outcome.answer else ""
    return Entry(
        turn=outcome.turn,
        request=outcome.text,
        answer=answer,
        attribution=outcome.attribution,
        elapsed_ms=outcome.elapsed_ms,
        passed_over=outcome.passed_over,
        said=None if answer else outcome.answer,
        remedy=outcome.remedy,
        failed=not outcome.ok,
        units=outcome.units,
        notes=outcome.notes,
        reused_s=outcome.reused_s,
    )
