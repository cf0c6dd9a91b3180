"""The settings window: an ordinary one, with the list of pages at the left and the chosen page at the right."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QPaintEvent, QPen, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QDialog,
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from etoile.config import Config
from etoile.errors import ConfigError
from etoile.gui.anew import bring_in, carry_over, focus_again, heir, taken_out
from etoile.gui.button import Button
from etoile.gui.design import BUTTON_RADIUS, PADDING, Look, Type
from etoile.gui.icons import app_icon
from etoile.gui.settings.file import Broken, SettingsFile
from etoile.gui.settings.frame import Wrong
from etoile.gui.settings.page import SettingsPage
from etoile.gui.settings.style import settings_sheet
from etoile.text import Message, message

WIDTH, HEIGHT, LIST_WIDTH = 680, 560, 176
HELP = {
    "general": "config",
    "voice": "voice",
    "nodes": "nodes",
    "alerts": "gpus",
    "commands": "commands",
    "shortcuts": "talk_key",
    "privacy": "privacy",
    "about": "start",
}
"""What the help is asked for on each page: a topic, or a part that a section helps with."""


class Entry(QAbstractButton):
    """A page in the list; the chosen one is raised, has a bar at its left, and bolder words."""

    def __init__(self, look: Look, said: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(look.words(said))
        self.setAccessibleName(look.words(said))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(LIST_WIDTH - 24), self._look.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(3, 2, -3, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(palette.raised)
            painter.drawRoundedRect(face, BUTTON_RADIUS, BUTTON_RADIUS)
        if self.isChecked():
            painter.setBrush(palette.accent)
            painter.drawRoundedRect(QRectF(face.left(), face.center().y() - 8, 3, 16), 1.5, 1.5)
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(face.adjusted(-1, -0.5, 1, 0.5), BUTTON_RADIUS + 1, BUTTON_RADIUS + 1)
        kind = Type.TITLE if self.isChecked() else Type.UI
        painter.setFont(self._look.font(kind))
        painter.setPen(palette.text)
        words = face.adjusted(self._look.px(12), 0, -4, 0)
        shown = self._look.metrics(kind).elidedText(self.text(), Qt.TextElideMode.ElideRight, round(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class SettingsDialog(QDialog):
    """Shows `pages`, titles and makers by key, each made when it is first chosen.  Everything applies at once."""

    def __init__(
        self,
        look: Look,
        file: SettingsFile,
        titles: Mapping[str, Message],
        make: Callable[[str], SettingsPage],
        open_file: Callable[[], None],
        open_help: Callable[[str], object] = lambda wanted: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._file, self._titles, self._make, self._edit = look, file, titles, make, open_file
        self.open_help = open_help
        self._arrange()
        self._build()
        self._restyle()
        look.changed.connect(self._restyle)
        file.changed.connect(self._show_config)
        file.judged.connect(self._judge)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)
        QShortcut(QKeySequence("F6"), self).activated.connect(self._next_region)
        QShortcut(QKeySequence("F1"), self).activated.connect(self._help)
        self._revealing = QTimer(self)
        self._revealing.setSingleShot(True)
        self._revealing.timeout.connect(self._reveal_now)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._reveal)
        self.choose(next(iter(self._entries)))

    def speak(self) -> None:
        """Show everything in the language that is the interface's now; what is being typed stays."""
        chosen, made, focus = self.chosen, self._made, self.focusWidget()
        self.setUpdatesEnabled(False)
        former = taken_out(self)
        self._build()
        for key, page in made.items():
            self._made[key] = heir(page, self._make(key))
            self._stack.addWidget(self._made[key])
        self.choose(chosen)
        bring_in(self)
        for key, page in made.items():
            if page is not self._made[key]:
                carry_over(page, self._made[key])
        focus_again(focus, former, self)
        former.deleteLater()
        self.setUpdatesEnabled(True)

    def _arrange(self) -> None:
        self.setWindowIcon(app_icon())
        self.setModal(False)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(self._look.px(WIDTH), screen.width()), min(self._look.px(HEIGHT), screen.height()))
        self.setMinimumSize(min(self._look.px(560), screen.width()), min(240, screen.height()))

    def _build(self) -> None:
        """Make the list, and the place of the pages; texts are made once."""
        look = self._look
        self._made: dict[str, SettingsPage] = {}
        self._entries = {key: Entry(look, title, self) for key, title in self._titles.items()}
        self._wrong = Wrong(look, self)
        self._open_file = Button(look, message("Open the file"), parent=self)
        self._open_file.clicked.connect(self._edit)
        self._stack = QStackedLayout()
        self.setWindowTitle(look.words(message("Settings")))
        places = QVBoxLayout()
        places.setContentsMargins(8, PADDING, 8, PADDING)
        places.setSpacing(0)
        for key, entry in self._entries.items():
            entry.toggled.connect(lambda on, key=key: self.choose(key) if on else None)
            places.addWidget(entry)
        places.addStretch()
        left = QWidget(self)
        left.setLayout(places)
        left.setFixedWidth(self._look.px(LIST_WIDTH))
        left.setAccessibleName(self._look.words(message("Pages")))
        self._broken = broken = QHBoxLayout()
        broken.setContentsMargins(0, 12, PADDING, 0)
        broken.addWidget(self._wrong, 1)
        broken.addWidget(self._open_file, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._fit_broken()
        right = QVBoxLayout()
        right.setContentsMargins(8, 0, 8, 0)
        right.addLayout(broken)
        right.addLayout(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addLayout(right, 1)
        self._judge(self._file.broken)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_broken()

    def _fit_broken(self) -> None:
        """Let what is wrong with the file have a narrow window's whole width, and the button the line below."""
        wide = self.width() >= self._look.px(WIDTH)
        self._broken.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    @property
    def chosen(self) -> str:
        """The key of the page that is shown."""
        return next(key for key, entry in self._entries.items() if entry.isChecked())

    @property
    def page(self) -> SettingsPage:
        """The page that is shown."""
        return next(page for page in self._made.values() if page is self._stack.currentWidget())

    def present(self, key: str | None = None) -> None:
        """Show the window with the keyboard, on the page `key` where one is wanted."""
        if key:
            self.choose(key)
            self._entries[key].setFocus()
        if not self.isVisible():
            self._stand_beside()
        self.show()
        self.raise_()
        self.activateWindow()

    def _stand_beside(self) -> None:
        """Stand at the left of what stays on top, where there is room: it would cover the settings."""
        for other in QApplication.topLevelWidgets():
            on_top = other.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
            if other.isVisible() and on_top and not isinstance(other, QMenu):
                room = other.frameGeometry().left() - self.screen().availableGeometry().left()
                if room >= self.width():
                    self.move(other.frameGeometry().left() - self.width(), max(0, other.frameGeometry().top()))

    def choose(self, key: str) -> None:
        """Show the page `key`."""
        if key not in self._made:
            page = self._made[key] = self._make(key)
            self._stack.addWidget(page)
        self._entries[key].setChecked(True)
        self._stack.setCurrentWidget(self._made[key])

    def _next_region(self) -> None:
        """Go from the list to the page, and back."""
        chosen = self._entries[self.chosen]
        if isinstance(self.focusWidget(), Entry):
            self.page.setFocus(Qt.FocusReason.TabFocusReason)
            self.page.focusNextChild()
        else:
            chosen.setFocus(Qt.FocusReason.TabFocusReason)

    def _help(self) -> None:
        """Open the help of what is wrong where the focus is, else of the page."""
        part: QWidget | None = self.focusWidget()
        while part is not None and part is not self:
            wrong = getattr(part, "wrong", None)
            if isinstance(wrong, Wrong) and wrong.error:
                self.open_help(type(wrong.error).__name__)
                return
            part = part.parentWidget()
        self.open_help(HELP[self.chosen])

    def _show_config(self, config: Config) -> None:
        for page in self._made.values():
            page.show_config(config)

    def _judge(self, broken: Broken | None) -> None:
        self._wrong.say(ConfigError(broken.said, broken.error.remedy) if broken else None)
        self._open_file.setVisible(broken is not None)

    def _reveal(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self._revealing.start()

    def _reveal_now(self) -> None:
        """Scroll to what has the focus, once everything has its place."""
        if part := self.focusWidget():
            self.page.reveal(part)

    def _restyle(self) -> None:
        self.setStyleSheet(settings_sheet(self._look))
        self.update()
