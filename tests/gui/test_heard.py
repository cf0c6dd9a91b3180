"""The words so far: they grow, then scroll; what may still change is underlined."""

import pytest
from PySide6.QtGui import QTextCharFormat
from pytestqt.qtbot import QtBot

from etoile.gui.design import LIGHT, Look
from etoile.gui.heard import LINE_HEIGHT, MOST_LINES, Heard

LONG = "compare la mémoire libre de chaque carte " * 8


@pytest.fixture
def heard(qtbot: QtBot, look: Look) -> Heard:
    made = Heard(look)
    qtbot.addWidget(made)
    made.resize(360, LINE_HEIGHT)
    made.show()
    return made


def pieces(heard: Heard) -> list[tuple[str, QTextCharFormat]]:
    """Return the words in pieces of one format."""
    fragments = heard.document().begin().begin()
    found = []
    while not fragments.atEnd():
        found.append((fragments.fragment().text(), fragments.fragment().charFormat()))
        fragments += 1
    return found


def test_what_may_still_change_is_paler_and_underlined(heard: Heard, look: Look) -> None:
    heard.show_words("mets le volume", "à quarante")
    (settled, plain), (tentative, dotted) = pieces(heard)
    assert (settled, tentative) == ("mets le volume ", "à quarante")
    assert plain.underlineStyle() is QTextCharFormat.UnderlineStyle.NoUnderline
    assert dotted.underlineStyle() is QTextCharFormat.UnderlineStyle.DotLine
    assert plain.foreground().color() == look.palette.text
    assert dotted.foreground().color() == look.palette.text2


def test_only_what_is_settled_is_read_aloud(heard: Heard) -> None:
    heard.show_words("mets le volume", "à quarante")
    assert heard.accessibleName() == "mets le volume"


def test_it_grows_to_a_few_lines(heard: Heard) -> None:
    line = heard._line_height
    assert heard.heightForWidth(360) == line
    heard.show_words("compare la mémoire libre de chaque carte,", "puis dis-moi laquelle")
    assert heard.heightForWidth(360) == 2 * line
    heard.show_words(LONG, "")
    assert heard.heightForWidth(360) == MOST_LINES * line
    heard.allow_lines(2)
    assert heard.heightForWidth(360) == 2 * line


def test_the_newest_words_stay_in_sight_unless_the_user_scrolled_up(heard: Heard) -> None:
    heard.resize(360, MOST_LINES * LINE_HEIGHT)
    bar = heard.verticalScrollBar()
    heard.show_words(LONG, "et")
    assert bar.value() == bar.maximum() > 0
    heard.show_words(LONG * 2, "et")
    assert bar.value() == bar.maximum()
    bar.setValue(5)
    heard.show_words(LONG * 3, "et")
    assert bar.value() == 5


def test_it_follows_dark_and_light(heard: Heard, look: Look) -> None:
    heard.show_words("mets", "le volume")
    look.use_theme("light")
    assert [ink.foreground().color() for _, ink in pieces(heard)] == [LIGHT.text, LIGHT.text2]
