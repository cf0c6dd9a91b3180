"""How a turn begins, ends, is given up, and is reported."""

from dataclasses import replace

from etoile.config.routing_checks import GUIDE
from etoile.domain import effects as do
from etoile.domain.commander.units import best_of, is_whole, stopped
from etoile.domain.commands import CONSENSUS
from etoile.domain.descriptions import describe
from etoile.domain.effects import Decision, Effect, Outcome, Priority
from etoile.domain.events import Asking, Origin
from etoile.domain.turn.turn import Phase, Speaking, Standing, Step, Turn
from etoile.text import Message, message, verbatim

THINKING_S = 180.0
"""A turn without any progress for this long is given up: a worker's own limits are shorter."""
NOTHING_DONE = message("Nothing was done.")
DICTATION_S = 300.0
"""Dictation to which nothing was said for this long is over: its user has forgotten it, and would be surprised."""


def begin(turn: Turn, phase: Phase, asking: Asking) -> Turn:
    """Return a fresh turn that keeps only what outlives one; an answer that was only being reviewed does."""
    if is_answered(turn):
        turn, _ = _with_exchange(turn, _unreviewed(turn))
    return Turn(
        phase=phase,
        number=turn.number + 1,
        asking=asking,
        interrupted=turn.phase is not Phase.IDLE and not _only_tells(turn),
        language=turn.home_language,
        conversation=turn.conversation,
        last=turn.last,
        muted=turn.muted,
        speaking=turn.speaking,
        confirm_s=turn.confirm_s,
        shown_s=turn.shown_s,
        called=turn.called,
        draft=turn.draft,
        dictating=turn.dictating,
        longest_s=turn.longest_s,
        wake_word=turn.wake_word,
        has_nodes=turn.has_nodes,
        correct_with=turn.correct_with,
        home_language=turn.home_language,
    )


def _only_tells(turn: Turn) -> bool:
    """Whether it only tells what it did, and that can be taken back: "cancel" means what was done, then."""
    return turn.phase is Phase.SPEAKING and turn.undoable


def enter(turn: Turn, phase: Phase) -> Turn:
    """Return the turn at the beginning of `phase`."""
    return replace(turn, phase=phase, stage=turn.stage + 1)


def interpret(turn: Turn, text: str, language: str | None, before: tuple[Effect, ...] = ()) -> Step:
    """Find out what `text` means, after the effects `before`."""
    turn = replace(enter(turn, Phase.THINKING), request=text, language=language or turn.language)
    find_out = do.Interpret(
        turn.number,
        text,
        language,
        turn.alternatives,
        is_spoken(turn),
        turn.rivals,
        turn.asking.dry_run,
        dictated=is_dictating(turn),
    )
    return turn, (*before, find_out, deadline(turn, THINKING_S))


def give_up(turn: Turn) -> tuple[Effect, ...]:
    """What ends the work of a turn that is broken into or cancelled; its caller is told, and its request is kept."""
    match turn.phase:
        case Phase.IDLE:
            return ()
        case Phase.LISTENING:
            stop: tuple[Effect, ...] = (do.DiscardRecording(turn.number),)
        case Phase.TRANSCRIBING:
            stop = ()  # the transcript is still wanted: it comes late, and is kept
        case Phase.SPEAKING:
            return (do.Hush(),)
        case _:
            stop = (do.Hush(), do.StopWork(turn.number))
    if is_answered(turn):
        _, outcome = _with_exchange(turn, _unreviewed(turn))
    else:
        outcome = outcome_of(turn, ok=False, said=broken_off(turn, message("It was cancelled.")))
    return stop + reports(turn, outcome) + _memory(turn, outcome)


def is_answered(turn: Turn) -> bool:
    """Whether the answer is whole, and what goes on is its review, or a question: breaking in breaks nothing off."""
    reviewed = turn.phase is Phase.THINKING and not turn.waiting and is_whole(turn.units)
    asked = turn.phase is Phase.CONFIRMING and bool(turn.proposals)
    return (reviewed or asked) and _is_for_nodes(turn) and _can_be_referred_to(turn)


def _unreviewed(turn: Turn) -> Outcome:
    said = message("Its review was broken off.") if turn.question is None else NOTHING_DONE
    return replace(outcome_of(turn, ok=True, said=None), notes=(*turn.notes, said))


def _with_exchange(turn: Turn, outcome: Outcome) -> tuple[Turn, Outcome]:
    """Return the turn with its answer in the conversation, and its outcome with the place there."""
    answer = best_of(turn.units) or turn.answer
    conversation = turn.conversation.having(turn.request, answer, turn.attribution, private=turn.private)
    outcome = replace(outcome, place=conversation.exchanges[-1].number)
    return replace(turn, conversation=conversation, last=outcome), outcome


def finish(
    turn: Turn, *, ok: bool, said: Message | None = None, remedy: Message | None = None, aloud: Message | None = None
) -> Step:
    """End the turn's work: report, remember, and speak what is still to be spoken.

    That is `aloud`; without it all of `said`, and without that what is left of the answer.
    """
    outcome = outcome_of(turn, ok=ok, said=said, remedy=remedy)
    before = turn.last
    if ok and _can_be_referred_to(turn):
        turn, outcome = _with_exchange(turn, outcome)
    turn = replace(
        turn,
        said=said,
        remedy=remedy,
        failed=not ok,
        question=None,
        last=before if turn.asking.dry_run else outcome,
    )
    told = reports(turn, outcome) + _memory(turn, outcome)
    rest = aloud or said or verbatim(turn.answer[turn.spoken :])
    if speaks(turn) and (said is not None or turn.answer):
        speech = do.Say(turn.number, rest, turn.language, last=True)
        return await_dictation(replace(turn, phase=Phase.SPEAKING, spoken=len(turn.answer)), (*told, speech))
    return await_dictation(replace(turn, phase=Phase.IDLE), told)


def await_dictation(turn: Turn, told: tuple[Effect, ...] = ()) -> Step:
    """Return a turn that is over, and `told`: while dictation is on it is not waited for without end."""
    if not turn.dictating:
        return turn, told
    turn = enter(turn, turn.phase)
    return turn, (*told, deadline(turn, DICTATION_S))


def outcome_of(turn: Turn, *, ok: bool, said: Message | None, remedy: Message | None = None) -> Outcome:
    """Return how the turn ends, for its caller and for the history."""
    answer = said or (verbatim(turn.answer) if turn.answer else None)
    if said is not None and turn.answer:
        answer = message("{first} {second}", first=said, second=verbatim(turn.answer))
    return Outcome(
        turn=turn.number,
        text=turn.heard or turn.request,
        decision=turn.decision,
        ok=ok,
        language=turn.language,
        command=turn.command,
        slots=turn.slots,
        answer=answer,
        remedy=remedy,
        attribution=turn.attribution,
        passed_over=turn.passed_over,
        first_token_ms=turn.first_token_ms,
        elapsed_ms=turn.elapsed_ms,
        undoable=turn.undoable,
        private=turn.private,
        reused_s=turn.reused_s,
        kind=turn.kind if turn.decision is Decision.ROUTE else None,
        standings=turn.standings,
        units=stopped(turn.units),
        score=turn.score,
        notes=turn.notes,
    )


def broken_off(turn: Turn, said: Message) -> Message:
    """Return `said`, why a turn ends, with what it had done before and what it has not done."""
    if turn.parts < 2:
        return said
    if turn.said is not None:
        said = message("{first} {second}", first=turn.said, second=said)
    if turn.waiting:
        said = message("{said} Not done: {commands}.", said=said, commands=list(map(describe, turn.waiting)))
    return said


def reports(turn: Turn, outcome: Outcome) -> tuple[Effect, ...]:
    """What tells the caller how it ended; nothing when only the window looks on."""
    return (do.ReportOutcome(turn.asking.ticket, outcome),) if turn.asking.ticket else ()


def _memory(turn: Turn, outcome: Outcome) -> tuple[Effect, ...]:
    """What keeps the request in the history; a dry run leaves no trace."""
    return (do.Remember(outcome),) if turn.request and not turn.asking.dry_run else ()


def _can_be_referred_to(turn: Turn) -> bool:
    """Whether a later request may refer to it: to answers of nodes, not to replies of commands or of the guide."""
    asked = _is_for_nodes(turn) or bool(turn.proposals)
    by_node = any(part.node != GUIDE for part in turn.attribution)
    return asked and by_node and bool(turn.answer) and not turn.asking.dry_run


def _is_for_nodes(turn: Turn) -> bool:
    return turn.decision is Decision.ROUTE or turn.command == CONSENSUS


def question(turn: Turn, text: str) -> do.Ask:
    """Return `text` as it goes to the nodes, with what it may refer to."""
    before = turn.conversation.exchanges
    if turn.asking.fresh and before and before[-1].request == text:
        before = before[:-1]  # what is asked afresh is not to be answered by its former answer
    return do.Ask(
        turn.number,
        text,
        turn.language,
        before,
        turn.asking.node,
        fresh=turn.asking.fresh,
        nodes=turn.asking.nodes,
        summary=turn.conversation.summary,
        conversation=turn.conversation.number,
        private=turn.conversation.private,
        priority=_PRIORITIES.get(turn.asking.origin, Priority.PERSON),
    )


_PRIORITIES = dict.fromkeys((Origin.LINE, Origin.SKILL, Origin.PROPOSAL), Priority.LINE)


def speaks(turn: Turn) -> bool:
    """Whether the replies of this turn are spoken."""
    if turn.muted or turn.hushed:
        return False
    if turn.asking.origin is Origin.LINE:
        return turn.asking.aloud
    return turn.speaking is Speaking.ALWAYS or (turn.speaking is Speaking.VOICE and is_spoken(turn))


def is_spoken(turn: Turn) -> bool:
    """Whether the request was heard rather than typed."""
    return turn.asking.origin in (Origin.VOICE, Origin.WAKE)


def is_dictating(turn: Turn) -> bool:
    """Whether the request is to be typed; what a hand types into Etoile's own window is a request as ever."""
    return turn.dictating and turn.asking.origin is Origin.VOICE


def is_sounding(turn: Turn) -> bool:
    """Whether Etoile's own voice is to be heard now: an answer or a question is read aloud."""
    match turn.phase:
        case Phase.SPEAKING:
            return True
        case Phase.CONFIRMING:
            return turn.standing is Standing.READING
        case Phase.THINKING:
            return turn.spoken > 0 and not turn.hushed
        case _:
            return False


def deadline(turn: Turn, after_s: float) -> do.Deadline:
    """Return the deadline of the phase that the turn is in."""
    return do.Deadline(turn.number, turn.stage, after_s, progress(turn))


def progress(turn: Turn) -> int:
    """A number that grows while work goes on."""
    return len(turn.answer) + len(turn.passed_over) + len(turn.attribution) + turn.signs
