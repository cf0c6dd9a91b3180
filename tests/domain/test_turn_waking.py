"""A turn that the wake word begins: heard once more in the whole utterance, and never taken for a hand."""

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Match, Reason
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.text import render

QUIET = Turn(speaking=Speaking.NEVER)
SHUTDOWN = Match(text="shut down", language="en", command="power.shutdown", confidence=0.99, reason=Reason.EXACT)


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


def called(turn: int, text: str, *alternatives: str) -> tuple[Event, ...]:
    """Return the events of an utterance that seemed to begin with the wake word."""
    return (
        on.WakeWordHeard(10.0),
        on.RecordingStarted(turn),
        on.TalkEnded(turn),
        on.Transcribed(turn, text, "en", alternatives, len(alternatives)),
    )


def interpreted(effects: list[Effect]) -> list[do.Interpret]:
    return [effect for effect in effects if isinstance(effect, do.Interpret)]


def test_the_recording_begins_with_what_was_heard_and_ends_by_itself() -> None:
    turn, effects = play(QUIET, on.WakeWordHeard(10.0))
    assert turn.phase is Phase.LISTENING
    assert turn.asking.origin is Origin.WAKE
    assert do.Record(1, hands_free=True, broke_in=False, woken=True) in effects


def test_the_request_is_what_follows_the_word() -> None:
    turn, effects = play(QUIET, *called(1, "Jarvis, mute the sound.", "Jarvis, move the sound.", "Travis, mute it."))
    assert interpreted(effects) == [
        do.Interpret(1, "mute the sound.", "en", ("move the sound.",), spoken=True, rivals=1)
    ]
    assert turn.request == "mute the sound."


def test_what_does_not_begin_with_the_word_after_all_is_dropped_without_a_word() -> None:
    turn, effects = play(QUIET, *called(1, "Travis is going to shut down the computer."))
    assert turn.phase is Phase.IDLE
    assert turn.said is None
    assert not interpreted(effects)
    assert not [effect for effect in effects if isinstance(effect, do.Remember)], "nor is it kept"


def test_the_word_alone_was_nothing() -> None:
    turn, effects = play(QUIET, *called(1, "Jarvis."))
    assert turn.phase is Phase.IDLE
    assert turn.said
    assert render(turn.said, "en") == "I heard nothing."
    assert not interpreted(effects)


def test_any_word_may_be_chosen() -> None:
    turn = Turn(speaking=Speaking.NEVER, wake_word="computer")
    turn, effects = play(turn, *called(1, "Computer, mute."))
    assert [effect.text for effect in interpreted(effects)] == ["mute."]
    turn, effects = play(turn, *called(2, "Jarvis, mute."))
    assert interpreted(effects) == []


def test_no_word_destroys_anything_only_a_hand_does() -> None:
    turn, _ = play(QUIET, *called(1, "Jarvis, shut down."), on.Interpreted(1, SHUTDOWN))
    assert turn.phase is Phase.CONFIRMING
    assert turn.question
    assert turn.question.by_hand
    number = turn.question.number
    turn, effects = play(turn, *called(1, "Jarvis, yes."))
    assert turn.phase is Phase.CONFIRMING
    assert not [effect for effect in effects if isinstance(effect, do.Run)]
    turn, effects = play(turn, on.Chosen(1, number, 0))
    assert [effect.command for effect in effects if isinstance(effect, do.Run)] == ["power.shutdown"]


def test_a_question_stands_where_nobody_called() -> None:
    turn, _ = play(QUIET, *called(1, "Jarvis, shut down."), on.Interpreted(1, SHUTDOWN))
    question = turn.question
    turn, _ = play(turn, *called(1, "Travis, no."))
    assert turn.phase is Phase.CONFIRMING
    assert turn.question == question


@pytest.mark.parametrize(
    "turn",
    [
        Turn(phase=Phase.TRANSCRIBING),
        Turn(phase=Phase.LISTENING),
        Turn(phase=Phase.SPEAKING),
        Turn(phase=Phase.THINKING, spoken=3),
        *(Turn(phase=Phase.THINKING, asking=Asking(origin=origin, ticket="t")) for origin in Origin),
        Turn(phase=Phase.THINKING, answer="Because ", decision=Decision.ROUTE),
    ],
)
def test_it_breaks_neither_into_a_hand_nor_into_work_nor_into_its_own_voice(turn: Turn) -> None:
    assert step(turn, on.WakeWordHeard(10.0)) == (turn, ())


CALLED_IN_VAIN: dict[str, tuple[Event, ...]] = {
    "while it is recorded": (on.WakeWordHeard(10.0), on.RecordingStarted(1)),
    "while it is looked at": (on.WakeWordHeard(10.0), on.RecordingStarted(1), on.TalkEnded(1)),
}


@pytest.mark.parametrize("before", CALLED_IN_VAIN.values(), ids=CALLED_IN_VAIN)
def test_a_hand_that_presses_the_key_is_heard_though_nobody_called(before: tuple[Event, ...]) -> None:
    turn, _ = play(QUIET, *before)
    turn, effects = play(turn, on.TalkPressed(12.0))
    assert (turn.phase, turn.heard_by, turn.asking.origin) == (Phase.LISTENING, Origin.VOICE, Origin.VOICE)
    assert do.Record(turn.number) in effects, "it ends with the release, not with a pause"
    assert play(turn, on.TalkPressed(12.1)) == (turn, []), "a key that repeats itself begins nothing anew"
    turn, effects = play(turn, on.TalkReleased(14.0), on.Transcribed(turn.number, "open Firefox", "en"))
    assert [effect.text for effect in interpreted(effects)] == ["open Firefox"]


def test_what_was_recorded_for_nobody_goes_when_a_hand_takes_over() -> None:
    turn, _ = play(QUIET, *CALLED_IN_VAIN["while it is recorded"])
    turn, effects = play(turn, on.TalkPressed(12.0), on.TalkEnded(1))
    assert turn.phase is Phase.LISTENING, "nor does its end end the hand's"
    assert effects[0] == do.DiscardRecording(1)
    assert not turn.interrupted
    assert not [effect for effect in effects if isinstance(effect, do.Remember)]


@pytest.mark.parametrize("before", CALLED_IN_VAIN.values(), ids=CALLED_IN_VAIN)
@pytest.mark.parametrize(
    "answer",
    [
        (on.TalkPressed(12.0), on.TalkReleased(14.0), on.Transcribed(1, "yes", "en")),
        (on.Typed("yes"),),
    ],
    ids=["by voice", "typed"],
)
def test_a_hand_answers_the_question_though_nobody_called(before: tuple[Event, ...], answer: tuple[Event, ...]) -> None:
    turn, _ = play(QUIET, on.Typed("shut down"), on.Interpreted(1, SHUTDOWN))
    turn, effects = play(turn, *before, *answer)
    assert do.DiscardRecording(1) in effects
    assert [effect.command for effect in effects if isinstance(effect, do.Run)] == ["power.shutdown"]


def test_it_is_switched_and_shown() -> None:
    state = State(turn=Turn(wake_word="computer"))
    assert advance(state, on.WakeWordWanted(True))[1] == (do.WatchWakeWord("computer"),)
    assert advance(state, on.WakeWordWanted(False))[1] == (do.WatchWakeWord(""),)
    state, _ = advance(state, on.WakeWordWatched("computer"))
    assert state.listening_for == "computer"
    assert advance(state, on.WakeWordWatched(""))[0].listening_for == ""


def test_recordings_without_text_are_tried_again() -> None:
    assert advance(State(), on.UnfinishedWanted())[1] == (do.RetryUnfinished(),)
    _, effects = advance(State(), on.Transcribed(-1, "Quelle heure est-il ?", "fr"))
    [kept] = [effect for effect in effects if isinstance(effect, do.Remember)]
    assert (kept.outcome.text, kept.outcome.decision) == ("Quelle heure est-il ?", None)
    assert len(effects) == 1, "it runs nothing"
