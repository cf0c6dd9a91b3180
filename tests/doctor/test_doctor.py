"""The doctor on machines of the tests: bare, with files that are damaged, with cards that are not well."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from etoile.config import FOLDERS
from tests.cli.test_cli import NO_DISCOVERY, Line, etoile
from tests.gpu.conftest import built_driver, driver
from tests.gpu.simulated_driver import SimulatedDriver

__all__ = ["built_driver", "driver", "etoile"]

MODEL = Path(__file__).parents[1] / "speech_model" / "model"


def examined(etoile: Line, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code and the lines by check."""
    code = etoile("doctor", "--json", *arguments)
    return code, {line["check"]: line for line in etoile.lines}


def test_a_bare_machine_is_not_ill(etoile: Line) -> None:
    code, lines = examined(etoile)
    assert code == 0
    assert [name for name, line in lines.items() if line["ok"] is False] == []
    assert all(line["remedy"] for line in lines.values() if line["ok"] is None)
    assert all(line["remedy"] is None for line in lines.values() if line["ok"])
    assert lines.keys() >= {
        "gpu",
        "disk",
        "settings",
        "commands",
        "skills",
        "plans",
        "store etoile.db",
        "microphone",
        "wake_word",
        "talk_key",
    }
    assert lines.keys() >= {
        "voice",
        "speech_model",
        "placement",
        "nodes",
        "keyring",
        "notifications",
        "tray",
        "versions",
    }


def test_it_speaks_french(etoile: Line) -> None:
    assert etoile("--language", "fr", "doctor") == 0
    assert etoile.out
    assert etoile.err == ""


@pytest.mark.parametrize(
    ("settings", "check", "says"),
    [
        ('[speech]\nmodel = "base"\n', "speech_model", "models download base"),
        ('[speech]\nmicrophone = "Rode"\n', "microphone", ""),
        ('[speech]\ndevice = "cuda"\n', "placement", "cuda"),
        ('[[nodes]]\nname = "M1"\nurl = "http://127.0.0.1:9"\n', "node M1", "Start the server"),
        (
            '[[nodes]]\nname = "M1"\nurl = "http://127.0.0.1:9"\ngpus = "http://127.0.0.1:9/metrics"\n',
            "exporter M1",
            "exporter",
        ),
    ],
)
def test_what_was_asked_for_and_does_not_work_is_wrong(etoile: Line, settings: str, check: str, says: str) -> None:
    etoile.settings.write_text(NO_DISCOVERY + settings)
    code, lines = examined(etoile)
    assert code == 1
    assert lines[check]["ok"] is False
    assert says in lines[check]["remedy"]


def test_a_model_that_is_half_there_is_wrong_whoever_asked_for_it(etoile: Line) -> None:
    half = Path(FOLDERS.user_data_dir) / "models" / "base"
    half.mkdir(parents=True)
    (half / "config.json").write_text("{}")
    code, lines = examined(etoile)
    assert (code, lines["speech_model"]["ok"]) == (1, False)
    assert "not whole" in lines["speech_model"]["detail"]


def test_a_whole_model_is_told_with_its_place(etoile: Line) -> None:
    etoile.settings.write_text(f'{NO_DISCOVERY}[speech]\nmodel = "{MODEL}"\n')
    code, lines = examined(etoile)
    assert (code, lines["speech_model"]["ok"], lines["placement"]["ok"]) == (0, True, True)
    assert "on the CPU" in lines["placement"]["detail"]


@pytest.mark.parametrize(
    ("path", "content", "check"),
    [
        ("commands/en/mine.toml", "nonsense =", "commands"),
        ("skills/broken.toml", "nonsense =", "skills"),
        ("plans/round.toml", '[[units]]\nid = "a"\nrole = "code"\nafter = ["a"]', "plans"),
    ],
)
def test_a_broken_file_of_the_user_is_wrong(etoile: Line, path: str, content: str, check: str) -> None:
    file = Path(FOLDERS.user_config_dir) / path
    file.parent.mkdir(parents=True)
    file.write_text(content)
    code, lines = examined(etoile)
    assert (code, lines[check]["ok"]) == (1, False)
    assert file.name in lines[check]["detail"]
    assert lines[check]["remedy"]


def test_a_damaged_history_is_wrong_and_a_sound_one_is_not(etoile: Line) -> None:
    folder = Path(FOLDERS.user_data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(folder / "metrics.db") as sound:
        sound.execute("CREATE TABLE t (x)")
    sound.close()
    (folder / "etoile.db").write_bytes(b"this was a database once" * 100)
    code, lines = examined(etoile)
    assert (code, lines["store etoile.db"]["ok"], lines["store metrics.db"]["ok"]) == (1, False, True)
    assert "damaged" in lines["store etoile.db"]["detail"]


def test_settings_that_others_may_change_are_wrong(etoile: Line) -> None:
    etoile.settings.chmod(0o666)
    code, lines = examined(etoile)
    assert (code, lines["settings"]["ok"]) == (1, False)


def test_cards_and_the_place_of_speech_on_them(
    etoile: Line, driver: SimulatedDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etoile.doctor.hearing._has_cublas", lambda: True)
    code, lines = examined(etoile)
    assert code == 0
    assert lines["gpu"]["ok"] is True
    assert "NVIDIA driver 610.57" in lines["gpu"]["detail"]
    assert "Speech: base on Simulated GPU" in lines["placement"]["detail"]
    driver.say("set * temperature 91")
    code, lines = examined(etoile)
    assert "is hot" in lines["placement"]["detail"]


def test_a_card_that_is_lost_is_wrong(etoile: Line, driver: SimulatedDriver) -> None:
    driver.say("error 3 * 15")
    code, lines = examined(etoile)
    assert (code, lines["gpu"]["ok"]) == (1, False)
    assert "not answering" in lines["gpu"]["detail"]
