"""What Qt says by itself, in the language of the interface: dialogs, menus of text fields, the names of keys."""

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from etoile.gui.design import Look

CATALOGUES = {"fr": "qtbase_fr", "pt": "qtbase_pt_BR"}
"""English needs none.  What Qt has for Portugal is old, and knows few of its dialogs."""


class QtWords(QObject):
    """Follows the language of `look` as long as `app` lives."""

    def __init__(self, app: QApplication, look: Look) -> None:
        super().__init__(app)
        self._app, self._look = app, look
        self._translator = QTranslator(self)
        look.language_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._app.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._translator.load(CATALOGUES.get(self._look.language, ""), folder):
            self._app.installTranslator(self._translator)
