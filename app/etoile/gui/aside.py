"""The windows beside the floating one: the help and the first steps, each made when it is first wanted."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from etoile.domain.events import Event
from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.first_run.aids import Aids
from etoile.gui.first_run.seen import Seen
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.outside import Outside

if TYPE_CHECKING:
    from etoile.gui.first_run.window import FirstRun
    from etoile.gui.help_page import HelpWindow, Pages


class Aside:
    """Opens them, and lets them follow the state.  Main thread."""

    def __init__(
        self,
        look: Look,
        file: SettingsFile,
        outside: Outside,
        aids: Aids,
        pages: "Callable[[str], Pages]",
        publish: Callable[[Event], None],
        confirm_node: Callable[[str], None],
        mark: Path,
    ) -> None:
        self._look, self._file, self._outside, self._aids, self._pages = look, file, outside, aids, pages
        self._publish, self._confirm_node = publish, confirm_node
        self._seen = Seen(mark)
        self._state = State()
        self._help: HelpWindow | None = None
        self._first_run: FirstRun | None = None
        self._then: Callable[[], None] | None = None
        look.language_changed.connect(self._speak)

    def _speak(self) -> None:
        """Let both speak the language that is the interface's now."""
        if self._help:
            self._help.speak(self._pages(self._look.language))
        if self._first_run:
            self._first_run.speak(self._look.language)

    def open_help(self, wanted: str = "") -> None:
        """Show the help: on a topic, on what helps with a part that is off, or where it was."""
        from etoile.gui.help_page import HelpWindow

        if self._help is None:
            self._help = HelpWindow(self._look, self._pages(self._look.language))
        self._help.present(wanted)

    def open_first_steps(self) -> None:
        """Show the first steps, from the first one on unless they are open."""
        if self._first_run is None:
            self._first_run = self._new_first_run()
            self._first_run.show_state(self._state)
        self._first_run.present()

    def welcome(self, then: Callable[[], None]) -> None:
        """Show the first steps to a user who has neither seen them nor written settings, and call `then` after that."""
        if not self._seen.wants_showing(self._file.path):
            then()
            return
        self._seen.note()
        self._then = then
        self.open_first_steps()

    def show_state(self, state: State) -> None:
        """Follow the state."""
        self._state = state
        if self._first_run:
            self._first_run.show_state(state)

    def close(self) -> None:
        """Take both away."""
        self._then = None
        for window in filter(None, (self._help, self._first_run)):
            window.close()
            window.deleteLater()
        self._help = self._first_run = None

    def _new_first_run(self) -> "FirstRun":
        from etoile.gui.first_run.step import Means
        from etoile.gui.first_run.window import FirstRun

        means = Means(
            look=self._look,
            file=self._file,
            outside=self._outside,
            aids=self._aids,
            publish=self._publish,
            confirm_node=self._confirm_node,
            now_s=time.monotonic,
        )
        return FirstRun(means, self._ended, self.open_help)

    def _ended(self) -> None:
        """The first steps were left: they are made anew when they are wanted again."""
        if self._first_run:
            self._first_run.deleteLater()
            self._first_run = None
        then, self._then = self._then, None
        if then:
            then()
