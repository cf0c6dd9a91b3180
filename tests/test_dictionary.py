"""The file of what is misheard: read again when it changes, and told what is wrong in it."""

import os
import threading
from pathlib import Path

import pytest

from etoile.dictionary import DictionaryFile, LearnedWords
from etoile.domain.learning.offers import Misheard
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


def test_two_who_learn_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "heard-learned.toml"

    def learn(name: str) -> None:
        file = LearnedWords(path)
        for number in range(20):
            word = Misheard(heard=f"{name} {number}", meant="qwen", language="en")
            file.change(lambda taken, word=word: (*taken, word))  # type: ignore[misc]

    both = [threading.Thread(target=learn, args=(name,)) for name in ("queue when", "quen")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(LearnedWords(path).read()) == 40
