"""Folders as amdgpu keeps them, after published listings of real cards: paths below /sys, and what the files hold."""

from collections.abc import Mapping
from pathlib import Path

GIB = 1024**3

RX_7900_XT: Mapping[str, str] = {
    "uevent": "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744C\nPCI_SUBSYS_ID=148C:2424\nPCI_SLOT_NAME=0000:03:00.0",
    "revision": "0xcc",
    "unique_id": "d3a2f6a1b4c59e07",
    "power/runtime_status": "active",
    "power/control": "auto",
    "gpu_busy_percent": "97",
    "mem_info_vram_total": str(20 * GIB),
    "mem_info_vram_used": str(5 * GIB),
    "mem_info_gtt_total": str(31 * GIB),
    "mem_info_gtt_used": str(GIB),
    "pp_dpm_sclk": "0: 500Mhz\n1: 2394Mhz *\n2: 2939Mhz",
    "pp_dpm_mclk": "0: 96Mhz\n1: 456Mhz\n2: 772Mhz\n3: 1249Mhz *",
    "hwmon/hwmon8/name": "amdgpu",
    "hwmon/hwmon8/temp1_label": "edge",
    "hwmon/hwmon8/temp1_input": "57000",
    "hwmon/hwmon8/temp1_crit": "100000",
    "hwmon/hwmon8/temp1_crit_hyst": "-273150",
    "hwmon/hwmon8/temp1_emergency": "105000",
    "hwmon/hwmon8/temp2_label": "junction",
    "hwmon/hwmon8/temp2_input": "78000",
    "hwmon/hwmon8/temp2_crit": "110000",
    "hwmon/hwmon8/temp3_label": "mem",
    "hwmon/hwmon8/temp3_input": "84000",
    "hwmon/hwmon8/temp3_crit": "108000",
    "hwmon/hwmon8/power1_average": "301000000",
    "hwmon/hwmon8/power1_cap": "339000000",
    "hwmon/hwmon8/pwm1": "102",
    "hwmon/hwmon8/pwm1_max": "255",
    "hwmon/hwmon8/fan1_input": "1280",
    "hwmon/hwmon8/fan1_max": "3200",
    "hwmon/hwmon8/freq1_label": "sclk",
    "hwmon/hwmon8/freq1_input": "2391000000",
    "hwmon/hwmon8/freq2_label": "mclk",
    "hwmon/hwmon8/freq2_input": "1249000000",
    "hwmon/hwmon8/in0_label": "vddgfx",
}
"""RDNA 3, three sensors, a serial number."""

RX_580: Mapping[str, str] = {
    "uevent": "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:67DF\nPCI_SUBSYS_ID=1DA2:E387\nPCI_SLOT_NAME=0000:0f:00.0",
    "revision": "0xe7",
    "power/runtime_status": "active",
    "power/control": "on",
    "gpu_busy_percent": "0",
    "mem_info_vram_total": str(8 * GIB),
    "mem_info_vram_used": str(GIB),
    "pp_dpm_sclk": "0: 300Mhz *\n1: 600Mhz\n2: 1411Mhz",
    "pp_dpm_mclk": "0: 300Mhz *\n1: 2000Mhz",
    "hwmon/hwmon4/name": "amdgpu",
    "hwmon/hwmon4/temp1_label": "edge",
    "hwmon/hwmon4/temp1_input": "35000",
    "hwmon/hwmon4/temp1_crit": "94000",
    "hwmon/hwmon4/power1_average": "34148000",
    "hwmon/hwmon4/power1_cap": "175000000",
    "hwmon/hwmon4/pwm1": "0",
    "hwmon/hwmon4/fan1_input": "0",
    "hwmon/hwmon4/fan1_max": "3200",
}
"""Polaris: one sensor, no serial number, fans that stand still when it is cool, clocks as levels only."""

PHOENIX: Mapping[str, str] = {
    "uevent": "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:15BF\nPCI_SUBSYS_ID=17AA:50B1\nPCI_SLOT_NAME=0000:c4:00.0",
    "revision": "0xc8",
    "unique_id": "0000000000000000",
    "power/runtime_status": "active",
    "power/control": "auto",
    "gpu_busy_percent": "12",
    "mem_info_vram_total": str(GIB // 2),
    "mem_info_vram_used": str(GIB // 4),
    "mem_info_gtt_total": str(24 * GIB),
    "mem_info_gtt_used": str(4 * GIB),
    "hwmon/hwmon6/name": "amdgpu",
    "hwmon/hwmon6/temp1_label": "edge",
    "hwmon/hwmon6/temp1_input": "46000",
    "hwmon/hwmon6/in0_label": "vddgfx",
    "hwmon/hwmon6/in1_label": "vddnb",
    "hwmon/hwmon6/power1_input": "9107000",
    "hwmon/hwmon6/power1_average": "9059000",
    "hwmon/hwmon6/freq1_input": "800000000",
}
"""An integrated GPU (Radeon 780M): no fan, no limits, its own memory a small part of what it uses."""

MODEL_NAMES = """\
# List of AMDGPU IDs
#
1.0.0
15BF,\tC8,\tAMD Radeon 780M Graphics
67DF,\tE7,\tAMD Radeon RX 580 Series
744C,\tCC,\tAMD Radeon RX 7900 XT
744C,\tC8,\tAMD Radeon RX 7900 XTX
"""


def plug_in(sysfs: Path, card: str, files: Mapping[str, str], *, screen: str | None = "connected") -> Path:
    """Make the folder of a card below `sysfs`, with a connector in the state `screen`; return its device folder."""
    device = sysfs / "class/drm" / card / "device"
    for name, held in files.items():
        write(device / name, held)
    if screen:
        write(sysfs / f"class/drm/{card}-DP-1/status", screen)
    write(sysfs / "class/drm" / "renderD128" / "dev", "226:128")
    return device


def write(path: Path, held: str) -> None:
    """Let `path` hold `held`, with the line's end that sysfs writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(held + "\n", encoding="utf-8")
