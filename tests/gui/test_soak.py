"""An hour in front of the screen, told in seconds: after the first hour, the second one takes no more memory."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.match import Match
from etoile.domain.nodes import Attribution, NodeLoad
from etoile.domain.turn import Phase
from etoile.gui.bridge import Bridge
from etoile.gui.design import Look
from etoile.gui.later_window import LaterWindow
from etoile.gui.page import CONVERSATION, GPU, HISTORY, NODES, ground_of
from etoile.gui.tray import Tray
from etoile.gui.window import Window
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Visitor

HOUR_S = 3600
UNTIL_FULL_S = 1800
"""By then every list is as long as it may get: sixty turns, of which the window keeps fifty."""
MOST_GROWTH = 1.05
LEAST_EVENTS = 10_000
REQUESTS_A_MINUTE = 2
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TABS = (CONVERSATION, GPU, NODES, HISTORY)
ANSWER = states.ANSWER.splitlines(keepends=True)


@dataclass(repr=False)  # pytest would write all of it under a failure, for minutes
class Life:
    """The app without its rooms: they answer at once, from a script."""

    look: Look
    qapp: QApplication
    now_s: float = states.NOW_S
    events: int = 0
    made: list[Window] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bridge = Bridge(states.CALM, self.perform, now_s=lambda: self.now_s)
        doors = replace(Visitor().doors(), publish=self.publish)
        self.ground = ground_of(self.look, doors, "F9", lambda: self.now_s, self.clock)
        self.doors = doors
        self.window = LaterWindow(self.ground, self.make)
        self.tray = Tray(self.look, doors, self.window, now_s=lambda: self.now_s, clock=self.clock)
        self.bridge.changed.connect(self.window.show_state)
        self.bridge.changed.connect(self.tray.show_state)
        self.bridge.window_wanted.connect(self.window.present)

    def make(self) -> Window:
        window = Window(self.look, self.doors, ground=self.ground, tray_available=lambda: True)
        self.made.append(window)
        return window

    def clock(self) -> datetime:
        return NOON + timedelta(seconds=self.now_s)

    def publish(self, event: on.Event) -> None:
        self.events += 1
        self.bridge.publish(event)

    def perform(self, effect: Effect) -> None:
        """Do what the rooms would."""
        match effect:
            case do.Record(turn):
                self.publish(on.RecordingStarted(turn))
            case do.Transcribe(turn):
                self.publish(on.Transcribed(turn, f"why is card {turn} warm", "en"))
            case do.Interpret(turn, text):
                self.publish(on.Interpreted(turn, Match(text=text)))
            case do.Ask(turn):
                self.answer(turn)
            case do.Say(turn, last=True):
                self.publish(on.Spoken(turn))
            case do.ReadPast(words, count):
                self.publish(on.PastRead(words, count, states.PAST))
            case do.ReadHistory(uuid, span):
                self.publish(on.HistoryRead(uuid, span, None))

    def answer(self, turn: int) -> None:
        self.publish(on.AnswerStarted(turn, Attribution(node="M1", model="qwen3-30b")))
        for piece in (f"Answer {turn}.\n\n", *ANSWER):
            self.publish(on.AnswerText(turn, piece))
        self.publish(on.AnswerEnded(turn, first_token_ms=200.0, elapsed_ms=900.0))

    def live(self, duration_s: int) -> None:
        """Let so many seconds pass, with all that happens in them, in a loop as the app's.

        None begins before the views were told of the one before it: a slow machine would see fewer of them.
        """
        loop, timer, seconds = QEventLoop(), QTimer(), iter(range(duration_s))

        def pass_one() -> None:
            if not self.told:
                return
            second = next(seconds, None)
            if second is None:
                timer.stop()
                loop.quit()
                return
            self.now_s += 1
            self.measure(second)
            self.use(second)
            self.look_at(second)

        timer.timeout.connect(pass_one)
        timer.start(0)
        loop.exec()

    @property
    def told(self) -> bool:
        """Whether every event was taken up, and the views were told what it changed."""
        return not self.bridge._awake and not self.bridge._repaint.isActive()

    @property
    def settled(self) -> bool:
        """Whether the views have shown everything as well, and nothing waits for its end."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        views = [view for window in self.made for view in (window, window.pill)]
        timers = [timer for view in views for timer in view.findChildren(QTimer)]
        return self.told and not any(timer.isActive() and timer.isSingleShot() for timer in timers)

    def measure(self, second: int) -> None:
        """Let the machine tell of itself."""
        card = states.gpu(temperature_c=60 + second // 7 % 30, at_s=self.now_s)
        self.publish(on.GpusRead((card,), self.now_s))
        if second % 2 == 0:
            self.publish(on.NodeLoadsRead({"M1": NodeLoad(running=second % 5)}))
        if second % 5 == 0:
            self.publish(on.ClockTicked(self.now_s, self.clock()))
        if second % 10 == 0:
            self.publish(on.NodesSeen((states.node(latency_ms=10.0 + second % 90), *states.NODES[1:])))
        if second % 30 == 0:
            self.publish(on.PartMissing("voice", message("No voice.")) if second % 60 else on.PartReady("voice"))

    def use(self, second: int) -> None:
        """Let somebody ask, by hand and by voice."""
        if second % 60 == 10:
            self.publish(on.Typed(f"what is request {second} about?"))
        if second % 60 == 40:
            self.publish(on.TalkPressed(self.now_s))
        if self.bridge.state.turn.phase is Phase.LISTENING:
            turn = self.bridge.state.turn.number
            for level in range(10):
                self.publish(on.LevelMeasured(turn, level / 10))
            self.publish(on.PartlyHeard(turn, "why is", "card warm"))
            if second % 60 == 45:
                self.publish(on.TalkReleased(self.now_s))

    def look_at(self, second: int) -> None:
        """Let the window come and go, and every tab of it be looked at."""
        if second % 240 == 0:
            self.window.present()
        if second % 240 < 20 and second % 5 == 4:
            self.window.show_page(TABS[second // 5 % len(TABS)])
        if second % 240 == 20 or second % 60 == 50:  # what was said brought it into view
            self.window.vanish()


@pytest.fixture
def life(qapp: QApplication, look: Look) -> Iterator[Life]:
    living = Life(look, qapp)
    yield living
    living.tray.hide()
    for window in living.made:
        window.vanish()
        window.pill.deleteLater()
        window.deleteLater()


class Burden(NamedTuple):
    """What a life weighs."""

    mib: float
    objects: int
    widgets: int


def burden(life: Life, qtbot: QtBot) -> Burden:
    """Return what is there once nothing is about to come or to go."""
    qtbot.waitUntil(lambda: life.settled)
    mib = own_mib()
    return Burden(mib, len(gc.get_objects()), len(QApplication.allWidgets()))


def own_mib() -> float:
    """Return the memory that this process wrote, without what it could give back at any time.

    What it only read of a library counts as its own, or not, as other programs come that read the same.
    """
    gc.collect()
    QPixmapCache.clear()
    ctypes.CDLL(None).malloc_trim(0)
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:")) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_an_hour_of_use_and_ten_thousand_events_take_no_more_memory(life: Life, qtbot: QtBot) -> None:
    life.live(UNTIL_FULL_S)
    before, events = burden(life, qtbot), life.events
    life.live(HOUR_S)
    after = burden(life, qtbot)
    assert life.events - events >= LEAST_EVENTS
    asked = (UNTIL_FULL_S + HOUR_S) // 60 * REQUESTS_A_MINUTE
    assert life.bridge.state.turn.number >= asked, "what was asked was answered"
    assert after.mib < before.mib * MOST_GROWTH
    assert after.objects < before.objects * MOST_GROWTH
    assert after.widgets < before.widgets * MOST_GROWTH
