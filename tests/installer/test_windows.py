"""The installer for Windows, as far as it can be tried elsewhere: it compiles, and its names fit the program's."""

import ast
import re
import shutil
import struct
from pathlib import Path

import pytest

from etoile.installed.autostart import HIDDEN, WindowsRun
from installer.environment import SetupError
from installer.windows import described, setup_program

SCRIPT = (Path(setup_program.__file__).parent / "etoile.nsi").read_text("utf-8")
LANGUAGES = {"ENGLISH", "FRENCH", "PORTUGUESEBR"}


@pytest.fixture(scope="module")
def written(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("windows")
    described.main(folder)
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = tmp_path / "program"
    (folder / "_internal").mkdir(parents=True)
    for name in ("etoile.exe", "etoile-tray.exe", "_internal/python.dll"):
        (folder / name).write_text(name)
    return folder


def test_it_compiles_without_a_warning(program: Path, written: Path, tmp_path: Path) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed")
    made = setup_program.build(program, written / "etoile.ico", "1.2.3", tmp_path)
    assert made.name == "etoile-1.2.3-setup.exe"
    assert made.read_bytes().startswith(b"MZ")


def test_without_its_compiler_that_is_said(
    program: Path, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="NSIS"):
        setup_program.build(program, written / "etoile.ico", "1.2.3", tmp_path)


def test_every_sentence_is_there_in_every_language() -> None:
    told: dict[str, set[str]] = {}
    for name, language in re.findall(r"^LangString (\w+) \$\{LANG_(\w+)\}", SCRIPT, re.MULTILINE):
        told.setdefault(name, set()).add(language)
    assert told
    assert all(languages == LANGUAGES for languages in told.values())
    used = set(re.findall(r"\$\((\w+)\)", SCRIPT))
    assert used == set(told)
    assert {name.upper() for name in re.findall(r'MUI_LANGUAGE "(\w+)"', SCRIPT)} == LANGUAGES


def test_start_with_windows_is_the_value_that_the_app_switches() -> None:
    root, key, name = WindowsRun().place.partition("\\")[0], WindowsRun._KEY, WindowsRun._NAME
    assert root == "HKEY_CURRENT_USER"
    assert f'!define RUN "{key}"' in SCRIPT
    assert f'WriteRegStr HKCU "${{RUN}}" "{name}" \'"$INSTDIR\\etoile-tray.exe" {HIDDEN}\'' in SCRIPT
    assert SCRIPT.count(f'DeleteRegValue HKCU "${{RUN}}" "{name}"') == 2


def test_it_is_for_one_user() -> None:
    assert "RequestExecutionLevel user" in SCRIPT
    assert r'InstallDir "$LOCALAPPDATA\Programs\Etoile"' in SCRIPT
    assert not re.findall(r"HKLM|HKCR|SetShellVarContext all", SCRIPT)


def test_it_takes_away_what_it_brought_and_the_users_data_never() -> None:
    uninstall = SCRIPT.partition('Section "Uninstall"')[2]
    assert r'RMDir /r "$INSTDIR"' not in SCRIPT, "the folder may be one that the user chose"
    assert not re.findall(r"(RMDir|Delete) .*LOCALAPPDATA", SCRIPT)
    for what in (r'"$INSTDIR\uninstall.exe"', r'"$SMPROGRAMS\Etoile.lnk"', 'DeleteRegKey HKCU "${UNINSTALL}"'):
        assert what in uninstall
    assert "$(DATA_STAYS)" in uninstall


def test_the_old_one_ends_only_when_the_new_one_is_whole() -> None:
    section = SCRIPT.partition('Section "Etoile"')[2].partition("SectionEnd")[0]
    order = ["NO_WRITING", "NO_ROOM", "File /r", "Call EndRunning", "REMOVE_PROGRAM", "Rename", "WriteUninstaller"]
    places = [section.index(step) for step in order]
    assert places == sorted(places)
    assert 'etoile.exe" quit' in SCRIPT


def test_nothing_waits_for_an_answer_when_it_is_silent() -> None:
    boxes = [line for line in SCRIPT.splitlines() if "MessageBox" in line]
    assert boxes
    assert all("/SD ID" in line for line in boxes)


def test_the_icon_has_every_size_and_is_not_empty(written: Path) -> None:
    icon = (written / "etoile.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", icon)
    assert (kind, count) == (1, len(described.SIZES))
    for index, size in enumerate(described.SIZES):
        width, height, *_, length, offset = struct.unpack_from("<BBBBHHII", icon, 6 + 16 * index)
        assert (width or 256, height or 256) == (size, size)
        image = icon[offset : offset + length]
        assert len(image) == length
        assert image.startswith(b"\x89PNG" if size == 256 else struct.pack("<I", 40))
        assert any(image[40:])


def test_the_version_resource_is_a_python_expression_with_four_numbers(written: Path) -> None:
    ast.parse((written / "version.txt").read_text("utf-8"), mode="eval")
    assert "filevers=(1, 2, 0, 0)" in described.version_resource("1.2")
