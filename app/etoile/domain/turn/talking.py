"""The talk keys and the wake word: how listening begins and ends, in each phase, and what becomes of what was heard.

    phase          press            release      toggle                    cancel             wake word
    IDLE           listen           –            listen                    –                  listen
    LISTENING      –                transcribe   transcribe                forget it          –
      a slip       –                forget it    –                         forget it          –
      by the wake  take it over      –            transcribe what somebody  forget it          –
        word                                     called out, else take
                                                 it over
    TRANSCRIBING   listen anew; the  –           listen anew, unless it    forget it          –
                   text is kept                  ended by itself just now
    THINKING       listen, give the  –           as press, unless it was   give the work up   –
                   work up                       to end what ended itself
    SPEAKING       hush, listen     –            hush, listen              hush               –
    CONFIRMING     hush, listen to   –           hush, listen to the       nothing is done    listen to the answer,
                   the answer                    answer                                       unless it is read aloud

To toggle is to want the other of what is so: who toggles as the recording ends by itself means its end, and does not
begin another.  Who toggles or presses while something is recorded for the wake word that nobody is seen to have said
wants to be heard himself.  A release ends what a hand began, never what the wake word did.
"""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.turn.confirming import answered, put_again
from etoile.domain.turn.lifetime import await_dictation, begin, deadline, enter, give_up, is_sounding
from etoile.domain.turn.making import heard
from etoile.domain.turn.turn import LISTENED, Phase, Standing, Step, Turn
from etoile.domain.waking import request_after
from etoile.text import Message, message

SHORTEST_HOLD_S = 0.2
"""A talk key held for less is a slip: nobody says a word in that time.  A toggle that comes so soon is a double one."""
JUST_NOW_S = 0.6
"""So long after a recording ended by itself a toggle is still meant for it: nobody reacts faster."""
TRANSCRIBING_S = 60.0


def pressed(turn: Turn, at_s: float) -> Step:
    """Listen for as long as the key is held."""
    return _listen(turn, at_s)


def released(turn: Turn, at_s: float) -> Step:
    """Take what was said; what the wake word began is not the key's to end."""
    if turn.phase is not Phase.LISTENING or turn.heard_by is Origin.WAKE:
        return turn, ()
    if at_s - turn.pressed_at_s < SHORTEST_HOLD_S:
        discard = do.DiscardRecording(turn.number)
        turn, told = unheard(turn, message("Hold the key while you speak, and let go when you have finished."))
        return turn, (discard, *told)
    return _transcribe(turn)


def toggled(turn: Turn, at_s: float) -> Step:
    """Listen until nobody speaks any more, or take what was said."""
    if turn.phase is not Phase.LISTENING:
        return (turn, ()) if _ended_just_now(turn, at_s) else _listen(turn, at_s, hands_free=True)
    if turn.heard_by is Origin.WAKE and not _was_called(turn):
        return _listen(turn, at_s, hands_free=True)
    if at_s - turn.pressed_at_s < SHORTEST_HOLD_S:
        return turn, ()
    return _transcribe(turn)


def called(turn: Turn, at_s: float) -> Step:
    """Listen to whoever said the wake word, unless a request is in the works, or Etoile is heard.

    The first look may be wrong: what goes on is not given up for it.
    """
    if turn.phase in (Phase.TRANSCRIBING, Phase.THINKING):
        return turn, ()
    return _listen(turn, at_s, Origin.WAKE, hands_free=True)


def _ended_just_now(turn: Turn, at_s: float) -> bool:
    """Whether the recording ended by itself while the hand was on its way to end it."""
    if turn.ended_at_s is None or at_s - turn.ended_at_s >= JUST_NOW_S:
        return False
    if turn.phase is Phase.TRANSCRIBING:
        return turn.heard_by is not Origin.WAKE or _was_called(turn)
    return turn.phase is Phase.THINKING


def _was_called(turn: Turn) -> bool:
    """Whether what is heard so far shows that somebody did say the wake word, and what for."""
    return bool(request_after(f"{turn.stable} {turn.tentative}", turn.wake_word))


def _listen(turn: Turn, at_s: float, origin: Origin = Origin.VOICE, *, hands_free: bool = False) -> Step:
    taken_over = turn.phase is Phase.LISTENING and turn.heard_by is Origin.WAKE and origin is Origin.VOICE
    if (turn.phase is Phase.LISTENING and not taken_over) or not may_break_in(turn, origin):
        return turn, ()
    if turn.phase is Phase.CONFIRMING:
        # The answer to the question is about to be spoken: the question stays.
        stop: tuple[Effect, ...] = (do.Hush(),)
        fresh = replace(turn, standing=Standing.OPEN) if turn.standing is Standing.READING else turn
    elif may_be_of_nobody(turn):
        stop, fresh = (do.DiscardRecording(turn.number),), turn
    else:
        stop = give_up(turn) or (do.Hush(),)
        fresh = begin(turn, Phase.LISTENING, Asking(origin=origin))
        fresh = replace(fresh, interrupted=turn.interrupted) if taken_over else fresh
    fresh = replace(enter(fresh, Phase.LISTENING), hearing=False, level=0.0, stable="", tentative="")
    fresh = replace(fresh, pressed_at_s=at_s, ended_at_s=None, heard_by=origin, note=None)
    fresh = replace(fresh, called=_called_by(fresh, origin))
    record = do.Record(fresh.number, hands_free, broke_in=is_sounding(turn), woken=origin is Origin.WAKE)
    return fresh, (*stop, record, deadline(fresh, turn.longest_s))


def _called_by(turn: Turn, origin: Origin) -> int:
    """Return the last turn that the wake word began, now that `origin` begins to be heard."""
    if origin is Origin.WAKE:
        return turn.number
    return 0 if turn.called == turn.number else turn.called


def may_be_of_nobody(turn: Turn) -> bool:
    """Whether perhaps nobody called, while a question waits: a hand answers it all the same."""
    recorded = turn.phase in LISTENED
    return recorded and turn.heard_by is Origin.WAKE and turn.question is not None


def may_break_in(turn: Turn, origin: Origin) -> bool:
    """Whether listening may begin: while Etoile's own voice is heard, only a hand begins it.

    So nothing that Etoile says, a question and its choices least of all, is taken for an answer to it.
    """
    return origin is Origin.VOICE or not is_sounding(turn)


# While it is recorded


def recording(turn: Turn, event: on.RecordingStarted) -> Step:
    """Show that from here on no word is lost."""
    return replace(turn, hearing=True), ()


def measured(turn: Turn, event: on.LevelMeasured) -> Step:
    """Show how loud it is."""
    return replace(turn, level=event.level), ()


def noted(turn: Turn, event: on.MicrophoneNoted) -> Step:
    """Show what is to be known of the microphone."""
    return replace(turn, note=event.said), ()


def partly_heard(turn: Turn, event: on.PartlyHeard) -> Step:
    """Show it; only the whole of it is acted on."""
    return replace(turn, stable=event.stable, tentative=event.tentative), ()


def talk_ended(turn: Turn, event: on.TalkEnded) -> Step:
    """Take what was said: nobody speaks any more."""
    return _transcribe(replace(turn, ended_at_s=event.at_s))


def ended_by_time(turn: Turn) -> Step:
    """Take what was said: it was long enough."""
    return _transcribe(replace(turn, ended_at_s=turn.pressed_at_s + turn.longest_s))


def _transcribe(turn: Turn) -> Step:
    turn = replace(enter(turn, Phase.TRANSCRIBING), level=0.0)
    return turn, (do.Transcribe(turn.number), deadline(turn, TRANSCRIBING_S))


# What was heard


def transcribed(turn: Turn, event: on.Transcribed) -> Step:
    """Take it for a request, or for the answer to the question."""
    if not event.text.strip():
        return heard_nothing(turn, event)
    if turn.heard_by is Origin.WAKE:
        return _called_for(turn, event)
    return _asked(turn, event)


def _called_for(turn: Turn, event: on.Transcribed) -> Step:
    """Take the request behind the wake word; where the whole utterance does not begin with it, nobody called."""
    request = request_after(event.text, turn.wake_word)
    if request is None:
        return put_again(turn) if turn.question else await_dictation(replace(turn, phase=Phase.IDLE))
    if not request:
        return heard_nothing(turn, event)
    others = [request_after(other, turn.wake_word) for other in event.alternatives]
    rivals = sum(map(bool, others[: event.rivals]))
    return _asked(turn, replace(event, text=request, alternatives=tuple(filter(None, others)), rivals=rivals))


def _asked(turn: Turn, event: on.Transcribed) -> Step:
    if turn.question:
        return answered(turn, turn.question, event.text, event.language, Asking(origin=turn.heard_by))
    turn = replace(turn, alternatives=event.alternatives, rivals=event.rivals)
    return heard(turn, event.text, event.language)


def heard_nothing(turn: Turn, event: Event) -> Step:
    """End the turn: silence was recorded."""
    return unheard(turn, message("I heard nothing."))


def unheard(turn: Turn, said: Message, remedy: Message | None = None) -> Step:
    """End a turn in which nothing was heard; a question that was to be answered stays, to be answered by hand."""
    turn = replace(turn, said=said, remedy=remedy, failed=True)
    return put_again(turn) if turn.question else await_dictation(replace(turn, phase=Phase.IDLE))
