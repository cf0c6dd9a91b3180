"""Whether what is typed into a window is a password, as far as that can be known: nothing is dictated there."""

import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress

import psutil

from etoile.actions.spoken import folded
from etoile.actions.windowing import Window

_PROMPTS = re.compile(
    r"pinentry.*|gcr prompter|seahorse.*|(ssh|x11 ssh|ksshaskpass|lxqt openssh).*askpass|ksshaskpass|kwalletd?\d?"
    r"|(polkit|lxqt policykit|lxpolkit|mate polkit).*|.*(polkit|authentication) agent.*|gksu(do)?|kdesu(do)?"
    r"|credentialuibroker( exe)?|consent( exe)?|logonui( exe)?|xscreensaver.*|light locker.*"
)
_TITLES = re.compile(r"passwords?|passphrase|mots? de passe|phrase (de passe|secrete)|authenticat\w*|authentifi\w*")


def asks_password(window: Window) -> bool:
    """Return whether `window` is known to wait for a password: by its program, its title, or the terminal in it."""
    is_prompt = any(_PROMPTS.fullmatch(folded(name)) for name in window.names)
    words = " ".join(folded(window.title).split())
    return is_prompt or re.search(rf"\b({_TITLES.pattern})\b", words) is not None or _terminal_hides(window.pid)


def _terminal_hides(pid: int | None) -> bool:
    """Return whether a terminal that the process `pid` draws takes a line without showing it, as `sudo` has it do.

    A shell's own line editor shows nothing either, but takes no lines (ICANON is off).
    """
    if sys.platform == "win32" or not pid:
        return False
    return any(map(_hides, set(_terminals(pid))))


def _terminals(pid: int) -> Iterable[str]:
    with suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                if name := child.terminal():
                    yield name


def _hides(terminal: str) -> bool:
    import termios

    try:
        file = os.open(terminal, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        local = termios.tcgetattr(file)[3]
    except termios.error:
        return False
    finally:
        os.close(file)
    return bool(local & termios.ICANON) and not local & termios.ECHO
