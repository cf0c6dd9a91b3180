"""What holds for every test: it sees no settings of its user, and no warning passes unnoticed."""

import locale
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.rig import Desktop
from tests.desktop.tools import missing_tools, packages
from tests.needs import need

# Qt without a display ends the whole run, and with one it flashes windows at whoever runs the tests.  The desktop tests
# start the app in a process and on a display of their own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first that use the virtual desktop: what takes long and comes last keeps one worker alone."""
    items.sort(key=lambda item: "desktop" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """Give one virtual desktop to all tests; where its programs are missing, skip, or fail if it is required."""
    missing = missing_tools()
    need(not missing, f"the virtual desktop needs {', '.join(missing)}: apt-get install {' '.join(packages())}")
    with Desktop() as running:
        yield running


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home of its own, so that it reads and writes nothing of the person who runs it."""
    home = tmp_path / "home"
    places = {"HOME": "", "XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share", "XDG_CACHE_HOME": ".cache"}
    places |= {"XDG_STATE_HOME": ".local/state", "LOCALAPPDATA": "local", "APPDATA": "roaming"}
    for variable, place in places.items():
        (home / place).mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(variable, str(home / place))
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    # Its terminal's width too: readline, where something imports it, writes that down for every process after it.
    for variable in ("ETOILE_CONFIG", "LANGUAGE", "LC_ALL", "LANG", "COLUMNS", "LINES"):
        monkeypatch.delenv(variable, raising=False)
    if sys.platform != "win32":
        locale.setlocale(locale.LC_MESSAGES, "C")  # Qt takes the desktop's, and the C library keeps what it translated
    return home


class _Unexpected(logging.Handler):
    """Collects the records that nobody expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or worse; one that asks for `caplog` judges its records by itself."""
    if "caplog" in request.fixturenames:
        yield
        return
    unexpected = _Unexpected()
    logging.getLogger().addHandler(unexpected)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(unexpected)
    if unexpected.records:
        lines = "\n".join(f"{record.levelname} {record.name}: {record.getMessage()}" for record in unexpected.records)
        pytest.fail(f"logged unexpectedly (ask for `caplog` to expect it):\n{lines}", pytrace=False)
