"""The style sheet of the controls that are Qt's own: text fields and lists to choose from."""

from etoile.gui.design import Look
from etoile.gui.style import style_sheet


def settings_sheet(look: Look) -> str:
    """Return the style of the settings window in the colours of `look`."""
    palette = look.palette
    names = ("bg", "text", "text3", "surface", "raised", "ctrl", "border", "accent", "accent_fill", "critical")
    colours = {name: getattr(palette, name).name() for name in names}
    return style_sheet(palette) + _TEMPLATE % (colours | {"height": look.px(30), "arrow": look.px(20)})


_TEMPLATE = """
QDialog { background: %(bg)s; }
QLineEdit, QComboBox {
    background: %(surface)s; color: %(text)s; border: 1px solid %(ctrl)s; border-radius: 8px;
    padding: 0 8px; min-height: %(height)dpx; max-height: %(height)dpx;
    selection-background-color: %(accent_fill)s; selection-color: #FFFFFF;
    placeholder-text-color: %(text3)s;
}
QLineEdit:focus, QComboBox:focus { border: 2px solid %(accent)s; padding: 0 7px; }
QLineEdit[wrong="true"] { border: 2px solid %(critical)s; padding: 0 7px; }
QLineEdit:disabled, QComboBox:disabled { color: %(text3)s; border-color: %(border)s; }
QComboBox::drop-down { border: none; width: %(arrow)dpx; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView {
    background: %(surface)s; color: %(text)s; border: 1px solid %(border)s; outline: none;
    selection-background-color: %(raised)s; selection-color: %(text)s; padding: 4px;
}
QComboBox QAbstractItemView::item { min-height: %(height)dpx; padding: 0 8px; }
QListWidget { background: transparent; border: none; outline: none; color: %(text)s; }
QPlainTextEdit#code {
    background: %(surface)s; border: 1px solid %(ctrl)s; border-radius: 8px; padding: 6px;
}
QPlainTextEdit#code:focus { border: 2px solid %(accent)s; padding: 5px; }
"""
