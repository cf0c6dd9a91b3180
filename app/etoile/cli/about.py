"""What is told about Etoile: help, paths, version; and how the running app ends."""

import argparse
import sys
from pathlib import Path

from etoile import __version__
from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.config import FOLDERS
from etoile.errors import UsageError
from etoile.installed.versions import parts
from etoile.ipc import client, endpoint
from etoile.text import message, verbatim


def quit_app(arguments: argparse.Namespace, console: Console) -> int:
    """End the running app."""
    if client.ask_once(endpoint.runtime_folder(), {"do": "quit"}) is None:
        console.note(message("The tray app does not run."))
        return 1
    return 0


def help_page(arguments: argparse.Namespace, console: Console) -> int:
    """Show a help page, or name them."""
    from etoile.llm.pages import note, page, see_also, topics

    if told := note(console.language):
        console.note(told)
    pages = list(topics(console.language))
    if arguments.topic is None:
        console.say(message("Topics: {topics}. “etoile --help” lists the commands.", topics=pages))
        return 0
    shown = page(arguments.topic, console.language)
    if shown is None:
        raise UsageError(
            message("There is no help page “{topic}”.", topic=arguments.topic),
            message("Topics: {topics}.", topics=pages),
        )
    console.say(verbatim(shown))
    if others := see_also(arguments.topic, console.language):
        console.say(message("See also: {topics}.", topics=list(others)))
    return 0


def paths(arguments: argparse.Namespace, console: Console) -> int:
    """Show where things are; none of these needs to exist."""
    _, config_file = settings(arguments)
    data = Path(FOLDERS.user_data_dir)
    places = {
        "settings": config_file,
        "commands": config_file.parent / "commands",
        "plans": Path(FOLDERS.user_config_dir) / "plans",
        "history": data / "etoile.db",
        "samples": data / "metrics.db",
        "models": data / "models",
        "recordings": Path(FOLDERS.user_state_dir) / "recordings",
        "log": Path(FOLDERS.user_log_dir) / "etoile.log",
        "runtime": endpoint.runtime_folder(),
    }
    if console.json:
        console.line({name: str(path) for name, path in places.items()})
    else:
        for name, path in places.items():
            console.say(verbatim(f"{name:<11} {path}"))
    return 0


def version(arguments: argparse.Namespace, console: Console) -> int:
    """Show the version; for programs, those of the parts that Etoile is made of too."""
    if console.json:
        own = {"etoile": __version__, "python": sys.version.split()[0], "platform": sys.platform}
        console.line({**own, "frozen": bool(getattr(sys, "frozen", False)), "parts": parts()})
    else:
        console.say(verbatim(f"etoile {__version__}"))
    return 0
