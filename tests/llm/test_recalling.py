"""Which answers are whole enough to be given again."""

import pytest

from etoile.domain.commander.units import TaskUnit, UnitStatus
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerStarted, AnswerText, Event, Failed, NodePassedOver, UnitsShown
from etoile.domain.nodes import Attribution
from etoile.llm.recalling import LONGEST_ANSWER, Recalling
from etoile.text import message
from tests.llm.test_desk import Memory

ASK = Ask(1, "How do I reverse a list in Python?", "en", kind="code")
NOTE = message("M2 reviewed it.")
BROKE = message("it broke off")
STARTED, TEXT, ENDED = AnswerStarted(1, Attribution(node="M1", model="m")), AnswerText(1, "list[::-1]"), AnswerEnded(1)


def units(*statuses: UnitStatus) -> UnitsShown:
    return UnitsShown(
        1, tuple(TaskUnit(id=str(n), prompt="", kind="code", role="code", status=one) for n, one in enumerate(statuses))
    )


REVIEWED = units(UnitStatus.DONE, UnitStatus.DONE)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param((STARTED, TEXT, ENDED), True, id="one node"),
        pytest.param((NodePassedOver(1, "M2", BROKE), STARTED, TEXT, ENDED), True, id="another was passed over before"),
        pytest.param((STARTED, NodePassedOver(1, "M2", BROKE), STARTED, TEXT, ENDED), False, id="a seam"),
        pytest.param((STARTED, TEXT, Failed(1, BROKE)), False, id="broken off"),
        pytest.param((STARTED, TEXT), False, id="cancelled"),
        pytest.param((), False, id="nothing"),
        pytest.param((STARTED, AnswerText(1, " \n"), ENDED), False, id="empty"),
        pytest.param((STARTED, AnswerText(1, "x" * (LONGEST_ANSWER + 1)), ENDED), False, id="far too long"),
        pytest.param((STARTED, TEXT, AnswerEnded(1, notes=(NOTE,))), False, id="something is missing"),
        pytest.param((STARTED, TEXT, AnswerEnded(1, private=True)), False, id="the history was read for it"),
        pytest.param((AnswerStarted(1, STARTED.attribution, (NOTE,)), TEXT, ENDED), False, id="something was left out"),
        pytest.param((STARTED, TEXT, REVIEWED, AnswerEnded(1, score=0.9, notes=(NOTE,))), True, id="a good review"),
        pytest.param((STARTED, TEXT, REVIEWED, AnswerEnded(1, score=0.5, notes=(NOTE,))), False, id="a bad review"),
        pytest.param(
            (STARTED, TEXT, STARTED, TEXT, REVIEWED, AnswerEnded(1, score=0.9, notes=(NOTE,))), False, id="made twice"
        ),
        pytest.param(
            (STARTED, TEXT, units(UnitStatus.DONE, UnitStatus.FAILED), AnswerEnded(1, score=0.9, notes=(NOTE,))),
            False,
            id="no review came",
        ),
        pytest.param((AnswerStarted(1, Attribution(node="guide", model="help")), TEXT, ENDED), False, id="the guide"),
    ],
)
def test_only_a_whole_answer_is_kept(told: tuple[Event, ...], kept: bool) -> None:
    memory = Memory()
    Recalling(memory, "").keep(ASK, told)
    assert bool(memory.kept) is kept
