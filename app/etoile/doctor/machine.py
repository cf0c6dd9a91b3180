"""The machine: cards and driver, where the speech model has its place, disk, versions, the running app."""

import os
import platform
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from etoile import __version__
from etoile.config import FOLDERS, uuids
from etoile.doctor.finding import GPU_S, Check, Finding, Patient
from etoile.domain.gpus import GpuState
from etoile.text import message, verbatim

LEAST_FREE_BYTES = 1_000_000_000
"""With less room, histories and downloads are at risk."""
LIBRARIES = ("ctranslate2", "faster-whisper", "PySide6-Essentials")
"""Whose versions matter when something is reported."""


def checks(patient: Patient) -> Iterator[Check]:
    """Yield the checks of this machine."""
    asks_for_gpu = patient.config.speech.device == "cuda" or any(
        node.gpus == "local" or uuids(node) for node in patient.config.nodes
    )
    yield Check(name="app", look=lambda: _app(patient))
    yield Check(name="gpu", look=lambda: _gpu(patient), wanted=asks_for_gpu, limit_s=GPU_S)
    yield Check(name="disk", look=_disk)
    yield Check(name="versions", look=_versions)


def _app(patient: Patient) -> Finding:
    if patient.app is None:
        return Finding(ok=None, detail=message("The tray app does not run."), remedy=message("Start it with “etoile”."))
    if missing := patient.missing_in_app:
        return Finding(ok=True, detail=message("The tray app is running; off there: {parts}.", parts=missing))
    return Finding(ok=True, detail=message("The tray app is running."))


def _gpu(patient: Patient) -> Finding:
    from etoile.gpu.driver_version import driver_version

    readings = patient.gpus()
    names = Counter(reading.name for reading in readings)
    cards = [f"{count} × {name}" if count > 1 else name for name, count in names.items()]
    silent = [reading.name for reading in readings if reading.state in _SILENT]
    if silent:
        return Finding(
            ok=False,
            detail=message("{cards}; not answering: {silent}.", cards=cards, silent=silent),
            remedy=message("If `nvidia-smi` does not show it either, the card has left the bus: restart the computer."),
        )
    if all(reading.simulated for reading in readings):
        return Finding(ok=True, detail=message("{cards} (simulated)", cards=cards))
    version = driver_version() if any(reading.uuid.startswith("GPU-") for reading in readings) else None
    if version is None:
        return Finding(ok=True, detail=message("{cards}", cards=cards))
    return Finding(ok=True, detail=message("{cards}; NVIDIA driver {version}", cards=cards, version=version))


_SILENT = (GpuState.LOST, GpuState.UNKNOWN, GpuState.STALE)


def _disk() -> Finding:
    folder = Path(FOLDERS.user_data_dir)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    detail = message("{size:bytes} free in {folder}.", size=free, folder=str(folder))
    if not os.access(there, os.W_OK):
        return Finding(
            ok=False,
            detail=message("{folder} cannot be written.", folder=str(there)),
            remedy=message("Histories and downloads are kept in it: make it yours again."),
        )
    remedy = message("Make room there: histories and downloads are kept in it.")
    return Finding(ok=free >= LEAST_FREE_BYTES, detail=detail, remedy=remedy)


def _versions() -> Finding:
    parts = [
        f"Etoile {__version__}",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.release()}",
    ]
    for library in LIBRARIES:
        try:
            parts.append(f"{library} {metadata.version(library)}")
        except metadata.PackageNotFoundError:
            continue
    return Finding(ok=True, detail=verbatim(", ".join(parts)))
