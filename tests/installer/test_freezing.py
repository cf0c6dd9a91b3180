"""What goes into the frozen program: that its lists name what there is, and that it starts its own children alone."""

import ast
import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from installer.environment import ROOT
from installer.freeze import entry

SPEC = ROOT / "installer/freeze/etoile.spec"


def run_spec(monkeypatch: pytest.MonkeyPatch, platform: str, imports: dict[str, list[str]]) -> dict[str, Any]:
    """Return what the spec defines on `platform`; a stand-in for PyInstaller finds no binaries, and these imports."""
    for name in ("PyInstaller", "PyInstaller.depend", "PyInstaller.depend.bindepend", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    scan, hooks = ModuleType("bindepend"), ModuleType("hooks")
    scan.get_imports = lambda source: {(name, None) for name in imports.get(source, ())}  # type: ignore[attr-defined]
    hooks.collect_data_files = lambda package: [(package, "data")]  # type: ignore[attr-defined]
    hooks.copy_metadata = lambda package: [(package, "metadata")]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "PyInstaller.depend.bindepend", scan)
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "path", [*sys.path])
    tools = {
        "SPECPATH": str(SPEC.parent),
        "Analysis": lambda scripts, **given: SimpleNamespace(scripts=scripts, binaries=[], pure=[], **given),
        "PYZ": lambda pure: pure,
        "EXE": lambda *_, **given: given,
        "COLLECT": lambda *parts, name: parts,
    }
    return runpy.run_path(str(SPEC), init_globals=tools)


@pytest.fixture
def spec(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return run_spec(monkeypatch, "linux", {})


def started_modules() -> set[str]:
    """Return the modules that Etoile starts with `-m` in processes of their own."""
    modules = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.List):
                words = [item.value for item in node.elts if isinstance(item, ast.Constant)]
                modules |= {word for before, word in pairwise(words) if before == "-m"}
    return {module for module in modules if module.startswith("etoile.")}


def test_the_program_starts_itself_as_every_child_and_as_nothing_else() -> None:
    assert set(entry.CHILDREN) == started_modules()
    assert all(find_spec(child) for child in entry.CHILDREN)


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_what_python_does_not_see_is_named_and_there(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    spec = run_spec(monkeypatch, platform, {})
    for module in spec["analysis"].hiddenimports:
        if module.startswith("pynput."):
            continue  # installed on macOS alone
        package, *inside = module.split(".")
        found = find_spec(package)
        assert found, module
        assert found.submodule_search_locations
        base = Path(found.submodule_search_locations[0]).joinpath(*inside)
        assert base.with_suffix(".py").exists() or base.is_dir(), module
    assert set(entry.CHILDREN) <= set(spec["analysis"].hiddenimports)


def test_every_library_that_is_asked_for_tells_its_version(spec: dict[str, Any]) -> None:
    told = {source for source, place in spec["analysis"].datas if place == "metadata"}
    assert {"etoile", "keyring", "faster-whisper"} <= told


def test_the_resources_go_in_without_their_sources(spec: dict[str, Any]) -> None:
    names = {Path(source).name for source, place in spec["resources"]()}
    assert {"etoile.mo", "etoile.svg", "task_kinds.model", "models.toml"} <= names
    assert not [name for name in names if name.endswith((".po", ".pot", ".py")) or name == "window.png"]
    assert {place for _, place in spec["resources"]()} >= {"etoile/_resources/icons", "etoile/_resources/help/fr"}


@pytest.mark.parametrize(
    ("name", "goes_in"),
    [
        ("PySide6/Qt/translations/qtbase_fr.qm", True),
        ("PySide6/Qt/translations/qtbase_pt_BR.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/imageformats/libqpdf.so", False),
        ("libasound.so.2", False),
        ("av.libs/libasound-c7818c60.so.2.0.0", True),
        ("av-18.dist-info/licenses/__pycache__/x.pyc", False),
    ],
)
def test_what_is_not_needed_stays_out(spec: dict[str, Any], name: str, goes_in: bool) -> None:
    assert spec["wanted"]((name, "", "BINARY")) is goes_in


def test_so_does_a_library_that_only_that_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    imports = {"gtk": ["libcairo.so.2"], "cairo": ["libpixman.so.0", "libz.so.1"], "xcb": ["libz.so.1"]}
    spec = run_spec(monkeypatch, "linux", imports)
    entries = [
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "gtk", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "xcb", "BINARY"),
        ("libcairo.so.2", "cairo", "BINARY"),
        ("libpixman.so.0", "pixman", "BINARY"),
        ("libz.so.1", "z", "BINARY"),
        ("libloaded-by-hand.so.1", "hand", "BINARY"),
    ]
    kept = [name for name, _, _ in spec["without_orphans"](entries)]
    assert kept == ["PySide6/Qt/plugins/platforms/libqxcb.so", "libz.so.1", "libloaded-by-hand.so.1"]


def test_windows_gets_one_program_with_a_console_and_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = run_spec(monkeypatch, "win32", {})["programs"]
    assert [(one["name"], one["console"]) for one in programs] == [("etoile", True), ("etoile-tray", False)]
    assert all(
        Path(one["icon"]).name == "etoile.ico" and Path(one["version"]).name == "version.txt" for one in programs
    )


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ({"LD_LIBRARY_PATH": "/opt/etoile/_internal"}, None),
        ({"LD_LIBRARY_PATH": "/opt/etoile/_internal:/cuda", "LD_LIBRARY_PATH_ORIG": "/cuda"}, "/cuda"),
        ({}, None),
    ],
    ids=["nothing before", "the user's own", "no loader"],
)
def test_other_programs_do_not_load_its_libraries(
    monkeypatch: pytest.MonkeyPatch, found: dict[str, str], left: str | None
) -> None:
    for name in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    entry.forget_own_libraries()
    assert os.environ.get("LD_LIBRARY_PATH") == left
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


@pytest.mark.parametrize(
    ("arguments", "code", "says"), [(["version"], 0, "etoile "), (["-m", "this"], 2, ""), (["-m"], 2, "")]
)
def test_the_entry_is_the_command_line(arguments: list[str], code: int, says: str) -> None:
    done = subprocess.run(
        [sys.executable, entry.__file__, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(says)
    assert "Zen" not in done.stdout
