"""What a model proposes: shown with id and slots, and carried out by a hand or not at all."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Question
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Match, Slots
from etoile.domain.nodes import Attribution
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import message, render
from tests.domain.test_turn_skills import play

QUIET = Turn(speaking=Speaking.NEVER)
NOTHING = Match(text="x", language="en")
M1 = Attribution(node="M1", model="one")
LINE = Asking(origin=Origin.LINE, ticket="t1")


def answered(turn: Turn = QUIET, asking: Asking | None = None, *proposals: tuple[str, Slots]) -> Turn:
    """Return a turn in which a node answered, and proposed."""
    proposed = [on.Proposed(1, command, slots, "M1") for command, slots in proposals or (("audio.mute", {}),)]
    asking = asking or Asking()
    told: tuple[Event, ...] = (on.AnswerStarted(1, M1), on.AnswerText(1, "Mute it."), *proposed, on.AnswerEnded(1))
    return play(turn, on.Typed("it is too loud", asking), on.Interpreted(1, NOTHING), *told)[0]


def question(turn: Turn) -> Question:
    assert turn.question is not None
    return turn.question


def runs(effects: list[do.Effect]) -> list[tuple[str, Slots]]:
    return [(effect.command, effect.slots) for effect in effects if isinstance(effect, do.Run)]


def test_it_is_shown_with_id_and_slots_and_nothing_runs() -> None:
    turn = answered(QUIET, None, ("audio.volume.set", {"level": 40}), ("power.shutdown", {}))
    assert turn.phase is Phase.CONFIRMING
    assert render(question(turn).asked, "en") == "M1 proposes:"
    labels = [render(option.label, "en") for option in question(turn).options]
    assert [label.partition(" [")[2] for label in labels] == ["audio.volume.set level=40]", "power.shutdown]"]
    assert question(turn).by_hand


@pytest.mark.parametrize("word", ["yes", "1", "ok do it", "the first one"])
def test_no_word_confirms_it(word: str) -> None:
    _, effects = play(answered(), on.Typed(word))
    assert runs(effects) == []


def test_a_click_carries_it_out_and_the_answer_can_be_referred_to() -> None:
    turn = answered()
    turn, effects = play(turn, on.Chosen(1, question(turn).number, 0))
    assert runs(effects) == [("audio.mute", {})]
    turn, _ = play(turn, on.ActionDone(1, "audio.mute", {}, message("Muted.")))
    assert turn.phase is Phase.IDLE
    assert [exchange.answer for exchange in turn.conversation.exchanges] == ["Mute it."]


def test_what_destroys_asks_about_itself_once_more_by_hand() -> None:
    turn = answered(QUIET, None, ("power.shutdown", {}))
    turn, effects = play(turn, on.Chosen(1, question(turn).number, 0))
    assert runs(effects) == []
    assert question(turn).by_hand
    _, effects = play(turn, on.Typed("yes"))
    assert runs(effects) == []
    _, effects = play(turn, on.Chosen(1, question(turn).number, 0))
    assert runs(effects) == [("power.shutdown", {})]


def test_declined_the_answer_is_an_answer_all_the_same() -> None:
    turn = answered(QUIET, LINE)
    turn, effects = play(turn, on.Declined(1, question(turn).number))
    [told] = [effect.outcome for effect in effects if isinstance(effect, do.ReportOutcome)]
    assert told.ok
    assert [render(note, "en") for note in told.notes] == ["Nothing was done."]
    assert [exchange.answer for exchange in turn.conversation.exchanges] == ["Mute it."]


def test_where_nobody_is_there_it_is_told_and_nothing_is_asked() -> None:
    turn = answered(QUIET, replace(LINE, can_confirm=False), ("audio.volume.set", {"level": 40}))
    assert turn.phase is Phase.IDLE
    assert turn.question is None
    assert turn.last is not None
    [note] = [render(note, "en") for note in turn.last.notes]
    assert "audio.volume.set level=40" in note
    assert "Nobody is there" in note


def test_a_new_request_drops_it_and_keeps_the_answer() -> None:
    turn, effects = play(answered(), on.Typed("what time is it"))
    assert runs(effects) == []
    assert [exchange.answer for exchange in turn.conversation.exchanges] == ["Mute it."]


@pytest.mark.parametrize("command", ["skills.run", "assistant.undo", "node.ask", "no.such"])
def test_what_may_not_be_proposed_is_dropped_whoever_tells_it(command: str) -> None:
    turn = answered(QUIET, None, (command, {"skill": "x"}))
    assert turn.question is None
    assert turn.phase is Phase.IDLE


def test_there_are_three_at_most_and_each_once() -> None:
    loud = [("audio.volume.set", {"level": level}) for level in (1, 1, 2, 3, 4)]
    assert len(question(answered(QUIET, None, *loud)).options) == 3
