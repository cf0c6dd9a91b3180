"""What each event does to the turn: the table at the end tells which phase reacts to what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Effect, Outcome
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.policy import commands_of, decide
from etoile.domain.turn.answering import answer_ended, answer_started, answer_text, passed_over
from etoile.domain.turn.confirming import answered, chosen, confirmation, declined, did_you_mean, put
from etoile.domain.turn.lifetime import THINKING_S, begin, deadline, finish, give_up, interpret, progress
from etoile.domain.turn.running import done, run
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import message

SHORTEST_HOLD_S = 0.2
"""A talk key held for less is a slip: nobody says a word in that time."""
TRANSCRIBING_S = 60.0


def step(turn: Turn, event: Event) -> Step:
    """Return the turn after `event`, and what is to be done.  Pure."""
    number = getattr(event, "turn", turn.number)
    if number != turn.number:
        return turn, _kept_if_late(event)
    match event:
        case on.TalkPressed(at_s):
            return _listen(turn, at_s)
        case on.TalkReleased(at_s):
            return _released(turn, at_s)
        case on.TalkToggled(at_s):
            listening = turn.phase is Phase.LISTENING
            return _released(turn, at_s) if listening else _listen(turn, at_s)
        case on.Typed(text, asking):
            return _typed(turn, text, asking)
        case on.Cancelled():
            return _cancelled(turn)
        case on.SpeechStopped():
            return _silenced(turn)
        case on.VoiceMuted(muted):
            return _silenced(replace(turn, muted=muted)) if muted else (replace(turn, muted=False), ())
        case on.LanguageChosen(language):
            return replace(turn, home_language=language, language=language), ()
    reaction = _REACTIONS.get((turn.phase, type(event)))
    return reaction(turn, event) if reaction else (turn, ())


def _kept_if_late(event: Event) -> tuple[Effect, ...]:
    """A transcript whose turn is over goes into the history; everything else that is late is dropped."""
    if isinstance(event, on.Transcribed) and event.text:
        return (do.Remember(Outcome(turn=event.turn, text=event.text, decision=None, ok=False)),)
    return ()


# Beginning and ending a turn


# What the user does, in any phase


def _listen(turn: Turn, at_s: float) -> Step:
    if turn.phase is Phase.LISTENING:
        return turn, ()
    if turn.phase is Phase.CONFIRMING:
        # The answer to the question is about to be spoken: the question stays.
        stop: tuple[Effect, ...] = (do.Hush(),)
        fresh = replace(turn, phase=Phase.LISTENING, hearing=False, level=0.0)
    else:
        stop = give_up(turn) or (do.Hush(),)
        fresh = begin(turn, Phase.LISTENING, Asking(origin=Origin.VOICE))
    fresh = replace(fresh, pressed_at_s=at_s)
    return fresh, (*stop, do.Record(fresh.number), deadline(fresh, turn.longest_s))


def _released(turn: Turn, at_s: float) -> Step:
    if turn.phase is not Phase.LISTENING:
        return turn, ()
    if at_s - turn.pressed_at_s < SHORTEST_HOLD_S:
        discard = do.DiscardRecording(turn.number)
        if turn.question:
            return replace(turn, phase=Phase.CONFIRMING), (discard,)
        said = message("Hold the key while you speak, and let go when you have finished.")
        return replace(turn, phase=Phase.IDLE, said=said, failed=True), (discard,)
    return _transcribe(turn)


def _transcribe(turn: Turn) -> Step:
    turn = replace(turn, phase=Phase.TRANSCRIBING, level=0.0)
    return turn, (do.Transcribe(turn.number), deadline(turn, TRANSCRIBING_S))


def _typed(turn: Turn, text: str, asking: Asking) -> Step:
    text = text.strip()
    if not text:
        return turn, ()
    if asking.origin is Origin.LINE and turn.phase in _WITH_THE_USER:
        return turn, _busy(turn, text, asking)
    if turn.question and turn.phase is Phase.CONFIRMING and asking.ticket is None:
        return answered(turn, text, turn.language)
    fresh = begin(turn, Phase.THINKING, asking)
    return interpret(fresh, text, None, give_up(turn))


_WITH_THE_USER = (Phase.LISTENING, Phase.TRANSCRIBING, Phase.CONFIRMING)
"""The command line does not break into these: a sentence or an answer would be lost."""


def _busy(turn: Turn, text: str, asking: Asking) -> tuple[Effect, ...]:
    said = message("Etoile is listening to its user: try again in a moment.")
    outcome = Outcome(turn=turn.number, text=text, decision=None, ok=False, language=turn.home_language, answer=said)
    return (do.ReportOutcome(asking.ticket, outcome),) if asking.ticket else ()


def _cancelled(turn: Turn) -> Step:
    if turn.phase is Phase.IDLE:
        return turn, ()
    given_up = give_up(turn)
    if turn.phase is Phase.TRANSCRIBING:
        given_up = (do.DiscardRecording(turn.number), *given_up)
    fresh = replace(begin(turn, Phase.IDLE, turn.asking), request=turn.request, answer=turn.answer)
    fresh = replace(fresh, attribution=turn.attribution, said=message("Stopped by you."), failed=True)
    return (replace(turn, phase=Phase.IDLE) if turn.phase is Phase.SPEAKING else fresh), given_up


def _silenced(turn: Turn) -> Step:
    phase = Phase.IDLE if turn.phase is Phase.SPEAKING else turn.phase
    return replace(turn, phase=phase, spoken=len(turn.answer)), (do.Hush(),)


# Listening and transcribing


# Listening and transcribing


def _recording(turn: Turn, event: on.RecordingStarted) -> Step:
    return replace(turn, hearing=True), ()


def _measured(turn: Turn, event: on.LevelMeasured) -> Step:
    return replace(turn, level=event.level), ()


def _transcribed(turn: Turn, event: on.Transcribed) -> Step:
    if not event.text.strip():
        return _heard_nothing(turn, event)
    if turn.question:
        return answered(turn, event.text, event.language)
    return interpret(turn, event.text, event.language)


def _heard_nothing(turn: Turn, event: Event) -> Step:
    if turn.question:
        return replace(turn, phase=Phase.CONFIRMING), (deadline(turn, turn.confirm_s, Phase.CONFIRMING),)
    return replace(turn, phase=Phase.IDLE, said=message("I heard nothing."), failed=True), ()


# Thinking


# Thinking and speaking


def _interpreted(turn: Turn, event: on.Interpreted) -> Step:
    found = event.match
    decision = decide(found, turn.asking)
    commands = commands_of(found)
    turn = replace(turn, decision=decision, language=found.language or turn.language)
    if commands:
        turn = replace(turn, command=commands[0].command, slots=commands[0].slots)
    if turn.asking.dry_run:
        return finish(turn, ok=decision is not Decision.REFUSE, said=None)
    match decision:
        case Decision.RUN:
            return run(turn, commands)
        case Decision.ASK:
            return put(turn, confirmation(turn, commands))
        case Decision.PROPOSE:
            return put(turn, did_you_mean(turn, found))
        case Decision.REFUSE:
            return finish(turn, ok=False, said=_REFUSED, remedy=_REFUSED_REMEDY)
        case Decision.ROUTE:
            ask = do.Ask(turn.number, turn.request, turn.language, turn.exchanges, turn.asking.node)
            return turn, (ask,)


_REFUSED = message("This would close or stop something, and nobody is there to confirm it: nothing was done.")
_REFUSED_REMEDY = message("Ask for it in the window, by voice, or in a terminal where you can answer.")


def failed(turn: Turn, event: on.Failed) -> Step:
    if turn.question and turn.phase in (Phase.LISTENING, Phase.TRANSCRIBING):
        # The answer could not be heard; the question can still be answered by hand.
        return replace(turn, phase=Phase.CONFIRMING, said=event.said, remedy=event.remedy), (
            deadline(turn, turn.confirm_s, Phase.CONFIRMING),
        )
    return finish(turn, ok=False, said=event.said, remedy=event.remedy)


def _spoken(turn: Turn, event: Event) -> Step:
    """The reply was played, or cannot be: it stands in the window."""
    return replace(turn, phase=Phase.IDLE), ()


# Confirming


def _deadline_passed(turn: Turn, event: on.DeadlinePassed) -> Step:
    if event.phase != turn.phase:
        return turn, ()
    match turn.phase:
        case Phase.LISTENING:
            return _transcribe(turn)
        case Phase.TRANSCRIBING:
            said = message("The speech model did not answer in time.")
            return failed(turn, on.Failed(turn.number, said))
        case Phase.CONFIRMING:
            return finish(turn, ok=False, said=message("The question expired: nothing was done."))
        case Phase.THINKING if progress(turn) > event.progress:
            return turn, (deadline(turn, THINKING_S),)
        case Phase.THINKING:
            ended, told = finish(turn, ok=False, said=message("There was no progress: the request was given up."))
            return ended, (do.StopWork(turn.number), *told)
        case _:
            return turn, ()


# Commands that concern the turn itself


_REACTIONS: dict[tuple[Phase, type[Event]], Callable[[Turn, Any], Step]] = {
    (Phase.LISTENING, on.RecordingStarted): _recording,
    (Phase.LISTENING, on.LevelMeasured): _measured,
    (Phase.LISTENING, on.Failed): failed,
    (Phase.LISTENING, on.DeadlinePassed): _deadline_passed,
    (Phase.TRANSCRIBING, on.Transcribed): _transcribed,
    (Phase.TRANSCRIBING, on.NothingHeard): _heard_nothing,
    (Phase.TRANSCRIBING, on.Failed): failed,
    (Phase.TRANSCRIBING, on.DeadlinePassed): _deadline_passed,
    (Phase.THINKING, on.Interpreted): _interpreted,
    (Phase.THINKING, on.ActionDone): done,
    (Phase.THINKING, on.NodePassedOver): passed_over,
    (Phase.THINKING, on.AnswerStarted): answer_started,
    (Phase.THINKING, on.AnswerText): answer_text,
    (Phase.THINKING, on.AnswerEnded): answer_ended,
    (Phase.THINKING, on.Failed): failed,
    (Phase.THINKING, on.DeadlinePassed): _deadline_passed,
    (Phase.SPEAKING, on.Spoken): _spoken,
    (Phase.SPEAKING, on.Failed): _spoken,
    (Phase.CONFIRMING, on.Chosen): chosen,
    (Phase.CONFIRMING, on.Declined): declined,
    (Phase.CONFIRMING, on.DeadlinePassed): _deadline_passed,
}
"""What each phase reacts to; anything else changes nothing."""
