"""Players of music and films, through MPRIS (the D-Bus interface that Linux players share)."""

import re
from collections.abc import Callable

from etoile.actions.action import Action, ActionTable, Context, Done, not_on
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

_OBJECT = "/org/mpris/MediaPlayer2"
_PLAYER = "org.mpris.MediaPlayer2.Player"
_MUSIC = {"Play": "play", "Pause": "pause", "Next": "next track", "Previous": "previous track"}
_MEDIA_KEYS = {
    "Play": "media_play_pause",
    "Pause": "media_play_pause",
    "Next": "media_next",
    "Previous": "media_previous",
}
Choice = Callable[[dict[str, str]], list[str]]
"""Chooses among players by name, each with what it does: "Playing", "Paused", "Stopped"."""


def _dbus(context: Context, destination: str, path: str, method: str, *arguments: str) -> str:
    """Call a method on the session bus and return the reply as dbus-send writes it."""
    return context.programs.run(
        "dbus-send", "--session", "--print-reply", f"--dest={destination}", path, method, *arguments
    )


def players_in(reply: str) -> list[str]:
    """Return the names of players in the reply of ListNames."""
    return re.findall(r'string "(org\.mpris\.MediaPlayer2\.[^"]+)"', reply)


def status_in(reply: str) -> str:
    """Return the playback status in the reply of Get."""
    found = re.search(r'string "(\w+)"', reply)
    return found[1] if found else "Stopped"


def _players(context: Context) -> dict[str, str]:
    bus = "org.freedesktop.DBus"
    names = players_in(_dbus(context, bus, "/org/freedesktop/DBus", f"{bus}.ListNames"))
    question = (f"{bus}.Properties.Get", f"string:{_PLAYER}", "string:PlaybackStatus")
    return {name: status_in(_dbus(context, name, _OBJECT, *question)) for name in names}


def _playing(players: dict[str, str]) -> list[str]:
    return [name for name, status in players.items() if status == "Playing"]


def _to_resume(players: dict[str, str]) -> list[str]:
    """Return the player to start: one that pauses rather than one that was stopped."""
    silent = [name for name, status in players.items() if status != "Playing"]
    return sorted(silent, key=lambda name: players[name] != "Paused")[:1]


def _current(players: dict[str, str]) -> list[str]:
    return (_playing(players) or list(players))[:1]


def _call(context: Context, method: str, choose: Choice) -> list[str]:
    """Call `method` of the players that `choose` picks; return their names.  Raises ActionFailed when there is none."""
    players = _players(context)
    if not players:
        raise ActionFailed(message("No player is open."), message("Open one that speaks MPRIS, as most on Linux do."))
    chosen = choose(players)
    for name in chosen:
        _dbus(context, name, _OBJECT, f"{_PLAYER}.{method}")
    return chosen


def _action(method: str, choose: Choice, said: Message, nothing: Message, back: str | None = None) -> Action:
    def act(slots: Slots, context: Context) -> Done:
        if context.system != "linux":
            return _elsewhere(method, context, said)
        chosen = _call(context, method, choose)
        if not chosen:
            raise ActionFailed(nothing)

        def undo(later: Context) -> Message:
            for name in chosen:
                _dbus(later, name, _OBJECT, f"{_PLAYER}.{back}")
            return message("The player is as it was.")

        return Done(said, undo if back else None)

    return act


def _elsewhere(method: str, context: Context, said: Message) -> Done:
    """Windows: the media keys, which every player hears.  macOS: Music.  Neither was tried there yet."""
    match context.system:
        case "win32":
            with context.windowing() as desktop:
                desktop.press(_MEDIA_KEYS[method])
        case "darwin":
            context.programs.run("osascript", "-e", f'tell application "Music" to {_MUSIC[method]}')
        case _:
            raise not_on(context)
    return Done(said)


_NOTHING = message("Nothing is playing.")

ACTIONS: ActionTable = {
    "media.play": _action("Play", _to_resume, message("It plays."), message("It plays already."), back="Pause"),
    "media.pause": _action("Pause", _playing, message("It pauses."), _NOTHING, back="Play"),
    "media.next": _action("Next", _current, message("The next piece."), _NOTHING),
    "media.previous": _action("Previous", _current, message("The piece before."), _NOTHING),
}
