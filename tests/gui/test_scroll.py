"""A column that scrolls."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from etoile.gui.scroll import ScrollColumn

FIELD_PX = 48


@pytest.mark.parametrize("height", range(100, 100 + 2 * FIELD_PX, 8))
@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_what_gets_the_focus_by_keys_is_in_view_whole(qtbot: QtBot, height: int, key: Qt.Key) -> None:
    area = ScrollColumn()
    qtbot.addWidget(area)
    fields = [QLineEdit() for _ in range(12)]
    for field in fields:
        field.setFixedHeight(FIELD_PX)
        field.setStyleSheet("border: 8px solid")
        area.column.addWidget(field)
    area.resize(200, height)
    area.show()
    area.activateWindow()
    qtbot.waitUntil(lambda: area.isActiveWindow() and area.widget().height() >= 12 * FIELD_PX)
    fields[0].setFocus()
    for _ in fields:
        focused = area.focusWidget()
        assert focused is not None
        assert focused.visibleRegion().boundingRect().size() == focused.size()
        qtbot.keyClick(focused, key)
