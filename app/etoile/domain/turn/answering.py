"""The answer of a node, as it comes."""

from dataclasses import replace
from functools import reduce

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.ages import ago
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Origin
from etoile.domain.match import Candidate, Match
from etoile.domain.policy import decide
from etoile.domain.proposals import MOST_PROPOSALS, PROPOSABLE
from etoile.domain.spoken import sentences
from etoile.domain.turn.confirming import as_shown, offered_by, put
from etoile.domain.turn.lifetime import finish, speaks
from etoile.domain.turn.running import go_on
from etoile.domain.turn.turn import Step, Turn
from etoile.text import Message, message, verbatim

SEAM = "\n\n---\n\n"
"""Between what a node left unfinished and the answer of the next: a rule in markdown."""
_GOES_ON = "… "
"""Below it, where the next node goes on from there; what begins like any other answer has begun afresh."""


def passed_over(turn: Turn, event: on.NodePassedOver) -> Step:
    """Keep which node could not take it, and why."""
    return replace(turn, passed_over=(*turn.passed_over, (event.node, event.reason))), ()


def queued(turn: Turn, event: on.Queued) -> Step:
    """Keep that it waits for a node, and where; the caller hears of it."""
    told = (do.ReportStep(turn.asking.ticket, event.said),) if turn.asking.ticket else ()
    return replace(turn, queued=event.said, signs=turn.signs + 1), told


def answer_reused(turn: Turn, event: on.AnswerReused) -> Step:
    """Keep how old the answer is; who only listens hears it."""
    said = message("From memory, {ago}:", ago=ago(event.age_s))
    aloud = (do.Say(turn.number, said, turn.language, last=False),) if speaks(turn) else ()
    return replace(turn, reused_s=event.age_s), aloud


def answer_started(turn: Turn, event: on.AnswerStarted) -> Step:
    """Name who answers; what an earlier node left unfinished stays, above a seam."""
    seam = SEAM + (_GOES_ON if event.continues else "") if turn.answer else ""
    turn = replace(turn, attribution=(*turn.attribution, event.attribution), answer=turn.answer + seam, queued=None)
    turn = replace(turn, spoken=len(turn.answer) if seam else turn.spoken)
    new = tuple(note for note in event.notes if note not in turn.notes)
    aloud = tuple(do.Say(turn.number, note, turn.language, last=False) for note in new) if speaks(turn) else ()
    shown = (do.ReportText(turn.asking.ticket, seam),) if seam and turn.asking.ticket else ()
    return replace(turn, notes=(*turn.notes, *new)), (*shown, *aloud)


def kind_told(turn: Turn, event: on.KindTold) -> Step:
    """Keep which kind of task the request is for the nodes."""
    return replace(turn, kind=event.kind), ()


def weighed(turn: Turn, event: on.Weighed) -> Step:
    """Keep how each node stands; where nothing is to be asked, that is all there was to find out."""
    turn = replace(turn, standings=event.standings)
    if not turn.asking.dry_run:
        return turn, ()
    if not event.standings:
        return finish(turn, ok=True, said=message("There is no node: the guide would answer this."))
    best = next((one for one in event.standings if one.takes), None)
    if best is None:
        return finish(turn, ok=False, said=message("No node could take this: it is no command."))
    if best.model is None:
        return finish(turn, ok=True, said=message("I would hand this to {node}: it is no command.", node=best.node))
    said = message("I would hand this to {node} ({model}): it is no command.", node=best.node, model=best.model)
    return finish(turn, ok=True, said=said)


def answer_text(turn: Turn, event: on.AnswerText) -> Step:
    """Take a further piece; whole sentences are spoken while the rest is still coming."""
    turn = replace(turn, answer=turn.answer + event.text)
    told: tuple[Effect, ...] = (do.ReportText(turn.asking.ticket, event.text),) if turn.asking.ticket else ()
    if not speaks(turn):
        return turn, told
    ready, spoken = sentences(turn.answer, turn.spoken)
    said = tuple(do.Say(turn.number, verbatim(part), turn.language, last=False) for part in ready)
    return replace(turn, spoken=spoken), told + said


def proposed(turn: Turn, event: on.Proposed) -> Step:
    """Keep what a model proposes, to be asked about once its answer is whole."""
    proposal = Candidate(command=event.command, slots=event.slots, confidence=1.0)
    if event.command not in PROPOSABLE or proposal in turn.proposals or len(turn.proposals) >= MOST_PROPOSALS:
        return turn, ()
    return replace(turn, proposals=(*turn.proposals, proposal), signs=turn.signs + 1), ()


def _offer(turn: Turn, rest: Message) -> Step:
    """Ask about what is proposed; where nobody is there, tell it, and do nothing."""
    first, *_ = turn.proposals
    as_proposed = replace(turn.asking, origin=Origin.PROPOSAL)
    ruling = decide(Match(text=turn.request, command=first.command, slots=first.slots, confidence=1.0), as_proposed)
    if ruling.decision is not Decision.ASK:
        said = message(
            "Proposed: {what}. Nobody is there to decide: nothing was done.", what=list(map(as_shown, turn.proposals))
        )
        return finish(replace(turn, notes=(*turn.notes, said)), ok=True, said=turn.said, aloud=rest)
    told = (do.Say(turn.number, rest, turn.language, last=False),) if speaks(turn) and turn.answer else ()
    turn, asked = put(replace(turn, spoken=len(turn.answer)), offered_by(turn))
    return turn, (*told, *asked)


def units_shown(turn: Turn, event: on.UnitsShown) -> Step:
    """Keep how far the units are; the caller hears of what has changed."""
    changed = tuple(unit for unit in event.units if unit not in turn.units)
    told = (do.ReportUnits(turn.asking.ticket, changed),) if turn.asking.ticket and changed else ()
    return replace(turn, units=event.units, signs=turn.signs + 1), told


def answer_ended(turn: Turn, event: on.AnswerEnded) -> Step:
    """End the turn, or go on with the skill that asked: the answer is whole."""
    turn = replace(turn, first_token_ms=event.first_token_ms, elapsed_ms=event.elapsed_ms)
    private = turn.private or event.private
    turn = replace(turn, score=event.score, notes=(*turn.notes, *event.notes), private=private)
    rest = reduce(_and, event.notes, verbatim(turn.answer[turn.spoken :]))
    if turn.proposals and not turn.waiting:
        return _offer(turn, rest)
    if not turn.waiting:
        return finish(turn, ok=True, said=turn.said, aloud=rest)
    told = (do.Say(turn.number, rest, turn.language, last=False),) if speaks(turn) else ()
    turn, following = go_on(replace(turn, spoken=len(turn.answer)))
    return turn, (*told, *following)


def _and(first: Message, second: Message) -> Message:
    return message("{first} {second}", first=first, second=second)
