"""The log: secrets are masked, and a log that cannot be written stops nothing."""

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
