"""Markdown as text: what a model wrote is shown, and never loaded, opened or run."""

import math
import re
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextBrowser, QWidget

from etoile.gui.design import Look, Type
from etoile.text import message, verbatim

_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
CARET = "▍"
LONGEST_LINE = 68
"""Characters; longer lines are hard to read."""
_OPENED = ("http", "https")
_INLINE_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
JOINER = "\N{WORD JOINER}"
"""Without a width; where it stands, no line ends."""


def unbroken(markdown: str) -> str:
    """Return `markdown` with inline code that is not parted at its hyphens: an option is one word.  Pure."""
    return _INLINE_CODE.sub(lambda code: code[0].replace("-", f"-{JOINER}"), markdown)


class Prose(QTextBrowser):
    """A piece of an answer, as high as its text.

    Pictures are not fetched, neither from the network nor from a file.  A link is opened only after its address was
    shown and the user agreed.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[str, bool] | None = None
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(look.font(Type.BODY))
        self.document().setDocumentMargin(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMaximumWidth(look.metrics(Type.BODY).averageCharWidth() * LONGEST_LINE)
        self.setAccessibleName(look.words(message("Answer")))
        self.anchorClicked.connect(self._ask_about)

    def show_markdown(self, text: str, *, streaming: bool) -> None:
        """Show `text`, with a caret at its end while more is to come."""
        if self._shown == (text, streaming):
            return
        self._shown = (text, streaming)
        self._lay_out(text, streaming=streaming)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._shown:
            text, streaming = self._shown
            self._lay_out(text, streaming=streaming)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Give an empty picture for whatever the text wants loaded."""
        return QImage(1, 1, QImage.Format.Format_ARGB32)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Give what is copied as it was written."""
        chosen, copied = self.textCursor().selection(), QMimeData()
        copied.setText(chosen.toPlainText().replace(JOINER, ""))
        copied.setHtml(chosen.toHtml().replace(JOINER, ""))
        return copied

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever comes by Tab stands on a link at once: the text as a whole shows no focus."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.focusNextPrevChild(event.reason() is Qt.FocusReason.TabFocusReason)

    def _lay_out(self, text: str, *, streaming: bool) -> None:
        document = self.document()
        document.setMarkdown(unbroken(text), _FEATURES)
        self._restyle(document)
        if streaming:
            self._add_caret(document)
        links = "](" in text or "://" in text
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if links else Qt.FocusPolicy.ClickFocus)
        self._fit()

    def _restyle(self, document: QTextDocument) -> None:
        """Give headings, paragraphs and code the type of the design: markdown brings sizes of its own."""
        cursor = QTextCursor(document)
        cursor.beginEditBlock()  # all at once: each change by itself would lay the text out again
        block = document.begin()
        while block.isValid():
            cursor.setPosition(block.position())
            cursor.mergeBlockFormat(self._block_format(block))
            if block.blockFormat().headingLevel():
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(self._heading_format())
            self._restyle_parts(block, cursor)
            block = block.next()
        cursor.endEditBlock()

    def _block_format(self, block: QTextBlock) -> QTextBlockFormat:
        form = QTextBlockFormat()
        form.setLineHeight(self._look.px(22), QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        heading = block.blockFormat().headingLevel()
        form.setTopMargin(8 if heading and block.blockNumber() else 0)
        form.setBottomMargin(2 if block.textList() else (4 if heading else 8))
        return form

    def _heading_format(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFont(self._look.font(Type.HEADING))
        form.setProperty(QTextCharFormat.Property.FontSizeAdjustment, 0)
        return form

    def _restyle_parts(self, block: QTextBlock, cursor: QTextCursor) -> None:
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            form = self._form_of(fragment.charFormat())
            if form:
                cursor.setPosition(fragment.position())
                cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(form)
            iterator += 1

    def _form_of(self, found: QTextCharFormat) -> QTextCharFormat | None:
        """Return what code and links look like; None for other text."""
        if found.fontFixedPitch():
            return self._code_format()
        if not found.isAnchor():
            return None
        form = QTextCharFormat()
        form.setForeground(self._look.palette.accent)
        form.setFontUnderline(True)
        return form

    def _code_format(self) -> QTextCharFormat:
        form = QTextCharFormat()
        font = QFont(self._look.mono)
        font.setPixelSize(self._look.px(13))
        form.setFont(font)
        form.setBackground(self._look.palette.raised)
        return form

    def _add_caret(self, document: QTextDocument) -> None:
        cursor = QTextCursor(document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        form = QTextCharFormat()
        form.setForeground(self._look.palette.accent)
        cursor.insertText(CARET, form)

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        height = math.ceil(self.document().size().height()) + 2
        if height != self.height():
            self.setFixedHeight(height)

    def _ask_about(self, url: QUrl) -> None:
        """Show where a link leads, and let the user decide."""
        menu = link_menu(self._look, url, self)
        menu.popup(self.cursor().pos())


def link_menu(look: Look, url: QUrl, parent: QWidget) -> QMenu:
    """Return the menu of a link: its address in full, and what can be done with it."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    address = url.toString()
    where = menu.addAction(look.words(verbatim(address)).replace("&", "&&"))
    where.setEnabled(False)
    menu.addSeparator()
    copy = menu.addAction(look.words(message("Copy the address")))
    copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(address))
    if url.scheme() in _OPENED:
        follow = menu.addAction(look.words(message("Open in the browser")))
        follow.triggered.connect(lambda: QDesktopServices.openUrl(url))
    return menu
