"""Every page of the settings window, as `tests.gui.screenshots` draws them."""

import tempfile
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from etoile.gui.design import Look
from etoile.gui.settings.node_form import NodeForm
from etoile.gui.settings.pages import TITLES
from etoile.gui.settings.setting import SettingRow
from tests.gui.settings.scene import FILE, Scene

KEYS = (*TITLES, "form", "wrong", "broken", "asking")
"""The pages, and states of some."""


def picture(key: str, language: str, theme: str, height: int = 560) -> QImage:
    """Return the page `key`; "form" and "wrong" are states of others."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(FILE)
        scene = Scene(Look(language, theme), path)  # type: ignore[arg-type]
        dialog = scene.dialog
        dialog.resize(dialog.width(), height)
        page = {"form": "nodes", "wrong": "alerts", "broken": "general", "asking": "privacy"}.get(key, key)
        dialog.present(page)
        if key == "form":
            _button(dialog, 1).click()
            form = dialog.findChild(NodeForm)
            form.url.setText("athena")
            form.url.textEdited.emit("athena")
        if key == "wrong":
            row = next(row for row in dialog.findChildren(SettingRow) if row.row.key == "warning_c")
            row.control.setFocus()
            row.control.setText("95")
            row.control.textEdited.emit("95")
        if key == "broken":
            path.write_text(FILE.replace("rate_wpm = 200", "rate_wpm = 2"))
            scene.file.reload()
        if key == "asking":
            scene.dialog.page._groups[-1].delete.click()
        QTest.qWait(150)
        image = dialog.grab().toImage()
        image.setDevicePixelRatio(1)
        scene.close()
        return image


def _button(dialog: QWidget, index: int) -> QAbstractButton:
    """Return the button that changes the node at `index`."""
    words = ("Change hermes", "Modifier hermes", "Alterar hermes")
    return next(button for button in dialog.findChildren(QAbstractButton) if button.accessibleName() in words)
