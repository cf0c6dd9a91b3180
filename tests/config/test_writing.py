"""Settings written back: the rest of the file stays as the user wrote it, and nothing broken is ever written."""

import stat
from pathlib import Path

import pytest

from etoile.config import Node, load
from etoile.config.writing import change, defaults, node_at, put, setting, without_node, would_be
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


NODES = """\
[[nodes]]
name = "M1"   # under the desk
url = "http://10.5.0.2:1234"
# LM Studio
dialect = "lmstudio"
weight = 20

[speech]
rate_wpm = 200  # fast
"""


class TestNodes:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(NODES)
        return path

    def test_one_is_added_at_the_end(self, path: Path) -> None:
        config = change(path, node_at(None, Node(name="M2", url="http://10.5.0.3:11434", dialect="ollama")))
        assert [node.name for node in config.nodes] == ["M1", "M2"]
        assert "# under the desk" in path.read_text()
        assert load(path, must_exist=True) == config

    def test_the_first_is_added_to_an_empty_file(self, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        change(path, node_at(None, Node(name="M1", url="http://10.5.0.2:1234", never=("big",))))
        assert path.read_text() == '[[nodes]]\nname = "M1"\nurl = "http://10.5.0.2:1234"\nnever = ["big"]\n'

    def test_one_is_changed_and_its_comments_stay(self, path: Path) -> None:
        was = load(path, must_exist=True).nodes[0]
        assert was.weight == 20
        config = change(path, node_at(0, Node(name="M1", url=was.url, dialect="lmstudio", key="keyring")))
        assert (config.nodes[0].weight, config.nodes[0].key) == (0, "keyring")
        assert "# under the desk" in path.read_text()
        assert "# LM Studio" in path.read_text()

    def test_the_last_is_taken_out(self, path: Path) -> None:
        assert change(path, without_node(0)).nodes == ()
        assert load(path, must_exist=True).speech.rate_wpm == 200

    def test_a_list_written_in_one_line_takes_them_too(self, path: Path) -> None:
        path.write_text('nodes = [{name = "M1", url = "http://10.5.0.2:1234"}]\n')
        config = change(path, node_at(None, Node(name="M2", url="http://10.5.0.3:1234")))
        assert [node.name for node in config.nodes] == ["M1", "M2"]
        config = change(path, node_at(1, Node(name="M3", url="http://10.5.0.3:1234")))
        assert [node.name for node in load(path, must_exist=True).nodes] == ["M1", "M3"]
        assert change(path, without_node(0)).nodes[0].name == "M3"

    def test_a_bad_one_is_not_written(self, path: Path) -> None:
        with pytest.raises(ConfigError, match="two nodes"):
            change(path, node_at(None, Node(name="m1", url="http://10.5.0.3:1234")))
        assert path.read_text() == NODES


def test_trying_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert would_be(path, setting("speech", "rate_wpm", 220)).speech.rate_wpm == 220
    with pytest.raises(ConfigError):
        would_be(path, setting("speech", "rate_wpm", 2))
    assert not path.exists()


def test_the_default_counts_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(NODES)
    config = change(path, defaults([("speech", "rate_wpm"), ("thermal", "warning_c"), ("speech.voices", "fr")]))
    assert config.speech.rate_wpm == 180
    assert "thermal" not in path.read_text()


def test_what_stays_the_same_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(NODES)
    before = path.stat().st_ino
    put(path, "speech", "rate_wpm", 200)
    assert path.stat().st_ino == before
