"""Speech models on this computer: their names, their folders, and how they get there."""

import difflib
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etoile.config import FOLDERS
from etoile.errors import EtoileError, ModelUnavailable
from etoile.text import message

log = logging.getLogger(__name__)

FILES = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")
"""What of a repository is downloaded."""
NEEDED = ("model.bin", "tokenizer.json", "config.json")
"""Without these faster-whisper does not load a folder, or looks for it on the network."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that can be downloaded by its name; every one knows French and English."""

    repository: str
    """On the Hugging Face hub, as faster-whisper names it."""
    size_bytes: int
    """About what the download takes."""


KNOWN = {
    "tiny": KnownModel("Systran/faster-whisper-tiny", 78_000_000),
    "base": KnownModel("Systran/faster-whisper-base", 148_000_000),
    "small": KnownModel("Systran/faster-whisper-small", 486_000_000),
    "medium": KnownModel("Systran/faster-whisper-medium", 1_531_000_000),
    "large-v3": KnownModel("Systran/faster-whisper-large-v3", 3_090_000_000),
    "large-v3-turbo": KnownModel("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1_621_000_000),
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
    name: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool], fetch: Fetch | None = None
) -> Path:
    """Download the known model `name` and return its folder; blocks, calls `progress(received, total)` in bytes.

    It arrives in a folder of its own and takes its name only once it is whole; a broken download goes on where it
    ended.  Raises ModelUnavailable (unknown name, no network, disk full, not whole) and DownloadCancelled.
    """
    if name not in KNOWN:
        raise _unknown(name)
    part = home() / f".{name}.part"

    def watched(received: int, total: int | None) -> None:
        if cancelled():
            raise DownloadCancelled(message('The download of "{name}" was cancelled.', name=name))
        progress(received, total)

    try:
        part.mkdir(parents=True, exist_ok=True)
        _check_space(part, KNOWN[name].size_bytes)
        (fetch or _fetch_from_hub)(KNOWN[name].repository, part, watched)
        _whole(part, message("Try again: etoile models download {name}", name=name))
        return _put_in_place(part, home() / name)
    except OSError as error:
        raise ModelUnavailable(
            message('The speech model "{name}" could not be downloaded: {error}.', name=name, error=_reason(error)),
            message("Check the network (a proxy is named by HTTPS_PROXY) and try again: what has arrived is kept."),
        ) from error


def remove(name: str) -> bool:
    """Delete the known model `name` and what was left of a download; tell whether there was anything."""
    if name not in KNOWN:
        raise _unknown(name)
    there = [path for path in (home() / name, home() / f".{name}.part") if path.is_dir()]
    for path in there:
        shutil.rmtree(path)
    return bool(there)


def _put_in_place(part: Path, place: Path) -> Path:
    """Give a whole download its name; an older one makes room."""
    shutil.rmtree(part / ".cache", ignore_errors=True)
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
    """Return what a model in `path` lacks; empty files count as missing."""
    missing = [name for name in NEEDED if not _has_content(path / name)]
    if not any(map(_has_content, path.glob("vocabulary.*"))):
        missing.append("vocabulary.json")
    return missing


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
    close = difflib.get_close_matches(name, KNOWN, n=1)
    if close:
        return ModelUnavailable(said, message('Did you mean "{name}"?', name=close[0]))
    return ModelUnavailable(said, message("Known names: {names}; or give a folder.", names=tuple(KNOWN)))


def _reason(error: OSError) -> str:
    """Return the first line of what went wrong: the hub's messages run to paragraphs."""
    lines = (error.strerror or str(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _fetch_from_hub(repository: str, into: Path, progress: Callable[[int, int | None], None]) -> None:
    # The hub's second protocol downloads in threads that a cancel does not reach; must be set before the import.
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub

    huggingface_hub.snapshot_download(
        repository,
        local_dir=into,
        allow_patterns=list(FILES),
        token=False,
        max_workers=1,
        tqdm_class=_progress_bar(progress),
    )


def _progress_bar(progress: Callable[[int, int | None], None]) -> Any:
    """Return the class of a progress bar that draws nothing and reports the bytes."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **settings: Any) -> None:
            self._counts_bytes = settings.get("unit") == "B"
            settings.pop("name", None)
            super().__init__(*args, **{**settings, "disable": True})
            self.total = settings.get("total")
            self.received = 0

        def update(self, n: float | None = 1) -> None:
            self.received += int(n or 0)
            if self._counts_bytes:
                progress(self.received, int(self.total) if self.total else None)

    return Bar
