"""Requests of several units in the conversation: a plan that was named, a consensus, units as they run."""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commander.units import Attempt, TaskUnit, UnitStatus
from etoile.domain.effects import Decision
from etoile.domain.events import Asking, Origin
from etoile.domain.match import Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.shapes import outcome_line
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.gui.transcript import follow
from etoile.text import message, render
from tests.domain.test_turn_skills import play

QUIET = Turn(speaking=Speaking.NEVER)
LINE = Asking(origin=Origin.LINE, ticket="t1")
M1, M2 = Attribution(node="M1", model="one"), Attribution(node="M2", model="two")
WRITE = TaskUnit(id="write", kind="code", role="code", shown=True)
REVIEW = TaskUnit(id="review", kind="code", role="review", reviews="write")
MUTE = Match(text="mute", language="en", command="audio.mute", confidence=1.0, reason=Reason.EXACT)
CONSENSUS = replace(MUTE, command="consensus.run", slots={"query": "is it so"})
NOTHING = Match(text="x", language="en")


def asked(effects: list[do.Effect]) -> list[do.Ask]:
    """Return what was handed to the nodes."""
    return [effect for effect in effects if isinstance(effect, do.Ask)]


def test_a_request_with_a_plan_is_no_command_whatever_it_says() -> None:
    by_plan = replace(LINE, plan="archi")
    turn, effects = play(QUIET, on.Typed("mute", by_plan), on.Interpreted(1, MUTE))
    [ask] = asked(effects)
    assert (ask.text, ask.plan) == ("mute", "archi")
    assert (turn.decision, turn.command) == (Decision.ROUTE, None)
    assert not [effect for effect in effects if isinstance(effect, do.Run)]


def test_a_consensus_goes_to_the_nodes_and_later_requests_may_refer_to_it() -> None:
    turn, effects = play(QUIET, on.Typed("ask all the models is it so"), on.Interpreted(1, CONSENSUS))
    [ask] = asked(effects)
    assert (ask.text, ask.plan) == ("is it so", "consensus")
    turn, _ = play(turn, on.AnswerStarted(1, M1), on.AnswerText(1, "It is."), on.AnswerEnded(1))
    assert turn.phase is Phase.IDLE
    _, effects = play(turn, on.Typed("why?"), on.Interpreted(2, NOTHING))
    assert [exchange.answer for exchange in asked(effects)[0].before] == ["It is."]


def test_the_caller_hears_of_each_unit_that_changed() -> None:
    turn, _ = play(QUIET, on.Typed("x", LINE), on.Interpreted(1, NOTHING))
    running = replace(WRITE, status=UnitStatus.RUNNING)
    turn, effects = play(turn, on.UnitsShown(1, (WRITE, REVIEW)), on.UnitsShown(1, (running, REVIEW)))
    assert effects == [do.ReportUnits("t1", (WRITE, REVIEW)), do.ReportUnits("t1", (running,))]
    _, effects = play(turn, on.UnitsShown(1, (running, REVIEW)))
    assert effects == []


def test_units_at_work_are_progress_and_the_turn_is_not_given_up() -> None:
    turn, effects = play(QUIET, on.Typed("x"), on.Interpreted(1, NOTHING))
    turn, _ = play(turn, on.UnitsShown(1, (WRITE,)))
    _, effects = play(turn, on.DeadlinePassed(1, turn.stage, 0))
    assert [type(effect) for effect in effects] == [do.Deadline]
    ended, _ = play(turn, on.DeadlinePassed(1, turn.stage, 1))
    assert ended.failed


def test_how_it_ended_tells_units_score_and_notes() -> None:
    done = replace(WRITE, status=UnitStatus.DONE, target="M1", score=0.85, ms=12.34)
    note = message("{node} reviewed it: {score:.2f} of 1.", node="M2", score=0.85)
    turn, effects = play(
        QUIET,
        on.Typed("x", LINE),
        on.Interpreted(1, NOTHING),
        on.UnitsShown(1, (done,)),
        on.AnswerStarted(1, M1),
        on.AnswerText(1, "code"),
        on.AnswerEnded(1, score=0.85, notes=(note,)),
    )
    [outcome] = [effect.outcome for effect in effects if isinstance(effect, do.ReportOutcome)]
    line = outcome_line(outcome)
    assert (line["score"], line["notes"]) == (0.85, ["M2 reviewed it: 0.85 of 1."])
    [unit] = line["units"]
    shape = {key: unit[key] for key in ("id", "kind", "target", "role", "status", "score", "ms")}
    assert list(shape.values()) == ["write", "code", "M1", "code", "done", 0.85, 12.3]
    assert turn.last == outcome


def test_what_one_node_answered_in_one_go_is_one_unit() -> None:
    _, effects = play(
        QUIET,
        on.Typed("x", LINE),
        on.Interpreted(1, NOTHING),
        on.AnswerStarted(1, M1),
        on.AnswerText(1, "so"),
        on.AnswerEnded(1, elapsed_ms=7.0),
    )
    [outcome] = [effect.outcome for effect in effects if isinstance(effect, do.ReportOutcome)]
    [unit] = outcome_line(outcome)["units"]
    assert (unit["target"], unit["status"], unit["ms"], unit["score"]) == ("M1", "done", 7.0, None)


def test_what_is_to_be_known_is_spoken_behind_the_answer() -> None:
    note = message("Nobody but its author has reviewed this: no other node could.")
    turn, _ = play(Turn(), on.Typed("x"), on.Interpreted(1, NOTHING), on.AnswerStarted(1, M1), on.AnswerText(1, "code"))
    _, effects = step(turn, on.AnswerEnded(1, notes=(note,)))
    [say] = [effect for effect in effects if isinstance(effect, do.Say)]
    assert render(say.said, "en") == "code Nobody but its author has reviewed this: no other node could."
    assert say.last


def test_of_what_was_written_again_later_requests_see_the_best_version_alone() -> None:
    first = Attempt(target="M1", model="one", result="bad", score=0.3)
    again = replace(WRITE, status=UnitStatus.DONE, target="M2", result="good", score=0.8, earlier=(first,))
    turn, _ = play(QUIET, on.Typed("write it"), on.Interpreted(1, NOTHING), on.AnswerStarted(1, M1))
    turn, _ = play(turn, on.AnswerText(1, "bad"), on.AnswerStarted(1, M2), on.AnswerText(1, "good"))
    turn, _ = play(turn, on.UnitsShown(1, (again,)), on.AnswerEnded(1), on.Typed("why?"))
    _, effects = play(turn, on.Interpreted(2, NOTHING))
    assert [exchange.answer for exchange in asked(effects)[0].before] == ["good"]


def test_the_seam_is_seen_in_a_terminal_too() -> None:
    turn, _ = play(QUIET, on.Typed("x", LINE), on.Interpreted(1, NOTHING), on.AnswerStarted(1, M1))
    turn, effects = play(turn, on.AnswerText(1, "first"), on.AnswerStarted(1, M2), on.AnswerText(1, "second"))
    told = "".join(effect.text for effect in effects if isinstance(effect, do.ReportText))
    assert told == turn.answer == "first\n\n---\n\nsecond"


class TestBreakingIntoAReview:
    """The code stands in the window, and its reviewer is still at work."""

    RUNNING = (replace(WRITE, status=UnitStatus.DONE, target="M1"), replace(REVIEW, status=UnitStatus.RUNNING))

    def reviewing(self, asking: Asking = LINE) -> Turn:
        turn, _ = play(QUIET, on.Typed("write it", asking), on.Interpreted(1, NOTHING), on.AnswerStarted(1, M1))
        turn, _ = play(turn, on.AnswerText(1, "code"), on.UnitsShown(1, self.RUNNING))
        return turn

    def test_a_new_request_ends_it_well_and_may_refer_to_it(self) -> None:
        turn, effects = play(self.reviewing(), on.Typed("make it faster"))
        assert do.StopWork(1) in effects
        [report] = [effect for effect in effects if isinstance(effect, do.ReportOutcome)]
        assert report.outcome.ok
        assert [unit.status for unit in report.outcome.units] == [UnitStatus.DONE, UnitStatus.STOPPED]
        assert [render(note, "en") for note in report.outcome.notes] == ["Its review was broken off."]
        _, effects = play(turn, on.Interpreted(2, NOTHING))
        assert [exchange.answer for exchange in asked(effects)[0].before] == ["code"]
        assert turn.interrupted

    def test_cancelling_ends_it_well(self) -> None:
        turn, effects = play(self.reviewing(), on.Cancelled())
        assert (turn.phase, turn.failed) == (Phase.IDLE, False)
        assert [effect.outcome.ok for effect in effects if isinstance(effect, do.ReportOutcome)] == [True]
        assert turn.last
        assert turn.last.ok

    def test_the_window_shows_it_once_and_whole(self) -> None:
        turn = self.reviewing(Asking())
        entries = follow((), turn)
        for event in (on.Cancelled(), on.Typed("next")):
            turn, _ = play(turn, event)
            entries = follow(entries, turn)
        assert [(entry.request, entry.answer, entry.failed) for entry in entries] == [
            ("write it", "code", False),
            ("next", "", False),
        ]

    def test_what_is_still_being_written_is_broken_off(self) -> None:
        turn, _ = play(self.reviewing(), on.UnitsShown(1, (replace(WRITE, status=UnitStatus.RUNNING), REVIEW)))
        turn, effects = play(turn, on.Cancelled())
        assert turn.failed
        assert [effect.outcome.ok for effect in effects if isinstance(effect, do.ReportOutcome)] == [False]
