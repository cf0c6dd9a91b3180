"""The user's own commands: checked, tried out and kept, beside files that he wrote himself."""

from pathlib import Path

import pytest

from etoile.catalogue import load_catalogues
from etoile.errors import ConfigError
from etoile.parts.own_commands import BEGINNING, OwnCommands
from etoile.text import Message, render

THUNDER = '[phrases]\n"audio.mute" = ["thunder and lightning go away"]\n'


@pytest.fixture
def own(tmp_path: Path) -> OwnCommands:
    return OwnCommands(dict, lambda: tmp_path / "commands")


def said(meaning: Message | None) -> str:
    assert meaning
    return render(meaning, "en")


def test_what_one_begins_with_is_in_order_and_adds_nothing(own: OwnCommands) -> None:
    assert own.read("en") == BEGINNING
    assert own.meaning("en", BEGINNING, "") is None
    assert said(own.meaning("en", BEGINNING, "thunder and lightning go away")).startswith("It would go to the nodes")


def test_a_phrase_is_tried_before_it_is_kept(own: OwnCommands, tmp_path: Path) -> None:
    assert said(own.meaning("en", THUNDER, "thunder and lightning go away")) == "It would run: Mute the sound."
    assert not (tmp_path / "commands").exists()
    assert said(own.meaning("en", THUNDER, "do not mute the sound")).startswith("It would run nothing")


def test_what_is_kept_is_read_with_the_others(own: OwnCommands, tmp_path: Path) -> None:
    own.write("en", THUNDER)
    assert own.read("en") == THUNDER
    assert load_catalogues(tmp_path / "commands")["en"]
    assert said(own.meaning("en", own.read("en"), "thunder and lightning go away")).startswith("It would run")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[phrases", "own.toml"),
        ('[phrases]\n"audio.silence" = ["hush"]\n', "audio.silence"),
        ('[phrases]\n"audio.mute" = ["hush <nobody>"]\n', "nobody"),
    ],
)
def test_what_is_wrong_is_told_and_not_kept(own: OwnCommands, text: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong):
        own.meaning("en", text, "hush")
    with pytest.raises(ConfigError, match=wrong):
        own.write("en", text)
    assert own.read("en") == BEGINNING
