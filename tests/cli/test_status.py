"""`etoile status`: one screen for people, and the same as JSON."""

import json
from pathlib import Path

from tests.cli.terminal import Terminal, posix
from tests.cli.test_cli import Line, etoile, node
from tests.llm.fake_node import FakeNode

__all__ = ["etoile", "node"]

HOT = "[thermal]\nwarning_c = 35\ncritical_c = 40\n"
"""Limits that the simulated cards are beyond."""


def test_gpus_nodes_and_models_are_shown_without_colours_to_a_pipe(etoile: Line, node: FakeNode) -> None:
    with etoile.settings.open("a") as file:
        file.write(HOT)
    assert etoile("status", "--simulate", "heatwave") == 0
    assert "\x1b" not in etoile.out
    rows = etoile.out.splitlines()
    assert rows[0] == "The tray app does not run."
    assert any(row.startswith("■ GPU") and "CRITICAL" in row for row in rows)
    [shown] = [row for row in rows if row.startswith("M1")]
    assert "tiny" in rows[rows.index(shown) + 1]


def test_a_lost_node_has_a_mark_and_a_reason(etoile: Line) -> None:
    with FakeNode() as gone:
        pass
    etoile.settings.write_text(f'[[nodes]]\nname = "M1"\nurl = "{gone.url}"\n[routing]\ndiscover = false\n')
    assert etoile("status", "--simulate", "calm") == 0
    [row] = [row for row in etoile.out.splitlines() if "M1" in row]
    assert row.startswith("⊘ M1")
    assert "down" in row


def test_without_nodes_it_says_who_answers(etoile: Line) -> None:
    assert etoile("status", "--simulate", "none") == 0
    assert "the guide answers" in etoile.out


def test_it_speaks_french(etoile: Line) -> None:
    assert etoile("--language", "fr", "status", "--simulate", "calm") == 0
    assert etoile.out.splitlines()[0] != "The tray app does not run."


@posix
def test_on_a_terminal_it_is_as_wide_as_that_and_coloured(etoile: Line, node: FakeNode, tmp_path: Path) -> None:
    with etoile.settings.open("a") as file:
        file.write(HOT)
    arguments = ["--language", "en", "status", "--simulate", "heatwave", "--config", str(etoile.settings)]
    with Terminal(tmp_path, *arguments, columns=40) as terminal:
        assert terminal.ends() == 0
    rows = terminal.shown.splitlines()
    plain = [row.removeprefix("\x1b[31m").removeprefix("\x1b[33m").removesuffix("\x1b[0m") for row in rows]
    assert max(map(len, plain)) == 40
    assert any(row.startswith("\x1b[31m■") for row in rows)


@posix
def test_watching_shows_it_again_from_the_top_and_no_longer_than_the_screen(
    etoile: Line, node: FakeNode, tmp_path: Path
) -> None:
    arguments = ["--language", "en", "status", "--watch", "--simulate", "calm", "--config", str(etoile.settings)]
    with Terminal(tmp_path, *arguments, lines=6) as terminal:
        for _ in range(2):
            terminal.reads("\x1b[H\x1b[J")
            terminal.reads("more\n")
    screen = terminal.shown.split("\x1b[H\x1b[J")[1]
    assert len(screen.splitlines()) == 5


@posix
def test_watching_as_json_is_a_line_each_time(etoile: Line, node: FakeNode, tmp_path: Path) -> None:
    arguments = ["status", "--watch", "--json", "--simulate", "calm", "--config", str(etoile.settings)]
    with Terminal(tmp_path, *arguments) as terminal:
        terminal.reads("\n")
        terminal.reads("\n")
    first, second = [json.loads(line) for line in terminal.shown.splitlines()[:2]]
    assert [line["nodes"][0]["name"] for line in (first, second)] == ["M1", "M1"]
