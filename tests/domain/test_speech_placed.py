"""The user is told where the speech model went: when it moves, and when it is not where it should be."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain.events import SpeechPlaced
from etoile.domain.placement import Placement
from etoile.domain.state import State, advance
from etoile.text import message

ON_CARD = Placement(model="base", reason=message("it has room"), uuid="GPU-1", card="RTX 3080")
ON_CPU = Placement(model="base", reason=message("no card"))
DRIVEN_OUT = replace(ON_CPU, reason=message("the card is hot"), passing=True)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        pytest.param(None, ON_CARD, False, id="where it belongs"),
        pytest.param(None, ON_CPU, False, id="there is nothing else"),
        pytest.param(None, DRIVEN_OUT, True, id="a card was too hot from the start"),
        pytest.param(ON_CARD, DRIVEN_OUT, True, id="it had to leave"),
        pytest.param(DRIVEN_OUT, ON_CARD, True, id="it is back"),
        pytest.param(DRIVEN_OUT, replace(DRIVEN_OUT, model="tiny"), True, id="a smaller one"),
        pytest.param(DRIVEN_OUT, DRIVEN_OUT, False, id="loaded again in the same place"),
        pytest.param(ON_CARD, replace(ON_CARD, reason=message("other words")), False, id="the place counts"),
    ],
)
def test_what_is_told(before: Placement | None, now: Placement, told: bool) -> None:
    state, effects = advance(State(speech=before), SpeechPlaced(now))
    assert state.speech == now
    assert [effect.body for effect in effects if isinstance(effect, do.Notify)] == [now.said] * told
