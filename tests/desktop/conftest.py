"""The virtual desktop, for the tests that need a real one."""

import os
from collections.abc import Iterator

import pytest

from tests.desktop.rig import Desktop
from tests.desktop.tools import missing_tools, packages


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """Give one virtual desktop to all tests; where its programs are missing, skip, or fail if it is required."""
    if missing := missing_tools():
        reason = f"the virtual desktop needs {', '.join(missing)}: apt-get install {' '.join(packages())}"
        if os.environ.get("ETOILE_REQUIRE_DESKTOP"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with Desktop() as running:
        yield running
