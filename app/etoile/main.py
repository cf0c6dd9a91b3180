"""The tray app: the Qt loop, the bridge, and everything's lifetime in one stack.

One app runs at a time; a second start asks the first one for its window and ends.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from etoile import logs
from etoile.beginning import Begun, begin
from etoile.config import FOLDERS, Config, interface_language
from etoile.domain.effects import Effect
from etoile.domain.state import State
from etoile.domain.turn import LISTENED
from etoile.gui.aside import Aside
from etoile.gui.balloons import Balloons
from etoile.gui.bridge import Bridge
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.later_window import LaterWindow
from etoile.gui.page import Ground, ground_of, local_time
from etoile.gui.places import Places
from etoile.gui.qt_words import QtWords
from etoile.gui.settings.living import Settings
from etoile.gui.tray import Tray
from etoile.ipc import client, endpoint
from etoile.ipc.callers import Callers
from etoile.ipc.server import Server
from etoile.parts import Rooms, first_state, open_rooms
from etoile.parts.first_steps import FirstSteps
from etoile.parts.help_pages import HelpPages
from etoile.parts.outside import Outside
from etoile.text import Message, message

if TYPE_CHECKING:
    from etoile.gui.window import Window

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How the tray app is to start."""

    config: Config
    config_path: Path
    simulate: str | None = None
    hidden: bool = False
    """Show only the tray icon, as at the start of a session."""
    log_level: int = logging.WARNING
    begun: Begun | None = None
    """What shows already."""


def main(start: Start) -> int:
    """Run the tray app until it is quit; return the exit code.  Raises UsageError for an unknown scenario."""
    begun = start.begun or begin()
    if begun is None:
        client.ask_once(endpoint.runtime_folder(), {"do": "show"})
        return 0
    with begun.held:
        private = start.config.store.private
        logs.set_up(start.log_level, None if private else Path(FOLDERS.user_log_dir) / "etoile.log")
        code = _live(begun, start)
        _leave_the_busy_behind(code)
        return code


def _leave_the_busy_behind(code: int) -> None:
    """End the process at once if a worker did not stop in time: a model that loads, a driver that hangs.

    Taking Python down around native code that still runs crashes (seen with CTranslate2 in most of 50 exits).
    """
    busy = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    if busy:
        log.info("left behind: %s", ", ".join(busy))
        logging.shutdown()
        for stream in filter(None, (sys.stdout, sys.stderr)):  # a program without a console has none
            stream.flush()
        os._exit(code)


class _Leaving(QObject):
    """Ends the loop, whichever thread asks.

    Not by `QApplication.quit`: that asks every window first, and ours hides instead of closing.
    """

    wanted = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.wanted.connect(lambda: app.exit(0), Qt.ConnectionType.QueuedConnection)


def _live(begun: Begun, start: Start) -> int:
    """Open everything, run the loop, and close everything in the opposite order."""
    app, config = begun.app, start.config
    language = interface_language(config)

    # The bridge is there before the rooms, and decides only once the loop runs: by then `rooms` is known.
    def perform(effect: Effect) -> None:
        rooms.perform(effect)

    def confirm(name: str) -> None:
        rooms.router.soon(lambda router: router.confirm(name))

    def learn(what: str, number: int | None) -> Message:
        return rooms.learner.now().change(what, number) if rooms.learner else message("Nothing was done.")

    leaving = _Leaving(app)
    balloons = Balloons()

    bridge = Bridge(first_state(config), perform)
    callers = Callers(
        bridge.publish,
        lambda: bridge.state,
        leaving.wanted.emit,
        confirm,
        language,
        learn,
    )
    with ExitStack() as stack:
        stack.enter_context(_leave_on_signals(app, leaving))
        rooms: Rooms = stack.enter_context(
            open_rooms(
                config,
                bridge.publish,
                lambda: bridge.state,
                simulate=start.simulate,
                desktop=True,
                report=callers.report,
                balloons=balloons,
            )
        )
        stack.enter_context(Server(begun.folder, callers.answer))
        look = Look(language, config.window.theme)
        QtWords(app, look)
        outside = Outside(rooms, config)
        settings = Settings(look, start.config_path, config, bridge.publish, outside)
        stack.callback(settings.close)
        aside = Aside(
            look,
            settings.file,
            outside,
            FirstSteps(),
            HelpPages,
            bridge.publish,
            confirm,
            Path(FOLDERS.user_state_dir) / "first_steps",
        )
        stack.callback(aside.close)
        settings.open_help, settings.open_first_steps = aside.open_help, aside.open_first_steps
        doors = Doors(
            publish=bridge.publish,
            confirm_node=confirm,
            open_settings=settings.present,
            open_nodes=lambda: settings.present("nodes"),
            open_microphone=lambda: settings.present("voice"),
            quit=leaving.wanted.emit,
            open_help=aside.open_help,
            open_first_steps=aside.open_first_steps,
        )
        places = Places(Path(FOLDERS.user_state_dir) / "window.json")
        ground = ground_of(look, doors, config.speech.talk_key, time.monotonic, local_time)

        def make_window() -> "Window":
            from etoile.gui.window import Window

            if bridge.state.turn.phase not in LISTENED:  # reading the commands would disturb the recording
                rooms.expect()
            return Window(look, doors, places=places, ground=ground)

        window = LaterWindow(ground, make_window)
        tray = Tray(look, doors, window, begun.icon)
        balloons.belong_to(tray.icon)
        _connect(bridge, window, tray, aside)
        look.language_changed.connect(partial(_write_in, look, callers))
        settings.file.changed.connect(partial(_show_key, look, ground))
        tray.show()
        if not start.hidden:
            aside.welcome(window.appear)
        elif not QSystemTrayIcon.isSystemTrayAvailable():
            window.appear()
        code = app.exec()
        window.vanish()
        tray.hide()
        return code


def _show_key(look: Look, ground: Ground, config: Config) -> None:
    """Let every text name the talk key of the settings."""
    if ground.talk_key != config.speech.talk_key:
        ground.talk_key = config.speech.talk_key
        look.say_anew()


def _write_in(look: Look, callers: Callers) -> None:
    """Tell callers what goes on in the language that is the interface's now."""
    callers.language = look.language


def _connect(bridge: Bridge, window: LaterWindow, tray: Tray, aside: Aside) -> None:
    """Let the views follow the state."""

    def show(state: State) -> None:
        window.show_state(state)
        tray.show_state(state)
        aside.show_state(state)

    bridge.changed.connect(show)
    bridge.window_wanted.connect(window.present)
    show(bridge.state)


@contextmanager
def _leave_on_signals(app: QApplication, leaving: _Leaving) -> Iterator[None]:
    """End the loop on Ctrl+C, on logout and on `kill`.

    Python runs its handlers between its own instructions only, and Qt's loop has none: a byte on a socket wakes it.
    """
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, app)
    notifier.activated.connect(lambda: _drain(reader))
    former_fd = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

    def end_loop(number: int, frame: FrameType | None) -> None:
        log.info("ended by signal %d", number)
        leaving.wanted.emit()

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    former = {name: signal.signal(getattr(signal, name), end_loop) for name in names}
    try:
        yield
    finally:
        for name, handler in former.items():
            signal.signal(getattr(signal, name), handler)
        signal.set_wakeup_fd(former_fd)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


def _drain(reader: socket.socket) -> None:
    """Take the byte away; the handler itself runs as soon as Python does."""
    reader.recv(64)
