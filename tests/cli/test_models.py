"""`etoile models`: choosing a model, and finding out how little it must be shown."""

import shutil
import subprocess
from pathlib import Path

import pytest

from etoile.config import load
from etoile.speech import models
from tests.cli.test_cli import Line, etoile
from tests.needs import need
from tests.speech.fake_hub import FakeHub

__all__ = ["etoile"]

MODEL = Path(__file__).parents[1] / "speech_model" / "model"


def test_a_model_is_chosen(etoile: Line) -> None:
    assert etoile("models", "use", str(MODEL)) == 0
    assert load(etoile.settings, must_exist=True).speech.model == str(MODEL)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("use",), "Which model?", id="none named"),
        pytest.param(("use", "base"), "not on this computer", id="not there yet"),
        pytest.param(("use", "basse"), 'Did you mean "base"?', id="no such model"),
        pytest.param(("check",), "Which recordings?", id="no recording"),
    ],
)
def test_what_cannot_be_is_told(arguments: tuple[str, ...], says: str, etoile: Line) -> None:
    before = etoile.settings.read_text()
    assert etoile("models", *arguments) != 0
    assert says in etoile.err
    assert etoile.settings.read_text() == before


def test_recordings_tell_which_context_is_safe(etoile: Line, tmp_path: Path) -> None:
    need(shutil.which("espeak-ng"), "needs espeak-ng")
    files = []
    for number, text in enumerate(("Monte le son.", "Quelle heure est-il ?")):
        files.append(str(tmp_path / f"{number}.wav"))
        subprocess.run(["espeak-ng", "-v", "fr", "-w", files[-1], text], check=True, timeout=60)
    etoile.settings.write_text(f'[speech]\nmodel = "{MODEL}"\ndevice = "cpu"\nlanguage = "fr"\n')
    assert etoile("models", "check", *files, "--json") == 0
    assert [line["context_s"] for line in etoile.lines] == [5.0, 10.0, 15.0]
    assert all(line["words"] == 7 for line in etoile.lines)
    assert all(line["elapsed_ms"] > 0 and line["whole_ms"] > 0 for line in etoile.lines)
    assert "prove little" in etoile.err
    assert "context_s = " in etoile.err


def put_model(name: str) -> Path:
    folder = models.home() / name
    folder.mkdir(parents=True)
    for file in ("config.json", "model.bin", "tokenizer.json", "vocabulary.json"):
        (folder / file).write_text("x")
    return folder


def test_the_list_tells_what_there_is(etoile: Line) -> None:
    put_model("tiny")
    (put_model("small") / "model.bin").write_bytes(b"")
    (models.home() / ".medium.part").mkdir()
    assert etoile("models", "--json") == 0
    lines = {line["name"]: line for line in etoile.lines}
    states = {name: lines[name]["state"] for name in ("tiny", "small", "medium", "base")}
    assert states == {"tiny": "installed", "small": "damaged", "medium": "begun", "base": "absent"}
    assert (lines["base"]["used"], lines["base"]["languages"], lines["tiny"]["installed"]) == (True, 99, True)
    assert etoile("models") == 0
    assert "damaged" in etoile.out


def test_the_model_in_use_is_removed_only_when_somebody_says_so(etoile: Line) -> None:
    folder = put_model("base")
    assert etoile("models", "remove", "base") == 2
    assert "Etoile listens by base" in etoile.err
    assert folder.exists()
    assert etoile("models", "remove", "base", "--yes") == 0
    assert not folder.exists()
    put_model("tiny")
    assert etoile("models", "remove", "tiny") == 0


def test_a_download_tells_how_far_it_is(etoile: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeHub(dict.fromkeys(("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"), b"x" * 200000)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert etoile("models", "download", "tiny", "--json") == 0
    assert etoile.lines[0] == {"name": "tiny", "received_bytes": 0, "total_bytes": 800_000}
    assert etoile.lines[-1] == {"name": "tiny", "received_bytes": 800_000, "total_bytes": 800_000}
    etoile.settings.write_text("[speech]\noffline = true\n")
    assert etoile("models", "download", "base") != 0
    assert "stay offline" in etoile.err
