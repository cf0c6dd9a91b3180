"""The frozen program that `python3 installer/build.py folder` made; `python3 installer/build.py test` tries it."""

import os
import subprocess
from collections.abc import Callable, Mapping

import pytest

from tests.gpu.conftest import built_driver

__all__ = ["built_driver", "etoile"]

Etoile = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def etoile() -> Etoile:
    """Return what runs the frozen program to its end, in the home of this test."""
    program = os.environ["ETOILE_PROGRAM"]

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        surroundings = {key: value for key, value in os.environ.items() if key != "DISPLAY"} | dict(env or {})
        return subprocess.run(
            [program, *arguments], env=surroundings, capture_output=True, text=True, timeout=120, check=False
        )

    return run
