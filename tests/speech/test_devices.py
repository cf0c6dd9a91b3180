"""Devices told by another process: what it tells is what sounddevice would, and nothing that ails it hurts us."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from etoile.errors import MicrophoneUnavailable
from etoile.speech import devices
from etoile.speech.devices import Devices, look
from etoile.speech.sound import SoundCard
from tests.desktop.rig import Desktop

FOUND = [{"name": "speaker", "max_input_channels": 0}, {"name": "mic", "max_input_channels": 1}]


def child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Have `program` run in the place of the one that tells."""

    def command(arguments: Sequence[str]) -> Sequence[str]:
        return [sys.executable, "-c", program]

    monkeypatch.setattr(devices, "own_python", command)


@pytest.mark.parametrize(
    ("default", "wanted", "said"),
    [(1, None, None), (1, "MI", None), (-1, None, "does not open"), (1, "usb", 'no microphone called "usb"')],
)
def test_it_is_asked_as_sounddevice_is(default: int, wanted: str | None, said: str | None) -> None:
    card = SoundCard(look=lambda: Devices(FOUND, {"input": default, "output": 0}))
    if said is None:
        card.check("input", wanted)
    else:
        with pytest.raises(MicrophoneUnavailable, match=said):
            card.check("input", wanted)


def test_what_the_libraries_print_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, """print('ALSA lib\\n{"found": [], "defaults": {"input": -1, "output": -1}}')""")
    assert look() == Devices([], {"input": -1, "output": -1})


def test_without_the_library_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, """print('{"error": "PortAudio library not found"}')""")
    with pytest.raises(OSError, match="not found"):
        look()


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        "import os; os.abort()",
        *(f"print({told!r})" for told in ("nonsense", "5", "{}", '"error"')),
    ],
)
def test_a_process_that_fails_tells_nothing(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    child(monkeypatch, program)
    assert look() is None


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "LOOK_S", 0.2)
    child(monkeypatch, "import time; time.sleep(3600)")
    assert look() is None


def test_a_process_that_does_not_start_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*command: Any, **options: Any) -> None:
        raise PermissionError("not today")

    monkeypatch.setattr(subprocess, "run", refused)
    assert look() is None


@pytest.mark.desktop
def test_the_microphone_of_the_desktop_is_found(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in desktop.env.items():
        monkeypatch.setenv(name, value)
    found = look()
    assert found is not None
    assert found.query_devices(kind="input")["max_input_channels"] > 0
