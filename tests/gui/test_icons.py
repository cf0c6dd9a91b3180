"""What the tray icon tells, and that each state has a shape of its own."""

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtGui import QImage

from etoile.domain import events as on
from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.nodes import NodeState
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase
from etoile.gui.icons import SIZES, TrayState, app_icon, tray_icon, tray_pixmap
from etoile.gui.tray_number import number_icon, number_pixmap
from etoile.gui.tray_state import tray_state
from tests.gui import states


def _with(*gpus: GpuReading, phase: Phase = Phase.IDLE, nodes: object = states.NODES) -> State:
    state = State(limits=states.LIMITS, nodes=nodes, turn=states.turn(phase=phase))  # type: ignore[arg-type]
    for at_s in (states.NOW_S, states.NOW_S + 1):
        state = advance(state, on.GpusRead(tuple(replace(gpu, at_s=at_s) for gpu in gpus), at_s))[0]
    return state


COOL, WARM, HOT = (states.gpu(temperature_c=degrees) for degrees in (60, 78, 90))


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (_with(COOL), TrayState.IDLE),
        (_with(COOL, nodes=()), TrayState.OFFLINE),
        (replace(_with(COOL, nodes=()), listening_for="jarvis"), TrayState.WATCHING),
        (replace(_with(WARM), listening_for="jarvis"), TrayState.WARNING),
        (_with(COOL, nodes=(states.node(state=NodeState.DOWN),)), TrayState.OFFLINE),
        (_with(COOL, nodes=(states.node(state=NodeState.UNCONFIRMED),)), TrayState.OFFLINE),
        (_with(COOL, nodes=(states.node(state=NodeState.BUSY),)), TrayState.IDLE),
        (_with(WARM, nodes=()), TrayState.WARNING),
        (_with(replace(COOL, state=GpuState.LOST)), TrayState.WARNING),
        (_with(WARM, phase=Phase.THINKING), TrayState.THINKING),
        (_with(WARM, phase=Phase.TRANSCRIBING), TrayState.THINKING),
        (_with(WARM, phase=Phase.CONFIRMING), TrayState.THINKING),
        (_with(WARM, phase=Phase.SPEAKING), TrayState.SPEAKING),
        (_with(WARM, phase=Phase.LISTENING), TrayState.LISTENING),
        (_with(HOT, phase=Phase.LISTENING), TrayState.CRITICAL),
    ],
)
def test_the_most_urgent_is_shown(state: State, shown: TrayState) -> None:
    assert tray_state(state) is shown


@pytest.mark.parametrize("size", [16, 22, 32])
def test_each_state_has_a_silhouette_of_its_own(qapp: object, size: int) -> None:
    """At 16 pixels and without colour, any two states differ in at least a tenth of the icon's points."""
    shapes = {state: _opaque(tray_pixmap(state, size, on_dark=True).toImage()) for state in TrayState}
    for one, other in combinations(TrayState, 2):
        different = len(shapes[one] ^ shapes[other])
        assert different >= size * size / 10, (one, other)


def _opaque(image: QImage) -> set[tuple[int, int]]:
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {(x, y) for x, y in points if image.pixelColor(x, y).alpha() > 127}


def test_nothing_touches_the_edge(qapp: object) -> None:
    for state in TrayState:
        image = tray_pixmap(state, 32, on_dark=True).toImage()
        edge = {(x, y) for x, y in _opaque(image) if 0 in (x, y) or 31 in (x, y)}
        assert not edge, state


def test_icons_come_in_every_size(qapp: object) -> None:
    icon = tray_icon(TrayState.IDLE, on_dark=True)
    assert {size.width() for size in icon.availableSizes()} == set(SIZES)
    assert not app_icon().isNull()
    centre = app_icon().pixmap(64, 64).toImage().pixelColor(32, 34)
    assert centre.lightness() > 200


@pytest.mark.parametrize("size", SIZES)
def test_every_temperature_can_be_told_from_every_other(qapp: object, size: int) -> None:
    drawn = {bytes(number_pixmap(value, TrayState.IDLE, size, on_dark=True).toImage().bits()) for value in range(121)}
    assert len(drawn) == 121


@pytest.mark.parametrize("size", SIZES)
def test_a_temperature_has_crisp_edges(qapp: object, size: int) -> None:
    """All of a digit's straight edges are on whole pixels: only round corners are not drawn in full."""
    image = number_pixmap(88, TrayState.IDLE, size, on_dark=True).toImage()
    inked = [image.pixelColor(x, y) for x in range(size) for y in range(size)]
    full = sum(colour.alpha() == 255 for colour in inked)
    assert full >= 0.8 * sum(colour.alpha() > 200 for colour in inked)
    assert full > size * size / 5


@pytest.mark.parametrize("size", [16, 22, 32])
def test_how_hot_it_is_is_told_by_the_outline_below_the_number(qapp: object, size: int) -> None:
    kinds = (TrayState.IDLE, TrayState.WARNING, TrayState.CRITICAL)
    shapes = {kind: _opaque(number_pixmap(88, kind, size, on_dark=True).toImage()) for kind in kinds}
    for one, other in combinations(kinds, 2):
        assert len(shapes[one] ^ shapes[other]) >= size * size / 10, (one, other)


def test_a_number_that_no_card_has_is_drawn_as_well(qapp: object) -> None:
    for value in (-40, 0, 5, 100, 4000):
        assert not number_icon(value, TrayState.IDLE, on_dark=False).isNull()
