"""The style sheet: what Qt's own widgets take from the palette."""

from etoile.gui.design import Palette, Tone


def style_sheet(palette: Palette) -> str:
    """Return the style of labels, text fields, scroll bars, menus and tool tips in `palette`."""
    tones = "\n".join(f'QLabel[tone="{tone}"] {{ color: {palette.tone(tone).name()}; }}' for tone in Tone)
    colours = {
        name: getattr(palette, name).name()
        for name in ("text", "text3", "raised", "surface", "code", "ctrl", "border", "accent", "accent_fill")
    }
    return tones + _TEMPLATE % colours


_TEMPLATE = """
QLabel[bubble="true"] { background: %(raised)s; border-radius: 12px; padding: 8px 12px; }
QScrollArea, QScrollArea > QWidget > QWidget, QTextBrowser { background: transparent; border: none; }
QScrollArea#stop { border: 2px solid transparent; border-radius: 8px; }
QScrollArea#stop:focus { border-color: %(accent)s; }
QTextBrowser, QPlainTextEdit {
    color: %(text)s; selection-background-color: %(accent_fill)s; selection-color: #FFFFFF;
}
QPlainTextEdit { background: transparent; border: none; placeholder-text-color: %(text3)s; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: %(ctrl)s; border-radius: 2px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu {
    background: %(surface)s; color: %(text)s; border: 1px solid %(border)s; padding: 4px;
}
QMenu::item { padding: 6px 16px; border-radius: 6px; }
QMenu::item:selected { background: %(raised)s; }
QMenu::separator { height: 1px; background: %(border)s; margin: 4px 8px; }
QMenu::item:disabled { color: %(text3)s; }
QToolTip { background: %(raised)s; color: %(text)s; border: 1px solid %(border)s; padding: 4px; }
"""
