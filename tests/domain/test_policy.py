"""The policy, over all combinations: what was asked, by whom, how surely, and whether somebody can answer."""

from itertools import product

import pytest

from etoile.domain.commands import COMMANDS, NODE_REQUEST, Consequence
from etoile.domain.effects import Decision
from etoile.domain.events import Asking, Origin
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.policy import LOW, SURE, TABLE, Case, Ruling, asks_first, case_of, choices_of, decide, harm

MUTE, TIME, PASTE, SHUTDOWN = (
    Candidate(command=command, confidence=1.0)
    for command in ("audio.mute", "time.now", "clipboard.paste", "power.shutdown")
)


def sure(*candidates: Candidate) -> Match:
    """Return the match of a request that means these commands."""
    first, *others = candidates
    return Match(text="x", command=first.command, confidence=1.0, steps=first.steps, then=tuple(others))


def unsure(*candidates: Candidate, reason: Reason = Reason.AMBIGUOUS) -> Match:
    """Return the match of a request that may mean one of these commands."""
    return Match(text="x", choices=candidates, reason=reason)


REQUESTS = {
    Case.SAFE: sure(TIME),
    Case.REVERSIBLE: sure(MUTE),
    Case.MAY_LOSE: sure(PASTE),
    Case.DESTROYS: sure(SHUTDOWN),
    Case.UNSURE: unsure(MUTE, SHUTDOWN),
    Case.NOTHING: Match(text="x"),
}

EXPECTED = """
            SAFE   REVERSIBLE  MAY_LOSE  DESTROYS  UNSURE   NOTHING
    voice   run    run+undo    ask       ask       propose  route
    window  run    run+undo    ask       ask       propose  route
    line    run    run+undo    ask       ask       propose  route
    wake    run    run+undo    hand      hand      propose  route
    skill   run    run+undo    ask       ask       refuse   refuse
    proposal hand  hand        hand      hand      show     refuse
"""

WITH_NOBODY = {"ask": "refuse", "hand": "refuse", "propose": "route", "show": "refuse"}


def named(ruling: Ruling) -> str:
    """Return a ruling as the table above writes it."""
    match ruling.decision:
        case Decision.RUN:
            return "run+undo" if ruling.offers_undo else "run"
        case Decision.ASK if ruling.by_hand:
            return "hand"
        case Decision.PROPOSE if ruling.by_hand:
            return "show"
        case decision:
            return str(decision)


def cells() -> list[tuple[Origin, Case, str]]:
    """Return the table above, a cell at a time."""
    head, *rows = (line.split() for line in EXPECTED.strip().splitlines())
    return [(Origin(row[0]), Case[case], cell) for row in rows for case, cell in zip(head, row[1:], strict=True)]


def test_every_combination_is_in_the_table() -> None:
    assert {(origin, case) for origin, case, _ in cells()} == set(product(Origin, Case))
    assert {origin: len(row) for origin, row in TABLE.items()} == dict.fromkeys(Origin, len(Case))


@pytest.mark.parametrize(("origin", "case", "expected"), cells())
def test_what_becomes_of_a_request(origin: Origin, case: Case, expected: str) -> None:
    match = REQUESTS[case]
    assert case_of(match) is case
    assert named(decide(match, Asking(origin=origin))) == expected
    alone = Asking(origin=origin, can_confirm=False)
    assert named(decide(match, alone)) == WITH_NOBODY.get(expected, expected)


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_that_destroys_ever_just_runs(origin: Origin, command: str) -> None:
    ruling = decide(sure(Candidate(command=command)), Asking(origin=origin))
    if COMMANDS[command].consequence is Consequence.DESTRUCTIVE or COMMANDS[command].asks:
        assert ruling.decision is Decision.ASK
        assert ruling.by_hand is (origin in (Origin.WAKE, Origin.PROPOSAL))
    else:
        assert (ruling.decision is Decision.RUN) is (origin is not Origin.PROPOSAL)


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin not in (Origin.SKILL, Origin.PROPOSAL)])
def test_a_dry_run_tells_what_would_ask(origin: Origin) -> None:
    nobody = Asking(origin=origin, can_confirm=False, dry_run=True)
    assert decide(sure(SHUTDOWN), nobody).decision is Decision.ASK
    assert decide(unsure(MUTE), nobody).decision is Decision.ROUTE


def test_several_commands_count_as_the_most_harmful() -> None:
    assert case_of(sure(TIME, MUTE, SHUTDOWN)) is Case.DESTROYS
    assert case_of(sure(TIME, MUTE)) is Case.REVERSIBLE
    assert asks_first(Candidate(command="skills.run", steps=(MUTE, PASTE)))


@pytest.mark.parametrize(
    ("steps", "case"),
    [
        ((TIME,), Case.SAFE),
        ((TIME, MUTE), Case.REVERSIBLE),
        ((MUTE, PASTE), Case.MAY_LOSE),
        ((SHUTDOWN, TIME), Case.DESTROYS),
        ((Candidate(command=NODE_REQUEST),), Case.SAFE),
        ((), Case.MAY_LOSE),
    ],
)
def test_a_skill_counts_as_its_most_harmful_step(steps: tuple[Candidate, ...], case: Case) -> None:
    assert harm(Candidate(command="skills.run", steps=steps)) is case
    assert case_of(sure(Candidate(command="skills.run", steps=steps))) is case


def test_an_unknown_command_counts_as_destroying() -> None:
    assert harm(Candidate(command="nobody.knows")) is Case.DESTROYS


def test_what_is_not_sure_enough_does_not_run() -> None:
    nearly = Match(text="x", command="audio.mute", confidence=SURE - 0.01)
    assert decide(nearly, Asking()).decision is Decision.ROUTE


def test_what_is_too_unlikely_is_not_proposed() -> None:
    likely, unlikely = Candidate(command="audio.mute", confidence=LOW), Candidate(command="time.now", confidence=0.49)
    assert choices_of(unsure(likely, unlikely)) == (likely,)
    assert decide(unsure(unlikely), Asking()).decision is Decision.ROUTE


@pytest.mark.parametrize("reason", [Reason.NONE, Reason.REFUSED])
def test_what_is_refused_is_not_proposed_either(reason: Reason) -> None:
    assert decide(unsure(MUTE, reason=reason), Asking()).decision is Decision.ROUTE
