"""`etoile ask --why`: how each node stands, in words and as JSON, with and without an answer."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etoile import logs
from etoile.cli import main
from tests.llm.fake_node import FakeNode, Script
from tests.llm.patience import patiently

HOT_CARD, COOL_CARD = "GPU-51a00002-0000-4000-8000-000000000000", "GPU-51a00003-0000-4000-8000-000000000000"
"""The RTX 3080 and an idle GTX 1660 SUPER of the simulated driver."""
SETTINGS = """
nodes = [
    {{name = "big", dialect = "ollama", url = "{big}", gpus = ["{hot}"]}},
    {{name = "small", dialect = "ollama", url = "{small}", gpus = ["{cool}"]}},
]
routing.discover = false
commands.enabled = {commands}
thermal = {{warning_c = {warning_c}, critical_c = {critical_c}}}
"""

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def big() -> Iterator[FakeNode]:
    """Give the node on the hot card."""
    with FakeNode(Script(dialect="ollama", answer="Big box here.")) as node:
        yield node


@pytest.fixture
def small() -> Iterator[FakeNode]:
    """Give the node on the cool card."""
    with FakeNode(Script(dialect="ollama", answer="Small box here.")) as node:
        yield node


@pytest.fixture
def ask(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    big: FakeNode,
    small: FakeNode,
) -> Ask:
    """Give `etoile ask` among both; it returns its exit code and what it printed."""
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    patiently(monkeypatch)
    path = tmp_path / "config.toml"

    def run(
        *arguments: str, warning_c: int = 75, critical_c: int = 85, commands: str = "false"
    ) -> tuple[int, str, str]:
        settings = {"warning_c": warning_c, "critical_c": critical_c, "commands": commands}
        path.write_text(SETTINGS.format(big=big.url, small=small.url, hot=HOT_CARD, cool=COOL_CARD, **settings))
        code = main(["ask", "--simulate", "heatwave", "--config", str(path), *arguments])
        return code, *capsys.readouterr()

    return run


def chats(node: FakeNode) -> int:
    """Return how often a node was asked."""
    return sum(request.method == "POST" for request in node.requests)


def plan(line: str) -> list[dict[str, Any]]:
    """Return how the nodes stand, by the line of the answer."""
    told: list[dict[str, Any]] = json.loads(line)["plan"]
    return told


def test_without_heat_the_first_of_the_settings_answers(ask: Ask, small: FakeNode) -> None:
    code, out, err = ask("hello there", "--why")
    assert (code, out.strip()) == (0, "Big box here.")
    assert err.index("1  big · tiny: ") < err.index("2  small · tiny: -2")
    assert "in memory" in err
    assert chats(small) == 0


def test_a_hot_card_sends_work_elsewhere_and_says_so(ask: Ask, big: FakeNode) -> None:
    code, out, err = ask("hello there", "--why", warning_c=60)
    assert (code, out.strip()) == (0, "Small box here.")
    assert "its GPUs are hot (6" in err
    assert "one request at a time" in err
    assert chats(big) == 0


def test_a_card_at_its_limit_gets_nothing_and_the_user_is_told(ask: Ask, big: FakeNode) -> None:
    code, out, err = ask("hello there", "--why", warning_c=50, critical_c=55)
    assert (code, out.strip()) == (0, "Small box here.")
    assert "big · tiny: not asked" in err
    assert "“etoile ask --node big …”" in err
    assert "big was left to cool" in err
    assert chats(big) == 0


def test_without_why_the_plan_is_not_told(ask: Ask) -> None:
    code, out, err = ask("hello there", warning_c=60)
    assert (code, out.strip()) == (0, "Small box here.")
    assert "points" not in err
    _, line, _ = ask("hello there", "--json")
    assert plan(line) == []


def test_the_plan_as_json(ask: Ask) -> None:
    code, out, _ = ask("hello there", "--why", "--json", warning_c=50, critical_c=55)
    assert code == 0
    first, last = plan(out)
    assert (first["node"], first["model"], first["takes"], first["full"]) == ("small", "tiny", True, False)
    assert first["score"] <= 0
    assert (last["node"], last["takes"]) == ("big", False)
    assert last["reasons"][0].startswith("its GPUs are critically hot")
    assert "--node big" in last["remedy"]


def test_a_dry_run_asks_nobody(ask: Ask, big: FakeNode, small: FakeNode) -> None:
    code, out, err = ask("hello there", "--why", "--dry-run", warning_c=60)
    assert (code, out.strip()) == (0, "I would hand this to small (tiny): it is no command.")
    assert "2  big" in err
    assert chats(big) == chats(small) == 0
    _, out, _ = ask("hello there", "--why", "--dry-run", "--json")
    assert [one["node"] for one in plan(out)] == ["big", "small"]
    assert json.loads(out)["kind"] == "simple"


def test_a_command_is_no_work_for_nodes(ask: Ask) -> None:
    code, out, err = ask("shut down the computer", "--why", "--dry-run", "--json", commands="true")
    assert code == 0
    assert (json.loads(out)["decision"], plan(out)) == ("ask", [])
    assert "points" not in err


def test_who_is_not_in_reach_comes_last(ask: Ask, big: FakeNode) -> None:
    big.script.list_status = 500
    code, out, err = ask("hello there", "--why")
    assert (code, out.strip()) == (0, "Small box here.")
    assert "-1000.0" in err


def test_both_at_their_limit_is_told_with_the_way_out(ask: Ask, big: FakeNode, small: FakeNode) -> None:
    code, out, err = ask("what is the capital of France", "--why", warning_c=5, critical_c=6)
    assert (code, out) == (3, "")
    assert err.count("not asked") == 2
    assert "No node could answer" in err
    assert "Wait until it has cooled" in err
    assert chats(big) == chats(small) == 0
