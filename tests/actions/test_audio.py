"""Loudness: what the sound server says, what it is told, and the way back."""

import pytest

from etoile.actions.audio import Loudness, read_pactl, read_wpctl
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, Scene

SINK = "@DEFAULT_SINK@"


def pactl(programs: FakePrograms, *, percent: int = 40, muted: bool = False, end: str = "sink") -> None:
    """Install a pactl whose server is this loud."""
    name = SINK if end == "sink" else "@DEFAULT_SOURCE@"
    volume = f"Volume: front-left: 26214 /  {percent}% / -23.88 dB,   front-right: 26214 /  {percent}% / -23.88 dB"
    answers = {f"get-{end}-volume {name}": volume, f"get-{end}-mute {name}": f"Mute: {'yes' if muted else 'no'}"}
    programs.add("pactl", answers)


def written(programs: FakePrograms) -> list[tuple[str, ...]]:
    """Return the calls that changed something."""
    return [call for call in programs.calls() if call[1].startswith("set-")]


@pytest.mark.parametrize(
    ("volume", "mute", "expected"),
    [
        ("Volume: mono: 32768 /  50% / -18.06 dB\n        balance 0.00", "Mute: no", Loudness(50, muted=False)),
        ("Volume: front-left: 1 / 30% / x, front-right: 2 / 60% / x", "Mute: yes", Loudness(60, muted=True)),
        ("Volume: front-left: 99957 / 153% / 11.00 dB", "Mute: no", Loudness(153, muted=False)),
    ],
)
def test_what_pactl_writes(volume: str, mute: str, expected: Loudness) -> None:
    assert read_pactl(volume, mute) == expected


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("Volume: 0.40\n", Loudness(40, muted=False)),
        ("Volume: 1.00 [MUTED]\n", Loudness(100, muted=True)),
        ("Volume: 0.29\n", Loudness(29, muted=False)),
    ],
)
def test_what_wpctl_writes(volume: str, expected: Loudness) -> None:
    assert read_wpctl(volume) == expected


@pytest.mark.parametrize("garbage", ["", "Connection failure", "No default sink"])
def test_garbage_is_no_volume(garbage: str) -> None:
    with pytest.raises(ActionFailed):
        read_pactl(garbage, "Mute: no")
    with pytest.raises(ActionFailed):
        read_wpctl(garbage)


@pytest.mark.parametrize(
    ("command", "slots", "before", "muted_before", "percent", "mute"),
    [
        ("audio.volume.set", {"level": 40}, 70, False, "40%", "0"),
        ("audio.volume.set", {"level": 40}, 70, True, "40%", "0"),
        ("audio.volume.up", {}, 40, False, "50%", "0"),
        ("audio.volume.up", {}, 95, False, "100%", "0"),
        ("audio.volume.up", {}, 130, False, "130%", "0"),
        ("audio.volume.up", {}, 40, True, "50%", "0"),
        ("audio.volume.down", {}, 40, False, "30%", "0"),
        ("audio.volume.down", {}, 130, False, "120%", "0"),
        ("audio.volume.down", {}, 5, False, "0%", "0"),
        ("audio.volume.down", {}, 40, True, "30%", "1"),
        ("audio.mute", {}, 40, False, "40%", "1"),
        ("audio.unmute", {}, 40, True, "40%", "0"),
    ],
)
def test_the_speaker_gets_exactly_this(
    scene: Scene,
    programs: FakePrograms,
    command: str,
    slots: dict[str, int],
    before: int,
    muted_before: bool,
    percent: str,
    mute: str,
) -> None:
    pactl(programs, percent=before, muted=muted_before)
    scene.do(command, **slots)
    assert written(programs) == [("pactl", "set-sink-volume", SINK, percent), ("pactl", "set-sink-mute", SINK, mute)]


def test_undo_restores_volume_and_mute(scene: Scene, programs: FakePrograms) -> None:
    pactl(programs, percent=70, muted=True)
    scene.do("audio.volume.set", level=20)
    assert scene.do("assistant.undo") == "Undone: Set the volume to 20 %. The sound is off."
    assert written(programs)[2:] == [
        ("pactl", "set-sink-volume", SINK, "70%"),
        ("pactl", "set-sink-mute", SINK, "1"),
    ]


@pytest.mark.parametrize("level", [-1, 101, 400, "loud"])
def test_a_level_out_of_range_is_refused_before_anything_runs(
    scene: Scene, programs: FakePrograms, level: int | str
) -> None:
    pactl(programs)
    with pytest.raises(ActionFailed) as error:
        scene.do("audio.volume.set", level=level)
    assert error.value.remedy
    assert programs.calls() == []


def test_muting_the_microphone_says_the_way_back_without_a_voice(scene: Scene, programs: FakePrograms) -> None:
    pactl(programs, end="source")
    assert "Type “unmute the microphone”" in scene.do("audio.mic.mute")
    assert ("pactl", "set-source-mute", "@DEFAULT_SOURCE@", "1") in programs.calls()


def test_pipewire_without_pulse_is_reached_through_wireplumber(scene: Scene, programs: FakePrograms) -> None:
    programs.add("pactl", "Connection failure: Connection refused", code=1)
    programs.add("wpctl", {"get-volume @DEFAULT_AUDIO_SINK@": "Volume: 0.40"})
    assert scene.do("audio.volume.up") == "The volume is at 50 %."
    assert programs.calls()[-2:] == [
        ("wpctl", "set-volume", "@DEFAULT_AUDIO_SINK@", "0.50"),
        ("wpctl", "set-mute", "@DEFAULT_AUDIO_SINK@", "0"),
    ]


def test_no_sound_program_says_what_to_install(scene: Scene, programs: FakePrograms) -> None:
    with pytest.raises(ActionFailed) as error:
        scene.do("audio.mute")
    assert error.value.remedy
    assert error.value.remedy.values["package"] == "pulseaudio-utils"


def test_no_sound_server_says_what_pactl_said(scene: Scene, programs: FakePrograms) -> None:
    programs.add("pactl", "Connection failure: Connection refused", code=1)
    with pytest.raises(ActionFailed, match="Connection refused") as error:
        scene.do("audio.mute")
    assert error.value.remedy


def test_macos_is_told_by_osascript(programs: FakePrograms) -> None:
    programs.add(
        "osascript",
        {
            "-e output volume of (get volume settings)": "40",
            "-e output muted of (get volume settings)": "false",
        },
    )
    Scene(system="darwin").do("audio.volume.down")
    assert programs.calls()[-1] == ("osascript", "-e", "set volume output volume 30 output muted false")
