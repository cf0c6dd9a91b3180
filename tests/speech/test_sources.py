"""The microphones of a sound server, as `pactl` tells them."""

import json
import os

import pytest

from etoile.speech import sources as module
from etoile.speech.sources import Source, chosen, find, sources

TOLD = json.dumps(
    [
        {"name": "speaker.monitor", "description": "Monitor of Speaker", "monitor_source": "speaker"},
        {
            "name": "alsa_input.usb-Blue_Yeti",
            "description": "Blue Yeti",
            "monitor_source": "",
            "mute": True,
            "state": "SUSPENDED",
            "volume": {"front-left": {"value_percent": "40%"}, "front-right": {"value_percent": "55%"}},
        },
        {"name": "mic", "description": None, "monitor_source": "", "mute": False, "state": "IDLE"},
    ]
)
YETI = Source("alsa_input.usb-Blue_Yeti", "Blue Yeti", muted=True, volume_percent=55, suspended=True)


def answering(monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module, "_pactl", lambda *arguments: answer)


def test_microphones_are_listed_without_what_loudspeakers_play(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, TOLD)
    assert sources() == (YETI, Source("mic", "mic"))


@pytest.mark.parametrize("answer", [None, "", "[", "{}", "[1]", '[{"description": "no name"}]'])
def test_a_server_that_answers_nonsense_has_none(monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
    answering(monkeypatch, answer)
    assert sources() == ()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("blue yeti", YETI),
        ("Yeti", YETI),
        ("ALSA_INPUT.usb-Blue_Yeti", YETI),
        ("mic", Source("mic", "mic")),
        ("usb mic", None),
    ],
)
def test_one_is_found_by_what_it_is_called(name: str, found: Source | None) -> None:
    assert find(name, (Source("other", "A mic of others"), YETI, Source("mic", "mic"))) == found


def test_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "before")
    monkeypatch.delenv("PIPEWIRE_NODE", raising=False)
    with chosen(YETI):
        assert os.environ["PULSE_SOURCE"] == os.environ["PIPEWIRE_NODE"] == YETI.name
    assert os.environ["PULSE_SOURCE"] == "before"
    assert "PIPEWIRE_NODE" not in os.environ
    with chosen(None):
        assert os.environ["PULSE_SOURCE"] == "before"
