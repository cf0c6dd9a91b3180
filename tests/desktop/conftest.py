"""The virtual desktop, for the tests that need a real one."""

from collections.abc import Iterator

import pytest

from tests.desktop.rig import Desktop
from tests.desktop.tools import missing_tools, packages
from tests.needs import need


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """Give one virtual desktop to all tests; where its programs are missing, skip, or fail if it is required."""
    missing = missing_tools()
    need(not missing, f"the virtual desktop needs {', '.join(missing)}: apt-get install {' '.join(packages())}")
    with Desktop() as running:
        yield running
