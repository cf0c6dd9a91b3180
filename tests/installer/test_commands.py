"""The commands of installer/dev.py as a person types them."""

import subprocess
import sys

import pytest

from installer import commands
from installer.environment import ROOT, SetupError


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "installer/dev.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_without_a_command_the_usage_is_shown() -> None:
    done = dev()
    assert done.returncode == 2
    assert "installer/dev.py COMMAND" in done.stderr


def test_an_unknown_command_is_refused() -> None:
    assert dev("runn").returncode == 2


def test_help_is_no_error() -> None:
    assert dev("--help").returncode == 0


def test_the_locks_are_checked_without_a_network() -> None:
    assert dev("lock", "--check").stdout == "The locks fit pyproject.toml.\n"


def test_without_a_display_the_other_way_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "prepare", lambda _: None)
    monkeypatch.setattr(commands, "has_display", lambda: False)
    assert commands.main(["run"]) == 1
    assert "dev.py run ask" in capsys.readouterr().err


def test_with_arguments_run_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(commands, "prepare", lambda _: None)
    monkeypatch.setattr(commands, "has_display", lambda: False)
    monkeypatch.setattr(commands, "become", lambda command: became.append(command) or 0)
    assert commands.main(["run", "ask", "hello"]) == 0
    assert became[0][1:] == ["-m", "etoile", "ask", "hello"]


def test_a_failed_set_up_says_why(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> None:
        raise SetupError("This system lacks: a font")

    monkeypatch.setattr(commands, "prepare", fail)
    assert commands.main(["test"]) == 1
    assert capsys.readouterr().err == "\nThis system lacks: a font\n"


def test_an_interrupt_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "prepare", interrupt)
    assert commands.main(["run"]) == 130
    assert "Stopped" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "cores", "workers"),
    [
        ([], 2, "2"),
        (["-x", "-q"], 3, "3"),
        (["tests/llm"], 16, "4"),
        ([], 1, None),
        (["tests/llm/test_router.py"], 2, None),
        (["tests/llm/test_router.py::test_a_node_answers"], 2, None),
        (["--pdb"], 2, None),
        (["-s", "tests/llm"], 2, None),
        (["-n0"], 2, None),
        (["--co"], 2, None),
    ],
)
def test_the_tests_are_spread_over_the_cores(arguments: list[str], cores: int, workers: str | None) -> None:
    options = commands.spread(arguments, cores)
    assert options[:2] == (["-n", workers] if workers else [])
