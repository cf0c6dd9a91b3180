"""What each event does to the turn: the table at the end tells which phase reacts to what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commander.units import stopped
from etoile.domain.effects import Decision, Effect, Outcome
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Candidate
from etoile.domain.policy import PASS, commands_of, decide
from etoile.domain.turn.answering import (
    answer_ended,
    answer_reused,
    answer_started,
    answer_text,
    kind_told,
    passed_over,
    proposed,
    queued,
    units_shown,
    weighed,
)
from etoile.domain.turn.confirming import (
    answered,
    chosen,
    confirmation,
    declined,
    did_you_mean,
    preview,
    put,
    read_aloud,
    unanswered,
)
from etoile.domain.turn.correcting import as_heard, correct, corrected, wants_correction
from etoile.domain.turn.dictating import carried_out, dictated, over
from etoile.domain.turn.lifetime import (
    THINKING_S,
    begin,
    broken_off,
    deadline,
    finish,
    give_up,
    is_answered,
    is_dictating,
    progress,
    question,
)
from etoile.domain.turn.making import added, forgotten, heard, is_telling
from etoile.domain.turn.running import run
from etoile.domain.turn.talking import (
    called,
    ended_by_time,
    heard_nothing,
    may_be_of_nobody,
    measured,
    noted,
    partly_heard,
    pressed,
    recording,
    released,
    talk_ended,
    toggled,
    transcribed,
    unheard,
)
from etoile.domain.turn.turn import LISTENED, Phase, Step, Turn
from etoile.domain.waking import request_after
from etoile.text import Message, message


def step(turn: Turn, event: Event) -> Step:
    """Return the turn after `event`, and what is to be done.  Pure."""
    number = getattr(event, "turn", None)
    if number is not None and number != turn.number:
        return turn, _kept_if_late(turn, event)
    match event:
        case on.TalkPressed(at_s):
            return pressed(turn, at_s)
        case on.TalkReleased(at_s):
            return released(turn, at_s)
        case on.TalkToggled(at_s):
            return toggled(turn, at_s)
        case on.WakeWordHeard(at_s):
            return called(turn, at_s)
        case on.Typed(text, asking):
            return _typed(turn, text, asking)
        case on.Cancelled():
            return _cancelled(turn)
        case on.NewConversationWanted():
            return _begin_anew(turn)
        case on.ConversationResumed():
            fresh = turn.conversation.number == 1
            return (replace(turn, conversation=turn.conversation.resumed(event)) if fresh else turn), ()
        case on.Summarised():
            return _summarised(turn, event)
        case on.UndoWanted(shown):
            return _undo(turn, shown)
        case on.SpeechStopped():
            return _silenced(turn)
        case on.VoiceMuted(muted):
            return _silenced(replace(turn, muted=muted)) if muted else (replace(turn, muted=False), ())
        case on.LanguageChosen(language):
            return replace(turn, home_language=language, language=language), ()
    reaction = _REACTIONS.get((turn.phase, type(event)))
    return reaction(turn, event) if reaction else (turn, _kept_if_late(turn, event))


def _kept_if_late(turn: Turn, event: Event) -> tuple[Effect, ...]:
    """A transcript that nothing waits for goes into the history; everything else that is late is dropped.

    So is what the wake word seemed to begin and did not: people talked to each other.
    """
    if not isinstance(event, on.Transcribed):
        return ()
    text = request_after(event.text, turn.wake_word) if event.turn == turn.called else event.text
    if not text:
        return ()
    return (do.Remember(Outcome(turn=event.turn, text=text, decision=None, ok=False, language=event.language)),)


# What the user does, in any phase


def _typed(turn: Turn, text: str, asking: Asking) -> Step:
    text = text.strip()
    if not text:
        return turn, _not_taken(turn, text, asking, message("There is nothing to ask."))
    if turn.phase in _HELD_BY_THE_USER.get(asking.origin, ()) or (asking.dry_run and turn.phase is not Phase.IDLE):
        return turn, _not_taken(turn, text, asking, _BUSY)
    if turn.question and turn.phase is Phase.CONFIRMING:
        return answered(turn, turn.question, text, turn.language, asking)
    if turn.question and may_be_of_nobody(turn):
        answering, told = answered(turn, turn.question, text, turn.language, asking)
        return answering, (do.DiscardRecording(turn.number), *told)
    return heard(begin(turn, Phase.THINKING, asking), text, None, give_up(turn))


_HELD_BY_THE_USER: dict[Origin, tuple[Phase, ...]] = {
    Origin.LINE: (*LISTENED, Phase.CONFIRMING),
    **dict.fromkeys((Origin.SKILL, Origin.PROPOSAL), tuple(phase for phase in Phase if phase is not Phase.IDLE)),
}
"""What a request that no hand makes does not break into: a sentence or an answer would be lost.

A dry run breaks into nothing.
"""


def _begin_anew(turn: Turn) -> Step:
    """Begin a new conversation, out of sight of the former; what is being said already belongs to the new one."""
    stop: tuple[Effect, ...] = ()
    if turn.phase not in LISTENED:
        stop = give_up(turn)
        turn = begin(turn, Phase.IDLE, Asking())
    turn = replace(turn, conversation=turn.conversation.over(turn.number))
    return turn, (*stop, do.BeginConversation())


def _summarised(turn: Turn, event: on.Summarised) -> Step:
    conversation = turn.conversation.shortened(event)
    keep = (do.KeepSummary(event.summary, event.upto),) if conversation is not turn.conversation else ()
    return replace(turn, conversation=conversation), keep


def _undo(turn: Turn, shown: int | None) -> Step:
    """Take back the last action, if it is that of the turn `shown`; while something goes on a click can mean none."""
    if turn.command == _UNDO and shown == turn.number - 1:
        return turn, ()  # the second click of a double one
    nothing_since = turn.phase is Phase.IDLE and turn.last is not None and turn.last.turn == shown
    if shown not in (None, turn.number) and not nothing_since:
        return turn, (do.Notify("undo", message("Undo"), _STALE, do.Urgency.LOW),)
    if turn.phase not in (Phase.IDLE, Phase.SPEAKING):
        return turn, ()
    stop = give_up(turn)
    fresh = replace(begin(turn, Phase.THINKING, Asking()), decision=Decision.RUN, command=_UNDO)
    turn, told = run(fresh, (Candidate(command=_UNDO),))
    return turn, (*stop, *told)


_UNDO = "assistant.undo"
_STALE = message(
    "Something else was asked for since: nothing was taken back. Say “undo” to take back what was done last."
)


def _not_taken(turn: Turn, text: str, asking: Asking, said: Message) -> tuple[Effect, ...]:
    """Tell the caller, who waits for an outcome, why its request is not even begun."""
    outcome = Outcome(turn=turn.number, text=text, decision=None, ok=False, language=turn.home_language, answer=said)
    return (do.ReportOutcome(asking.ticket, outcome),) if asking.ticket else ()


_BUSY = message("Etoile is busy with its user: try again in a moment.")


def _cancelled(turn: Turn) -> Step:
    if turn.dictating:
        turn, told = over(turn)
        turn, given_up = _cancelled(turn)
        return turn, (*given_up, *told)
    given_up = give_up(turn)
    match turn.phase:
        case Phase.IDLE:
            return turn, ()
        case Phase.SPEAKING:
            return replace(turn, phase=Phase.IDLE), given_up
        case Phase.TRANSCRIBING:
            given_up = (do.DiscardRecording(turn.number), *given_up)
    if is_answered(turn):
        return begin(turn, Phase.IDLE, turn.asking), given_up
    said = broken_off(turn, message("Stopped by you."))
    fresh = replace(begin(turn, Phase.IDLE, turn.asking), request=turn.request, answer=turn.answer)
    fresh = replace(fresh, attribution=turn.attribution, units=stopped(turn.units))
    return replace(fresh, said=said, failed=True, undoable=turn.undoable), given_up


def _silenced(turn: Turn) -> Step:
    """Say no more of this turn; its answer goes on, to be read."""
    phase = Phase.IDLE if turn.phase is Phase.SPEAKING else turn.phase
    turn = replace(turn, phase=phase, hushed=True)
    turn, waiting = read_aloud(turn, on.SpeechStopped()) if turn.phase is Phase.CONFIRMING else (turn, ())
    return turn, (do.Hush(), *waiting)


# Thinking and speaking


def _interpreted(turn: Turn, event: on.Interpreted) -> Step:
    found = event.match
    if event.reworded:
        turn = replace(turn, heard=turn.heard or turn.request, request=event.reworded)
    if is_telling(turn):
        return added(turn, found)
    if is_dictating(turn):
        return dictated(turn, found)
    by_plan = turn.asking.plan is not None
    ruling = PASS if by_plan else decide(found, turn.asking)
    decision = ruling.decision
    commands = () if by_plan else commands_of(found)
    turn = replace(turn, decision=decision, offers_undo=ruling.offers_undo, language=found.language or turn.language)
    turn = replace(turn, kind=event.classified.kind if event.classified else None)
    if commands:
        turn = replace(turn, command=commands[0].command, slots=commands[0].slots)
    if turn.asking.dry_run and turn.asking.why and decision is Decision.ROUTE:
        return turn, (do.Weigh(_question(turn, event)),)
    if turn.asking.dry_run:
        said = preview(turn, found, ruling, commands)
        return finish(turn, ok=decision is not Decision.REFUSE, said=said)
    match decision:
        case Decision.RUN:
            return run(turn, commands)
        case Decision.ASK:
            return put(turn, confirmation(turn, commands, by_hand=ruling.by_hand))
        case Decision.PROPOSE:
            return put(turn, did_you_mean(turn, found, by_hand=ruling.by_hand))
        case Decision.REFUSE if not commands:
            return finish(turn, ok=False, said=_NO_COMMAND)
        case Decision.REFUSE:
            return finish(turn, ok=False, said=_REFUSED, remedy=_REFUSED_REMEDY)
        case Decision.ROUTE if wants_correction(turn):
            return correct(turn, _question(turn, event))
        case Decision.ROUTE:
            return turn, (_question(turn, event),)


def _question(turn: Turn, event: on.Interpreted) -> do.Ask:
    """Return the request as it goes to the nodes."""
    return replace(
        question(turn, turn.request),
        kind=turn.kind,
        plan=turn.asking.plan,
        sure=not (event.classified and event.classified.second_opinion),
        why=turn.asking.why,
    )


_NO_COMMAND = message("That is no command that I know: nothing was done.")
_REFUSED = message("This would close or stop something, and nobody is there to confirm it: nothing was done.")
_REFUSED_REMEDY = message("Ask for it in the window, by voice, or in a terminal where you can answer.")


def _failed(turn: Turn, event: on.Failed) -> Step:
    if turn.question and turn.phase in LISTENED:
        return unheard(turn, event.said, event.remedy)
    return finish(turn, ok=False, said=broken_off(turn, event.said), remedy=event.remedy)


def _spoken(turn: Turn, event: Event) -> Step:
    """The reply was played, or cannot be: it stands in the window."""
    return replace(turn, phase=Phase.IDLE), ()


def _deadline_passed(turn: Turn, event: on.DeadlinePassed) -> Step:
    if event.stage != turn.stage:
        return turn, ()
    match turn.phase:
        case Phase.LISTENING:
            return ended_by_time(turn)
        case Phase.TRANSCRIBING:
            said = message("The speech model did not answer in time.")
            return _failed(turn, on.Failed(turn.number, said))
        case Phase.CONFIRMING:
            return unanswered(turn)
        case Phase.THINKING if turn.uncorrected:
            return as_heard(turn)
        case Phase.THINKING if progress(turn) > event.progress or turn.queued:
            return turn, (deadline(turn, THINKING_S),)
        case Phase.THINKING:
            said = broken_off(turn, message("There was no progress: the request was given up."))
            ended, told = finish(turn, ok=False, said=said)
            return ended, (do.StopWork(turn.number), *told)
        case _ if turn.dictating:
            return over(turn)
        case _:
            return forgotten(turn, event)


_REACTIONS: dict[tuple[Phase, type[Event]], Callable[[Turn, Any], Step]] = {
    (Phase.LISTENING, on.RecordingStarted): recording,
    (Phase.LISTENING, on.LevelMeasured): measured,
    (Phase.LISTENING, on.MicrophoneNoted): noted,
    (Phase.LISTENING, on.TalkEnded): talk_ended,
    (Phase.LISTENING, on.PartlyHeard): partly_heard,
    (Phase.TRANSCRIBING, on.PartlyHeard): partly_heard,
    (Phase.LISTENING, on.Failed): _failed,
    (Phase.LISTENING, on.DeadlinePassed): _deadline_passed,
    (Phase.TRANSCRIBING, on.Transcribed): transcribed,
    (Phase.TRANSCRIBING, on.NothingHeard): heard_nothing,
    (Phase.TRANSCRIBING, on.Failed): _failed,
    (Phase.TRANSCRIBING, on.DeadlinePassed): _deadline_passed,
    (Phase.THINKING, on.Interpreted): _interpreted,
    (Phase.THINKING, on.Corrected): corrected,
    (Phase.THINKING, on.ActionDone): carried_out,
    (Phase.THINKING, on.NodePassedOver): passed_over,
    (Phase.THINKING, on.Queued): queued,
    (Phase.THINKING, on.AnswerReused): answer_reused,
    (Phase.THINKING, on.KindTold): kind_told,
    (Phase.THINKING, on.Weighed): weighed,
    (Phase.THINKING, on.AnswerStarted): answer_started,
    (Phase.THINKING, on.AnswerText): answer_text,
    (Phase.THINKING, on.AnswerEnded): answer_ended,
    (Phase.THINKING, on.UnitsShown): units_shown,
    (Phase.THINKING, on.Proposed): proposed,
    (Phase.THINKING, on.Failed): _failed,
    (Phase.THINKING, on.DeadlinePassed): _deadline_passed,
    (Phase.SPEAKING, on.Spoken): _spoken,
    (Phase.SPEAKING, on.Failed): _spoken,
    (Phase.LISTENING, on.Chosen): chosen,
    (Phase.LISTENING, on.Declined): declined,
    (Phase.TRANSCRIBING, on.Chosen): chosen,
    (Phase.TRANSCRIBING, on.Declined): declined,
    (Phase.CONFIRMING, on.Chosen): chosen,
    (Phase.CONFIRMING, on.Declined): declined,
    (Phase.CONFIRMING, on.Spoken): read_aloud,
    (Phase.CONFIRMING, on.Failed): read_aloud,
    (Phase.CONFIRMING, on.DeadlinePassed): _deadline_passed,
    (Phase.SPEAKING, on.DeadlinePassed): _deadline_passed,
    (Phase.IDLE, on.DeadlinePassed): _deadline_passed,
}
"""What each phase reacts to; anything else changes nothing."""
