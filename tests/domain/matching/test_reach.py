import pytest

from etoile.domain.matching.parsing import parse
from etoile.domain.matching.reach import Reach
from etoile.domain.matching.values import values_of

FILE = """
[words]
stop = "the"
light = "today"
[concepts]
seek = ["look * up", "search for"]
[phrases]
"audio.mute" = ["can you mute sound"]
"note.create" = ["can you note {text}", "note down {text}"]
"browser.search" = ["<seek> {query}", "can you find {query}"]
"""
CATALOGUE = parse([("x.toml", FILE)], "en")
REACH = Reach(CATALOGUE, values_of(CATALOGUE, {}))


@pytest.mark.parametrize(
    ("said", "commands"),
    [
        ("can you mute the sound", ["audio.mute"]),
        ("mute the sound today", ["audio.mute"]),
        ("can you note milk and bread", ["note.create"]),
        ("can you find milk", ["browser.search"]),
        ("can you close the window", []),
        ("can you mute the cake", []),
        ("search for milk", ["browser.search"]),
        ("search the milk", []),
        ("milk down", []),
    ],
)
def test_what_words_can_all_be_said_for(said: str, commands: list[str]) -> None:
    assert CATALOGUE.commands(REACH.commands(said.split())) == commands


def test_free_text_may_stand_behind_the_end_of_a_concept_in_two() -> None:
    assert "browser.search" in CATALOGUE.commands(REACH.commands(["look", "milk", "up"]))


def test_a_slip_may_still_hide_what_stands_before_free_text() -> None:
    assert REACH.meet(["can", "you", "nte", "milk"])
    assert not REACH.commands(["can", "you", "nte", "milk"])
