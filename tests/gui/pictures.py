"""Window, pill, charts, help and tray in every state, as `tests.gui.screenshots` draws them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from unittest.mock import patch

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from etoile.domain import events as on
from etoile.domain.care import Caring
from etoile.domain.forecast import Forecast
from etoile.domain.gpus import GpuState, Thermal
from etoile.domain.history import Span
from etoile.domain.learning.dialogue import Learning
from etoile.domain.nodes import NodeState
from etoile.domain.past import Past
from etoile.domain.state import State
from etoile.domain.thermal import Track
from etoile.domain.turn import Phase
from etoile.gui import x11
from etoile.gui.chart import Chart
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.gpu_view import GpuView
from etoile.gui.help_page import HelpWindow
from etoile.gui.history_page import FIRST
from etoile.gui.icons import SIZES, TrayState, tray_pixmap
from etoile.gui.listening_panel import SILENT_S
from etoile.gui.page import GPU, HEARD, HISTORY, KEYS, NODES
from etoile.gui.places import Places
from etoile.gui.span_switch import SpanSwitch
from etoile.gui.tray_menu import TrayMenu
from etoile.gui.window import Window
from etoile.parts.help_pages import HelpPages
from etoile.text import message
from tests.gui import charts, states
from tests.gui.spoken import spoken

HOT = replace(
    states.CALM,
    gpus=(
        states.gpu(0, temperature_c=86, memory_used_bytes=round(22.6 * states.GIB)),
        states.gpu(1, temperature_c=79, simulated=True),
    ),
)
UNWELL = replace(
    states.CALM,
    gpus=(
        states.gpu(0, state=GpuState.LOST, temperature_c=None, utilization_percent=None, memory_used_bytes=None),
        states.gpu(1, state=GpuState.STALE),
        states.gpu(2, state=GpuState.UNSUPPORTED, temperature_c=None, utilization_percent=None, host="hermes"),
    ),
)
SIX = replace(states.CALM, gpus=states.SIX)
MIXED = replace(
    states.CALM,
    gpus=(
        *HOT.gpus,
        *(replace(gpu, index=gpu.index + 2, uuid=f"GPU-{gpu.index + 2}") for gpu in UNWELL.gpus),
        states.gpu(5, state=GpuState.ASLEEP, name="NVIDIA RTX 6000 Ada Generation", temperature_c=None),
    ),
)
FOUND = (*states.NODES, states.node("Ollama", state=NodeState.UNCONFIRMED, url="http://127.0.0.1:11434"))


LOADING = Caring(model="openai/gpt-oss-20b", loaded=True, since_s=states.NOW_S - 12)


def scenes() -> dict[str, State]:
    """Return what is drawn, by name."""
    calm = states.CALM
    return {
        "empty": replace(calm, nodes=FOUND),
        "alias": replace(calm, turn=states.ANSWERED, learning=Learning(offer=states.ALIAS_OFFER, shown=True)),
        "habit": replace(calm, learning=Learning(offer=states.HABIT, shown=True)),
        "bare": State(missing=states.MISSING),
        "absent": replace(calm, missing={"speech_model": states.MISSING["speech_model"]}),
        "answered": replace(calm, turn=states.ANSWERED),
        "streaming": replace(calm, turn=states.STREAMING),
        "reviewing": replace(calm, turn=states.REVIEWING),
        "reviewed": replace(calm, turn=states.REVIEWED),
        "every_status": replace(calm, turn=states.EVERY_STATUS),
        "hot": replace(HOT, turn=states.ANSWERED),
        "unwell": UNWELL,
        "six": SIX,
        "mixed": replace(MIXED, turn=states.ANSWERED),
        "gpu_two": HOT,
        "gpu_six": SIX,
        "gpu_unwell": UNWELL,
        "gpu_mixed": replace(MIXED, turn=states.CONFIRMING),
        "gpu_none": State(),
        "nodes": replace(calm, nodes=(states.WORKING, states.RESTING, *FOUND), cared={"M1": LOADING}),
        "nodes_none": State(),
        "history": replace(calm, past=on.PastRead("", FIRST, states.PAST)),
        "history_none": replace(calm, past=on.PastRead("", FIRST, Past())),
        "failed": replace(calm, turn=states.FAILED),
        "confirming": replace(calm, turn=states.CONFIRMING),
        "proposing": replace(calm, turn=states.PROPOSING),
        "opening": replace(calm, turn=states.OPENING),
        "listening": replace(calm, turn=states.LISTENING),
        "hearing": replace(calm, turn=states.HEARING),
        "microphone_mute": replace(calm, turn=states.MUTE),
        "hearing_long": replace(calm, turn=states.HEARING_LONG),
        "keys": calm,
        "locked": replace(calm, locked=True),
        "downloading": replace(
            calm,
            missing={"speech_model": states.MISSING["speech_model"]},
            downloading=on.ModelDownloading("base", 61_000_000, 145_000_000),
        ),
    }


GROUNDS = {"dark": "#5A6473", "light": "#AEB6C2"}
"""What the pictures of a theme lie on."""
PAGED = {"gpu": GPU, "nodes": NODES, "history": HISTORY, "keys": KEYS}
"""Pictures of another page than the conversation, by how their names begin."""
LEVELS = (0.0, 0.0, 0.5, 1.0, 1.0, 0.2, 0.0, 0.1, 1.0, 1.0, 0.3)
"""Of somebody who speaks."""


def taken(window: QWidget) -> QImage:
    """Return the picture of `window`, once it has settled, and take the window away."""
    QTest.qWait(120)
    image = window.grab().toImage()
    image.setDevicePixelRatio(1)
    window.hide()
    window.deleteLater()
    return image


def turn_is_heard(state: State) -> bool:
    """Whether somebody speaks in `state`."""
    return state.turn.phase is Phase.LISTENING and state.turn.level > HEARD


def picture(name: str, state: State, language: str, theme: str, size: tuple[int, int] | None = None) -> QImage:
    """Return the window in `state`, with the focus where it would be; in its own size unless another is given."""
    state = spoken(state, language)
    doors = Doors(publish=_ignore, confirm_node=_ignore, open_settings=_nothing, quit=_nothing)
    clock: Callable[[], datetime] = lambda: datetime(2026, 11, 21, 14, 2).astimezone()  # noqa: E731
    look = Look(language, theme)  # type: ignore[arg-type]
    window = Window(look, doors, tray_available=lambda: True, now_s=lambda: states.NOW_S, clock=clock)
    if size:
        window.resize(*size)
    window.compose()
    if page := PAGED.get(name.partition("_")[0]):
        window.show_page(page)
    for second in states.minute(state):
        window.show_state(second)
    for level in LEVELS if turn_is_heard(state) else ():
        window.show_state(replace(state, turn=replace(state.turn, level=level)))
    return taken(window)


def pills() -> dict[str, State]:
    """Return what is drawn folded, by name."""
    calm = states.CALM
    told = states.turn(number=3, said=message("The volume is at {level} %.", level=40))
    return {
        "idle": calm,
        "nothing": State(),
        "offline": State(nodes=states.NODES[1:2]),
        "opening": replace(calm, turn=states.OPENING),
        "listening": replace(calm, turn=states.LISTENING),
        "still": replace(calm, turn=states.LISTENING, still=True),
        "silent": replace(calm, turn=replace(states.LISTENING, level=0.1), microphone="Blue Yeti"),
        "hearing": replace(calm, turn=states.HEARING),
        "hearing_long": replace(calm, turn=states.HEARING_LONG),
        "writing": replace(calm, turn=replace(states.HEARING, phase=Phase.TRANSCRIBING)),
        "thinking": replace(calm, turn=states.STREAMING),
        "speaking": replace(calm, turn=states.turn(phase=Phase.SPEAKING, request="?")),
        "told": replace(calm, turn=told),
        "warning": replace(calm, gpus=(states.gpu(1, temperature_c=79),)),
        "critical": replace(calm, gpus=(states.gpu(1, temperature_c=92),)),
        "asking": replace(calm, turn=states.CONFIRMING),
    }


@contextmanager
def blended() -> Iterator[None]:
    """Have windows blended, as by a compositor."""
    with patch.multiple(x11, on_x11=lambda: True, has_compositor=lambda: True, shape_input=lambda *_: None):
        yield


def pill_picture(name: str, state: State, look: Look) -> QImage:
    """Return the pill, or the panel that it is while it listens, where windows are blended."""
    doors = Doors(publish=_ignore, confirm_node=_ignore, open_settings=_nothing, quit=_nothing)
    state = spoken(state, look.language)
    places, now_s = Places(), [states.NOW_S]
    places.fold(True)
    window = Window(look, doors, places=places, tray_available=lambda: True, now_s=lambda: now_s[0])
    for second in states.minute(state):
        window.show_state(second)
    window.appear()
    window.pill.setFocus()
    levels = LEVELS if turn_is_heard(state) else (0.1,)
    for level in levels if state.turn.phase is Phase.LISTENING else ():
        window.show_state(replace(second, turn=replace(state.turn, level=level)))
    if name == "silent":
        now_s[0] += 2 * SILENT_S
    QTest.qWait(300)
    image = window.pill.grab().toImage()
    window.vanish()
    return image


def pill_sheet(language: str, theme: str) -> QImage:
    """Return the pill in every state, below each other."""
    look = Look(language, theme)  # type: ignore[arg-type]
    with blended():
        images = [pill_picture(name, state, look) for name, state in pills().items()]
    height = sum(image.height() + 4 for image in images)
    drawn = QImage(max(image.width() for image in images), height, QImage.Format.Format_RGB32)
    drawn.fill(QColor(GROUNDS[theme]))
    painter = QPainter(drawn)
    top = 0
    for image in images:
        image.setDevicePixelRatio(1)
        painter.drawImage(0, top, image)
        top += image.height() + 4
    painter.end()
    return drawn


def chart(span: Span, language: str, theme: str) -> QImage:
    """Return the window with the history of a card; in the hour with a forecast, in the day with the cursor."""
    doors = Doors(publish=_ignore, confirm_node=_ignore, open_settings=_nothing, quit=_nothing)
    window = Window(Look(language, theme), doors, tray_available=lambda: True)  # type: ignore[arg-type]
    window.compose()
    card = states.gpu(2, name="NVIDIA GeForce RTX 3080", temperature_c=79)
    forecast = Forecast(85, 178.0) if span is Span.HOUR else None
    track = Track(reading=card, limits=states.LIMITS, state=Thermal.WARNING, forecast=forecast)
    state = replace(states.CALM, gpus=(*states.CALM.gpus, card), tracks={card.uuid: track})
    window.show_page(GPU)
    window.show_state(state)
    window.findChildren(GpuView)[2].opened.emit(card.uuid)
    window.findChild(SpanSwitch).show_span(span)
    window.show_state(replace(state, history=charts.read(span)))
    for _ in range(6 if span is Span.DAY else 0):
        QTest.keyClick(window.findChild(Chart), Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    return taken(window)


def help_picture(typed: str, language: str, theme: str) -> QImage:
    """Return the help with `typed` in its search field."""
    window = HelpWindow(Look(language, theme), HelpPages(language))  # type: ignore[arg-type]
    window.present()
    window.findChild(QLineEdit).setText(typed)
    return taken(window)


def tray_menu(language: str, theme: str) -> QImage:
    """Return the menu of the tray while much goes on, and beside it those that open from it."""
    doors = Doors(publish=_ignore, confirm_node=_ignore, open_settings=_nothing, quit=_nothing)
    look = Look(language, theme)  # type: ignore[arg-type]
    window = Window(look, doors, tray_available=lambda: True, now_s=lambda: states.NOW_S)
    menu = TrayMenu(look, doors, window, lambda: states.NOW_S)
    menu.show_state(replace(HOT, turn=states.STREAMING, cared={"M1": LOADING}))
    opened = [menu, *(part.menu() for part in menu.actions() if part.menu() and part.isVisible())]
    images = []
    for shown in opened:
        shown.ensurePolished()
        shown.resize(shown.sizeHint())
        images.append(shown.grab().toImage())
    for image in images:
        image.setDevicePixelRatio(1)
    window.deleteLater()
    return sheet(images, GROUNDS[theme])


def sheet(images: list[QImage], ground: str) -> QImage:
    """Return `images` side by side."""
    gap = 24
    width = sum(image.width() + gap for image in images) + gap
    drawn = QImage(width, max(image.height() for image in images) + 2 * gap, QImage.Format.Format_RGB32)
    drawn.fill(QColor(ground))
    painter = QPainter(drawn)
    left = gap
    for image in images:
        painter.drawImage(left, gap, image)
        left += image.width() + gap
    painter.end()
    return drawn


def tray_sheet() -> QImage:
    """Return every tray state at every size on a dark, a light and a one-colour panel."""
    column, row = 80, sum(SIZES) + 9 * len(SIZES)
    drawn = QImage(column * len(TrayState), row * 3, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    for band, (ground, on_dark) in enumerate((("#1E2128", True), ("#F4F5F8", False), ("#000000", True))):
        painter.fillRect(QRect(0, band * row, drawn.width(), row), QColor(ground))
        for place, state in enumerate(TrayState):
            top = band * row + 8
            for size in SIZES:
                pixmap = tray_pixmap(state, size, on_dark=on_dark)
                if band == 2:
                    _in_white(pixmap)
                painter.drawPixmap(place * column + 8, top, pixmap)
                top += size + 8
    painter.end()
    return drawn


def _in_white(pixmap: object) -> None:
    painter = QPainter(pixmap)  # type: ignore[call-overload]
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor("white"))  # type: ignore[attr-defined]
    painter.end()


def _ignore(_: object) -> None:
    pass


def _nothing() -> None:
    pass
