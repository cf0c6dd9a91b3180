"""Players of music and films, through MPRIS (the D-Bus interface that Linux players share)."""

from collections.abc import Callable
from contextlib import suppress

from etoile.actions.action import Action, ActionTable, Context, Done, not_on
from etoile.actions.bus import Bus, NobodyAnswers
from etoile.actions.winrt import tell_players
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

_OBJECT = "/org/mpris/MediaPlayer2"
_PLAYER = "org.mpris.MediaPlayer2.Player"
_PROXIES = frozenset({"org.mpris.MediaPlayer2.playerctld"})
"""What only passes on to a player that is on the bus itself: told too, the player would hear it twice."""
_MUSIC = {"Play": "play", "Pause": "pause", "Next": "next track", "Previous": "previous track"}
Choice = Callable[[dict[str, str]], list[str]]
"""Chooses among players by name, each with what it does: "Playing", "Paused", "Stopped"."""


def _players(bus: Bus) -> dict[str, str]:
    """Return every player with what it does; one that goes away meanwhile, or controls another, is left out."""
    players = {}
    for name in bus.services():
        if name.startswith("org.mpris.MediaPlayer2.") and name not in _PROXIES:
            with suppress(NobodyAnswers):
                players[name] = str(bus.at(name, _OBJECT, _PLAYER).get("PlaybackStatus"))
    return players


def _playing(players: dict[str, str]) -> list[str]:
    return [name for name, status in players.items() if status == "Playing"]


def _to_resume(players: dict[str, str]) -> list[str]:
    """Return the player to start: one that pauses rather than one that was stopped."""
    return _likeliest({name: status for name, status in players.items() if status != "Playing"})


def _likeliest(players: dict[str, str]) -> list[str]:
    """Return the player that is meant when nobody says which: one that plays, else one that pauses."""
    order = ("Playing", "Paused", "Stopped")
    return sorted(players, key=lambda name: (order.index(players[name]) if players[name] in order else 3, name))[:1]


def _call(context: Context, method: str, choose: Choice) -> list[str]:
    """Call `method` of the players that `choose` picks; return their names.  Raises ActionFailed when there is none."""
    with Bus("SESSION", context.programs) as bus:
        players = _players(bus)
        if not players:
            raise ActionFailed(
                message("No player is open."), message("Open one that speaks MPRIS, as most on Linux do.")
            )
        chosen = choose(players)
        _tell(bus, chosen, method)
        return chosen


def _tell(bus: Bus, players: list[str], method: str) -> None:
    for name in players:
        bus.at(name, _OBJECT, _PLAYER).call(method)


def _action(method: str, choose: Choice, said: Message, nothing: Message, back: str | None = None) -> Action:
    def act(slots: Slots, context: Context) -> Done:
        if context.system != "linux":
            return _elsewhere(method, context, said)
        chosen = _call(context, method, choose)
        if not chosen:
            raise ActionFailed(nothing)

        def undo(later: Context) -> Message:
            with Bus("SESSION", later.programs) as bus:
                _tell(bus, chosen, back or method)
            return message("The player is as it was.")

        return Done(said, undo if back else None)

    return act


def _elsewhere(method: str, context: Context, said: Message) -> Done:
    """Windows: the players that show themselves beside the volume.  macOS: Music.  Neither was tried there yet."""
    match context.system:
        case "win32":
            tell_players(context.programs, method)
        case "darwin":
            context.programs.run("osascript", "-e", f'tell application "Music" to {_MUSIC[method]}')
        case _:
            raise not_on(context)
    return Done(said)


_NOTHING = message("Nothing is playing.")

ACTIONS: ActionTable = {
    "media.play": _action("Play", _to_resume, message("It plays."), message("It plays already."), back="Pause"),
    "media.pause": _action("Pause", _playing, message("It pauses."), _NOTHING, back="Play"),
    "media.next": _action("Next", _likeliest, message("The next piece."), _NOTHING),
    "media.previous": _action("Previous", _likeliest, message("The piece before."), _NOTHING),
}
