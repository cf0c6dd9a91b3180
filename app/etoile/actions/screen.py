"""Pictures of the screen, reading it, locking it, switching it off."""

import os
import tempfile
from pathlib import Path

from etoile.actions.action import ActionTable, Context, Done, not_on
from etoile.actions.folders import user_folders
from etoile.actions.programs import install
from etoile.actions.windowing import is_wayland
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

READ_AT_MOST = 1000
_WAYLAND_TOOLS = {
    "gnome-screenshot": ("gnome-screenshot", "--file={path}"),
    "spectacle": ("spectacle", "--background", "--nonotify", "--fullscreen", "--output", "{path}"),
    "grim": ("grim", "{path}"),
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
                context.programs.run(
                    "powershell", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL_PICTURE, typed=f"{path}\n"
                )
            case "darwin":
                context.programs.run("screencapture", "-x", str(path))
            case _ if is_wayland(os.environ):
                tool = context.programs.need(*_WAYLAND_TOOLS)
                context.programs.run(*(part.format(path=path) for part in _WAYLAND_TOOLS[tool]))
            case _:
                with context.windowing() as desktop:
                    desktop.screenshot(path)
    except OSError as error:
        raise ActionFailed(message("{path}: {reason}.", path=str(path), reason=error.strerror or str(error))) from error
    if not path.is_file():
        raise ActionFailed(message("The desktop gave no picture of the screen."))


def _read(slots: Slots, context: Context) -> Done:
    """Read the words on the screen, by Tesseract."""
    if context.programs.first_of("tesseract") is None:
        raise ActionFailed(
            message("Reading the screen needs Tesseract, which is not installed."), install("tesseract-ocr")
        )
    with tempfile.TemporaryDirectory(prefix="etoile-") as folder:
        picture = Path(folder) / "screen.png"
        _take(context, picture)
        text = " ".join(context.programs.run("tesseract", str(picture), "stdout").split())
    if not text:
        return Done(message("I see no words on the screen."))
    return Done(message("On the screen: {text}", text=text[:READ_AT_MOST]))


def _lock(slots: Slots, context: Context) -> Done:
    match context.system:
        case "win32":
            context.programs.run("rundll32.exe", "user32.dll,LockWorkStation")
        case "darwin":
            context.programs.run("pmset", "displaysleepnow")
        case "linux":
            _lock_linux(context)
        case _:
            raise not_on(context)
    return Done(message("I asked the desktop to lock the screen."))


def _lock_linux(context: Context) -> None:
    """Ask whoever can lock here: the session's own keeper first."""
    ways = (("loginctl", "lock-session"), ("xdg-screensaver", "lock"))
    present = [way for way in ways if context.programs.first_of(way[0])]
    if not present:
        context.programs.need("loginctl", "xdg-screensaver")
    if not any(context.programs.succeeds(*way) for way in present):
        raise ActionFailed(
            message("Nothing on this desktop locks the screen."),
            message("Install a screen locker, such as light-locker."),
        )


def _off(slots: Slots, context: Context) -> Done:
    match context.system:
        case "win32":
            from etoile.actions.win32 import switch_screen_off

            switch_screen_off()
        case "darwin":
            context.programs.run("pmset", "displaysleepnow")
        case _ if is_wayland(os.environ):
            raise ActionFailed(message("This desktop (Wayland) does not let a program switch the screen off."))
        case _:
            context.programs.run("xset", "dpms", "force", "off")
    return Done(message("The screen is off; any key switches it on."))


ACTIONS: ActionTable = {
    "screen.screenshot": _screenshot,
    "screen.read": _read,
    "screen.lock": _lock,
    "screen.off": _off,
}
