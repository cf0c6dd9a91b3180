"""`etoile models`: choosing a model, and finding out how little it must be shown."""

import shutil
import subprocess
from pathlib import Path

import pytest

from etoile.config import load
from tests.cli.test_cli import Line, etoile
from tests.needs import need

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
        subprocess.run(["espeak-ng", "-v", "fr", "-w", files[-1], text], check=True, timeout=20)
    etoile.settings.write_text(f'[speech]\nmodel = "{MODEL}"\ndevice = "cpu"\nlanguage = "fr"\n')
    assert etoile("models", "check", *files, "--json") == 0
    assert [line["context_s"] for line in etoile.lines] == [5.0, 10.0, 15.0]
    assert all(line["words"] == 7 for line in etoile.lines)
    assert all(line["elapsed_ms"] > 0 and line["whole_ms"] > 0 for line in etoile.lines)
    assert "prove little" in etoile.err
    assert "context_s = " in etoile.err
