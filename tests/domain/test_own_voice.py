"""Etoile's own voice never answers its own question: while it is heard, only a hand begins to listen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.events import Event, Origin
from etoile.domain.match import Match, Reason
from etoile.domain.turn import Phase, Standing, Turn, step
from etoile.domain.turn.lifetime import is_sounding
from etoile.domain.turn.talking import may_break_in

QUIT = Match(text="ferme firefox", command="app.close", slots={"app": "firefox"}, confidence=1.0, reason=Reason.EXACT)
IDLE, LISTENING = Turn(), Turn(phase=Phase.LISTENING)
SPEAKING = Turn(phase=Phase.SPEAKING)
READING = Turn(phase=Phase.CONFIRMING, standing=Standing.READING)
OPEN = Turn(phase=Phase.CONFIRMING, standing=Standing.OPEN)
THINKING = Turn(phase=Phase.THINKING)
STREAMING = replace(THINKING, spoken=12)
HUSHED = replace(STREAMING, hushed=True)


@pytest.mark.parametrize(
    ("turn", "sounds"),
    [
        (IDLE, False),
        (LISTENING, False),
        (SPEAKING, True),
        (READING, True),
        (OPEN, False),
        (THINKING, False),
        (STREAMING, True),
        (HUSHED, False),
    ],
)
def test_a_hand_may_always_begin_and_nothing_else_while_etoile_speaks(turn: Turn, sounds: bool) -> None:
    assert is_sounding(turn) is sounds
    assert may_break_in(turn, Origin.VOICE)
    assert may_break_in(turn, Origin.WAKE) is not sounds


@pytest.mark.parametrize("turn", [SPEAKING, READING, STREAMING])
def test_what_was_heard_before_the_key_is_not_the_users_while_etoile_speaks(turn: Turn) -> None:
    _, effects = step(turn, on.TalkPressed(1.0))
    assert isinstance(effects[0], do.Hush)
    assert [effect.broke_in for effect in effects if isinstance(effect, do.Record)] == [True]


WHAT_A_MICROPHONE_MAY_SAY = some.sampled_from(
    [
        on.Transcribed(1, "oui", "fr"),
        on.Transcribed(1, "yes", "en"),
        on.Transcribed(1, "one", "en"),
        on.PartlyHeard(1, "oui", ""),
        on.NothingHeard(1),
        on.RecordingStarted(1),
        on.LevelMeasured(1, 0.5),
        on.TalkEnded(1),
        on.Spoken(1),
        on.DeadlinePassed(1, 4, 0),
    ]
)


@given(some.lists(WHAT_A_MICROPHONE_MAY_SAY, max_size=12))
def test_without_a_hand_nothing_that_is_heard_answers_a_question(events: list[Event]) -> None:
    turn, effects = Turn(), ()
    for event in (
        on.TalkPressed(1.0),
        on.TalkReleased(2.0),
        on.Transcribed(1, QUIT.text, "fr"),
        on.Interpreted(1, QUIT),
    ):
        turn, effects = step(turn, event)
    assert turn.standing is Standing.READING
    for event in events:
        turn, effects = step(turn, event)
        assert not any(isinstance(effect, do.Run | do.Record) for effect in effects)
