"""What some tests need of the machine."""

import os

import pytest


def need(there: object, reason: str) -> None:
    """Skip the test where what it needs is not `there`; where that is required, as in CI, fail it."""
    if there:
        return
    if os.environ.get("ETOILE_REQUIRE_DESKTOP"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
