"""The design: colours for dark and light, the type scale and the grid, and how words are shown.

Three rules: normal is grey; severity is a shape and a word, colour comes last; one value, one sentence, one action a
place.  Contrast of every text colour is at least 4.5:1 on each of the three surfaces.  Sizes are logical pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from functools import cached_property, lru_cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication

from etoile.gui.motion import Motion
from etoile.text import Message, render

Theme = Literal["auto", "dark", "light"]

GAP = 4
"""The grid: distances are 4, 8, 12, 16, 24 or 32."""
PADDING = 16
CARD_PADDING = 12
CARD_RADIUS = 12
BUTTON_RADIUS = 8
WINDOW_RADIUS = 14
_REMEMBERED = 2000
"""How many texts are remembered, and how many widths of texts."""
SHADOW = 20
"""Width of the margin in which the window paints its shadow."""


class Tone(StrEnum):
    """Names of the colours that text may have."""

    TEXT = "text"
    TEXT2 = "text2"
    TEXT3 = "text3"
    """The faintest that is permitted."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours of one theme."""

    dark: bool
    bg: QColor
    surface: QColor
    raised: QColor
    code: QColor
    text: QColor
    text2: QColor
    """Also the series of temperatures."""
    text3: QColor
    accent: QColor
    accent_fill: QColor
    warning: QColor
    warning_fill: QColor
    warning_edge: QColor
    on_warning: QColor
    critical: QColor
    critical_fill: QColor
    critical_edge: QColor
    ctrl: QColor
    """Outlines of controls, empty glyphs, thresholds that are not crossed."""
    border: QColor
    """Decoration only."""
    load: QColor
    memory: QColor
    shadow: QColor

    def tone(self, tone: Tone) -> QColor:
        """Return the colour called `tone`."""
        colour: QColor = getattr(self, tone)
        return colour


ON_FILL = QColor("#FFFFFF")
"""Text on the accent's and the critical fill."""

DARK = Palette(
    dark=True,
    bg=QColor("#16181D"),
    surface=QColor("#1E2128"),
    raised=QColor("#282C35"),
    code=QColor("#121419"),
    text=QColor("#F1F3F6"),
    text2=QColor("#B4BAC6"),
    text3=QColor("#969DAB"),
    accent=QColor("#7AA7F7"),
    accent_fill=QColor("#3D72DD"),
    warning=QColor("#F2B33D"),
    warning_fill=QColor("#F2B33D"),
    warning_edge=QColor("#F2B33D"),
    on_warning=QColor("#1B1405"),
    critical=QColor("#FF6B6B"),
    critical_fill=QColor("#D03A53"),
    critical_edge=QColor("#FF6B6B"),
    ctrl=QColor("#767D8C"),
    border=QColor("#3A3F4B"),
    load=QColor("#6FB1FF"),
    memory=QColor("#E7B7D3"),
    shadow=QColor(0, 0, 0, 56),
)

LIGHT = Palette(
    dark=False,
    bg=QColor("#F4F5F8"),
    surface=QColor("#FFFFFF"),
    raised=QColor("#EBEEF3"),
    code=QColor("#F0F2F6"),
    text=QColor("#171A20"),
    text2=QColor("#4A5160"),
    text3=QColor("#5F6776"),
    accent=QColor("#1F55BF"),
    accent_fill=QColor("#2458C4"),
    warning=QColor("#8A5300"),
    warning_fill=QColor("#FFCE6B"),
    warning_edge=QColor("#8A5300"),
    on_warning=QColor("#2A1A00"),
    critical=QColor("#B81D3A"),
    critical_fill=QColor("#B81D3A"),
    critical_edge=QColor("#B81D3A"),
    ctrl=QColor("#7C8494"),
    border=QColor("#D3D8E0"),
    load=QColor("#1762C4"),
    memory=QColor("#6B2C5C"),
    shadow=QColor(0, 0, 0, 36),
)


def with_contrast(palette: Palette) -> Palette:
    """Return `palette` for a desktop that wants high contrast: every line is seen, and no text is faint."""
    clear = QColor(Qt.GlobalColor.transparent)
    return replace(palette, border=palette.text2, ctrl=palette.text2, text3=palette.text2, shadow=clear)


class Type(Enum):
    """The type scale: size in pixels, whether it is semibold."""

    CAPTION = (11, False)
    META = (12, False)
    UI = (13, False)
    TITLE = (13, True)
    BODY = (14, False)
    QUESTION = (14, True)
    TRANSCRIPT = (15, False)
    HEADING = (15, True)
    VALUE = (20, True)
    STEP = (24, True)
    """The title of one of the first steps."""

    @property
    def size_px(self) -> int:
        """Size where the system's own font has 13 pixels."""
        return self.value[0]

    @property
    def semibold(self) -> bool:
        """Whether it is drawn at weight 600."""
        return self.value[1]


class Look(QObject):
    """How everything is shown now: colours, fonts, language.  One for the whole interface; main thread.

    `changed` is emitted when the desktop turns dark or light, or to another contrast.
    """

    changed = Signal()
    language_changed = Signal()
    """Texts are made once: whoever shows any makes its parts anew."""

    def __init__(self, language: str = "en", theme: Theme = "auto") -> None:
        super().__init__()
        self.language = language
        self._theme = theme
        self.motion = Motion()
        hints = QGuiApplication.styleHints()
        self.palette = self._wanted()
        hints.colorSchemeChanged.connect(self._follow)
        if hasattr(hints, "accessibility"):  # from Qt 6.10 on
            hints.accessibility().contrastPreferenceChanged.connect(self._follow)

    def use_theme(self, theme: Theme) -> None:
        """Be dark, light, or as the desktop is, from now on."""
        if theme != self._theme:
            self._theme = theme
            self._follow()

    def write_in(self, language: str) -> None:
        """Have everything written in `language` from now on."""
        if language != self.language:
            self.language = language
            self.language_changed.emit()

    def say_anew(self) -> None:
        """Have everything written anew: what texts are made of changed."""
        self.language_changed.emit()

    def words(self, said: Message) -> str:
        """Return `said` in the language of the interface."""
        return render(said, self.language) if said.values else _always_so(said, self.language)

    def font(self, kind: Type) -> QFont:
        """Return the system's font in the size of `kind`, its digits all of one width."""
        return self._fonts[kind]

    def metrics(self, kind: Type) -> QFontMetrics:
        """Return the measures of `font(kind)`."""
        return self._metrics[kind]

    def width(self, kind: Type, text: str) -> int:
        """Return how wide `text` is: measured once, since the same few are painted every second."""
        return self._widths(kind, text)

    def px(self, size: float) -> int:
        """Return `size` enlarged as much as the user's own font is."""
        return round(size * self._scale)

    @cached_property
    def mono(self) -> QFont:
        """The system's font for code."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self.px(12))
        return font

    @cached_property
    def _scale(self) -> float:
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        return max(1.0, QFontInfo(system).pixelSize() / 13)

    @cached_property
    def _fonts(self) -> dict[Type, QFont]:
        return {kind: self._made(kind) for kind in Type}

    @cached_property
    def _metrics(self) -> dict[Type, QFontMetrics]:
        return {kind: QFontMetrics(font) for kind, font in self._fonts.items()}

    @cached_property
    def _widths(self) -> Callable[[Type, str], int]:
        return lru_cache(_REMEMBERED)(lambda kind, text: self._metrics[kind].horizontalAdvance(text))

    def _made(self, kind: Type) -> QFont:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPixelSize(self.px(kind.size_px))
        font.setWeight(QFont.Weight.DemiBold if kind.semibold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _wanted(self) -> Palette:
        theme = self._theme
        if theme == "auto":
            theme = "light" if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Light else "dark"
        palette = DARK if theme == "dark" else LIGHT
        return with_contrast(palette) if _wants_contrast() else palette

    def _follow(self) -> None:
        self.palette = self._wanted()
        self.changed.emit()


@lru_cache(_REMEMBERED)
def _always_so(said: Message, language: str) -> str:
    """Return what is said without any value, in `language`: labels, which are wanted for every frame."""
    return render(said, language)


def _wants_contrast() -> bool:
    """Whether the desktop wants high contrast: Qt tells from 6.10 on."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
