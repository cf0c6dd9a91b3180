"""What was heard and is no command, corrected by a small model before it goes to the nodes, or not in time."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Effect
from etoile.domain.events import Event
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.domain.turn.correcting import CORRECTING_S

TURN = Turn(speaking=Speaking.NEVER, correct_with="ollama/qwen3:1.7b")
NOTHING = Match(text="explique cube hernetes", language="fr")
CORRECTED = on.Corrected(1, "Explique Kubernetes.")
MUTE = Match(text="mute", language="en", command="audio.mute", confidence=0.99, reason=Reason.EXACT)


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


def spoken(text: str) -> tuple[Event, ...]:
    return on.TalkPressed(10.0), on.RecordingStarted(1), on.TalkReleased(12.0), on.Transcribed(1, text, "fr")


@pytest.fixture
def correcting() -> Turn:
    """A turn whose request is being corrected."""
    turn, effects = play(TURN, *spoken(NOTHING.text), on.Interpreted(1, NOTHING))
    *_, correct, deadline = effects
    assert correct == do.Correct(1, "explique cube hernetes", "fr", "ollama/qwen3:1.7b")
    assert isinstance(deadline, do.Deadline)
    assert deadline.after_s == CORRECTING_S == 8.0
    assert turn.doing
    return turn


def asked(effects: list[Effect]) -> list[str]:
    return [effect.text for effect in effects if isinstance(effect, do.Ask)]


def test_a_command_waits_for_no_correction() -> None:
    _, effects = play(TURN, *spoken("mute"), on.Interpreted(1, MUTE))
    assert not [effect for effect in effects if isinstance(effect, do.Correct)]
    assert [effect.command for effect in effects if isinstance(effect, do.Run)] == ["audio.mute"]


def test_what_was_typed_is_corrected_by_nobody() -> None:
    _, effects = play(TURN, on.Typed(NOTHING.text), on.Interpreted(1, NOTHING))
    assert asked(effects) == [NOTHING.text]


def test_without_a_model_nothing_is_corrected() -> None:
    turn = replace(TURN, correct_with="")
    _, effects = play(turn, *spoken(NOTHING.text), on.Interpreted(1, NOTHING))
    assert asked(effects) == [NOTHING.text]


def test_the_corrected_request_goes_to_the_nodes_and_what_was_heard_is_kept(correcting: Turn) -> None:
    turn, (look, _) = play(correcting, CORRECTED)
    assert look == do.Interpret(1, NOTHING.text, "fr", ("Explique Kubernetes.",), spoken=True)
    turn, effects = play(turn, on.Interpreted(1, NOTHING))
    assert asked(effects) == ["Explique Kubernetes."]
    assert (turn.request, turn.heard, turn.doing) == ("Explique Kubernetes.", NOTHING.text, None)
    turn, effects = play(turn, on.AnswerText(1, "C'est…"), on.AnswerEnded(1))
    [kept] = [effect for effect in effects if isinstance(effect, do.Remember)]
    assert kept.outcome.text == NOTHING.text


def test_a_command_that_comes_to_light_is_only_proposed(correcting: Turn) -> None:
    turn, _ = play(correcting, CORRECTED)
    choices = (Candidate(command="power.shutdown", confidence=0.99),)
    turn, effects = play(turn, on.Interpreted(1, replace(NOTHING, choices=choices, reason=Reason.AMBIGUOUS)))
    assert turn.phase is Phase.CONFIRMING
    assert turn.decision is Decision.PROPOSE
    assert not [effect for effect in effects if isinstance(effect, do.Run)]


@pytest.mark.parametrize(
    "event",
    [
        on.Corrected(1, ""),
        on.Corrected(1, NOTHING.text),
        on.Corrected(1, "Kubernetes est un système libre qui orchestre des conteneurs sur plusieurs machines."),
    ],
)
def test_what_is_no_correction_changes_nothing(correcting: Turn, event: Event) -> None:
    turn, effects = play(correcting, event)
    assert asked(effects) == [NOTHING.text]
    assert (turn.request, turn.heard) == (NOTHING.text, "")


def test_a_model_that_is_late_is_waited_for_no_longer(correcting: Turn) -> None:
    turn, effects = play(correcting, on.DeadlinePassed(1, correcting.stage, 0))
    assert asked(effects) == [NOTHING.text]
    turn, effects = play(turn, CORRECTED)
    assert effects == []
    assert turn.request == NOTHING.text


def test_whoever_breaks_in_hears_no_more_of_it(correcting: Turn) -> None:
    turn, _ = play(correcting, on.Cancelled())
    turn, effects = play(turn, CORRECTED)
    assert effects == []


def test_the_users_own_dictionary_is_believed_at_once() -> None:
    turn = replace(TURN, correct_with="")
    found = on.Interpreted(1, replace(NOTHING, text="explique kubernetes"), reworded="explique kubernetes")
    turn, effects = play(turn, *spoken(NOTHING.text), found)
    assert asked(effects) == ["explique kubernetes"]
    assert turn.heard == NOTHING.text
