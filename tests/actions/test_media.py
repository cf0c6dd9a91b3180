"""Players over D-Bus: which one is meant, and what it is told."""

import pytest

from etoile.errors import ActionFailed
from tests.actions.fake_bus import FakeBus, Service
from tests.actions.fakes import FakePrograms, Scene

OBJECT = "/org/mpris/MediaPlayer2"


def player(bus: FakeBus, name: str, status: str) -> Service:
    """Put a player on the bus that does this."""
    properties = {(OBJECT, "PlaybackStatus"): ("s", status)}
    return bus.add(Service(f"org.mpris.MediaPlayer2.{name}", properties))


def told(*players: Service) -> list[tuple[str, str]]:
    """Return which player was told what."""
    return [(one.name.rpartition(".")[2], method) for one in players for method, _ in one.calls()]


@pytest.mark.parametrize(
    ("command", "vlc", "mpv", "expected"),
    [
        ("media.pause", "Playing", "Paused", [("vlc", "Pause")]),
        ("media.pause", "Playing", "Playing", [("vlc", "Pause"), ("mpv", "Pause")]),
        ("media.play", "Stopped", "Paused", [("mpv", "Play")]),
        ("media.play", "Playing", "Stopped", [("mpv", "Play")]),
        ("media.next", "Paused", "Playing", [("mpv", "Next")]),
        ("media.previous", "Paused", "Stopped", [("vlc", "Previous")]),
    ],
)
def test_the_right_player_is_told(
    scene: Scene, bus: FakeBus, command: str, vlc: str, mpv: str, expected: list[tuple[str, str]]
) -> None:
    players = (player(bus, "vlc", vlc), player(bus, "mpv", mpv))
    scene.do(command)
    assert told(*players) == expected


def test_undo_of_a_pause_plays_what_was_paused(scene: Scene, bus: FakeBus) -> None:
    players = (player(bus, "vlc", "Stopped"), player(bus, "mpv", "Playing"))
    scene.do("media.pause")
    scene.do("assistant.undo")
    assert told(*players) == [("mpv", "Pause"), ("mpv", "Play")]


def test_what_passes_on_to_a_player_is_not_told_too(scene: Scene, bus: FakeBus) -> None:
    players = (player(bus, "mpv", "Playing"), player(bus, "playerctld", "Playing"))
    scene.do("media.next")
    assert told(*players) == [("mpv", "Next")]


def test_pausing_silence_is_said(scene: Scene, bus: FakeBus) -> None:
    player(bus, "mpv", "Paused")
    with pytest.raises(ActionFailed, match="Nothing is playing"):
        scene.do("media.pause")


def test_no_player(scene: Scene, bus: FakeBus) -> None:
    with pytest.raises(ActionFailed, match="No player is open"):
        scene.do("media.play")


def test_a_player_that_refuses_is_quoted(scene: Scene, bus: FakeBus) -> None:
    player(bus, "mpv", "Playing").methods = {"Next": "org.mpris.Error.Last"}
    with pytest.raises(ActionFailed, match=r"org\.mpris\.MediaPlayer2\.mpv says: refused"):
        scene.do("media.next")


def test_no_bus(scene: Scene) -> None:
    with pytest.raises(ActionFailed, match="No D-Bus of the session"):
        scene.do("media.play")


def test_macos_tells_music(programs: FakePrograms) -> None:
    programs.add("osascript")
    Scene(system="darwin").do("media.next")
    assert programs.calls() == [("osascript", "-e", 'tell application "Music" to next track')]


@pytest.mark.parametrize(
    ("command", "written", "failure"),
    [
        ("media.pause", "2 1", None),
        ("media.pause", "2 2", None),
        ("media.pause", "2 0", "Nothing is playing"),
        ("media.play", "1 1", None),
        ("media.play", "1 0", "No player obeys"),
        ("media.next", "0 0", "No player is open"),
    ],
)
def test_windows_asks_its_players(programs: FakePrograms, command: str, written: str, failure: str | None) -> None:
    programs.add("powershell", written)
    scene = Scene(system="win32")
    if failure is None:
        scene.do(command)
    else:
        with pytest.raises(ActionFailed, match=failure):
            scene.do(command)
    [call] = programs.calls()
    assert call[1:4] == ("-NoProfile", "-NonInteractive", "-Command")
    assert "GlobalSystemMediaTransportControlsSessionManager" in call[4]
