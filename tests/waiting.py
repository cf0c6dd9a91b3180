"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable


def wait_until(predicate: Callable[[], object], timeout_s: float = 60.0, *, what: str = "") -> None:
    """Return as soon as `predicate()` is true; fail the test when it is still not so after `timeout_s`.

    What passes does not wait, so the limit is that of the slowest machine.  `what` names the condition in the failure;
    without it the predicate names itself.
    """
    deadline = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout_s:g} s still not so: {what or predicate}")
        time.sleep(0.005)
