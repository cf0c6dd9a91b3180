"""Whether the Ollama of this machine keeps to the cards that the settings leave it; told only where it can be known."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from etoile.config import uuids
from etoile.doctor.finding import Check, Finding, Patient
from etoile.domain.cuda import cuda_index
from etoile.domain.gpus import GpuReading, Kind
from etoile.text import message

SYSTEMCTL_S = 2.0


def checks(patient: Patient) -> Iterator[Check]:
    """Yield the check, where the settings name the cards of an Ollama here."""
    allowed = [uuid for node in patient.config.nodes if node.dialect == "ollama" for uuid in uuids(node)]
    if allowed:
        yield Check(name="ollama", look=lambda: _ollama(patient.gpus(), allowed), wanted=True)


def _ollama(readings: Sequence[GpuReading], allowed: Sequence[str]) -> Finding:
    environment = running_environment()
    if environment is None:
        return Finding(
            ok=None,
            detail=message("Which cards the running Ollama may use cannot be known from here."),
            remedy=message("“etoile env” writes the environment that forbids it the others."),
        )
    return about(readings, allowed, environment)


def about(readings: Sequence[GpuReading], allowed: Sequence[str], environment: Mapping[str, str]) -> Finding:
    """Return whether an Ollama with this environment sees other NVIDIA cards than those allowed."""
    cards = [
        reading
        for reading in readings
        if reading.kind is Kind.GPU and not reading.far and reading.uuid.startswith("GPU-")
    ]
    # Unlike us, it counts the fastest first unless it is told otherwise.
    counted = {"CUDA_DEVICE_ORDER": "FASTEST_FIRST", **environment}
    seen = [card for card in cards if cuda_index(card, cards, counted) is not None]
    if forbidden := [card.name for card in seen if card.uuid not in allowed]:
        return Finding(
            ok=False,
            detail=message("The running Ollama sees {cards}, which the settings do not give it.", cards=forbidden),
            remedy=message("“etoile env” writes the environment that forbids it; then restart Ollama."),
        )
    return Finding(
        ok=True, detail=message("The running Ollama sees {cards} alone.", cards=[card.name for card in seen])
    )


def running_environment() -> dict[str, str] | None:
    """Return the environment of the Ollama that runs here; None where none does, or where it may not be read."""
    import psutil

    for process in psutil.process_iter(["name"]):
        if process.info["name"] in ("ollama", "ollama.exe"):
            try:
                return process.environ()
            except (psutil.AccessDenied, psutil.NoSuchProcess):
                return _of_service()
    return None


def _of_service() -> dict[str, str] | None:
    """Return what systemd starts it with: whoever may not look into the process may ask that."""
    if sys.platform != "linux":
        return None
    command = ["systemctl", "show", "ollama", "--property=Environment", "--value"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=SYSTEMCTL_S, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return environment_of(told)


def environment_of(told: str) -> dict[str, str]:
    """Return the variables that systemd tells on one line, each quoted where it needs to be."""
    import shlex

    return dict(word.split("=", 1) for word in shlex.split(told) if "=" in word)
