"""Settings written back: the rest of the file stays as the user wrote it, and nothing broken is ever written."""

import stat
from pathlib import Path

import pytest

from etoile.config import load
from etoile.config.writing import put
from etoile.errors import ConfigError

OWN = """\
# my settings
[thermal]
warning_c = 70   # a small case

[speech]
talk_key = "F8"
"""


def test_one_value_changes_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(OWN)
    path.chmod(0o640)
    put(path, "speech", "model", "small")
    assert path.read_text() == OWN + 'model = "small"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    put(path, "speech", "model", "tiny")
    assert path.read_text() == OWN + 'model = "tiny"\n'


def test_a_file_and_a_table_are_made_where_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "etoile" / "config.toml"
    put(path, "speech", "model", "small")
    assert load(path, must_exist=True).speech.model == "small"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text(OWN)
    link.symlink_to(real)
    put(link, "speech", "model", "small")
    assert link.is_symlink()
    assert 'model = "small"' in real.read_text()


@pytest.mark.parametrize(
    ("before", "section", "key", "value"),
    [
        pytest.param("[speech\n", "speech", "model", "small", id="broken already"),
        pytest.param(OWN, "speech", "modell", "small", id="no such key"),
        pytest.param(OWN, "speech", "rate_wpm", 5000, id="out of range"),
        pytest.param(OWN, "thermal", "warning_c", 90, id="against another value"),
    ],
)
def test_what_would_be_broken_is_not_written(
    before: str, section: str, key: str, value: str | float, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(before)
    with pytest.raises(ConfigError):
        put(path, section, key, value)
    assert path.read_text() == before
    assert list(tmp_path.glob("*config*")) == [path]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "taken" / "config.toml"
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be"):
        put(path, "speech", "model", "small")


def test_a_table_within_a_table_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(OWN)
    put(path, "speech.voices", "fr", "Thomas")
    assert path.read_text().startswith(OWN)
    put(path, "speech.voices", "en", "Daniel")
    assert load(path, must_exist=True).speech.voices == {"fr": "Thomas", "en": "Daniel"}
    path.write_text('[speech]\nvoices = {fr = "Amelie"}\n')
    put(path, "speech.voices", "fr", "Thomas")
    assert path.read_text() == '[speech]\nvoices = {fr = "Thomas"}\n'
