"""Bars and courses, in blocks and in plain signs."""

import io
from pathlib import Path

import pytest

from etoile import logs
from etoile.cli import main
from etoile.cli.charts import bar, blocks_shown, sparkline


@pytest.mark.parametrize(
    ("value", "blocks", "drawn"),
    [
        (10.0, True, "████"),
        (5.0, True, "██"),
        (5.3125, True, "██▏"),
        (0.001, True, "▏"),
        (0.0, True, ""),
        (20.0, True, "████"),
        (10.0, False, "####"),
        (0.001, False, "#"),
        (0.0, False, ""),
    ],
)
def test_bars_are_as_long_as_their_values(value: float, blocks: bool, drawn: str) -> None:
    assert bar(value, 10.0, 4, blocks=blocks) == drawn


def test_nothing_measured_draws_nothing() -> None:
    assert bar(5.0, 0.0, 4, blocks=True) == "▏"
    assert bar(0.0, 0.0, 4, blocks=True) == ""


def test_a_course() -> None:
    assert sparkline([0, 50, 80, 100], blocks=True) == "▁▅▇█"
    assert sparkline([100, 0], blocks=False) == "#_"
    assert sparkline([0, 0], blocks=True) == "▁▁"
    assert sparkline([], blocks=True) == ""


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", True), ("ascii", False), ("latin-1", False), ("cp1252", False), ("nonsense", False)],
)
def test_blocks_are_drawn_where_they_can_be_shown(encoding: str, shown: bool) -> None:
    assert blocks_shown(encoding) is shown


def test_a_terminal_that_knows_few_signs_ends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text('[routing]\ndiscover = false\n[[nodes]]\nname = "M1"\nurl = "http://127.0.0.1:9"\n')
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    assert main(["nodes", "--config", str(settings)]) == 0
    assert b"M1  down  openai  http://127.0.0.1:9  ?" in written.getvalue()
