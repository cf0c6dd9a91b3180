"""What a model may propose, and what is refused whatever it says."""

import pytest

from etoile.domain.commands import COMMANDS, KILL, ON_THE_WINDOW_IN_FRONT
from etoile.domain.proposals import PROPOSABLE, Unfit, candidate_of, written

HERE = {"app": ("Firefox", "Terminal"), "node": ("M1",), "language": ("en", "fr")}


@pytest.mark.parametrize(
    ("command", "slots", "proposed"),
    [
        ("audio.mute", {}, {}),
        ("audio.volume.set", {"level": 40}, {"level": 40}),
        ("app.open", {"app": "firefox"}, {"app": "Firefox"}),
        ("alarm.set", {"time": "07:30"}, {"time": "07:30"}),
        ("browser.open_site", {"site": "example.org"}, {"site": "example.org"}),
        ("note.create", {"text": " buy milk "}, {"text": "buy milk"}),
        ("power.shutdown", {}, {}),
    ],
)
def test_a_command_with_its_slots_is_proposed(
    command: str, slots: dict[str, object], proposed: dict[str, object]
) -> None:
    candidate = candidate_of(command, slots, HERE)
    assert (candidate.command, dict(candidate.slots)) == (command, proposed)


@pytest.mark.parametrize(
    ("command", "slots"),
    [
        ("rm -rf /", {}),
        (None, {}),
        (["audio.mute"], {}),
        ("assistant.undo", {}),
        ("skills.run", {"skill": "night"}),
        ("consensus.run", {"query": "x"}),
        ("node.ask", {"query": "x"}),
        ("dictation.type", {"text": "x"}),
        (KILL, {"process": "python"}),
        ("audio.volume.set", {}),
        ("audio.volume.set", {"level": 101}),
        ("audio.volume.set", {"level": -1}),
        ("audio.volume.set", {"level": True}),
        ("audio.volume.set", {"level": "40"}),
        ("audio.volume.set", {"level": 40, "app": "Firefox"}),
        ("audio.mute", {"level": 40}),
        ("timer.set", {"seconds": 0}),
        ("alarm.set", {"time": "25:00"}),
        ("app.open", {"app": "/bin/sh"}),
        ("app.open", {"app": ""}),
        ("app.open", {"app": 7}),
        ("service.stop", {"service": "ssh"}),
        ("browser.open_site", {"site": "file:///etc/passwd"}),
        ("note.create", {"text": "one\ntwo"}),
        ("note.create", {"text": "x" * 501}),
        ("audio.volume.set", "level"),
    ],
)
def test_what_is_unknown_or_does_not_fit_is_refused(command: object, slots: object) -> None:
    with pytest.raises(Unfit):
        candidate_of(command, slots, HERE)


def test_nothing_that_needs_a_look_at_the_machine_can_be_proposed() -> None:
    assert not ON_THE_WINDOW_IN_FRONT & set(PROPOSABLE)
    assert set(PROPOSABLE) < set(COMMANDS)


def test_it_is_shown_word_for_word() -> None:
    assert written("audio.volume.set", {"level": 40}) == "audio.volume.set level=40"
    assert written("audio.mute", {}) == "audio.mute"
