"""A trial of microphone and talk key: what is said is shown, and nothing is done with it."""

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.state import State, advance
from etoile.domain.trial import Trial
from etoile.domain.turn import Phase
from etoile.text import message

RECORDED = (on.TalkToggled(1.0), on.RecordingStarted(1), on.LevelMeasured(1, 0.5))
SAID = (*RECORDED, on.TalkToggled(3.0), on.Transcribed(1, "shut down", "en"))
DONE = do.Interpret | do.Remember | do.Ask | do.Run | do.Say


def after(*events: Event, state: State | None = None) -> tuple[State, list[Effect]]:
    """Return the state after `events`, and everything they asked for."""
    asked: list[Effect] = []
    now = state or State()
    for event in events:
        now, effects = advance(now, event)
        asked += effects
    return now, asked


def test_what_is_heard_in_a_trial_is_shown_and_not_interpreted() -> None:
    state, asked = after(on.TrialWanted(True), *SAID)
    assert state.trial == Trial(heard="shut down", recorded=1)
    assert state.turn.phase is Phase.IDLE
    assert [type(effect) for effect in asked if isinstance(effect, do.Record | do.Transcribe)] == [
        do.Record,
        do.Transcribe,
    ]
    assert not any(isinstance(effect, DONE) for effect in asked)


def test_behind_the_trial_it_is_a_request_again() -> None:
    state, asked = after(on.TrialWanted(True), on.TrialWanted(False), *SAID)
    assert state.trial is None
    assert any(isinstance(effect, do.Interpret) and effect.text == "shut down" for effect in asked)


def test_the_talk_key_is_only_noted() -> None:
    state, asked = after(on.TrialWanted(True), on.TalkPressed(1.0))
    assert state.trial == Trial(key_down=True)
    assert state.turn.phase is Phase.IDLE
    state, more = after(on.TalkReleased(2.0), state=state)
    assert state.trial == Trial()
    assert asked + more == []


def test_what_fails_is_told_by_the_trial_alone() -> None:
    for ended, said in (
        (on.NothingHeard(1), "I heard nothing."),
        (on.Failed(1, message("It is muted."), message("Unmute it.")), "It is muted."),
    ):
        state, asked = after(on.TrialWanted(True), *SAID[:-1], ended)
        assert state.trial is not None
        assert state.trial.failed is not None
        assert state.trial.failed.id == said
        assert (state.turn.phase, state.turn.said) == (Phase.IDLE, None)
        assert not any(isinstance(effect, DONE) for effect in asked)


def test_without_a_speech_model_the_level_is_shown_and_the_recording_dropped() -> None:
    level = on.TrialWanted(True, words=False)
    state, asked = after(level, *RECORDED)
    assert state.turn.level == 0.5
    assert [effect.level_only for effect in asked if isinstance(effect, do.Record)] == [True]
    for end in (on.TalkToggled(4.0), on.TalkEnded(1)):
        ended, effects = after(end, state=state)
        assert ended.turn.phase is Phase.IDLE
        assert effects == [do.DiscardRecording(1)]


def test_a_transcript_that_comes_too_late_is_no_part_of_a_trial() -> None:
    late = on.Transcribed(1, "an old sentence", "en")
    state, asked = after(*SAID[:-1], on.TrialWanted(True), on.TalkToggled(5.0), late)
    assert state.trial == Trial(recorded=2)
    assert any(isinstance(effect, do.Remember) and effect.outcome.text == "an old sentence" for effect in asked)


@pytest.mark.parametrize("said", [RECORDED, SAID[:-1]], ids=["while it is recorded", "while it is written down"])
def test_what_is_still_being_said_when_the_trial_ends_is_no_request(said: tuple[Event, ...]) -> None:
    state, asked = after(on.TrialWanted(True), *said, on.TrialWanted(False))
    assert state.turn.phase is Phase.IDLE
    assert asked[-1] == do.DiscardRecording(1)
    state, asked = after(on.TalkEnded(1), on.Transcribed(1, "shut down", "en"), state=state)
    assert not any(isinstance(effect, do.Interpret | do.Run) for effect in asked)


def test_what_was_said_before_the_trial_is_a_request_like_any_other() -> None:
    state, asked = after(*SAID[:-1], on.TrialWanted(True), SAID[-1])
    assert state.trial == Trial()
    assert any(isinstance(effect, do.Interpret) and effect.text == "shut down" for effect in asked)
    state, asked = after(*SAID[:-1], on.TrialWanted(True), on.TrialWanted(False), SAID[-1])
    assert any(isinstance(effect, do.Interpret) for effect in asked)
