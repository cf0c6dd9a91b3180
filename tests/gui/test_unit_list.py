"""The units of a request in the window: a shape of its own for how far each is, and words that say the same."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.commander.units import UnitStatus
from etoile.domain.turn import step
from etoile.gui.design import Look
from etoile.gui.entry_view import EntryView
from etoile.gui.label import DOT, Label
from etoile.gui.transcript import follow
from etoile.gui.unit_list import SIGNS, UnitList
from tests.gui import states


def shown(view: EntryView) -> list[str]:
    """Return the text of the visible rows."""
    labels = [label for rows in view.findChildren(UnitList) for label in rows.findChildren(Label)]
    seen = [label for label in labels if not label.isHidden() and not label.parentWidget().isHidden()]
    return [label.text().replace(DOT, " · ") for label in seen]


def test_every_status_has_a_shape_of_its_own() -> None:
    assert len(set(SIGNS.values())) == len(UnitStatus)


def test_rows_come_change_and_go_with_the_units(qtbot: QtBot, look: Look) -> None:
    view = EntryView(look, lambda: None, lambda shown: None, lambda text: None, lambda wanted: None)
    qtbot.addWidget(view)
    for turn, rows, notes in (
        (states.ANSWERED, [], ""),
        (states.REVIEWING, ["Write code · M1 · done · 2.1 s", "Review · M2 · running"], ""),
        (
            states.REVIEWED,
            ["Write code · M1 · done · 0.85 · 2.1 s", "Review · M2 · done · 1.8 s"],
            "M2 reviewed it: 0.85 of 1.",
        ),
        (replace(states.REVIEWED, units=states.REVIEWED.units[:1]), ["Write code · M1 · done · 0.85 · 2.1 s"], ""),
        (states.ASKED, [], ""),
    ):
        [entry] = follow((), turn)
        view.show_entry(entry)
        assert shown(view) == rows
        assert any(label.text() == notes for label in view.findChildren(Label)) or not notes


def test_a_plan_that_was_cancelled_shows_what_was_stopped() -> None:
    cancelled, _ = step(states.EVERY_STATUS, on.Cancelled())
    statuses = [str(unit.status) for unit in cancelled.units]
    assert statuses == ["stopped", "stopped", "done", "failed", "skipped", "stopped"]
