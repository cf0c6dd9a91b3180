"""`etoile autostart on|off|status`: whether Etoile starts with the session."""

import argparse

from etoile.cli.console import Console
from etoile.installed.autostart import autostart, start_with_session
from etoile.text import message


def switch(arguments: argparse.Namespace, console: Console) -> int:
    """Switch it, or only tell how it is."""
    if arguments.what != "status":
        start_with_session(arguments.what == "on")
    way = autostart()
    command = way.command()
    if console.json:
        console.line({"autostart": command is not None, "command": command, "place": way.place})
    elif command is None:
        console.say(message("Etoile does not start with the session."))
    else:
        console.say(message("Etoile starts with the session: {command}", command=command))
        console.say(message("This is written in {place}.", place=way.place))
    return 0
