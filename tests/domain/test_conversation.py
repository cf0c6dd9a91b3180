"""What belongs together: exchanges, their summary, and when something new begins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.conversation import MOST_EXCHANGES, Conversation
from etoile.domain.effects import Effect, Priority
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.exchange import Exchange
from etoile.domain.match import Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import message, render

M1 = Attribution(node="M1", model="qwen3")
QUIET = State(turn=Turn(speaking=Speaking.NEVER))
CHAT = Match(text="why", language="en", reason=Reason.NONE)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def play(state: State, *events: Event) -> tuple[State, list[Effect]]:
    """Return the state after `events`, and everything they asked for."""
    asked: list[Effect] = []
    for event in events:
        state, effects = advance(state, event)
        asked += effects
    return state, asked


def asking(turn: int, text: str, how: Asking | None = None) -> tuple[Event, ...]:
    return on.Typed(text, how or Asking()), on.Interpreted(turn, replace(CHAT, text=text))


def talk(turn: int, text: str, answer: str, how: Asking | None = None) -> tuple[Event, ...]:
    """Return the events of a request that M1 answers."""
    return (*asking(turn, text, how), on.AnswerStarted(turn, M1), on.AnswerText(turn, answer), on.AnswerEnded(turn))


def asks(effects: list[Effect]) -> list[do.Ask]:
    return [effect for effect in effects if isinstance(effect, do.Ask)]


def tick(local: datetime) -> on.ClockTicked:
    return on.ClockTicked(0.0, local)


def test_exchanges_are_numbered_and_a_later_request_carries_them() -> None:
    state, effects = play(QUIET, *talk(1, "why", "So."), *talk(2, "how", "Thus."), *asking(3, "when"))
    before = (Exchange("why", "So.", (M1,), 1), Exchange("how", "Thus.", (M1,), 2))
    assert asks(effects)[-1].before == before
    remembered = [effect.outcome.place for effect in effects if isinstance(effect, do.Remember)]
    assert remembered == [1, 2]
    assert state.turn.conversation.exchanges == before


def test_what_the_history_told_is_private_until_a_new_conversation_begins() -> None:
    told = (*asking(1, "what did I ask"), on.AnswerStarted(1, M1), on.AnswerText(1, "So."))
    state, effects = play(QUIET, *told, on.AnswerEnded(1, private=True), *talk(2, "how", "Thus."))
    assert [effect.outcome.private for effect in effects if isinstance(effect, do.Remember)] == [True, False]
    state, effects = play(state, on.Summarised(1, "They asked.", 1), *talk(3, "when", "Then."))
    assert [ask.private for ask in asks(effects)] == [True]
    _, effects = play(state, on.NewConversationWanted(), *asking(5, "where"))
    assert [ask.private for ask in asks(effects)] == [False]


def test_a_private_conversation_is_so_after_a_restart() -> None:
    resumed = on.ConversationResumed((Exchange("why", "So.", (M1,), 2),), "They asked.", 1, private=True)
    _, effects = play(QUIET, resumed, *asking(1, "how"))
    assert [ask.private for ask in asks(effects)] == [True]


def test_a_dry_run_and_a_failure_leave_nothing_to_refer_to() -> None:
    failed = (*asking(1, "why"), on.AnswerStarted(1, M1), on.AnswerText(1, "So"), on.Failed(1, message("It broke.")))
    state, effects = play(QUIET, *failed, *asking(2, "why", Asking(dry_run=True)))
    assert state.turn.conversation.empty
    assert [effect.outcome.place for effect in effects if isinstance(effect, do.Remember)] == [None]


@pytest.mark.parametrize(
    ("origin", "priority"),
    [
        (Origin.WINDOW, Priority.PERSON),
        (Origin.VOICE, Priority.PERSON),
        (Origin.LINE, Priority.LINE),
    ],
)
def test_a_person_goes_before_a_script(origin: Origin, priority: Priority) -> None:
    _, effects = play(QUIET, *asking(1, "why", Asking(origin=origin)))
    assert asks(effects)[0].priority is priority


def test_beginning_anew_by_word() -> None:
    new = Match(text="new conversation", language="en", command="conversation.new", confidence=1.0, reason=Reason.EXACT)
    state, effects = play(
        QUIET, *talk(1, "why", "So."), on.Typed("new conversation"), on.Interpreted(2, new), *asking(3, "how")
    )
    assert do.BeginConversation() in effects
    assert asks(effects)[-1].before == ()
    assert asks(effects)[-1].conversation == 2
    assert state.turn.conversation.shown_from == 2


def test_beginning_anew_by_a_click() -> None:
    state, effects = play(QUIET, *talk(1, "why", "So."), on.NewConversationWanted())
    assert effects[-1] == do.BeginConversation()
    assert state.turn.phase is Phase.IDLE
    assert state.turn.conversation == Conversation(number=2, shown_from=2)


def test_a_click_during_an_answer_gives_it_up() -> None:
    state, effects = play(
        QUIET, *asking(1, "why"), on.AnswerStarted(1, M1), on.NewConversationWanted(), on.AnswerEnded(1)
    )
    assert do.StopWork(1) in effects
    assert state.turn.phase is Phase.IDLE
    assert state.turn.conversation.empty


def test_a_click_while_one_speaks_cuts_nothing_off() -> None:
    state, effects = play(QUIET, *talk(1, "why", "So."), on.TalkPressed(1.0), on.NewConversationWanted())
    assert state.turn.phase is Phase.LISTENING
    assert state.turn.conversation.empty
    assert not any(isinstance(effect, do.DiscardRecording) for effect in effects)


def test_a_conversation_of_an_earlier_run_goes_on() -> None:
    earlier = on.ConversationResumed((Exchange("why", "So.", (M1,), 3),), "They greeted.", 2)
    state, effects = play(QUIET, earlier, *talk(1, "how", "Thus."), *asking(2, "when"))
    last = asks(effects)[-1]
    assert [exchange.number for exchange in last.before] == [3, 4]
    assert last.summary == "They greeted."
    assert state.turn.conversation.summarised == 2


def test_what_was_asked_before_the_history_was_open_comes_behind_it() -> None:
    earlier = on.ConversationResumed((Exchange("why", "So.", (M1,), 1),))
    state, _ = play(QUIET, *talk(1, "how", "Thus."), earlier)
    assert [(one.number, one.request) for one in state.turn.conversation.exchanges] == [(1, "why"), (2, "how")]


def test_an_earlier_conversation_does_not_come_back_once_a_new_one_was_wanted() -> None:
    state, _ = play(QUIET, on.NewConversationWanted(), on.ConversationResumed((Exchange("why", "So.", (M1,), 1),)))
    assert state.turn.conversation.empty


def test_a_summary_stands_for_the_oldest_exchanges_and_is_kept() -> None:
    state, effects = play(
        QUIET, *talk(1, "why", "So."), *talk(2, "how", "Thus."), on.Summarised(1, "They asked why.", 1)
    )
    assert effects[-1] == do.KeepSummary("They asked why.", 1)
    assert [exchange.number for exchange in state.turn.conversation.exchanges] == [2]
    state, effects = play(state, *talk(3, "when", "Then."), *asking(4, "who"))
    assert asks(effects)[-1].summary == "They asked why."
    assert [exchange.number for exchange in asks(effects)[-1].before] == [2, 3]


@pytest.mark.parametrize("late", [on.Summarised(1, "Of another one.", 1), on.Summarised(2, "Older.", 0)])
def test_a_summary_that_comes_too_late_means_nothing(late: on.Summarised) -> None:
    state, _ = play(QUIET, *talk(1, "why", "So."), on.NewConversationWanted(), *talk(3, "how", "Thus."))
    after, effects = play(state, late)
    assert after == state
    assert effects == []


def test_the_oldest_of_a_very_long_conversation_make_room() -> None:
    conversation = Conversation()
    for _ in range(MOST_EXCHANGES + 3):
        conversation = conversation.having("why", "So.", ())
    assert len(conversation.exchanges) == MOST_EXCHANGES
    assert conversation.exchanges[-1].number == MOST_EXCHANGES + 3


class TestRest:
    HOUR = timedelta(hours=1)

    def test_a_conversation_that_rests_long_enough_is_over(self) -> None:
        state, effects = play(QUIET, *talk(1, "why", "So."), tick(NOON), tick(NOON + self.HOUR), *asking(2, "how"))
        assert do.BeginConversation() in effects
        assert asks(effects)[-1].before == ()
        assert state.turn.conversation.number == 2
        assert state.turn.conversation.shown_from == 0

    def test_one_that_goes_on_is_not(self) -> None:
        almost = self.HOUR - timedelta(seconds=1)
        events = (*talk(1, "why", "So."), tick(NOON), tick(NOON + almost), *talk(2, "how", "Thus."))
        _, effects = play(QUIET, *events, tick(NOON + self.HOUR), tick(NOON + self.HOUR + almost), *asking(3, "who"))
        assert len(asks(effects)[-1].before) == 2

    def test_nor_does_one_rest_while_an_answer_comes(self) -> None:
        events = (*talk(1, "why", "So."), tick(NOON), *asking(2, "how"), tick(NOON + 2 * self.HOUR))
        state, _ = play(QUIET, *events)
        assert state.turn.conversation.number == 1

    def test_where_nothing_was_said_nothing_ends(self) -> None:
        state, effects = play(QUIET, tick(NOON), tick(NOON + 5 * self.HOUR))
        assert effects == []
        assert state.turn.conversation.number == 1

    def test_a_clock_that_is_set_back_ends_nothing(self) -> None:
        state, _ = play(QUIET, *talk(1, "why", "So."), tick(NOON), tick(NOON - 9 * self.HOUR), tick(NOON))
        assert state.turn.conversation.number == 1


class TestMemory:
    def reused(self, turn: int, text: str, how: Asking | None = None) -> tuple[Event, ...]:
        return (
            *asking(turn, text, how),
            on.AnswerReused(turn, 7_200.0),
            on.AnswerStarted(turn, M1),
            on.AnswerText(turn, "So."),
            on.AnswerEnded(turn),
        )

    def test_an_answer_from_memory_is_labelled(self) -> None:
        state, effects = play(QUIET, *self.reused(1, "why"))
        assert state.turn.reused_s == 7_200.0
        [outcome] = [effect.outcome for effect in effects if isinstance(effect, do.Remember)]
        assert outcome.reused_s == 7_200.0
        assert outcome.place == 1

    def test_who_listens_hears_that_it_is_old(self) -> None:
        aloud = State(turn=Turn(speaking=Speaking.ALWAYS))
        _, effects = play(aloud, *self.reused(1, "why"))
        said = [render(effect.said, "en") for effect in effects if isinstance(effect, do.Say)]
        assert said[0] == "From memory, 2 hours ago:"

    @pytest.mark.parametrize(
        "word", ["Ask again, please.", "afresh", "Redemande.", "Pose encore une fois", "à nouveau"]
    )
    def test_one_word_asks_afresh_without_the_former_answer(self, word: str) -> None:
        _, effects = play(QUIET, *self.reused(1, "why"), on.Typed(word))
        again = word != "Pose encore une fois"
        assert effects[-2] == do.Interpret(2, "why" if again else word, "en" if again else None)
        _, effects = play(QUIET, *self.reused(1, "why"), on.Typed("afresh"), on.Interpreted(2, CHAT))
        assert asks(effects)[-1].fresh
        assert asks(effects)[-1].before == ()

    def test_the_same_word_means_nothing_special_behind_a_new_answer(self) -> None:
        _, effects = play(QUIET, *talk(1, "why", "So."), on.Typed("again"))
        assert effects[-2] == do.Interpret(2, "again", None)

    def test_a_click_asks_afresh(self) -> None:
        _, effects = play(QUIET, *self.reused(1, "why"), *asking(2, "why", Asking(fresh=True)))
        assert asks(effects)[-1].fresh
        assert asks(effects)[-1].before == ()


def test_a_place_in_the_queue_is_told_and_nobody_is_given_up_while_he_waits() -> None:
    said = message("Every node is busy: number {position} in the queue.", position=2)
    line = Asking(origin=Origin.LINE, ticket="t1")
    state, effects = play(QUIET, *asking(1, "why", line), on.Queued(1, 2, said))
    assert state.turn.queued == said
    assert effects[-1] == do.ReportStep("t1", said)
    for _ in range(3):  # however long: who is in front has limits of its own
        state, effects = play(state, on.DeadlinePassed(1, state.turn.stage, 1))
        assert state.turn.phase is Phase.THINKING
    state, _ = play(state, on.AnswerStarted(1, M1))
    assert state.turn.queued is None
    state, _ = play(state, on.DeadlinePassed(1, state.turn.stage, 2))
    assert state.turn.phase is Phase.IDLE
