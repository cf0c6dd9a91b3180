"""The settings while Etoile runs: the file is followed, the window made when it is wanted, and everybody told."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from etoile.config import Config, interface_language, spoken_language
from etoile.domain.events import ConfigChanged, Event, LanguageChosen, PartMissing, PartReady
from etoile.gui.design import Look
from etoile.gui.settings.file import Broken, SettingsFile
from etoile.text import message

if TYPE_CHECKING:
    from etoile.gui.settings.outside import Outside

PART = "settings"
"""What a broken settings file is called among the parts that are missing."""
EMPTY_SETTINGS = """\
# Settings of Etoile.  "etoile help nodes" and "etoile help voice" tell what can stand here.
"""


class Settings(QObject):
    """Owns the settings file and its window.  Main thread."""

    def __init__(
        self,
        look: Look,
        path: Path,
        config: Config,
        publish: Callable[[Event], None],
        outside: "Outside",
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__()
        self._look, self._publish, self._outside, self._open_url = look, publish, outside, open_url
        self.file = SettingsFile(path, config, self)
        self.open_help: Callable[[str], object] = lambda wanted: None
        """Opens the help; set by whoever makes it."""
        self.open_first_steps: Callable[[], object] = lambda: None
        """Opens the first steps; set as well."""
        self._dialog: QObject | None = None
        self._spoken = spoken_language(config)
        self.file.changed.connect(self._apply)
        self.file.judged.connect(self._tell)
        # Later: the row by which it is changed is made anew as well.
        look.language_changed.connect(self._speak, Qt.ConnectionType.QueuedConnection)
        self.file.watch()

    def present(self, page: str | None = None) -> None:
        """Show the window, on `page` ("nodes", "privacy") where one is wanted."""
        from etoile.gui.settings.dialog import SettingsDialog
        from etoile.gui.settings.pages import SettingsPages

        if self._dialog is None:
            pages = SettingsPages(
                look=self._look,
                file=self.file,
                outside=self._outside,
                open_file=self.open_file,
                open_help=self.open_help,
                open_first_steps=self.open_first_steps,
            )
            self._dialog = pages.dialog()
        assert isinstance(self._dialog, SettingsDialog)
        self._dialog.present(page)

    def open_file(self) -> None:
        """Open the file in the user's editor; it is made when there is none."""
        path = self.file.path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(EMPTY_SETTINGS, encoding="utf-8")
        self._open_url(QUrl.fromLocalFile(str(path)))

    def close(self) -> None:
        """Take the window away, and follow the file no more."""
        from PySide6.QtWidgets import QWidget

        self.file.close()
        if isinstance(self._dialog, QWidget):
            self._dialog.close()
            self._dialog.deleteLater()
            self._dialog = None

    def _apply(self, config: Config) -> None:
        self._look.use_theme(config.window.theme)
        self._look.write_in(interface_language(config))
        self._publish(ConfigChanged(config))
        if (spoken := spoken_language(config)) != self._spoken:
            self._spoken = spoken
            self._publish(LanguageChosen(spoken))

    def _speak(self) -> None:
        from etoile.gui.settings.dialog import SettingsDialog

        if isinstance(self._dialog, SettingsDialog):
            self._dialog.speak()

    def _tell(self, broken: Broken | None) -> None:
        if broken is None:
            self._publish(PartReady(PART))
            return
        remedy = message("Until it is mended the former settings count.")
        if broken.error.remedy:
            remedy = message("{first} {following}", first=broken.error.remedy, following=remedy)
        self._publish(PartMissing(PART, broken.said, remedy))
