"""The settings file, followed: changed by hand, replaced, broken and mended, made later."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication

from etoile.config import Config, load
from etoile.config.writing import setting
from etoile.domain.events import ConfigChanged, Event, PartMissing, PartReady
from etoile.gui.design import DARK, LIGHT, Look
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.living import Settings
from etoile.text import render
from tests.gui.settings.scene import FILE, FakeOutside
from tests.waiting import wait_until

Written = Callable[[Path, str], None]


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def replaced(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


def removed_and_made(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


@pytest.fixture
def file(qapp: object, path: Path) -> Iterator[SettingsFile]:
    file = SettingsFile(path, load(path, must_exist=True))
    file.watch()
    yield file
    file.close()


def settle(predicate: Callable[[], object]) -> None:
    """Wait for `predicate` while Qt's loop runs."""

    def holds() -> object:
        QApplication.processEvents()
        return predicate()

    wait_until(holds)


@pytest.mark.parametrize("written", [in_place, replaced, removed_and_made])
def test_what_others_write_is_read_again_and_again(file: SettingsFile, path: Path, written: Written) -> None:
    told: list[Config] = []
    file.changed.connect(told.append)
    for pace in (210, 220, 230):
        written(path, FILE.replace("200", str(pace)))
        settle(lambda pace=pace: file.config.speech.rate_wpm == pace)
    assert [config.speech.rate_wpm for config in told] == [210, 220, 230]


def test_a_broken_file_leaves_the_former_settings_and_says_where(file: SettingsFile, path: Path) -> None:
    in_place(path, FILE.replace("rate_wpm = 200", "rate_wpm = 2"))
    settle(lambda: file.broken)
    assert file.broken
    assert render(file.broken.said, "en").endswith("speech.rate_wpm is 2; it must be between 50 and 600. (line 16)")
    assert file.config.speech.rate_wpm == 200
    refused = file.change(setting("speech", "rate_wpm", 210))
    assert refused
    assert "speech.rate_wpm" in str(refused)
    in_place(path, FILE)
    settle(lambda: file.broken is None)


def test_what_is_written_here_is_told_once(file: SettingsFile, path: Path) -> None:
    told: list[Config] = []
    file.changed.connect(told.append)
    assert file.change(setting("speech", "rate_wpm", 210)) is None
    assert file.change(setting("speech", "rate_wpm", 210)) is None
    file.reload()
    assert [config.speech.rate_wpm for config in told] == [210]
    assert "# a small case" in path.read_text()


def test_a_file_in_a_folder_that_is_not_there_yet_is_made(qapp: object, tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "etoile" / "config.toml", Config())
    file.watch()
    assert file.change(setting("thermal", "warning_c", 60)) is None
    in_place(file.path, "[thermal]\nwarning_c = 61\n")
    settle(lambda: file.config.thermal.warning_c == 61)
    file.close()


def test_a_link_to_a_file_elsewhere_is_followed(qapp: object, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "config").mkdir()
    real, link = tmp_path / "dotfiles" / "etoile.toml", tmp_path / "config" / "config.toml"
    real.write_text(FILE)
    link.symlink_to(real)
    file = SettingsFile(link, load(link, must_exist=True))
    file.watch()
    replaced(real, FILE.replace("200", "210"))
    settle(lambda: file.config.speech.rate_wpm == 210)
    file.close()


class TestWhileEtoileRuns:
    @pytest.fixture
    def events(self) -> list[Event]:
        return []

    @pytest.fixture
    def opened(self) -> list[QUrl]:
        return []

    @pytest.fixture
    def settings(
        self, qapp: object, look: Look, path: Path, events: list[Event], opened: list[QUrl]
    ) -> Iterator[Settings]:
        made = Settings(look, path, load(path, must_exist=False), events.append, FakeOutside(), opened.append)
        yield made
        made.close()

    def test_everybody_is_told_and_the_theme_changes_at_once(
        self, settings: Settings, look: Look, path: Path, events: list[Event]
    ) -> None:
        assert look.palette is DARK
        in_place(path, FILE + '[window]\ntheme = "light"\n')
        settle(lambda: events)
        assert isinstance(events[0], ConfigChanged)
        assert look.palette is LIGHT

    def test_a_broken_file_is_a_notice_until_it_is_mended(
        self, settings: Settings, path: Path, events: list[Event]
    ) -> None:
        in_place(path, "[speach]\n")
        settle(lambda: events)
        [missing] = events
        assert isinstance(missing, PartMissing)
        assert render(missing.said, "en").endswith("config.toml: unknown key speach. (line 1)")
        assert missing.remedy
        assert render(missing.remedy, "en").startswith("Did you mean speech?")
        in_place(path, FILE)
        settle(lambda: PartReady("settings") in events)
        assert len(events) == 2  # the settings are as they were

    def test_the_window_is_made_once(self, settings: Settings) -> None:
        settings.present("nodes")
        first = settings._dialog
        settings.present()
        assert settings._dialog is first

    def test_the_file_is_made_to_be_edited(self, settings: Settings, path: Path, opened: list[QUrl]) -> None:
        path.unlink()
        settings.open_file()
        assert opened == [QUrl.fromLocalFile(str(path))]
        assert load(path, must_exist=True) == Config()
