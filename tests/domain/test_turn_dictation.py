"""Dictation as dialogue: what is said is typed, nothing is carried out, and it ends by word, by key or by itself."""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commands import DICTATED
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.match import Candidate, Match
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.domain.turn.lifetime import DICTATION_S
from etoile.text import message

DONE = message("Done.")
DICTATING = Turn(dictating=True, speaking=Speaking.ALWAYS)


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


def spoken(turn: Turn, text: str) -> tuple[Event, ...]:
    number = turn.number + 1
    heard = on.Transcribed(number, text, "en")
    return (on.TalkPressed(10.0), on.RecordingStarted(number), on.TalkReleased(12.0), heard)


def meaning(turn: Turn, command: str | None, confidence: float = 0.99) -> on.Interpreted:
    return on.Interpreted(turn.number + 1, Match(text="", language="en", command=command, confidence=confidence))


def runs(effects: list[Effect]) -> list[tuple[str, dict[str, str | int]]]:
    return [(effect.command, dict(effect.slots)) for effect in effects if isinstance(effect, do.Run)]


def done(turn: Turn, command: str) -> on.ActionDone:
    return on.ActionDone(turn.number, command, {}, DONE, undoable=False)


def test_it_begins_when_the_window_took_it() -> None:
    turn, asked = play(Turn(), *spoken(Turn(), "start dictation"), meaning(Turn(), "dictation.start"))
    assert runs(asked) == [("dictation.start", {})]
    assert not turn.dictating
    refused, _ = play(turn, on.Failed(turn.number, message("No window is open.")))
    assert not refused.dictating
    begun, told = play(turn, done(turn, "dictation.start"))
    assert begun.dictating
    assert [effect.after_s for effect in told if isinstance(effect, do.Deadline)] == [DICTATION_S]


def test_what_is_said_is_typed_whatever_it_means() -> None:
    for command in (None, "power.shutdown", "audio.mute", "dictation.start", "assistant.cancel"):
        turn, asked = play(DICTATING, *spoken(DICTATING, "shut down the computer"), meaning(DICTATING, command))
        assert runs(asked) == [(DICTATED, {"text": "shut down the computer"})]
        assert turn.phase is Phase.THINKING


def test_what_was_typed_is_neither_spoken_nor_kept_nor_heard_of_later() -> None:
    turn, _ = play(DICTATING, *spoken(DICTATING, "dear aunt"), meaning(DICTATING, None))
    turn, told = play(turn, done(turn, DICTATED))
    assert [type(effect) for effect in told] == [do.Deadline]
    assert (turn.phase, turn.dictating) == (Phase.IDLE, True)


def test_what_is_to_be_typed_is_not_taken_down_beforehand_either() -> None:
    _, asked = play(DICTATING, *spoken(DICTATING, "dear aunt"))
    assert [effect.dictated for effect in asked if isinstance(effect, do.Interpret)] == [True]
    _, asked = play(DICTATING, on.Typed("mute"))
    assert [effect.dictated for effect in asked if isinstance(effect, do.Interpret)] == [False]


def test_what_could_not_be_typed_is_kept() -> None:
    turn, _ = play(DICTATING, *spoken(DICTATING, "dear aunt"), meaning(DICTATING, None))
    turn, told = play(turn, on.Failed(turn.number, message("Another window is in front.")))
    assert [effect.outcome.text for effect in told if isinstance(effect, do.Remember)] == ["dear aunt"]
    assert turn.dictating


def test_only_the_words_that_surely_stop_it_stop_it() -> None:
    turn, asked = play(DICTATING, *spoken(DICTATING, "stop dictation"), meaning(DICTATING, "dictation.stop"))
    assert runs(asked) == [("dictation.stop", {})]
    turn, _ = play(turn, done(turn, "dictation.stop"))
    assert not turn.dictating
    unsure = meaning(DICTATING, "dictation.stop", confidence=0.8)
    assert runs(play(DICTATING, *spoken(DICTATING, "x"), unsure)[1]) == [(DICTATED, {"text": "x"})]
    more = replace(unsure.match, confidence=0.99, then=(Candidate(command="audio.mute"),))
    _, asked = play(DICTATING, *spoken(DICTATING, "x"), on.Interpreted(1, more))
    assert runs(asked) == [(DICTATED, {"text": "x"})]


def test_a_key_ends_it_in_any_phase() -> None:
    for events in ((), spoken(DICTATING, "dear aunt"), spoken(DICTATING, "dear aunt")[:1]):
        turn, _ = play(DICTATING, *events)
        turn, asked = play(turn, on.Cancelled())
        assert not turn.dictating
        assert turn.phase is Phase.IDLE
        assert runs(asked) == [("dictation.stop", {})]


def test_it_ends_when_it_was_forgotten_and_not_before() -> None:
    turn, told = play(DICTATING, *spoken(DICTATING, "a")[:3], on.NothingHeard(1))
    early = on.DeadlinePassed(turn.number, turn.stage - 1, 0)
    assert play(turn, early)[0].dictating
    [waiting] = [effect for effect in told if isinstance(effect, do.Deadline)][-1:]
    turn, asked = play(turn, on.DeadlinePassed(waiting.turn, waiting.stage, waiting.progress))
    assert not turn.dictating
    assert runs(asked) == [("dictation.stop", {})]


def test_what_a_hand_types_into_the_window_is_a_request_as_ever() -> None:
    _, asked = play(DICTATING, on.Typed("mute", on.Asking()), meaning(DICTATING, "audio.mute"))
    assert runs(asked) == [("audio.mute", {})]
