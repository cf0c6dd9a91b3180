"""`etoile export`: complete, in order, with units and offsets, with the app running and without."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etoile import logs
from etoile.cli import main
from etoile.cli.export import COLUMNS
from etoile.config import FOLDERS
from etoile.domain.history import DAY_S
from etoile.store import sample_tables
from etoile.store.database import Database
from tests.store.sampling import Clocks, open_samples, reading

PARIS = "Europe/Paris"
SUMMER_ENDS_S = 1_792_890_000
"""2026-10-25 01:00 UTC: in Paris it is 3 o'clock, and then 2 o'clock once more."""


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the logging of the tests alone."""
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", PARIS)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def path(own_home: Path) -> Path:
    return Path(FOLDERS.user_data_dir) / "metrics.db"


def _keep(path: Path, since_s: float, seconds: int, step_s: float = 1.0, cards: int = 1) -> None:
    """Keep a history of two cards, the second of which has no fan, that begins at `since_s`."""
    clocks = Clocks(since_s)
    with Database(path, sample_tables.MIGRATIONS) as database, open_samples(database, clocks) as samples:
        for _ in range(int(seconds / step_s)):
            samples.keep([reading(number, fan_percent=None if number else 40) for number in range(cards)])
            clocks.passes(step_s)


def _csv(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    assert main(["export", *arguments]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["export", "--format", "json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_tells_what_was_measured_with_units(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(path, time.time() - 30, 20, cards=2)
    lines = _json(capsys)
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == 40
    first, second = lines[0], lines[20]
    assert (first["uuid"], first["host"], first["index"], first["name"], first["kind"]) == (
        "GPU-0",
        "athena",
        0,
        "RTX 0",
        "gpu",
    )
    assert (first["span_s"], first["samples"]) == (1, 1)
    assert (first["temperature_mean_c"], first["memory_used_max_bytes"], first["power_min_w"]) == (60.0, 8 << 30, 200.5)
    assert (first["fan_mean_percent"], second["fan_mean_percent"]) == (40.0, None), "not reported is null"
    assert [row["fan_max_percent"] for row in _csv(capsys)] == ["40.0"] * 20 + [""] * 20


def test_no_time_is_told_twice_and_none_is_left_out(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(path, time.time() - 3 * DAY_S, 3 * DAY_S - 60, step_s=60)
    lines = _json(capsys)
    assert sum(line["samples"] for line in lines) == (3 * DAY_S - 60) // 60
    assert [line["span_s"] for line in lines] == sorted((line["span_s"] for line in lines), reverse=True)
    times = [line["at"] for line in lines]
    assert times == sorted(times)
    assert {line["span_s"] for line in lines} == {900, 60, 1}


def test_since_and_gpu_choose(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(path, time.time() - 8 * 3600, 8 * 3600 - 30, step_s=30, cards=2)
    assert {line["uuid"] for line in _json(capsys, "--gpu", "1")} == {"GPU-1"}
    assert {line["uuid"] for line in _json(capsys, "--gpu", "rtx")} == {"GPU-0", "GPU-1"}
    samples = sum(line["samples"] for line in _json(capsys, "--gpu", "RTX 0", "--since", "2h"))
    assert 2 * 120 - 5 <= samples <= 2 * 120
    assert _csv(capsys, "--since", "2100-01-01") == []


@pytest.mark.usefixtures("paris")
def test_when_the_clock_goes_back_the_offset_tells_the_two_hours_apart(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _keep(path, SUMMER_ENDS_S - 3600, 7200, step_s=20)
    times = [line["at"] for line in _json(capsys, "--since", "2026-10-25T00:00:00+02:00")]
    assert times == [
        *(f"2026-10-25T02:{minute:02}:00+02:00" for minute in (0, 15, 30, 45)),
        *(f"2026-10-25T02:{minute:02}:00+01:00" for minute in (0, 15, 30, 45)),
    ]


def test_it_reads_beside_an_app_that_writes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clocks = Clocks(time.time() - 500)
    with Database(path, sample_tables.MIGRATIONS) as database, open_samples(database, clocks) as samples:
        for _ in range(300):
            samples.keep([reading()])
            clocks.passes(1)
        samples.flush()
        database.read(lambda connection: None)
        assert len(_csv(capsys)) == 300
        samples.keep([reading()])
        samples.flush()
        database.read(lambda connection: None)
        assert len(_csv(capsys)) == 301


def test_what_an_app_wrote_that_was_killed_is_there(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = (
        "import os, signal, time; from pathlib import Path; from tests.store.sampling import *\n"
        f"clocks = Clocks(time.time() - 100); database = Database(Path({str(path)!r}), sample_tables.MIGRATIONS)\n"
        "samples = open_samples(database, clocks)\n"
        "for _ in range(60): samples.keep([reading()]); clocks.passes(1)\n"
        "samples.flush(); database.read(lambda connection: None); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(_csv(capsys)) == 60


def test_a_file_of_an_older_version_is_read_as_well(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Database(path, sample_tables.MIGRATIONS[:1]) as database:
        database.write(
            lambda connection: connection.execute(
                "INSERT INTO samples VALUES ('GPU-0', ?, 71, NULL, NULL, NULL, NULL)", (time.time() - 5 * DAY_S,)
            )
        )
    [line] = _json(capsys)
    assert (line["uuid"], line["name"], line["temperature_max_c"], line["power_max_w"]) == ("GPU-0", None, 71.0, None)


class TestAFile:
    @pytest.fixture(autouse=True)
    def history(self, path: Path) -> None:
        _keep(path, time.time() - 60, 50)

    def test_appears_whole_and_is_not_overwritten(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "gpus.csv"
        assert main(["export", "--output", str(file)]) == 0
        told = capsys.readouterr()
        assert (told.out, told.err) == ("", f"50 lines written to {file}.\n")
        assert len(file.read_text("utf-8").splitlines()) == 51
        file.write_text("mine")
        assert main(["export", "--output", str(file)]) == 2
        assert "exists already" in capsys.readouterr().err
        assert file.read_text() == "mine"
        assert main(["export", "--output", str(file), "--force"]) == 0
        assert len(file.read_text("utf-8").splitlines()) == 51
        assert not list(tmp_path.glob(".gpus.csv*")), "nothing unfinished is left"

    def test_that_cannot_be_written_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["export", "--output", str(tmp_path / "nowhere" / "gpus.csv")]) == 2
        assert "cannot be written" in capsys.readouterr().err
        assert main(["export", "--output", str(tmp_path)]) == 2

    def test_that_is_a_pipe_is_written_to(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        script = "import sys; from etoile.cli import main; sys.exit(main(sys.argv[1:]))"
        writing = subprocess.Popen([sys.executable, "-c", script, "export", "--output", str(tmp_path / "pipe")])
        assert len((tmp_path / "pipe").read_text("utf-8").splitlines()) == 51
        assert writing.wait(60) == 0

    def test_nobody_who_reads_any_more_is_no_failure(self, path: Path) -> None:
        _keep(path, time.time() - 3000, 2900)
        command = f"{sys.executable} -m etoile export | head -2; exit ${{PIPESTATUS[0]}}"
        shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout.startswith("at,span_s,uuid")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 1, "There is no history of GPUs yet."),
        (["--since", "yesterday"], 2, "“yesterday” is no time."),
        (["--since", "999999y"], 2, "such as 24h or 7d"),
    ],
)
def test_what_cannot_be_done_is_told(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *arguments]) == code
    assert told in capsys.readouterr().err


def test_an_unknown_gpu_is_told_with_those_that_are_known(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _keep(path, time.time() - 60, 5)
    assert main(["export", "--gpu", "H100"]) == 2
    assert "It knows: 0 RTX 0 GPU-0." in capsys.readouterr().err


def test_a_damaged_file_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this was a database once" * 400)
    assert main(["export"]) == 1
    assert "cannot be read" in capsys.readouterr().err
