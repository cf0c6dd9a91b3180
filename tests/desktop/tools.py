"""The programs that the virtual desktop is made of."""

import shutil

TOOLS = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "dunst": "dunst",
    "espeak-ng": "espeak-ng",
    "notify-send": "libnotify-bin",
    "openbox": "openbox",
    "picom": "picom",
    "pactl": "pulseaudio-utils",
    "pulseaudio": "pulseaudio",
    "scrot": "scrot",
    "setpriv": "util-linux",
    "trayer": "trayer",
    "xdotool": "xdotool",
    "xprop": "x11-utils",
    "xsetroot": "x11-xserver-utils",
}
"""The programs of the desktop, and the Debian packages that bring them."""

WAYLAND_TOOLS = {
    "sway": "sway",
    "swaymsg": "sway",
    "foot": "foot",
    "wtype": "wtype",
    "wl-copy": "wl-clipboard",
    "grim": "grim",
}
"""The programs of the Wayland desktop, which few tests need."""

EXTRA_PACKAGES = ("libasound2-plugins",)
"""Without it PortAudio does not see the sound server."""


def missing_tools() -> list[str]:
    """Return the programs that this machine lacks for the desktop."""
    return [tool for tool in TOOLS if not shutil.which(tool)]


def packages() -> list[str]:
    """Return Debian's packages for the desktop."""
    return sorted({*TOOLS.values(), *WAYLAND_TOOLS.values(), *EXTRA_PACKAGES})
