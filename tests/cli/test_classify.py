"""`etoile classify`: a line a request, in order, whatever the lines hold."""

import json
from collections.abc import Callable

import pytest

from etoile import logs
from etoile.cli import main

Classify = Callable[..., list[dict[str, object]]]


@pytest.fixture
def classify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Classify:
    """Give `etoile classify --json` over lines of stdin."""
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)

    def run(*lines: str) -> list[dict[str, object]]:
        monkeypatch.setattr("sys.stdin", iter(f"{line}\n" for line in lines))
        assert main(["classify", "--json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_each_line_has_its_kind_in_order(classify: Classify) -> None:
    said = classify("écris une fonction python", "quel temps fera-t-il demain à Lyon", "bom dia")
    assert [line["kind"] for line in said] == ["code", "web", "simple"]
    assert [line["by"] for line in said] == ["model", "model", "rules"]
    assert said[0].keys() == {"text", "kind", "confidence", "by", "second_opinion", "ms"}
    assert said[0]["text"] == "écris une fonction python"


def test_what_is_unclear_asks_for_a_second_opinion(classify: Classify) -> None:
    sure, unsure = classify("how do I restart the nginx service on debian", "квартира")
    assert sure["second_opinion"] is False
    assert unsure["second_opinion"] is True


def test_odd_lines_are_lines_like_others(classify: Classify) -> None:
    odd = ["\x1b[31mred\x07", "🔥", "\u202eשלום", "a" * 10_000]
    assert [line["text"] for line in classify(*odd)] == odd


def test_bytes_that_are_no_text_become_question_marks(classify: Classify) -> None:
    assert [line["text"] for line in classify("caf\udce9")] == ["caf?"]


def test_people_see_what_is_unsure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    assert main(["classify", "квартира"]) == 0
    assert " ?  квартира" in capsys.readouterr().out
