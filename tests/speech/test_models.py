"""Speech models on this computer; the hub is a function of the test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etoile.errors import ModelUnavailable
from etoile.speech import models
from etoile.text import render

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")
Progress = Callable[[int, int | None], None]


def put_model(folder: Path, *files: str) -> Path:
    folder.mkdir(parents=True)
    for name in files or FILES:
        (folder / name).write_text("x")
    return folder


def hub(repository: str, into: Path, progress: Progress) -> None:
    """Download a model of four bytes."""
    assert repository == "Systran/faster-whisper-base"
    for number, name in enumerate(FILES, 1):
        (into / name).write_text("x")
        progress(number, len(FILES))


def never() -> bool:
    return False


def ignore(received: int, total: int | None) -> None:
    pass


def remedy_of(error: ModelUnavailable) -> str:
    assert error.remedy is not None
    return render(error.remedy, "en")


def test_a_name_is_a_folder_of_ours() -> None:
    put_model(models.home() / "base")
    assert models.folder("base") == models.home() / "base"
    assert models.installed() == ("base",)


def test_a_folder_is_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_model(tmp_path / "mine")
    assert models.folder(str(tmp_path / "mine")) == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    assert models.folder("./mine") == Path("mine")
    assert models.folder("mine") == Path("mine")


def test_a_folder_of_the_user(own_home: Path) -> None:
    put_model(own_home / "whisper")
    assert models.folder("~/whisper") == own_home / "whisper"


def test_a_known_name_is_never_a_folder_that_happens_to_be_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_model(tmp_path / "base")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelUnavailable):
        models.folder("base")


@pytest.mark.parametrize(
    ("model", "said", "remedy"),
    [
        ("base", 'The speech model "base" is not on this computer.', "Download it with: etoile models download base"),
        ("bsae", 'There is no speech model called "bsae".', 'Did you mean "base"?'),
        ("zzz", 'There is no speech model called "zzz".', "Known names: tiny, base, small"),
        ("/nowhere/whisper", "There is no folder /nowhere/whisper with a speech model.", "Correct speech.model"),
        ("Systran/faster-whisper-base", "There is no folder Systran/faster-whisper-base", "Correct speech.model"),
    ],
)
def test_what_is_not_there_is_told_and_never_looked_for_elsewhere(model: str, said: str, remedy: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        models.folder(model)
    assert str(caught.value).startswith(said)
    assert remedy_of(caught.value).startswith(remedy)


@pytest.mark.parametrize("missing", FILES)
def test_a_folder_that_is_not_whole_is_told(missing: str, tmp_path: Path) -> None:
    put_model(tmp_path / "half", *(name for name in FILES if name != missing))
    with pytest.raises(ModelUnavailable, match=missing):
        models.folder(str(tmp_path / "half"))


def test_an_empty_file_counts_as_missing() -> None:
    folder = put_model(models.home() / "tiny")
    (folder / "model.bin").write_bytes(b"")
    assert models.installed() == ()
    with pytest.raises(ModelUnavailable, match=r"model\.bin") as caught:
        models.folder("tiny")
    assert remedy_of(caught.value).endswith("etoile models download tiny")


def test_a_download_reports_and_arrives_whole() -> None:
    told: list[tuple[int, int | None]] = []
    folder = models.download("base", lambda *counts: told.append(counts), never, hub)
    assert folder == models.folder("base")
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert sorted(path.name for path in models.home().iterdir()) == ["base"]


def test_a_download_replaces_an_older_one() -> None:
    put_model(models.home() / "base", "model.bin")
    models.download("base", ignore, never, hub)
    assert models.installed() == ("base",)


def test_a_cancelled_download_leaves_no_model_and_goes_on_later() -> None:
    seen: list[int] = []

    def remember(received: int, total: int | None) -> None:
        seen.append(received)

    with pytest.raises(models.DownloadCancelled):
        models.download("base", remember, lambda: len(seen) == 2, hub)
    assert models.installed() == ()
    assert (models.home() / ".base.part" / "model.bin").exists()
    models.download("base", ignore, never, hub)
    assert models.installed() == ("base",)


def test_no_network_is_told() -> None:
    def offline(repository: str, into: Path, progress: Progress) -> None:
        raise ConnectionError("Got: ConnectError: name resolution failed.\nAnd a paragraph of advice.")

    with pytest.raises(ModelUnavailable) as caught:
        models.download("base", ignore, never, offline)
    said = 'The speech model "base" could not be downloaded: Got: ConnectError: name resolution failed.'
    assert str(caught.value) == said
    assert "HTTPS_PROXY" in remedy_of(caught.value)
    assert models.installed() == ()


def test_a_download_that_lacks_files_never_gets_the_name() -> None:
    def poor(repository: str, into: Path, progress: Progress) -> None:
        (into / "config.json").write_text("x")

    with pytest.raises(ModelUnavailable, match="not whole"):
        models.download("base", ignore, never, poor)
    assert models.installed() == ()


def test_a_full_disk_is_told_before_anything_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1024))
    with pytest.raises(ModelUnavailable, match=r"needs 141.MiB; the disk has 1.KiB"):
        models.download("base", ignore, never, hub)


def test_an_unknown_name_is_not_downloaded() -> None:
    with pytest.raises(ModelUnavailable, match="no speech model called"):
        models.download("../etc", ignore, never, hub)
    with pytest.raises(ModelUnavailable, match="no speech model called"):
        models.remove("..")


def test_removing() -> None:
    put_model(models.home() / "base")
    put_model(models.home() / ".base.part")
    assert models.remove("base")
    assert models.installed() == ()
    assert not models.remove("base")


def test_the_names_are_those_of_faster_whisper() -> None:
    from faster_whisper.utils import _MODELS

    assert {name: known.repository for name, known in models.KNOWN.items()} == {
        name: _MODELS[name] for name in models.KNOWN
    }
