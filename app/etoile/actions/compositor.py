"""What Wayland compositors have in common that let programs steer windows.  GNOME and KDE let no program do that.

Keys and letters go through wtype, which speaks the virtual keyboard of wlroots.
"""

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from etoile.actions.passwords import asks_password
from etoile.actions.programs import Programs
from etoile.actions.windowing import Window
from etoile.errors import ActionFailed
from etoile.text import message

CALL_S = 5.0
ACTIVE_WAIT_S = 0.5
_FIRST = ("-s", "100", "-d", "2")
"""wtype brings a keyboard of its own; without a moment to be noticed its first letters are lost."""
_MODIFIERS = {"ctrl": "ctrl", "shift": "shift", "alt": "alt", "super": "logo"}


def type_keys(keys: str) -> list[str]:
    """Return the arguments with which wtype presses `keys`, such as "ctrl+shift+t"."""
    *held, key = keys.split("+")
    down = [part for modifier in held for part in ("-M", _MODIFIERS[modifier])]
    up = [part for modifier in reversed(held) for part in ("-m", _MODIFIERS[modifier])]
    return ["wtype", *_FIRST, *down, "-k", key, *up]


class Compositor:
    """What both have in common; see WindowSystem."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @property
    def programs(self) -> Programs:
        """The compositor's tools, with a time limit for the next call."""
        return Programs(CALL_S)

    def windows(self) -> list[Window]:
        """Return the windows of programs, the one in front last; Etoile's own are left out."""
        raise NotImplementedError

    def focus(self, window: Window) -> None:
        """Ask for `window` to come to the front."""
        raise NotImplementedError

    def has_focus(self, window: Window) -> bool:
        """Return whether `window` has the keyboard."""
        raise NotImplementedError

    def activate(self, window: Window) -> None:
        """Bring `window` to the front and give it the keyboard; return when it has it, and raise when it has not."""
        self.focus(window)
        until_s = time.monotonic() + ACTIVE_WAIT_S
        while not self.has_focus(window):
            if time.monotonic() > until_s:
                raise ActionFailed(message("The desktop does not bring {window} to the front.", window=window.title))
            time.sleep(0.02)

    def show_desktop(self, shown: bool) -> None:
        """There is no such thing where windows lie side by side."""
        raise ActionFailed(message("This desktop cannot put every window away at once."))

    def asks_password(self, window: Window) -> bool:
        """Return whether what is typed into `window` is known to be a password."""
        return asks_password(window)

    def press(self, keys: str) -> None:
        """Press and release `keys`, such as "ctrl+shift+t", in the window that has the keyboard."""
        self.programs.run(*type_keys(keys))

    def type(self, text: str) -> None:
        """Type `text` into the window that has the keyboard."""
        self.programs.run("wtype", *_FIRST, "-", typed=text)

    def clipboard(self) -> str:
        """See clipboard.py, which asks wl-paste."""
        raise ActionFailed(message("The clipboard cannot be read here."))

    def hold_clipboard(self, text: str) -> None:
        """See clipboard.py, which asks wl-copy."""
        raise ActionFailed(message("The clipboard cannot be written here."))

    def screenshot(self, path: Path) -> None:
        """See screen.py, which asks grim."""
        raise ActionFailed(message("The screen cannot be saved here."))

    def json(self, *arguments: str) -> Any:
        """Return what a tool writes as JSON.  Raises ActionFailed."""
        try:
            return json.loads(self.programs.run(*arguments))
        except ValueError as error:
            raise ActionFailed(message("{program} cannot be understood.", program=arguments[0])) from error
