"""The user's own folders, under the names by which they are called in French and English."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from etoile.actions.spoken import folded, nearest
from etoile.errors import ActionFailed
from etoile.text import message

_SPOKEN: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "DESKTOP": ("Desktop", "Bureau", ("desktop", "bureau")),
    "DOWNLOAD": ("Downloads", "Téléchargements", ("downloads", "download", "téléchargements", "téléchargement")),
    "DOCUMENTS": ("Documents", "Documents", ("documents", "my documents", "mes documents")),
    "MUSIC": ("Music", "Musique", ("music", "musique")),
    "PICTURES": ("Pictures", "Images", ("pictures", "images", "photos")),
    "VIDEOS": ("Videos", "Vidéos", ("videos", "vidéos")),
    "PUBLICSHARE": ("Public", "Public", ("public",)),
    "TEMPLATES": ("Templates", "Modèles", ("templates", "modèles")),
}
"""Key of user-dirs.dirs, usual name of the folder in English and in French, what it is called."""
_HOME = ("home", "home folder", "dossier personnel", "maison")
_LINE = re.compile(r'^XDG_(\w+)_DIR="(.*)"$', re.MULTILINE)


def user_folders(environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return the user's folders by key ("DOWNLOAD", "HOME"), those that exist."""
    home = Path.home()
    configured = _configured(environment, home)
    found = {"HOME": home}
    for key, (english, french, _) in _SPOKEN.items():
        candidates = (configured.get(key), home / english, home / french)
        if place := next((one for one in candidates if one is not None and one.is_dir() and one != home), None):
            found[key] = place
    return found


def _configured(environment: Mapping[str, str], home: Path) -> dict[str, Path]:
    """Return what the XDG file user-dirs.dirs names."""
    settings = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
    try:
        lines = settings.read_text(errors="replace")
    except OSError:
        return {}
    return {key: Path(value.replace("$HOME", str(home))) for key, value in _LINE.findall(lines)}


def folder_names() -> tuple[str, ...]:
    """Return every name by which a folder may be called here."""
    here = user_folders()
    usual = [name for key in here if key in _SPOKEN for name in _SPOKEN[key][2]]
    return tuple(dict.fromkeys((*_HOME, *usual, *(path.name for path in _in_home()))))


def folder_called(spoken: str) -> Path:
    """Return the folder called `spoken`: one of the user's folders, else one in the home folder.

    Raises ActionFailed when there is none.
    """
    here, wanted = user_folders(), folded(spoken)
    if any(folded(name) == wanted for name in _HOME):
        return here["HOME"]
    for key, path in here.items():
        called = _SPOKEN[key][2] if key in _SPOKEN else ()
        if any(folded(name) == wanted for name in (*called, path.name)):
            return path
    for path in _in_home():
        if folded(path.name) == wanted:
            return path
    close = nearest(spoken, folder_names())
    raise ActionFailed(
        message("I know no folder called {folder}.", folder=spoken),
        message("Close to it: {folders}.", folders=close) if close else None,
    )


def _in_home() -> list[Path]:
    try:
        return sorted(path for path in Path.home().iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []
