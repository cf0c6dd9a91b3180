"""`etoile` without a command: the tray app."""

import argparse
import ctypes
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etoile.beginning import Begun
    from etoile.cli.console import Console


def begun_for(arguments: Sequence[str]) -> tuple[argparse.Namespace, "Begun"] | None:
    """Show the icon of the tray app, where `arguments` plainly ask for it; return it with what they say.

    None where there is something to be told first: by the whole command line, which takes longer to read.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for switch in ("--hidden", "--verbose"):
        parser.add_argument(switch, action="store_true")
    for option in ("--config", "--language", "--simulate"):
        parser.add_argument(option)
    try:
        said, rest = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return None
    if rest or said.language or not has_display():
        return None
    from etoile.beginning import begin

    begun = begin()
    return (said, begun) if begun else None


def tray(arguments: argparse.Namespace, console: "Console", begun: "Begun | None" = None) -> int:
    """Start the tray app; where there is no display, say so."""
    import logging

    from etoile.cli.settings import settings
    from etoile.errors import UsageError
    from etoile.text import message

    config, path = settings(arguments)
    if begun is None and not has_display():
        raise UsageError(
            message("There is no display here, so there is no tray."),
            message("Use the command line: etoile ask “what time is it”, or etoile help."),
        )
    from etoile.main import Start, main

    return main(
        Start(
            config=config,
            config_path=path,
            simulate=arguments.simulate,
            hidden=arguments.hidden,
            log_level=logging.DEBUG if arguments.verbose else logging.WARNING,
            begun=begun,
        )
    )


def has_display() -> bool:
    """Whether windows can be shown here.  Without that, Qt would abort the process."""
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "xcb").partition(":")[0] not in ("xcb", "wayland"):
        return True
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    return bool(os.environ.get("DISPLAY")) and _x_answers()


def _x_answers() -> bool:
    """Whether the X server that DISPLAY names is there, and lets us in: asked by the library that Qt asks it by."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
