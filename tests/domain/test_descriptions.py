"""Every command can be named, with its object."""

import pytest

from etoile.domain.commands import COMMANDS, ON_THE_WINDOW_IN_FRONT, WINDOW_SLOT, Command, Consequence
from etoile.domain.descriptions import consequence_of, describe
from etoile.domain.match import Candidate
from etoile.text import render


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_command_is_named_with_what_it_is_done_to(command: Command) -> None:
    slots = dict.fromkeys(command.slot_names, "XYZ")
    named = render(describe(Candidate(command=command.id, slots=slots)), "en")
    assert command.id not in named
    shown = set(slots) - {"seconds", "language", "voice"}
    assert not shown or "XYZ" in named


def test_a_timer_is_named_with_its_length() -> None:
    named = render(describe(Candidate(command="timer.set", slots={"seconds": 80})), "en")
    assert named.replace("\u00a0", " ") == "Set a timer of 1 min 20 s"


@pytest.mark.parametrize("command", sorted(ON_THE_WINDOW_IN_FRONT))
def test_a_window_is_named_where_it_is_known(command: str) -> None:
    known = Candidate(command=command, slots={WINDOW_SLOT: "notes.txt"})
    assert "notes.txt" in render(describe(known), "en")
    assert render(describe(Candidate(command=command)), "en")


DESTRUCTIVE = [command.id for command in COMMANDS.values() if command.consequence is Consequence.DESTRUCTIVE]


@pytest.mark.parametrize("command", DESTRUCTIVE)
def test_what_destroys_says_what_it_costs(command: str) -> None:
    assert consequence_of(command) is not None
