"""The frozen program does without Python what Etoile does with it; tests/desktop tries the rest."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gpu.simulated_driver import SimulatedDriver
from tests.llm.fake_node import FakeNode, Script
from tests.needs import need

ROOT = Path(__file__).parents[2]
Etoile = Callable[..., "subprocess.CompletedProcess[str]"]


def lines(done: "subprocess.CompletedProcess[str]") -> list[dict[str, object]]:
    """Return the JSON lines that a command printed, which must have worked."""
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_tells_the_versions_of_its_parts(etoile: Etoile) -> None:
    [told] = lines(etoile("version", "--json"))
    assert told["frozen"] is True
    asked = {"PySide6-Essentials", "faster-whisper", "keyring", "SQLite"}
    assert {name.lower() for name in asked} <= {name.lower() for name in told["parts"]}  # type: ignore[attr-defined]


def test_it_matches_in_both_languages(etoile: Etoile) -> None:
    for sentence, command in (("turn up the volume", "audio.volume.up"), ("monte le son", "audio.volume.up")):
        [told] = lines(etoile("match", sentence, "--json"))
        assert told["command"] == command


def test_it_speaks_french(etoile: Etoile) -> None:
    assert etoile("help", env={"LANG": "fr_FR.UTF-8"}).stdout.startswith("Sujets")


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "flac", "m4a", "film with sound"])
def test_it_hears_what_was_said_in_a_file(etoile: Etoile, tmp_path: Path, kind: str) -> None:
    espeak = shutil.which("espeak-ng")
    need(espeak, "espeak-ng is not installed")
    spoken = tmp_path / "spoken.wav"
    subprocess.run([str(espeak), "-v", "fr", "-s", "160", "-w", spoken, "Coupe le son."], check=True)
    file = spoken if kind == "wav" else converted(spoken, tmp_path, kind)
    settings = tmp_path / "config.toml"
    settings.write_text(f'[speech]\nmodel = "{ROOT / "tests/speech_model/model"}"\nlanguage = "fr"\n', "utf-8")
    done = etoile("transcribe", str(file), env={"ETOILE_CONFIG": str(settings)})
    assert "coupe le son" in done.stdout.lower(), done.stdout + done.stderr


def converted(spoken: Path, folder: Path, kind: str) -> Path:
    """Return what was spoken in another format; a film has pictures beside it."""
    import av

    film = kind == "film with sound"
    file = folder / ("film.mkv" if film else f"spoken.{kind}")
    with av.open(str(spoken)) as source, av.open(str(file), "w") as target:
        codec = {"mp3": "libmp3lame", "ogg": "libopus", "flac": "flac"}.get(kind, "aac")
        sound = target.add_stream(codec, rate=48_000 if codec == "libopus" else 44_100, layout="mono")
        if film:
            picture = target.add_stream("mpeg4", rate=10)
            picture.width, picture.height, picture.pix_fmt = 128, 128, "yuv420p"
            target.mux(picture.encode(av.VideoFrame(128, 128, "yuv420p")))
            target.mux(picture.encode())
        resampler = av.AudioResampler(sound.format.name, "mono", sound.rate, frame_size=sound.frame_size)
        for frame in [*source.decode(audio=0), None]:
            for piece in resampler.resample(frame):
                target.mux(sound.encode(piece))
        target.mux(sound.encode())
    return file


def test_it_routes_a_question_to_a_node(etoile: Etoile, tmp_path: Path) -> None:
    with FakeNode(Script(answer="Because of scattering.")) as node:
        settings = tmp_path / "config.toml"
        settings.write_text(
            f'[routing]\ndiscover = false\n[[nodes]]\nname = "M1"\nurl = "{node.url}"\nmodel = "tiny"\n', "utf-8"
        )
        done = etoile("ask", "why is the sky blue?", "--json", env={"ETOILE_CONFIG": str(settings)})
        assert "Because of scattering." in done.stdout, done.stderr


def test_it_reads_gpus_through_its_own_second_process(etoile: Etoile, built_driver: Path, tmp_path: Path) -> None:
    driver = SimulatedDriver(built_driver, tmp_path / "driver")
    cards = lines(etoile("gpu", "--json", env={"LD_LIBRARY_PATH": str(driver.folder)}))
    assert [card["name"] for card in cards] == [f"Simulated GPU {index}" for index in range(6)]


def test_its_doctor_finds_the_voice_and_the_stores_well(etoile: Etoile) -> None:
    done = etoile("doctor", "--json")
    told = {line["check"]: line["ok"] for line in map(json.loads, done.stdout.splitlines())}
    assert told["voice"] is not False
    assert all(told[check] for check in ("versions", "settings", "commands", "store etoile.db", "store metrics.db"))


def test_it_runs_nothing_but_its_own_children(etoile: Etoile) -> None:
    refused = etoile("-m", "this")
    assert refused.returncode == 2
    assert "Zen" not in refused.stdout
