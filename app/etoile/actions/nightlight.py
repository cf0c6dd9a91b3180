"""The warm light of the evening: a setting of the desktop, or a program that warms the screen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from etoile.actions.action import Action, ActionTable, Context, Done, not_on
from etoile.actions.bus import Bus
from etoile.actions.windowing import is_wayland
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

WARM_K = 4000


class NightLight(Protocol):
    """A way to the night light.  Every method blocks, and raises ActionFailed."""

    def read(self, context: Context) -> bool | None:
        """Return whether it is on; None where nobody tells."""

    def write(self, context: Context, on: bool) -> None:
        """Switch it."""

    def said(self, on: bool) -> Message:
        """Return what to say when it is so."""


@dataclass(frozen=True, slots=True)
class Setting:
    """GNOME, Budgie, Cinnamon: a setting `night-light-enabled`."""

    schema: str

    def read(self, context: Context) -> bool | None:
        """Return whether it is on."""
        return context.programs.run("gsettings", "get", self.schema, "night-light-enabled").strip() == "true"

    def write(self, context: Context, on: bool) -> None:
        """Switch it."""
        context.programs.run("gsettings", "set", self.schema, "night-light-enabled", "true" if on else "false")

    def said(self, on: bool) -> Message:
        """Return what to say when it is so."""
        return _by_its_hours(on)


class KWin:
    """KDE Plasma: a setting of its compositor, which must be told to read it."""

    _KEY: ClassVar = ("--file", "kwinrc", "--group", "NightColor", "--key", "Active")

    def read(self, context: Context) -> bool | None:
        """Return whether it is on."""
        tool = context.programs.need("kreadconfig6", "kreadconfig5")
        return context.programs.run(tool, *self._KEY).strip() == "true"

    def write(self, context: Context, on: bool) -> None:
        """Switch it."""
        tool = context.programs.need("kwriteconfig6", "kwriteconfig5")
        context.programs.run(tool, *self._KEY, "--type", "bool", "true" if on else "false")
        with Bus("SESSION", context.programs) as bus:
            bus.at("org.kde.KWin", "/KWin", "org.kde.KWin").call("reconfigure")

    def said(self, on: bool) -> Message:
        """Return what to say when it is so."""
        return _by_its_hours(on)


class Redshift:
    """An X11 desktop without a night light of its own."""

    def read(self, context: Context) -> bool | None:
        """Nobody tells."""
        return None

    def write(self, context: Context, on: bool) -> None:
        """Warm the screen, or give it back its colours."""
        context.programs.run("redshift", *(("-P", "-O", str(WARM_K)) if on else ("-x",)))

    def said(self, on: bool) -> Message:
        """Return what to say when it is so."""
        return message("The screen is warmer.") if on else _OFF


_OFF = message("The night light is off.")
_GNOME = Setting("org.gnome.settings-daemon.plugins.color")
_DESKTOPS: Mapping[str, NightLight] = {
    **dict.fromkeys(("gnome", "unity", "budgie"), _GNOME),
    "x-cinnamon": Setting("org.cinnamon.settings-daemon.plugins.color"),
    "kde": KWin(),
}


def _by_its_hours(on: bool) -> Message:
    return message("The night light is on; it follows its hours.") if on else _OFF


def night_light(context: Context, environment: Mapping[str, str]) -> NightLight:
    """Return the way to the night light of this desktop.  Raises ActionFailed."""
    desktop = environment.get("XDG_CURRENT_DESKTOP", "")
    for name in desktop.casefold().split(":"):
        if name in _DESKTOPS:
            return _DESKTOPS[name]
    if not is_wayland(environment) and context.programs.first_of("redshift"):
        return Redshift()
    raise ActionFailed(
        message("I cannot switch the night light of this desktop ({desktop}).", desktop=desktop or "?"),
        message("GNOME, KDE, Budgie and Cinnamon let me; elsewhere on X11, install redshift."),
    )


def _switch(on: bool) -> Action:
    def switch(slots: Slots, context: Context) -> Done:
        if context.system != "linux":
            raise not_on(context)
        light = night_light(context, os.environ)
        before = light.read(context)
        light.write(context, on)
        back = (not on) if before is None else before

        def put_back(later: Context) -> Message:
            light.write(later, back)
            return light.said(back)

        return Done(light.said(on), put_back)

    return switch


ACTIONS: ActionTable = {"display.nightlight.on": _switch(on=True), "display.nightlight.off": _switch(on=False)}
