"""NVIDIA cards as the Linux kernel lists them, without waking them: reading NVML would."""

import os
from dataclasses import dataclass
from pathlib import Path

_NVIDIA = "0x10de"
_DISPLAY = "0x03"
"""The class of display controllers; the sound device of the same card is another."""


@dataclass(frozen=True, slots=True)
class PciCard:
    """One card; `address` is that of sysfs, "0000:01:00.0"."""

    address: str
    folder: Path
    may_sleep: bool
    """Whether the kernel may put the card to sleep while nobody uses it (RTD3)."""

    def asleep(self) -> bool:
        """Tell whether the card sleeps, falls asleep or wakes up."""
        return _line(self.folder / "power" / "runtime_status") in ("suspended", "suspending", "resuming")


def addresses(root: Path) -> tuple[str, ...]:
    """Return the address of everything on the bus, below `root` (the root of the file system).

    Cheap.  Where there is no sysfs, there is nothing.
    """
    try:
        return tuple(sorted(os.listdir(_devices(root))))  # noqa: PTH208  # names are all it takes, and cheaper
    except OSError:
        return ()


def nvidia_cards(root: Path) -> tuple[PciCard, ...]:
    """Return the cards, in the order of the bus."""
    folders = (_devices(root) / address for address in addresses(root))
    return tuple(PciCard(folder.name, folder, _may_sleep(folder, root)) for folder in folders if _is_nvidia(folder))


def sysfs_address(nvml_address: str | None) -> str | None:
    """Return the address as sysfs writes it: NVML's domain has eight digits, the kernel's four."""
    return nvml_address[-12:] if nvml_address else None


def _devices(root: Path) -> Path:
    return root / "sys" / "bus" / "pci" / "devices"


def _is_nvidia(folder: Path) -> bool:
    return _line(folder / "vendor") == _NVIDIA and _line(folder / "class").startswith(_DISPLAY)


def _may_sleep(folder: Path, root: Path) -> bool:
    if _line(folder / "power" / "control") != "auto":
        return False
    # Desktops often have "auto" as well, but a driver that says "Not supported" or "Disabled".
    told = _text(root / "proc" / "driver" / "nvidia" / "gpus" / folder.name / "power")
    status = next((line for line in told.splitlines() if line.startswith("Runtime D3 status")), "Enabled")
    return "Enabled" in status


def _line(path: Path) -> str:
    return _text(path).strip().lower()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
