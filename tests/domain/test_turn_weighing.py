"""A request on its way to the nodes: its kind, how each node stands for it, and what is told of who answers."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Effect, Outcome
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.plan import Standing
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.text import Message, message, render

QUIET = Turn(speaking=Speaking.NEVER)
LINE = Asking(origin=Origin.LINE, ticket="t1", can_confirm=False)
WHY = replace(LINE, why=True)
DRY = replace(WHY, dry_run=True)
CHAT = Match(text="hello", language="en", reason=Reason.NONE)
MUTE = Match(text="mute", language="en", command="audio.mute", confidence=0.99, reason=Reason.EXACT)
CODE = Classification(TaskKind.CODE, 0.98, "rules")
UNSURE = Classification(TaskKind.WEB, 0.5, "model", second_opinion=True)
COOLING = message("big was left to cool.")


def standing(node: str, *, takes: bool = True, model: str | None = "qwen3") -> Standing:
    return Standing(node=node, model=model, takes=takes, score=0.0, reasons=())


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    """Return the turn after `events`, and everything they asked for."""
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


def outcome(effects: list[Effect]) -> Outcome:
    """Return how it ended."""
    [told] = [effect.outcome for effect in effects if isinstance(effect, do.ReportOutcome)]
    return told


@pytest.mark.parametrize(
    ("classified", "kind", "sure"), [(CODE, "code", True), (UNSURE, "web", False), (None, None, True)]
)
def test_the_kind_goes_with_the_request(classified: Classification | None, kind: str | None, sure: bool) -> None:
    _, effects = play(QUIET, on.Typed("hello", WHY), on.Interpreted(1, CHAT, classified))
    [ask] = [effect for effect in effects if isinstance(effect, do.Ask)]
    assert (ask.kind, ask.sure, ask.why) == (kind, sure, True)


def test_what_a_node_says_of_the_kind_counts() -> None:
    answered = on.AnswerText(1, "Hi."), on.AnswerEnded(1)
    _, effects = play(
        QUIET, on.Typed("hello", LINE), on.Interpreted(1, CHAT, UNSURE), on.KindTold(1, "analyse"), *answered
    )
    assert outcome(effects).kind == "analyse"


def test_a_command_has_no_kind() -> None:
    done = on.ActionDone(1, "audio.mute", {}, message("Done."))
    _, effects = play(QUIET, on.Typed("mute", LINE), on.Interpreted(1, MUTE, CODE), done)
    assert outcome(effects).kind is None


@pytest.mark.parametrize(
    ("standings", "ok", "says"),
    [
        (
            [standing("small"), standing("big", takes=False)],
            True,
            "I would hand this to small (qwen3): it is no command.",
        ),
        ([standing("small", model=None)], True, "I would hand this to small: it is no command."),
        ([standing("big", takes=False)], False, "No node could take this: it is no command."),
        ([], True, "There is no node: the guide would answer this."),
    ],
)
def test_a_dry_run_tells_who_would_be_asked(standings: list[Standing], ok: bool, says: str) -> None:
    turn, effects = play(QUIET, on.Typed("hello", DRY), on.Interpreted(1, CHAT, CODE))
    assert [type(effect) for effect in effects] == [do.Interpret, do.Deadline, do.Weigh]
    turn, effects = play(turn, on.Weighed(1, tuple(standings)))
    told = outcome(effects)
    assert told.answer is not None
    assert (told.ok, told.decision, told.kind) == (ok, Decision.ROUTE, "code")
    assert (render(told.answer, "en"), told.standings) == (says, tuple(standings))
    assert turn.phase is Phase.IDLE


def test_a_dry_run_without_why_waits_for_nobody() -> None:
    turn, effects = play(QUIET, on.Typed("hello", replace(LINE, dry_run=True)), on.Interpreted(1, CHAT, CODE))
    assert outcome(effects).ok
    assert turn.phase is Phase.IDLE


def test_a_dry_run_of_a_command_weighs_no_node() -> None:
    _, effects = play(QUIET, on.Typed("mute", DRY), on.Interpreted(1, MUTE, CODE))
    assert do.Weigh not in [type(effect) for effect in effects]


def test_how_the_nodes_stood_is_told_with_the_answer() -> None:
    standings = (standing("small"), standing("big", takes=False))
    by = Attribution(node="small", model="qwen3")
    answer = on.AnswerStarted(1, by, (COOLING,)), on.AnswerText(1, "Hi."), on.AnswerEnded(1)
    turn, effects = play(
        QUIET, on.Typed("hello", WHY), on.Interpreted(1, CHAT, CODE), on.Weighed(1, standings), *answer
    )
    told = outcome(effects)
    assert (told.ok, told.standings, told.notes) == (True, standings, (COOLING,))
    assert turn.notes == (COOLING,)


def test_a_note_of_two_nodes_is_told_once() -> None:
    by = Attribution(node="small", model="qwen3")
    again = on.AnswerStarted(1, replace(by, node="third"), (COOLING,))
    turn, _ = play(
        QUIET, on.Typed("hello", LINE), on.Interpreted(1, CHAT, CODE), on.AnswerStarted(1, by, (COOLING,)), again
    )
    assert turn.notes == (COOLING,)


def test_a_note_is_read_aloud_before_the_answer() -> None:
    turn = Turn(phase=Phase.THINKING, number=1, asking=Asking(origin=Origin.VOICE), decision=Decision.ROUTE)
    by = Attribution(node="small", model="qwen3")
    _, effects = play(turn, on.AnswerStarted(1, by, (COOLING,)), on.AnswerText(1, "It rains. "))
    said: list[Message] = [effect.said for effect in effects if isinstance(effect, do.Say)]
    assert next(render(one, "en") for one in said) == "big was left to cool."
