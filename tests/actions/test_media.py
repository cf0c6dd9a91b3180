"""Players over D-Bus: which one is meant, and what it is told."""

import pytest

from etoile.actions.media import players_in, status_in
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, Scene

BUS = "--session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.ListNames"
NAMES = """\
method return time=1.2 sender=org.freedesktop.DBus -> destination=:1.3 serial=3 reply_serial=2
   array [
      string "org.freedesktop.DBus"
      string ":1.5"
      string "org.mpris.MediaPlayer2.{one}"
      string "org.mpris.MediaPlayer2.{other}"
   ]"""


def players(programs: FakePrograms, **statuses: str) -> None:
    """Install a session bus on which two players do this."""
    one, other = statuses
    question = "org.freedesktop.DBus.Properties.Get string:org.mpris.MediaPlayer2.Player string:PlaybackStatus"
    answers = {BUS: NAMES.format(one=one, other=other)}
    for name, status in statuses.items():
        asked = f"--session --print-reply --dest=org.mpris.MediaPlayer2.{name} /org/mpris/MediaPlayer2 {question}"
        answers[asked] = f'   variant       string "{status}"'
    programs.add("dbus-send", answers)


def told(programs: FakePrograms) -> list[tuple[str, str]]:
    """Return which player was told what."""
    return [
        (call[3].rpartition(".")[2], call[5].rpartition(".")[2])
        for call in programs.calls()
        if "MediaPlayer2.Player." in call[5]
    ]


def test_what_the_bus_answers() -> None:
    assert players_in(NAMES.format(one="vlc", other="spotify.instance7")) == [
        "org.mpris.MediaPlayer2.vlc",
        "org.mpris.MediaPlayer2.spotify.instance7",
    ]
    assert status_in('   variant       string "Paused"') == "Paused"
    assert status_in("") == "Stopped"


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
    scene: Scene, programs: FakePrograms, command: str, vlc: str, mpv: str, expected: list[tuple[str, str]]
) -> None:
    players(programs, vlc=vlc, mpv=mpv)
    scene.do(command)
    assert told(programs) == expected


def test_undo_of_a_pause_plays_what_was_paused(scene: Scene, programs: FakePrograms) -> None:
    players(programs, vlc="Stopped", mpv="Playing")
    scene.do("media.pause")
    scene.do("assistant.undo")
    assert told(programs) == [("mpv", "Pause"), ("mpv", "Play")]


def test_pausing_silence_is_said(scene: Scene, programs: FakePrograms) -> None:
    players(programs, vlc="Stopped", mpv="Paused")
    with pytest.raises(ActionFailed, match="Nothing is playing"):
        scene.do("media.pause")


def test_no_player(scene: Scene, programs: FakePrograms) -> None:
    programs.add("dbus-send", 'string "org.freedesktop.DBus"')
    with pytest.raises(ActionFailed, match="No player is open"):
        scene.do("media.play")


def test_macos_tells_music(programs: FakePrograms) -> None:
    programs.add("osascript")
    Scene(system="darwin").do("media.next")
    assert programs.calls() == [("osascript", "-e", 'tell application "Music" to next track')]
