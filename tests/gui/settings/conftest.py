"""A settings window over a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.gui.design import Look
from tests.gui.settings.scene import FILE, Scene


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    return path


@pytest.fixture
def scene(look: Look, path: Path) -> Iterator[Scene]:
    made = Scene(look, path)
    yield made
    made.close()
