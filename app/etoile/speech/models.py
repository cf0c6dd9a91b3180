"""Speech models on this computer: their names, their folders, and how they get there."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from etoile.config import FOLDERS
from etoile.errors import EtoileError, ModelUnavailable
from etoile.text import message

MANIFEST = "etoile.json"
"""Tells what was downloaded, so that a file that loses its end later is recognised."""
NEEDED = ("model.bin", "tokenizer.json", "config.json")
"""Without these faster-whisper does not load a folder, or looks for it on the network."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that can be downloaded by its name; every one knows French and English among others."""

    repository: str
    """On the Hugging Face hub, as faster-whisper names it."""
    size_bytes: int
    """About what the download takes."""
    languages: int = 99
    """How many it knows (openai/whisper, model card)."""


KNOWN = {
    "tiny": KnownModel("Systran/faster-whisper-tiny", 78_000_000),
    "base": KnownModel("Systran/faster-whisper-base", 148_000_000),
    "small": KnownModel("Systran/faster-whisper-small", 486_000_000),
    "medium": KnownModel("Systran/faster-whisper-medium", 1_531_000_000),
    "large-v3": KnownModel("Systran/faster-whisper-large-v3", 3_090_000_000, 100),
    "large-v3-turbo": KnownModel("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1_621_000_000, 100),
}

Fetch = Callable[[str, Path, Callable[[int, int | None], None]], None]
"""Downloads a repository into a folder and reports (received, total) bytes; raises OSError."""


class DownloadCancelled(EtoileError):
    """The user no longer wants the download; what has arrived is kept for the next try."""


def home() -> Path:
    """Return the folder where downloaded models are kept."""
    return Path(FOLDERS.user_data_dir) / "models"


def folder(model: str) -> Path:
    """Return the folder of `model`: the name of a known one, or a path.  Raises ModelUnavailable with the remedy.

    Nothing is ever looked for on the network.
    """
    if model in KNOWN:
        path = home() / model
        if not path.is_dir():
            raise ModelUnavailable(
                message('The speech model "{name}" is not on this computer.', name=model),
                message("Download it with: etoile models download {name}", name=model),
                downloadable=model,
            )
        return _whole(path, message("Download it again with: etoile models download {name}", name=model))
    path = Path(model).expanduser()
    if path.is_dir():
        return _whole(path, message("The folder must hold a Whisper model in CTranslate2 form."))
    if path.name != model:
        raise ModelUnavailable(
            message("There is no folder {path} with a speech model.", path=str(path)),
            message("Correct speech.model in the settings; known names: {names}.", names=tuple(KNOWN)),
        )
    raise _unknown(model)


def installed() -> tuple[str, ...]:
    """Return the names of the known models that are on this computer, whole."""
    return tuple(name for name in KNOWN if not _missing_files(home() / name))


class State(StrEnum):
    """What there is of a known model."""

    INSTALLED = "installed"
    DAMAGED = "damaged"
    BEGUN = "begun"
    """A download was broken off."""
    ABSENT = "absent"


def state(name: str) -> State:
    """Return what there is of the known model `name`."""
    if (home() / name).is_dir():
        return State.DAMAGED if _missing_files(home() / name) else State.INSTALLED
    return State.BEGUN if (home() / f".{name}.part").is_dir() else State.ABSENT


def is_there(model: str) -> bool:
    """Tell whether there is anything by the name `model`, whole or not."""
    return (home() / model if model in KNOWN else Path(model).expanduser()).is_dir()


def size_bytes(folder: Path) -> int:
    """Return how much room the model in `folder` takes."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def weights_bytes(model: str) -> int:
    """Return the size of the weights in the folder `model`; 0 where there are none."""
    file = Path(model).expanduser() / "model.bin"
    return file.stat().st_size if file.is_file() else 0


def download(
    name: str,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
    fetch: Fetch | None = None,
    *,
    offline: bool = False,
) -> Path:
    """Download the known model `name` and return its folder; blocks, calls `progress(received, total)` in bytes.

    It arrives in a folder of its own and takes its name only once it is whole, and every file is what the hub lists; a
    broken download goes on where it ended.  Raises ModelUnavailable (unknown name, no network, disk full, not whole,
    `offline`) and DownloadCancelled.
    """
    if name not in KNOWN:
        raise _unknown(name)
    _refuse_offline(name, offline)
    part = home() / f".{name}.part"

    def watched(received: int, total: int | None) -> None:
        if cancelled():
            raise DownloadCancelled(message('The download of "{name}" was cancelled.', name=name))
        progress(received, total)

    try:
        part.mkdir(parents=True, exist_ok=True)
        _check_space(part, KNOWN[name].size_bytes)
        (fetch or _from_hub())(KNOWN[name].repository, part, watched)
        _whole(part, message("Try again: etoile models download {name}", name=name))
        return _put_in_place(part, home() / name)
    except OSError as error:
        raise _not_downloaded(name, part, error) from error


def remove(name: str) -> bool:
    """Delete the known model `name` and what was left of a download; tell whether there was anything."""
    if name not in KNOWN:
        raise _unknown(name)
    there = [path for path in (home() / name, home() / f".{name}.part") if path.is_dir()]
    for path in there:
        shutil.rmtree(path)
    return bool(there)


def _from_hub() -> Fetch:
    """Return what fetches from the hub: what speaks HTTP is loaded when something is to be fetched."""
    from etoile.speech.fetching import fetch

    return fetch


def _refuse_offline(name: str, offline: bool) -> None:
    variable = os.environ.get("HF_HUB_OFFLINE", "").strip().lower() in ("1", "true", "yes", "on")
    if not (offline or variable):
        return
    raise ModelUnavailable(
        message('"{name}" is not downloaded: Etoile is to stay offline.', name=name),
        message("Unset HF_HUB_OFFLINE, or bring the folder from another computer to {path}.", path=str(home() / name))
        if variable
        else message(
            "Take “offline” out of [speech], or bring the folder from elsewhere to {path}.", path=str(home() / name)
        ),
    )


def _not_downloaded(name: str, part: Path, error: OSError) -> ModelUnavailable:
    """Return what to say of a download that ended too early; what has arrived is kept, unless it was wrong."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        here = sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
        return ModelUnavailable(
            message('The disk is full: {here:bytes} of the speech model "{name}" have arrived.', here=here, name=name),
            message("Make room in {path} and try again: what has arrived is kept.", path=str(home())),
        )
    said = message('The speech model "{name}" could not be downloaded: {error}.', name=name, error=_reason(error))
    return ModelUnavailable(
        said, message("Check the network (a proxy is named by HTTPS_PROXY) and try again: what has arrived is kept.")
    )


def _put_in_place(part: Path, place: Path) -> Path:
    """Give a whole download its name; an older one makes room."""
    if place.exists():
        shutil.rmtree(place)
    return part.rename(place)


def _check_space(part: Path, size_bytes: int) -> None:
    there = sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
    free = shutil.disk_usage(part).free
    if free < size_bytes - there:
        raise ModelUnavailable(
            message("The speech model needs {size:bytes}; the disk has {free:bytes}.", free=free, size=size_bytes),
            message("Make room in {path}, or choose a smaller model.", path=str(home())),
        )


def _missing_files(path: Path) -> list[str]:
    """Return what a model in `path` lacks; files that are empty, or have lost their end, count as missing."""
    missing = [name for name in NEEDED if not _has_content(path / name)]
    if not any(map(_has_content, path.glob("vocabulary.*"))):
        missing.append("vocabulary.json")
    return list(dict.fromkeys((*missing, *_shortened_files(path))))


def _shortened_files(folder: Path) -> list[str]:
    """Return the files in `folder` that do not have the size with which they were downloaded, where that is known."""
    try:
        sizes = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
        return [name for name, size in sizes.items() if not _has_size(folder / name, size)]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return []


def _has_size(file: Path, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size


def _has_content(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _whole(path: Path, remedy: Any) -> Path:
    if missing := _missing_files(path):
        raise ModelUnavailable(
            message("The speech model in {path} is not whole: {files} missing.", path=str(path), files=missing), remedy
        )
    return path


def _unknown(name: str) -> ModelUnavailable:
    said = message('There is no speech model called "{name}".', name=name)
    import difflib  # only for what is mistyped

    close = difflib.get_close_matches(name, KNOWN, n=1)
    if close:
        return ModelUnavailable(said, message('Did you mean "{name}"?', name=close[0]))
    return ModelUnavailable(said, message("Known names: {names}; or give a folder.", names=tuple(KNOWN)))


def _reason(error: OSError) -> str:
    """Return the first line of what went wrong: the hub's messages run to paragraphs."""
    lines = (error.strerror or str(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
