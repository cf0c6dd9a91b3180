"""The file of what is misheard: read again when it changes, and told what is wrong in it."""

import os
from pathlib import Path

import pytest

from etoile.dictionary import DictionaryFile
from etoile.errors import ConfigError
from etoile.text import render


def test_there_need_be_none(tmp_path: Path) -> None:
    assert DictionaryFile(tmp_path / "heard.toml").current().reworded("cube hernetes", "fr") == "cube hernetes"


def test_it_is_read_again_when_it_changes_and_forgotten_when_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "heard.toml"
    file = DictionaryFile(path)
    path.write_text('[fr]\n"cube hernetes" = "kubernetes"\n', "utf-8")
    os.utime(path, (1.0, 1.0))
    assert file.current().reworded("un cube hernetes", "fr") == "un kubernetes"
    path.write_text('[fr]\n"cube hernetes" = "k8s"\n', "utf-8")
    os.utime(path, (2.0, 2.0))
    assert file.current().reworded("un cube hernetes", "fr") == "un k8s"
    path.unlink()
    assert file.current().reworded("un cube hernetes", "fr") == "un cube hernetes"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[fr", "heard.toml"),
        ('"cube" = "kube"\n', "“cube”"),
        ('[de]\n"ein" = "eins"\n', "“de”"),
        ("[en]\ncube = 3\n", "“en.cube”"),
        ("[en.cube]\nkube = 'cube'\n", "“en.cube”"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "heard.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as raised:
        DictionaryFile(path).current()
    assert named in render(raised.value.said, "en")
