"""The log: secrets are masked, and a log that cannot be written stops nothing."""

import errno
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile import logs


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Put the logging of the tests back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers, root.level = handlers, level


def test_keys_and_tokens_are_masked(tmp_path: Path) -> None:
    file = tmp_path / "log" / "etoile.log"
    logs.set_up(logging.CRITICAL, file)
    logging.getLogger("etoile").info("Authorization: Bearer %s and x-api-key: %s", "sk-abcdefghijkl", "0123456789abc")
    written = file.read_text()
    assert "sk-abcdefghijkl" not in written
    assert "0123456789abc" not in written
    assert written.count("***") == 2


def test_a_log_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "blocked").touch()
    logs.set_up(logging.CRITICAL, tmp_path / "blocked" / "etoile.log")
    logging.getLogger("etoile").info("nobody reads this")


def test_nothing_is_written_to_the_file_while_it_is_to_rest(tmp_path: Path) -> None:
    logs.set_up(logging.WARNING, tmp_path / "etoile.log")
    log = logging.getLogger("etoile.test")
    log.info("before")
    logs.rest(True)
    log.info("meanwhile")
    logs.rest(False)
    log.info("after")
    written = (tmp_path / "etoile.log").read_text()
    assert ("before" in written, "meanwhile" in written, "after" in written) == (True, False, True)


def test_a_long_log_is_put_away_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 100)
    logs.set_up(logging.WARNING, tmp_path / "etoile.log")
    for number in range(9):
        logging.getLogger("etoile.test").info("line %d %s", number, "x" * 100)
    told = {path.name: [line.split()[-2] for line in path.read_text().splitlines()] for path in tmp_path.glob("*.log*")}
    assert told == {"etoile.log": ["8"], "etoile.log.1": ["7"], "etoile.log.2": ["6"], "etoile.log.3": ["5"]}


def test_a_log_that_cannot_be_put_away_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 10)
    for number in range(1, logs.KEPT + 1):
        (tmp_path / f"etoile.log.{number}" / "in the way").mkdir(parents=True)
    logs.set_up(logging.WARNING, tmp_path / "etoile.log")
    for number in range(3):
        logging.getLogger("etoile.test").info("line %d", number)
    assert len((tmp_path / "etoile.log").read_text().splitlines()) == 3


class FullDisk:
    """A stream whose last words could not be written."""

    def tell(self) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_nobody_who_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(logging.CRITICAL, tmp_path / "etoile.log")
    log = logging.getLogger("etoile.test")
    log.info("there is room")
    [file] = [handler for handler in logging.getLogger().handlers if isinstance(handler, logging.FileHandler)]
    with monkeypatch.context() as full:
        full.setattr(file, "stream", FullDisk())
        log.info("there is none")
    assert "No space left on device" in capsys.readouterr().err
    log.info("there is room again")
    assert [line.rpartition(": ")[2] for line in (tmp_path / "etoile.log").read_text().splitlines()] == [
        "there is room",
        "there is room again",
    ]
