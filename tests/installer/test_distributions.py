"""What Python people install: the wheel works by itself, and the sdist builds the same one.  No network is used."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from installer.environment import ROOT

Etoile = Callable[..., "subprocess.CompletedProcess[str]"]


def build(source: Path, target: Path, kind: str) -> Path:
    """Return the distribution of this kind, built from `source` by the project's own build back end."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    [made] = target.iterdir()
    return made


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sources that the sdist holds."""
    with tarfile.open(build(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")) as archive:
        archive.extractall(folder := tmp_path_factory.mktemp("source"), filter="data")
    [unpacked] = folder.iterdir()
    return unpacked


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built from the sdist, as installers do."""
    return build(source, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel holds, far from the checkout."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def etoile(installed: Path, tmp_path: Path) -> Etoile:
    """Return what runs the wheel's command line, with the libraries that are here."""
    run = f"import sys; sys.path.insert(0, {str(installed)!r}); from etoile.cli import main; sys.exit(main())"

    def call(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-P", "-c", run, *arguments],
            cwd=tmp_path, env=os.environ | env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return call


def test_the_wheel_holds_the_package_its_resources_and_nothing_else(wheel: Path, source: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert {name.split("/")[0] for name in held} == {"etoile", wheel.name.rsplit("-", 3)[0] + ".dist-info"}
    app = {path.relative_to(source / "app").as_posix() for path in (source / "app").rglob("*") if path.is_file()}
    shipped = {path.relative_to(source / "resources") for path in (source / "resources").rglob("*") if path.is_file()}
    shipped = {path for path in shipped if path.parts[0] != "screenshots"}
    about = {name for name in held if ".dist-info/" in name}
    assert held - about == app | {f"etoile/_resources/{path.as_posix()}" for path in shipped}
    assert "etoile/py.typed" in held
    assert not [name for name in held if "test" in name.split("/")[1] or name.endswith((".pyc", ".orig", ".swp"))]


def test_it_names_the_command_and_the_licence(wheel: Path, installed: Path) -> None:
    [about] = installed.glob("*.dist-info")
    assert "etoile = etoile.cli:main" in (about / "entry_points.txt").read_text()
    assert (about / "licenses/LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    metadata = (about / "METADATA").read_text("utf-8")
    assert "Requires-Python: >=3.11" in metadata
    assert "://" not in metadata.split("\n\n")[0]


def test_it_runs_without_the_checkout(etoile: Etoile, installed: Path) -> None:
    done = etoile("version", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frozen"] is False
    matched = json.loads(etoile("match", "monte le son", "--json").stdout)
    assert matched["command"] == "audio.volume.up"
    assert not [path for path in installed.rglob("__pycache__") if "tests" in path.parts]


def test_its_translations_and_help_are_its_own(etoile: Etoile) -> None:
    done = etoile("help", "start", LANG="fr_FR.UTF-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == (ROOT / "resources/help/fr/start.md").read_text("utf-8").splitlines()[0]
    assert etoile("help", LANG="fr_FR.UTF-8").stdout.startswith("Sujets")


def test_the_sdist_holds_all_sources_and_nothing_that_was_made_of_them(source: Path) -> None:
    expected = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "app", "resources", "installer", "tests"}
    assert expected <= {path.name for path in source.iterdir()}
    made = ("__pycache__", ".venv", "build", "node_modules")
    assert not [path for path in source.rglob("*") if path.name in made]
    for part in ("app/etoile", "resources/help", "resources/commands", "installer"):
        files = (path for path in (ROOT / part).rglob("*.*") if path.suffix in (".py", ".md", ".toml", ".lock"))
        assert {path.relative_to(ROOT) for path in files} <= {path.relative_to(source) for path in source.rglob("*")}
