"""What is missing here, each said once with its remedy; and a speech model that is on its way."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.events import DownloadStopped, DownloadWanted, Event, ModelDownloading, PartMissing, UnfinishedWanted
from etoile.domain.state import State
from etoile.gui.button import FACE, QUIET_FACE, Button, Kind, below
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.gui.sparkline import paint_bar
from etoile.gui.surface import Surface
from etoile.text import Message, message, plural

SHOWN = 2
"""More than these are folded away behind a button."""
MORE = message("More about this")


class Notice(Surface):
    """One missing part: what, how to mend it, and buttons that mend it, tell more, or put it out of sight.

    `publish` hears when the user wants the download that mends it, `open_help` about which part more is to be told.
    """

    def __init__(
        self,
        look: Look,
        missing: PartMissing,
        dismiss: Callable[[], None],
        publish: Callable[[Event], None],
        open_help: Callable[[str], None],
    ) -> None:
        super().__init__(look)
        said = Label(look, Type.UI, parent=self)
        said.say(missing.said)
        remedy = Label(look, Type.META, Tone.TEXT2, parent=self)
        remedy.say(missing.remedy)
        remedy.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = Button(look, message("Dismiss"), kind=Kind.FLAT, glyph=Glyph.CLOSE, words=False, parent=self)
        close.setAccessibleDescription(look.words(missing.said))
        close.clicked.connect(dismiss)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(said)
        words.addWidget(remedy)
        buttons = []
        if missing.downloadable:
            wanted = DownloadWanted(missing.downloadable)
            download = Button(look, message("Download"), glyph=Glyph.DOWN, parent=self)
            download.setAccessibleDescription(look.words(missing.said))
            download.clicked.connect(lambda: publish(wanted))
            buttons.append(download)
        if missing.part == "recordings":
            again = Button(look, message("Try again"), parent=self)
            again.setAccessibleDescription(look.words(missing.said))
            again.clicked.connect(lambda: publish(UnfinishedWanted()))
            buttons.append(again)
        more = Button(look, MORE, kind=Kind.QUIET, face=FACE if buttons else QUIET_FACE, parent=self)
        more.setAccessibleDescription(look.words(missing.said))
        more.clicked.connect(lambda: open_help(missing.part))
        words.addLayout(below(*buttons, more))
        words.setContentsMargins(0, 10, 0, 6)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(Sign(look, Glyph.SLASHED, self, height=40), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)


class Progress(QWidget):
    """A bar that fills; it stays empty while the size is not known."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._part: float | None = None
        self.setFixedHeight(look.px(6))
        self.setMinimumWidth(look.px(80))

    def show_part(self, part: float | None) -> None:
        """Show how much is done, 0 to 1."""
        self._part = part
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(160), self._look.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_bar(painter, QRectF(self.rect()), self._part, self._look.palette)


class Download(Surface):
    """The speech model on its way, and a button that gives it up."""

    def __init__(self, look: Look, publish: Callable[[Event], None], parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._said = Label(look, Type.UI, parent=self)
        self._bar = Progress(look, self)
        stop = Button(look, message("Stop"), glyph=Glyph.STOP, parent=self)
        stop.clicked.connect(lambda: publish(DownloadStopped()))
        column = QVBoxLayout()
        column.setContentsMargins(0, 10, 0, 12)
        column.setSpacing(8)
        column.addWidget(self._said)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addLayout(column, 1)
        row.addWidget(stop)

    def show_download(self, download: ModelDownloading | None) -> None:
        """Show how far it is; None hides it."""
        self.setVisible(download is not None)
        if download is None:
            return
        total = download.total_bytes
        self._said.say(download_line(download))
        self._bar.show_part(download.received_bytes / total if total else None)


def download_line(download: ModelDownloading) -> Message:
    """Return "Speech model base: 45 MiB of 140 MiB"."""
    received, total = download.received_bytes, download.total_bytes
    if total is None:
        return message("Speech model {model}: {received:bytes}", model=download.model, received=received)
    return message(
        "Speech model {model}: {received:bytes} of {total:bytes}",
        model=download.model,
        received=received,
        total=total,
    )


class Notices(QWidget):
    """Everything that is missing and was not dismissed; what comes back with other words is shown again."""

    def __init__(
        self,
        look: Look,
        publish: Callable[[Event], None],
        open_help: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._publish, self._open_help = look, publish, open_help
        self._dismissed: set[tuple[str, str]] = set()
        self._shown: list[PartMissing] | None = None
        self._folded = True
        self._missing: list[PartMissing] = []
        self._rows: list[QWidget] = []
        self._download = Download(look, publish, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self._download)

    def show_state(self, state: State) -> None:
        """Show what `state` misses; what is being downloaded is on its way, and no longer missing."""
        coming = state.downloading.model if state.downloading else None
        self._missing = [
            missing for missing in state.missing.values() if coming is None or missing.downloadable != coming
        ]
        self._download.show_download(state.downloading)
        self._refresh()

    def _refresh(self) -> None:
        wanted = [missing for missing in self._missing if _key(missing) not in self._dismissed]
        if wanted != self._shown:
            self._shown = wanted
            self._rebuild(wanted)
        self.setVisible(bool(wanted) or not self._download.isHidden())

    def _rebuild(self, wanted: list[PartMissing]) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        fold = self._folded and len(wanted) > SHOWN + 1
        self._rows = [self._made(missing) for missing in (wanted[:SHOWN] if fold else wanted)]
        if fold:
            self._rows.append(self._more(len(wanted) - SHOWN))
        for row in self._rows:
            self._column.addWidget(row)
            row.show()

    def _made(self, missing: PartMissing) -> Notice:
        def dismiss() -> None:
            self._dismissed.add(_key(missing))
            self._refresh()

        return Notice(self._look, missing, dismiss, self._publish, self._open_help)

    def _more(self, count: int) -> Button:
        said = plural("{count} more part is off", "{count} more parts are off", count)
        button = Button(self._look, said, kind=Kind.FLAT, glyph=Glyph.DOWN, parent=self)
        button.clicked.connect(self._unfold)
        return button

    def _unfold(self) -> None:
        self._folded = False
        self._shown = None
        self._refresh()


def _key(missing: PartMissing) -> tuple[str, str]:
    return missing.part, missing.said.id
