"""A trial of microphone and talk key: what is said is shown, and nothing is done with it."""

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.state import State, advance
from etoile.domain.trial import Trial
from etoile.domain.turn import Phase

SAID = (on.TalkPressed(1.0), on.RecordingStarted(1), on.TalkReleased(3.0), on.Transcribed(1, "shut down", "en"))


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
    assert state.trial == Trial("shut down")
    assert state.turn.phase is Phase.IDLE
    assert not any(isinstance(effect, do.Interpret | do.Remember | do.Ask | do.Run) for effect in asked)


def test_behind_the_trial_it_is_a_request_again() -> None:
    state, asked = after(on.TrialWanted(True), on.TrialWanted(False), *SAID)
    assert state.trial is None
    assert any(isinstance(effect, do.Interpret) and effect.text == "shut down" for effect in asked)


def test_a_transcript_that_comes_too_late_is_no_part_of_a_trial() -> None:
    late = on.Transcribed(1, "an old sentence", "en")
    state, asked = after(*SAID[:3], on.TrialWanted(True), on.TalkPressed(5.0), late)
    assert state.trial == Trial(None)
    assert any(isinstance(effect, do.Remember) and effect.outcome.text == "an old sentence" for effect in asked)
