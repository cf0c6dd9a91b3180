"""The applications that are installed here, under every name by which somebody may call them."""

import locale
import os
import re
import shlex
import shutil
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from etoile.actions.spoken import folded
from etoile.text import SPOKEN_LANGUAGES

_ROLES: Mapping[str, tuple[str, ...]] = {
    "WebBrowser": ("browser", "web browser", "navigateur", "navigateur web"),
    "TerminalEmulator": ("terminal", "console"),
    "Calculator": ("calculator", "calculatrice"),
    "TextEditor": ("text editor", "éditeur de texte"),
    "FileManager": ("file manager", "gestionnaire de fichiers"),
    "Email": ("mail", "messagerie"),
    "Settings": ("settings", "paramètres", "réglages"),
}
"""What applications of a category are called when nobody says which one."""
_LNK_HEADER = 76
_LAUNCHERS = re.compile(
    r"python[\d.]*|perl|ruby|node|nodejs|java|javaw|gjs(-console)?|electron[\d]*|bash|sh|dash|zsh|fish|env|pkexec|sudo"
    r"|flatpak|snap|wine(64)?|mono|dotnet|xdg-open|gio|gtk-launch|setsid|nohup|systemd-run|kstart\d?|steam"
)
"""Programs that start others: what is called so may be anything, and closing one must not close the rest."""
_TERMINALS = ("x-terminal-emulator", "gnome-terminal", "konsole", "xfce4-terminal", "xterm")


@dataclass(frozen=True, slots=True)
class App:
    """An application and how to start it."""

    id: str
    """"org.gnome.Calculator" on Linux; the path of a shortcut or bundle elsewhere."""
    names: tuple[str, ...]
    """The names it has, the one to say first."""
    roles: tuple[str, ...] = ()
    """What its kind is called."""
    argv: tuple[str, ...] = ()
    folder: Path | None = None
    """Where it wants to be started."""
    window_names: tuple[str, ...] = ()
    """What its windows may say they belong to."""


def installed(system: str) -> tuple[App, ...]:
    """Return the applications of this computer.  Reads some hundred small files: call it seldom."""
    match system:
        case "win32":
            return tuple(_from_shortcuts(_start_menus(os.environ)))
        case "darwin":
            return tuple(_from_bundles((Path("/Applications"), Path("/System/Applications"))))
        case _:
            return tuple(_from_desktop_files(data_folders(os.environ)))


def find(apps: Iterable[App], spoken: str) -> App | None:
    """Return the application called `spoken`, by its name or else by its kind; None when there is none."""
    wanted = folded(spoken)
    apps = tuple(apps)
    by_name = (app for app in apps if any(folded(name) == wanted for name in app.names))
    by_role = (app for app in apps if any(folded(role) == wanted for role in app.roles))
    return next(by_name, None) or next(by_role, None)


# Linux: desktop entries (the Desktop Entry Specification of freedesktop.org)


def data_folders(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the XDG data folders, the user's own first."""
    own = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    shared = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return tuple(dict.fromkeys(Path(place) for place in (own, *shared.split(":")) if place))


def _from_desktop_files(folders: Iterable[Path]) -> Iterator[App]:
    seen: set[str] = set()
    for folder in folders:
        root = folder / "applications"
        for path in sorted(root.rglob("*.desktop")):
            name = "-".join(path.relative_to(root).with_suffix("").parts)
            if name in seen:
                continue
            seen.add(name)  # an entry in an earlier folder replaces, and may hide, those behind it
            if app := _from_desktop_file(path, name):
                yield app


def _from_desktop_file(path: Path, id: str) -> App | None:
    try:
        return app_of(entry_of(path.read_text(errors="replace")), id)
    except (OSError, ValueError):
        return None


def entry_of(text: str) -> dict[str, str]:
    """Return the keys of the group [Desktop Entry] of `text`."""
    entry: dict[str, str] = {}
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == "[Desktop Entry]"
        elif inside and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            entry.setdefault(key.strip(), value.strip())
    return entry


def app_of(entry: Mapping[str, str], id: str) -> App | None:
    """Return the application that `entry` describes; None when it is hidden, not installed, or none.

    Raises ValueError when its command cannot be read.
    """
    hidden = any(entry.get(key) == "true" for key in ("NoDisplay", "Hidden"))
    needed = entry.get("TryExec")
    if hidden or entry.get("Type") != "Application" or (needed and not shutil.which(needed)):
        return None
    argv = argv_of(entry.get("Exec", ""))
    names = _names(entry, "Name")
    if not argv or not names:
        return None
    program = _program(argv)
    if entry.get("Terminal") == "true":
        argv = _in_terminal(argv)
    categories = entry.get("Categories", "").split(";")
    roles = [name for category, called in _ROLES.items() if category in categories for name in called]
    return App(
        id=id,
        names=names,
        roles=(*_names(entry, "GenericName"), *roles),
        argv=argv,
        folder=Path(entry["Path"]) if entry.get("Path") else None,
        window_names=_window_names(entry.get("StartupWMClass"), id, program),
    )


def _window_names(kind: str | None, id: str, program: str) -> tuple[str, ...]:
    """Return what windows of an application may say they belong to."""
    own = None if _LAUNCHERS.fullmatch(program) else program
    return tuple(filter(None, (kind, id, id.rpartition(".")[2], own)))


def _names(entry: Mapping[str, str], key: str) -> tuple[str, ...]:
    """Return `key` in the languages that Etoile hears, this system's language first."""
    own = (locale.getlocale()[0] or "").partition("_")[0]
    languages = sorted(SPOKEN_LANGUAGES, key=lambda language: language != own)
    found = [entry.get(f"{key}[{language}]", "") for language in languages]
    plain = entry.get(key, "")
    ordered = (*found, plain) if own in SPOKEN_LANGUAGES and found[0] else (plain, *found)
    return tuple(dict.fromkeys(name for name in ordered if name))


def argv_of(command: str) -> tuple[str, ...]:
    """Return the argument list of an `Exec` line, without its field codes (%U, %f, ...).  Raises ValueError."""
    arguments = shlex.split(command.replace("%%", "\0"))
    kept = [part for part in arguments if not (len(part) == 2 and part[0] == "%")]
    return tuple(part.replace("\0", "%") for part in kept)


def _program(argv: tuple[str, ...]) -> str:
    """Return the name of the program, past `env NAME=value`."""
    words = list(argv)
    if Path(words[0]).name == "env":
        words = [word for word in words[1:] if "=" not in word and not word.startswith("-")] or words
    return Path(words[0]).name


def _in_terminal(argv: tuple[str, ...]) -> tuple[str, ...]:
    terminal = next((name for name in _TERMINALS if shutil.which(name)), _TERMINALS[0])
    return (terminal, "--" if terminal == "gnome-terminal" else "-e", *argv)


# Windows and macOS: built to documentation, not tried there yet


def _start_menus(environment: Mapping[str, str]) -> Iterator[Path]:
    for variable in ("APPDATA", "PROGRAMDATA"):
        if environment.get(variable):
            yield Path(environment[variable]) / "Microsoft/Windows/Start Menu/Programs"


def _from_shortcuts(menus: Iterable[Path]) -> Iterator[App]:
    for menu in menus:
        for path in sorted(menu.rglob("*.lnk")):
            names = tuple(filter(None, (path.stem, _target(path))))
            yield App(id=str(path), names=(path.stem,), argv=("explorer.exe", str(path)), window_names=names)


def _target(path: Path) -> str | None:
    """Return the name of the program that a shortcut starts: "chrome.exe"."""
    try:
        program = target_of(path.read_bytes())
    except OSError:
        return None
    return None if _LAUNCHERS.fullmatch(program.casefold().removesuffix(".exe")) else program or None


def target_of(shortcut: bytes) -> str:
    """Return the file name of what a .lnk file points to; empty when it points to none (MS-SHLLINK, 2.1 to 2.3)."""
    has_ids, has_info = 0x1, 0x2
    try:
        size, flags = struct.unpack_from("<I16xI", shortcut)
        place = size + (2 + struct.unpack_from("<H", shortcut, size)[0] if flags & has_ids else 0)
        if size != _LNK_HEADER or not flags & has_info:
            return ""
        base = place + struct.unpack_from("<I", shortcut, place + 16)[0]
        end = shortcut.index(b"\0", base)
    except (struct.error, ValueError):
        return ""
    return shortcut[base:end].decode("mbcs" if os.name == "nt" else "latin-1", "replace").rpartition("\\")[2]


def _from_bundles(folders: Iterable[Path]) -> Iterator[App]:
    for folder in folders:
        for path in sorted(folder.rglob("*.app")):
            yield App(id=str(path), names=(path.stem,), argv=("open", str(path)), window_names=(path.stem,))
