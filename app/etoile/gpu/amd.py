"""AMD cards, read from the files that the kernel's driver keeps of each (amdgpu, and radeon for what it tells).

Formats: https://docs.kernel.org/gpu/amdgpu/thermal.html.  A file that is not there is a field that the card does not
report; one that cannot be read, or holds junk, is a value that is unknown this time.

A sleeping card is left alone: its hwmon files would wake it.  One that is idle and may sleep (it has no screen) is
left alone for a while as well, because being asked every second keeps it from falling asleep.
"""

import platform
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu.sysfs import NotOffered, number, text, word

SYSFS = Path("/sys")
MODEL_NAMES = Path("/usr/share/libdrm/amdgpu.ids")
"""Comes with Mesa: "744C, C8, AMD Radeon RX 7900 XTX"."""

VENDOR = "1002"
REST_S = 8.0
"""The driver lets a card fall asleep 5 s after it was last used, and reading some of its files is using it."""
REST_AGAIN_S = 300.0
"""A card that did not fall asleep while it was left alone is held awake by something else."""

_UNTOLD = ("throttle", "processes", "target_c", "max_operating_c")
"""What sysfs tells of no card."""


def _ram_available_bytes() -> int:
    import psutil  # only where such a card is

    return psutil.virtual_memory().available


class AmdSource:
    """The AMD cards of this machine, in PCI order; none where there is none, or on another system than Linux."""

    def __init__(
        self,
        sysfs: Path = SYSFS,
        model_names: Path = MODEL_NAMES,
        *,
        now_s: Callable[[], float] = time.monotonic,
        ram_available_bytes: Callable[[], int] = _ram_available_bytes,
    ) -> None:
        self._sysfs = sysfs
        self._model_names = model_names
        self._now_s = now_s
        self._ram_available_bytes = ram_available_bytes
        self._found: tuple[str, ...] = ()

    def cards(self) -> tuple["AmdCard", ...]:
        """Return the cards as they are plugged in now."""
        folders = self._folders()
        self._found = tuple(folders)
        return tuple(self._card(index, folder) for index, folder in enumerate(folders.values()))

    def outdated(self) -> bool:
        """Tell whether other cards are plugged in than last time."""
        return tuple(self._folders()) != self._found

    def close(self) -> None:
        """Nothing is held."""

    def _folders(self) -> dict[str, Path]:
        """Return the folder of every card by its PCI address, in PCI order."""
        found = {}
        for folder in self._sysfs.glob("class/drm/card*"):
            about = _uevent(folder)
            if re.fullmatch(r"card\d+", folder.name) and about.get("PCI_ID", "").startswith(f"{VENDOR}:"):
                found[about.get("PCI_SLOT_NAME", folder.name)] = folder
        return dict(sorted(found.items()))

    def _card(self, index: int, folder: Path) -> "AmdCard":
        device, about = Device(folder), _uevent(folder)
        # The domain is written with eight digits, as NVML has it, so that the order of texts is that of the buses.
        pci = about["PCI_SLOT_NAME"].rjust(16, "0") if "PCI_SLOT_NAME" in about else None
        serial = word(device.path / "unique_id")
        identity = GpuReading(
            # What ROCR_VISIBLE_DEVICES takes.  Most integrated GPUs have no serial number.
            uuid=f"GPU-{serial}" if serial.strip("0") else f"AMD-{platform.node()}-{pci or folder.name}",
            index=index,
            name=self._name(device, about.get("PCI_ID", VENDOR)),
            host=platform.node(),
            state=GpuState.UNKNOWN,
            pci=pci,
        )
        return AmdCard(identity, device, self._now_s, self._ram_available_bytes)

    def _name(self, device: "Device", pci_id: str) -> str:
        model = word(device.path / "product_name")
        if not model:
            revision = word(device.path / "revision").removeprefix("0x")
            model = self._models().get((pci_id.partition(":")[2].upper(), revision.upper()), f"AMD GPU ({pci_id})")
        return f"{model} (APU)" if device.is_apu and "APU" not in model else model

    def _models(self) -> dict[tuple[str, str], str]:
        rows = (line.split(",", 2) for line in word(self._model_names).splitlines() if not line.startswith("#"))
        return {(row[0].strip().upper(), row[1].strip().upper()): row[2].strip() for row in rows if len(row) == 3}


class Device:
    """The files of one card."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "device"
        self.hwmon = next(iter(sorted(self.path.glob("hwmon/hwmon*"))), self.path / "hwmon")
        labels = {word(path): path.name.removesuffix("_label") for path in self.hwmon.glob("temp*_label")}
        self.core = labels.get("edge") or labels.get("junction") or "temp1"
        """The sensor that compares best with other makers'; data centre cards have the hottest spot only."""
        self.hottest = labels.get("junction")
        self.memory = labels.get("mem")
        self.is_apu = word(self.hwmon / "in1_label") == "vddnb"
        """Whether it shares memory and power with the processor: only such have a northbridge voltage."""

    def may_sleep(self) -> bool:
        """Tell whether the driver may put it to sleep: that is switched on, and it drives no screen."""
        screens = self.folder.parent.glob(f"{self.folder.name}-*/status")
        return word(self.path / "power/control") == "auto" and all(word(path) != "connected" for path in screens)


class AmdCard:
    """One card."""

    def __init__(
        self,
        identity: GpuReading,
        device: Device,
        now_s: Callable[[], float],
        ram_available_bytes: Callable[[], int],
    ) -> None:
        self.identity = identity
        self._device = device
        self._now_s = now_s
        self._ram_available_bytes = ram_available_bytes
        self._latest: GpuReading | None = None
        self._resting_until_s = 0.0
        self._rest_again_s = 0.0

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now.  sysfs tells of no processes."""
        now_s = self._now_s()
        if not _uevent(self._device.folder):
            return replace(self.identity, state=GpuState.LOST, at_s=now_s)
        if word(self._device.path / "power/runtime_status") in ("suspended", "suspending"):
            self._rest_again_s = 0.0
            return replace(self.identity, state=GpuState.ASLEEP, at_s=now_s)
        if self._latest is not None and now_s < self._resting_until_s:
            return self._latest
        self._latest = self._measured(now_s)
        if self._latest.utilization_percent == 0 and now_s >= self._rest_again_s and self._device.may_sleep():
            self._resting_until_s, self._rest_again_s = now_s + REST_S, now_s + REST_AGAIN_S
        return self._latest

    def _measured(self, now_s: float) -> GpuReading:
        values: dict[str, int | float | None] = {}
        unsupported = list(_UNTOLD)
        for field, value_of in FIELDS.items():
            try:
                values[field] = value_of(self._device)
            except NotOffered:
                unsupported.append(field)
        values["memory_free_bytes"] = self._free_bytes(values)
        known = any(value is not None for value in values.values())
        return replace(
            self.identity,
            **values,  # type: ignore[arg-type]
            state=GpuState.OK if known else GpuState.UNKNOWN if len(values) > 1 else GpuState.UNSUPPORTED,
            unsupported=tuple(unsupported),
            unknown=tuple(field for field, value in values.items() if value is None and field not in unsupported),
            at_s=now_s,
        )

    def _free_bytes(self, values: Mapping[str, int | float | None]) -> int | None:
        used, total = values.get("memory_used_bytes"), values.get("memory_total_bytes")
        if used is None or total is None:
            return None
        free_bytes = max(0, int(total - used))
        # What an integrated GPU may borrow is a limit: the processor's own programs may be using it already.
        return min(free_bytes, self._ram_available_bytes()) if self._device.is_apu else free_bytes


def _uevent(folder: Path) -> dict[str, str]:
    """Return what the kernel says that the device of `folder` is; nothing when it is gone.  Wakes nobody."""
    return dict(line.split("=", 1) for line in word(folder / "device/uevent").splitlines() if "=" in line)


def _within(value: float | None, lowest: float, highest: float) -> float | None:
    return value if value is not None and lowest <= value <= highest else None


def _degrees(device: Device, sensor: str | None, kind: str = "input") -> int | None:
    if sensor is None:
        raise NotOffered
    millidegrees = number(device.hwmon / f"{sensor}_{kind}")
    # 0, 127 and 255 °C are what a sensor says that does not answer.
    return None if millidegrees is None or not 0 < millidegrees < 127_000 else round(millidegrees / 1000)


def _margin(device: Device) -> int | None:
    hottest_c, limit_c = _degrees(device, device.hottest), _degrees(device, device.hottest, "crit")
    return None if hottest_c is None or limit_c is None else limit_c - hottest_c


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _percent(device: Device) -> int | None:
    return _whole(_within(number(device.path / "gpu_busy_percent"), 0, 100))


def _watts(*paths: Path) -> float | None:
    microwatts = _within(number(*paths), 0, 5e9)
    return None if microwatts is None else microwatts / 1e6


def _fan_percent(device: Device) -> int | None:
    """Return how fast the fan turns, of the most it can; 0 is a fan at rest.

    Some cards hide what drives the fan, and tell how fast it turns.
    """
    fan = device.hwmon
    try:
        driven = _within(number(fan / "pwm1"), 0, 255)
    except NotOffered:
        driven = None
    if driven is not None:
        return round(100 * driven / 255)
    speed, most = number(fan / "fan1_input"), number(fan / "fan1_max")
    return _whole(_within(100 * speed / most, 0, 200)) if speed is not None and most else None


def _clock_mhz(device: Device, name: str, levels: str) -> int | None:
    """Return a clock: the sensor's, else the level that is marked as the one in use ("1: 1450Mhz *")."""
    try:
        hertz = number(device.hwmon / f"{name}_input")
        return None if hertz is None else _whole(_within(hertz / 1e6, 0, 50_000))
    except NotOffered:
        marked = re.search(r"(\d+)\s*Mhz\s*\*", text(device.path / levels) or "", re.IGNORECASE)
        return int(marked[1]) if marked else None


def _bytes(device: Device, kind: str) -> int | None:
    """Return "used" or "total" memory.

    An integrated GPU uses the part of the memory that is set aside for it, often 512 MiB, and as much of the rest as
    the driver allows it, alike; a card reaches the latter over PCI only, so it does not count there.
    """
    own = _within(number(device.path / f"mem_info_vram_{kind}"), 0, 2**53)
    if not device.is_apu:
        return _whole(own)
    shared = _within(number(device.path / f"mem_info_gtt_{kind}"), 0, 2**53)
    return None if own is None or shared is None else round(own + shared)


FIELDS: Mapping[str, Callable[[Device], int | float | None]] = {
    "temperature_c": lambda device: _degrees(device, device.core),
    "memory_temperature_c": lambda device: _degrees(device, device.memory),
    "thermal_margin_c": _margin,
    "slowdown_c": lambda device: _degrees(device, device.core, "crit"),
    "shutdown_c": lambda device: _degrees(device, device.core, "emergency"),
    "utilization_percent": _percent,
    "memory_used_bytes": lambda device: _bytes(device, "used"),
    "memory_total_bytes": lambda device: _bytes(device, "total"),
    "power_w": lambda device: _watts(device.hwmon / "power1_average", device.hwmon / "power1_input"),
    "power_limit_w": lambda device: _watts(device.hwmon / "power1_cap"),
    "fan_percent": _fan_percent,
    "clock_graphics_mhz": lambda device: _clock_mhz(device, "freq1", "pp_dpm_sclk"),
    "clock_memory_mhz": lambda device: _clock_mhz(device, "freq2", "pp_dpm_mclk"),
}
"""How each field is read."""
