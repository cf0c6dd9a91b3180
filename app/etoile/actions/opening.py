"""Handing a folder or an address to whatever this desktop opens it with."""

from pathlib import Path
from urllib.parse import urlsplit

from etoile.actions.action import Context
from etoile.errors import ActionFailed
from etoile.text import message


def open_folder(context: Context, folder: Path) -> None:
    """Show `folder` in the file manager.  Raises ActionFailed."""
    if not folder.is_dir():
        raise ActionFailed(message("There is no folder {folder}.", folder=str(folder)))
    match context.system:
        case "win32":
            context.programs.start("explorer.exe", str(folder))
        case "darwin":
            context.programs.start("open", str(folder))
        case _:
            context.programs.start("xdg-open", str(folder))


def open_address(context: Context, url: str) -> None:
    """Show `url` in the browser; only http and https are opened.  Raises ActionFailed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ActionFailed(message("{url} is not an address of the web.", url=url))
    match context.system:
        case "win32":
            context.programs.start("rundll32.exe", "url.dll,FileProtocolHandler", url)
        case "darwin":
            context.programs.start("open", url)
        case _:
            context.programs.start("xdg-open", url)
