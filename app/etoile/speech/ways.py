"""In which way a key can be watched on this desktop, and what to bind by hand where it cannot: pure.

Nobody is ever asked to join the group `input`: that lets every program read every key.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from etoile.speech.keys import Chord
from etoile.text import Message, message


class Way(StrEnum):
    """How the talk key is heard."""

    X11 = "x11"
    """Grabbed from the X server: it reaches nobody else."""
    WAYLAND = "wayland"
    """Through the desktop's portal for global shortcuts, where it has one."""
    WINDOWS = "windows"
    MACOS = "macos"


def way(platform: str, environment: Mapping[str, str]) -> Way | None:
    """Return the way of this desktop; None without one.

    Under Wayland an X server often runs as well, but it hears the key only while one of its own windows has the focus.
    """
    if platform == "win32":
        return Way.WINDOWS
    if platform == "darwin":
        return Way.MACOS
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        return Way.WAYLAND
    return Way.X11 if environment.get("DISPLAY") else None


def by_hand(environment: Mapping[str, str], chord: Chord) -> Message:
    """Return how to bind `chord` to `etoile talk` in the settings of this desktop."""
    desktops = {name.strip().lower() for name in environment.get("XDG_CURRENT_DESKTOP", "").split(":")}
    words = next((words for name, words in _BY_HAND.items() if name in desktops), _ANYWHERE)
    modifiers = " ".join(sorted(modifier.upper() for modifier in chord.modifiers))
    return replace(words, values={"keys": str(chord), "modifiers": modifiers, "key": chord.key})


_ANYWHERE = message(
    "In the desktop's keyboard settings, bind {keys} to the command “etoile talk --toggle”; it begins, and ends by "
    "itself."
)
_BY_HAND = {
    "gnome": message(
        "Settings, Keyboard, View and Customise Shortcuts, Custom Shortcuts, Add: command “etoile talk --toggle”, "
        "shortcut {keys}; it begins, and ends by itself."
    ),
    "kde": message(
        "System Settings, Keyboard, Shortcuts, Add New, Command or Script: “etoile talk --toggle”, shortcut {keys}; it "
        "begins, and ends by itself."
    ),
    "sway": message(
        "In ~/.config/sway/config, two lines: “bindsym --no-repeat {keys} exec etoile talk --press” and "
        "“bindsym --release {keys} exec etoile talk --release”; then swaymsg reload."
    ),
    "hyprland": message(
        "In ~/.config/hypr/hyprland.conf, two lines: “bind = {modifiers}, {key}, exec, etoile talk --press” and "
        "“bindr = {modifiers}, {key}, exec, etoile talk --release”."
    ),
    "niri": message(
        'In binds of ~/.config/niri/config.kdl: {keys} repeat=false {{ spawn "etoile" "talk" "--toggle"; }}; it '
        "begins, and ends by itself."
    ),
}
"""By the name that the desktop gives itself.  With --press and --release the key is held, as everywhere else."""
