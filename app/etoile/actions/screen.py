"""Pictures of the screen, and reading it."""

import os
import shutil
import tempfile
from pathlib import Path

from etoile.actions import portal
from etoile.actions.action import ActionTable, Context, Done
from etoile.actions.bus import Bus, NobodyAnswers
from etoile.actions.folders import user_folders
from etoile.actions.programs import install
from etoile.actions.windowing import is_wayland
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

READ_AT_MOST = 1000
_WAYLAND_TOOLS = {
    "grim": ("grim", "{path}"),
    "spectacle": ("spectacle", "--background", "--nonotify", "--fullscreen", "--output", "{path}"),
    "gnome-screenshot": ("gnome-screenshot", "--file={path}"),
}
_POWERSHELL_PICTURE = (
    "Add-Type -AssemblyName System.Windows.Forms,System.Drawing;"
    "$area = [Windows.Forms.SystemInformation]::VirtualScreen;"
    "$picture = New-Object Drawing.Bitmap $area.Width, $area.Height;"
    "$graphics = [Drawing.Graphics]::FromImage($picture);"
    "$graphics.CopyFromScreen($area.Location, [Drawing.Point]::Empty, $area.Size);"
    "$picture.Save([Console]::In.ReadLine())"
)
"""Takes the path from its input, so that no name becomes a part of the script."""


def _screenshot(slots: Slots, context: Context) -> Done:
    here = user_folders()
    folder = here.get("PICTURES", here["HOME"])
    path = _free(folder / f"Etoile {context.now():%Y-%m-%d %H.%M.%S}.png")
    _take(context, path)
    taken = path.stat()

    def take_away(later: Context) -> Message:
        try:
            if path.stat().st_mtime_ns != taken.st_mtime_ns:
                raise ActionFailed(message("The file {path} was changed meanwhile.", path=str(path)))
            path.unlink()
        except OSError as error:
            raise ActionFailed(
                message("{path}: {reason}.", path=str(path), reason=error.strerror or str(error))
            ) from error
        return message("The screenshot {name} is gone.", name=path.name)

    return Done(message("The screenshot is {name} in {folder}.", name=path.name, folder=str(folder)), take_away)


def _free(path: Path) -> Path:
    """Return `path`, or with a number behind its name when there is such a file already."""
    candidates = (path.with_stem(f"{path.stem} {number}") for number in range(2, 1000))
    return path if not path.exists() else next(one for one in candidates if not one.exists())


def _take(context: Context, path: Path) -> None:
    """Save what the screens show to `path`.  Raises ActionFailed; then there is no file."""
    try:
        match context.system:
            case "win32":
                context.programs.powershell(_POWERSHELL_PICTURE, typed=f"{path}\n")
            case "darwin":
                context.programs.run("screencapture", "-x", str(path))
            case "linux" if is_wayland(os.environ):
                _take_on_wayland(context, path)
            case _:
                with context.windowing() as desktop:
                    desktop.screenshot(path)
    except OSError as error:
        raise ActionFailed(message("{path}: {reason}.", path=str(path), reason=error.strerror or str(error))) from error
    if not path.is_file():
        raise ActionFailed(message("The desktop gave no picture of the screen."))


def _take_on_wayland(context: Context, path: Path) -> None:
    """Save what the screens show, by the desktop's own tool, else through its portal, which may ask the user."""
    for tool, arguments in _WAYLAND_TOOLS.items():
        if context.programs.first_of(tool):
            filled = [part.format(path=path) for part in arguments]
            if context.programs.succeeds(*filled) and path.is_file():
                return
    try:
        with Bus("SESSION", context.programs) as bus:
            shutil.move(portal.screenshot(bus), path)
    except NobodyAnswers as error:
        raise ActionFailed(
            message("This desktop (Wayland) offers no way to a picture of the screen."),
            message("Install grim (wlroots), spectacle (KDE), or the desktop's own part of xdg-desktop-portal."),
        ) from error


def _read(slots: Slots, context: Context) -> Done:
    """Read the words on the screen, by Tesseract."""
    if context.programs.first_of("tesseract") is None:
        raise ActionFailed(
            message("Reading the screen needs Tesseract, which is not installed."), install("tesseract-ocr")
        )
    with tempfile.TemporaryDirectory(prefix="etoile-") as folder:
        picture = Path(folder) / "screen.png"
        _take(context, picture)
        text = " ".join(context.programs.run("tesseract", str(picture), "stdout", *_languages(context)).split())
    if not text:
        return Done(message("I see no words on the screen."))
    return Done(message("On the screen: {text}", text=text[:READ_AT_MOST]))


def _languages(context: Context) -> tuple[str, ...]:
    """Return the option for the languages that are read here: those that Etoile speaks, as far as they are there."""
    there = context.programs.run("tesseract", "--list-langs").split()
    wanted = [language for language in ("fra", "eng") if language in there]
    return ("-l", "+".join(wanted)) if wanted else ()


ACTIONS: ActionTable = {
    "screen.screenshot": _screenshot,
    "screen.read": _read,
}
