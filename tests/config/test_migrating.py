"""Settings of an older Etoile are brought to today's form, those of a newer one refused; nothing is lost."""

from pathlib import Path

import pytest
from tomlkit import TOMLDocument

from etoile.config import load, parse
from etoile.config.migrating import migrate
from etoile.errors import ConfigError

OLD = """\
# Mine.
[window]
theme = "dark"  # as I like it
"""


def called_otherwise(document: TOMLDocument) -> None:
    document["look"] = document.pop("window")


def one_more(document: TOMLDocument) -> None:
    document["look"]["size"] = 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(OLD)
    return path


def test_an_older_file_is_changed_step_by_step_and_kept_as_it_was(path: Path) -> None:
    former = migrate(path, (called_otherwise, one_more))
    assert former is not None
    assert former.read_text() == OLD
    text = path.read_text()
    assert "# as I like it" in text
    assert "# Mine." in text
    assert "[look]" in text
    assert "size = 3" in text
    assert "version = 3" in text


def test_a_file_of_the_second_form_sees_only_what_came_after(path: Path) -> None:
    path.write_text("version = 2\n[look]\n")
    migrate(path, (called_otherwise, one_more))
    assert "size = 3" in path.read_text()


@pytest.mark.parametrize("text", [OLD, "version = 1\n", "this is = = no toml", ""])
def test_a_file_of_today_is_left_alone(text: str, path: Path) -> None:
    path.write_text(text)
    assert migrate(path) is None
    assert path.read_text() == text
    assert [each.name for each in path.parent.iterdir() if each.name.startswith("config")] == ["config.toml"]


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert migrate(tmp_path / "none.toml", (called_otherwise,)) is None


def test_a_newer_file_is_refused_with_the_reason(path: Path) -> None:
    path.write_text("version = 99\n[unheard_of]\nx = 1\n")
    with pytest.raises(ConfigError, match="newer Etoile: its version is 99, and 1 is the newest") as refused:
        load(path, must_exist=True)
    assert refused.value.remedy is not None


@pytest.mark.parametrize("version", ["0", "-1", '"two"', "true", "1.5"])
def test_a_version_that_is_none_is_told(version: str) -> None:
    with pytest.raises(ConfigError, match="version must be a whole number"):
        parse(f"version = {version}".encode(), "config.toml")


def test_a_change_that_fails_leaves_the_file(path: Path) -> None:
    def fails(document: TOMLDocument) -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        migrate(path, (fails,))
    assert path.read_text() == OLD
