"""`etoile env`: the environment that pins Ollama to chosen cards.  It is only written; nothing is restarted."""

import argparse
import re
import sys
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from etoile.cli.console import Console
from etoile.cli.gpus import gpu_lines
from etoile.cli.new_file import written_new
from etoile.cli.settings import settings
from etoile.domain.pinning import Card, Format, environment, pin, variables
from etoile.domain.shapes import Line
from etoile.errors import UsageError
from etoile.text import message

_HOST = re.compile(r"(https?://)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>\d{1,5}))?")


def usual_format() -> str:
    """Return what servers are started by on this system."""
    return {"linux": Format.SYSTEMD, "win32": Format.POWERSHELL}.get(sys.platform, Format.SHELL)


def env(arguments: argparse.Namespace, console: Console) -> int:
    """Write the environment to the terminal, or to a new file."""
    form = Format(arguments.format)
    host, models = _host(arguments.host), _models(arguments.models, form)
    config, _ = settings(arguments)
    cards = [_card(line) for line in gpu_lines(config, arguments) if not line["far"]]
    pinning = pin(cards, arguments.gpu or (), arguments.exclude or ())
    text = environment(pinning, variables(pinning, host, models), form, console.language)
    if arguments.output is None:
        console.write(text)
        return 0
    _write(Path(arguments.output), text, form)
    console.note(message("Written to {path}: its first lines tell what to do with it.", path=arguments.output))
    return 0


def _card(line: Line) -> Card:
    return Card(
        uuid=line["uuid"],
        index=line["index"],
        name=line["name"],
        mig=tuple(line.get("mig") or ()),
        simulated=line["simulated"],
    )


def _host(host: str | None) -> str | None:
    if host is None:
        return None
    matched = _HOST.fullmatch(host)
    if matched is None or int(matched["port"] or 1) not in range(1, 65536):
        raise UsageError(
            message("“{host}” is no address to listen on.", host=host),
            message("Write it like 127.0.0.1:11434, or 0.0.0.0:11434 for the whole network."),
        )
    return host


def _models(models: str | None, form: Format) -> str | None:
    if models is None:
        return None
    path: PurePath = PureWindowsPath(models) if form is Format.POWERSHELL else PurePosixPath(models)
    if not path.is_absolute() or not models.isprintable():
        raise UsageError(
            message("“{path}” is no folder that a server can be told of.", path=models),
            message("Write the whole path of the folder, from the root on."),
        )
    return models


def _write(path: Path, text: str, form: Format) -> None:
    """Write `text` to a new file.  Windows PowerShell takes a file for UTF-8 only if it begins with the mark of it."""
    encoding = "utf-8-sig" if form is Format.POWERSHELL else "utf-8"
    with written_new(path), path.open("x", encoding=encoding, newline="\n") as file:
        file.write(text)
