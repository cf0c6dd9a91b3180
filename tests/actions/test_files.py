"""Folders, files, notes and the trash, in a home of the test's own."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from etoile.actions.files import FOUND_AT_MOST
from etoile.actions.folders import folder_called, folder_names
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, Scene


@pytest.fixture
def home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a French home, whose downloads are elsewhere, and no other disk."""
    monkeypatch.setattr("psutil.disk_partitions", list)
    for name in ("Bureau", "Documents", "Images", "Projets", ".hidden", "Elsewhere/Down"):
        (own_home / name).mkdir(parents=True)
    (own_home / ".config/user-dirs.dirs").write_text(
        '# comment\nXDG_DESKTOP_DIR="$HOME/Bureau"\nXDG_DOWNLOAD_DIR="$HOME/Elsewhere/Down"\n'
    )
    return own_home


@pytest.mark.parametrize(
    ("spoken", "path"),
    [
        ("téléchargements", "Elsewhere/Down"),
        ("Telechargements", "Elsewhere/Down"),
        ("downloads", "Elsewhere/Down"),
        ("desktop", "Bureau"),
        ("bureau", "Bureau"),
        ("pictures", "Images"),
        ("documents", "Documents"),
        ("projets", "Projets"),
        ("home", "."),
        ("dossier personnel", "."),
    ],
)
def test_folders_are_found_by_their_names_in_both_languages(home: Path, spoken: str, path: str) -> None:
    assert folder_called(spoken) == home / path


@pytest.mark.parametrize("spoken", ["music", ".hidden", "..", "../..", "/etc", "hidden"])
def test_a_folder_that_is_not_there_is_never_guessed(home: Path, spoken: str) -> None:
    with pytest.raises(ActionFailed, match="no folder called"):
        folder_called(spoken)


def test_names_to_hear(home: Path) -> None:
    names = folder_names()
    assert {"downloads", "téléchargements", "home", "Projets"} <= set(names)
    assert ".hidden" not in names
    assert "musique" not in names


def test_opening_a_folder(scene: Scene, programs: FakePrograms, home: Path) -> None:
    programs.add("setsid")
    programs.add("xdg-open")
    assert scene.do("file.open_folder", folder="téléchargements") == "The folder Down is opening."
    assert programs.calls() == [("setsid", "--fork", "--wait", "xdg-open", str(home / "Elsewhere/Down"))]


def test_listing(scene: Scene, home: Path) -> None:
    assert scene.do("file.list", folder="documents") == "Documents is empty."
    for name in ("b.txt", "a.txt", ".c"):
        (home / "Documents" / name).touch()
    assert scene.do("file.list", folder="documents") == "2 things are in Documents: a.txt, b.txt."
    for number in range(9):
        (home / "Documents" / f"z{number}").touch()
    assert (
        scene.do("file.list", folder="documents") == "11 things are in Documents, among them a.txt, b.txt, z0, z1, z2."
    )


def test_a_new_folder_and_the_way_back(scene: Scene, home: Path) -> None:
    scene.do("file.create_folder", name="holiday  pictures")
    made = home / "Bureau/holiday pictures"
    assert made.is_dir()
    with pytest.raises(ActionFailed, match="exists already"):
        scene.do("file.create_folder", name="holiday pictures")
    scene.do("assistant.undo")
    assert not made.exists()


def test_undo_never_deletes_a_folder_that_was_filled(scene: Scene, home: Path) -> None:
    scene.do("file.create_folder", name="x")
    (home / "Bureau/x/file").touch()
    with pytest.raises(ActionFailed):
        scene.do("assistant.undo")
    assert (home / "Bureau/x/file").exists()


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", ".x", "..", "", "  ", "a\x00b", "a\tb\x1b", "é" * 101, "c:"])
def test_no_name_of_a_folder(scene: Scene, home: Path, name: str) -> None:
    before = sorted(home.rglob("*"))
    with pytest.raises(ActionFailed):
        scene.do("file.create_folder", name=name)
    assert sorted(home.rglob("*")) == before


def test_searching(scene: Scene, home: Path) -> None:
    for name in ("Documents/Relevé 2026.pdf", "Projets/releve.txt", ".hidden/releve", "Projets/other"):
        (home / name).touch()
    assert (
        scene.do("file.search", name="relevé")
        == "I found 2 files called relevé: Documents/Relevé 2026.pdf, Projets/releve.txt."
    )
    assert scene.do("file.search", name="nothing") == "I found no file called nothing in your home folder."


def test_a_search_stops_at_enough(scene: Scene, home: Path) -> None:
    for number in range(FOUND_AT_MOST + 20):
        (home / "Documents" / f"same {number}").touch()
    assert f"I found {FOUND_AT_MOST} files" in scene.do("file.search", name="same")


def test_the_trash_is_emptied_and_nothing_outside_it_is_touched(scene: Scene, home: Path) -> None:
    trash = home / ".local/share/Trash"
    (trash / "files/folder").mkdir(parents=True)
    (trash / "info").mkdir()
    (trash / "files/folder/file").touch()
    (trash / "files/file").touch()
    (trash / "info/file.trashinfo").touch()
    precious = home / "Documents/precious"
    precious.touch()
    (trash / "files/link").symlink_to(home / "Documents")
    assert scene.do("file.trash.empty") == "3 things in the trash are deleted."
    assert list((trash / "files").iterdir()) == list((trash / "info").iterdir()) == []
    assert precious.exists()
    assert scene.do("file.trash.empty") == "The trash is empty already."


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give another disk."""
    disk = tmp_path / "stick"
    disk.mkdir()
    monkeypatch.setattr("psutil.disk_partitions", lambda: [SimpleNamespace(mountpoint=str(disk))])
    return disk


def test_trashes_of_other_disks_are_emptied_too(scene: Scene, home: Path, stick: Path) -> None:
    for trash in (stick / f".Trash-{os.getuid()}", stick / ".Trash" / str(os.getuid())):
        (trash / "files").mkdir(parents=True)
        (trash / "files/file").touch()
    assert scene.do("file.trash.empty") == "2 things in the trash are deleted."


def test_a_trash_behind_a_link_is_not_one(scene: Scene, home: Path, stick: Path) -> None:
    (home / "Documents/files").mkdir()
    precious = home / "Documents/files/precious"
    precious.touch()
    (stick / f".Trash-{os.getuid()}").symlink_to(home / "Documents")
    assert scene.do("file.trash.empty") == "The trash is empty already."
    assert precious.exists()


def test_what_cannot_be_deleted_is_told_with_what_was(
    scene: Scene, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = home / ".local/share/Trash/files"
    files.mkdir(parents=True)
    for name in ("a", "b", "c"):
        (files / name).touch()
    delete = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        delete(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(ActionFailed, match=r"Only 1 thing of the trash is deleted: .*Permission denied"):
        scene.do("file.trash.empty")
    assert sorted(path.name for path in files.iterdir()) == ["b", "c"]


def test_notes_are_appended_and_the_last_one_can_be_taken_back(scene: Scene, home: Path) -> None:
    scene.do("note.create", text="buy  bread")
    scene.do("note.create", text="appeler Zoé\n# not a title")
    file = home / "Documents/Etoile.md"
    assert file.read_text() == "- 2026-11-21 14:05 buy bread\n- 2026-11-21 14:05 appeler Zoé # not a title\n"
    scene.do("assistant.undo")
    assert file.read_text() == "- 2026-11-21 14:05 buy bread\n"


def test_a_note_that_was_edited_meanwhile_stays(scene: Scene, home: Path) -> None:
    scene.do("note.create", text="one")
    file = home / "Documents/Etoile.md"
    file.write_text(file.read_text() + "my own line\n")
    with pytest.raises(ActionFailed, match="changed meanwhile"):
        scene.do("assistant.undo")
    assert file.read_text().endswith("my own line\n")
