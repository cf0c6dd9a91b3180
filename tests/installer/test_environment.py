"""An environment is made once, goes on where it was interrupted, and is made anew when its ground has changed."""

import json
from pathlib import Path

import pytest

from installer import environment
from installer.environment import Environment, SetupError, project_digest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
[project]
name = "etoile"
[tool.hatch]
[tool.ruff]
line-length = {length}
"""


class Recorded(Environment):
    """Writes down what would be installed."""

    def __init__(self, folder: Path, locks: tuple[str, ...]) -> None:
        super().__init__(folder, locks)
        self.did: list[str] = []
        self.breaks_at = ""

    def _create(self) -> None:
        self.did.append("create")
        self.python.parent.mkdir(parents=True, exist_ok=True)
        self.python.touch()

    def _install(self, name: str) -> None:
        if name == self.breaks_at:
            raise SetupError("no network")
        self.did.append(name)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout with two locks."""
    for name in ("run.lock", "dev.lock"):
        (tmp_path / name).write_text(name)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(length=100))
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "LOCKS", tmp_path)
    return tmp_path


def prepared(checkout: Path, *locks: str) -> list[str]:
    """Prepare an environment and return what that did."""
    environment = Recorded(checkout / ".venv", locks)
    environment.prepare()
    assert environment.is_ready()
    return environment.did


def test_everything_is_installed_once(checkout: Path) -> None:
    assert prepared(checkout, "run.lock", "dev.lock") == ["create", "run.lock", "dev.lock", "project"]
    assert prepared(checkout, "run.lock", "dev.lock") == []


def test_the_tests_add_only_their_own_packages(checkout: Path) -> None:
    prepared(checkout, "run.lock")
    assert prepared(checkout, "run.lock", "dev.lock") == ["dev.lock"]
    assert prepared(checkout, "run.lock") == []


def test_a_changed_lock_is_installed_again(checkout: Path) -> None:
    prepared(checkout, "run.lock", "dev.lock")
    (checkout / "dev.lock").write_text("newer")
    assert prepared(checkout, "run.lock", "dev.lock") == ["dev.lock"]


def test_an_interrupted_set_up_goes_on(checkout: Path) -> None:
    broken = Recorded(checkout / ".venv", ("run.lock", "dev.lock"))
    broken.breaks_at = "dev.lock"
    with pytest.raises(SetupError):
        broken.prepare()
    assert not broken.is_ready()
    assert prepared(checkout, "run.lock", "dev.lock") == ["dev.lock", "project"]


def test_another_interpreter_starts_over(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(checkout, "run.lock")
    monkeypatch.setattr(environment, "interpreter", lambda: "another")
    assert prepared(checkout, "run.lock") == ["create", "run.lock", "project"]


def test_a_broken_stamp_starts_over(checkout: Path) -> None:
    prepared(checkout, "run.lock")
    (checkout / ".venv" / "etoile-stamp.json").write_text("{")
    assert prepared(checkout, "run.lock") == ["create", "run.lock", "project"]


def test_the_stamp_says_what_is_there(checkout: Path) -> None:
    prepared(checkout, "run.lock")
    assert set(json.loads((checkout / ".venv" / "etoile-stamp.json").read_text())) == {
        "interpreter",
        "run.lock",
        "project",
    }


def test_a_linters_settings_do_not_count() -> None:
    assert project_digest(PYPROJECT.format(length=100)) == project_digest(PYPROJECT.format(length=120))
    assert project_digest(PYPROJECT.format(length=1).replace("etoile", "star")) != project_digest(
        PYPROJECT.format(length=1)
    )
