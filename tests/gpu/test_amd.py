"""AMD cards, on folders as the driver keeps them."""

import platform
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu import amd
from etoile.gpu.amd import REST_AGAIN_S, REST_S, AmdSource
from tests.gpu.amd_cards import GIB, MODEL_NAMES, PHOENIX, RX_580, RX_7900_XT, plug_in, write


class Machine:
    """A machine with a clock of its own, whose cards are folders."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 100.0
        self.ram_available_bytes = 64 * GIB
        self.sysfs = folder / "sys"
        write(folder / "amdgpu.ids", MODEL_NAMES)
        self.source = AmdSource(
            self.sysfs,
            folder / "amdgpu.ids",
            now_s=lambda: self.now_s,
            ram_available_bytes=lambda: self.ram_available_bytes,
        )

    def plug_in(self, files: Mapping[str, str], *, card: str = "card0", screen: str | None = "connected") -> Path:
        return plug_in(self.sysfs, card, files, screen=screen)

    def read(self) -> GpuReading:
        [card] = self.source.cards()
        return card.read(with_processes=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_card_tells_everything(machine: Machine) -> None:
    machine.plug_in(RX_7900_XT)
    assert machine.read() == GpuReading(
        uuid="GPU-d3a2f6a1b4c59e07",
        index=0,
        name="AMD Radeon RX 7900 XT",
        host=platform.node(),
        pci="00000000:03:00.0",
        temperature_c=57,
        memory_temperature_c=84,
        thermal_margin_c=32,
        slowdown_c=100,
        shutdown_c=105,
        utilization_percent=97,
        memory_used_bytes=5 * GIB,
        memory_total_bytes=20 * GIB,
        memory_free_bytes=15 * GIB,
        power_w=301.0,
        power_limit_w=339.0,
        fan_percent=40,
        clock_graphics_mhz=2391,
        clock_memory_mhz=1249,
        unsupported=("throttle", "processes", "target_c", "max_operating_c"),
        at_s=100.0,
    )


def test_what_a_card_does_not_tell_is_unsupported_and_0_is_a_value(machine: Machine) -> None:
    machine.plug_in(RX_580)
    reading = machine.read()
    assert set(reading.unsupported) >= {"memory_temperature_c", "thermal_margin_c", "shutdown_c"}
    assert (reading.temperature_c, reading.slowdown_c, reading.fan_percent, reading.utilization_percent) == (
        35,
        94,
        0,
        0,
    )
    assert (reading.clock_graphics_mhz, reading.clock_memory_mhz) == (300, 300), "the levels that are marked"
    assert reading.uuid == f"AMD-{platform.node()}-00000000:0f:00.0"
    assert reading.unknown == ()


def test_an_integrated_gpu_counts_what_it_may_borrow_and_no_more_than_is_free(machine: Machine) -> None:
    machine.plug_in(PHOENIX)
    reading = machine.read()
    assert reading.name == "AMD Radeon 780M Graphics (APU)"
    assert reading.uuid == f"AMD-{platform.node()}-00000000:c4:00.0", "a serial number of zeros is none"
    assert reading.memory_total_bytes == 24 * GIB + GIB // 2
    assert reading.memory_used_bytes == 4 * GIB + GIB // 4
    assert reading.memory_free_bytes == 20 * GIB + GIB // 4
    assert set(reading.unsupported) >= {"fan_percent", "power_limit_w", "clock_memory_mhz", "slowdown_c"}
    machine.ram_available_bytes = 3 * GIB
    assert machine.read().memory_free_bytes == 3 * GIB


@pytest.mark.parametrize(
    ("file", "held", "field"),
    [
        ("hwmon/hwmon8/temp1_input", "255000", "temperature_c"),
        ("hwmon/hwmon8/temp1_input", "0", "temperature_c"),
        ("hwmon/hwmon8/temp1_input", "-273150", "temperature_c"),
        ("hwmon/hwmon8/temp1_input", "hot", "temperature_c"),
        ("hwmon/hwmon8/temp1_input", "", "temperature_c"),
        ("gpu_busy_percent", "655", "utilization_percent"),
        ("mem_info_vram_used", "18446744073709551615", "memory_used_bytes"),
        ("hwmon/hwmon8/power1_average", "-1", "power_w"),
        ("hwmon/hwmon8/freq1_input", "99999999999999", "clock_graphics_mhz"),
    ],
)
def test_junk_is_unknown_this_time_and_spares_the_rest(machine: Machine, file: str, held: str, field: str) -> None:
    device = machine.plug_in(RX_7900_XT)
    write(device / file, held)
    reading = machine.read()
    assert reading.state is GpuState.OK
    assert (getattr(reading, field), reading.field_state(field)) == (None, GpuState.UNKNOWN), reading.unknown
    assert reading.memory_temperature_c == 84


def test_a_fan_whose_drive_is_hidden_tells_how_fast_it_turns(machine: Machine) -> None:
    device = machine.plug_in(RX_7900_XT)
    write(device / "hwmon/hwmon8/pwm1", "nan")
    assert machine.read().fan_percent == 40
    write(device / "hwmon/hwmon8/fan1_input", "65535")
    assert machine.read().field_state("fan_percent") is GpuState.UNKNOWN
    (device / "hwmon/hwmon8/pwm1").unlink()
    (device / "hwmon/hwmon8/fan1_input").unlink()
    assert machine.read().field_state("fan_percent") is GpuState.UNSUPPORTED


def test_a_file_that_cannot_be_read_is_unknown(machine: Machine) -> None:
    device = machine.plug_in(RX_7900_XT)
    (device / "gpu_busy_percent").unlink()
    (device / "gpu_busy_percent").mkdir()  # reading a folder fails, but not for want of it
    assert machine.read().field_state("utilization_percent") is GpuState.UNKNOWN


def test_a_card_that_tells_nothing_is_unsupported_and_one_that_tells_junk_unknown(machine: Machine) -> None:
    machine.plug_in({"uevent": RX_580["uevent"]})
    assert machine.read().state is GpuState.UNSUPPORTED
    machine.plug_in({"gpu_busy_percent": "?"})
    assert machine.read().state is GpuState.UNKNOWN


def test_a_data_centre_card_has_its_hottest_spot_only(machine: Machine) -> None:
    files = {name: held for name, held in RX_7900_XT.items() if "temp1" not in name}
    machine.plug_in(files)
    reading = machine.read()
    assert (reading.temperature_c, reading.thermal_margin_c) == (78, 32)


def test_cards_stand_in_pci_order_and_others_are_left_out(machine: Machine) -> None:
    machine.plug_in(RX_580, card="card0")
    machine.plug_in(PHOENIX, card="card2")
    machine.plug_in(RX_7900_XT, card="card10")
    machine.plug_in({"uevent": "DRIVER=i915\nPCI_ID=8086:9A49\nPCI_SLOT_NAME=0000:00:02.0"}, card="card1")
    machine.plug_in({"uevent": "DRIVER=vgem"}, card="card3")
    identities = [card.identity for card in machine.source.cards()]
    assert [(identity.index, identity.pci) for identity in identities] == [
        (0, "00000000:03:00.0"),
        (1, "00000000:0f:00.0"),
        (2, "00000000:c4:00.0"),
    ]
    assert {identity.state for identity in identities} == {GpuState.UNKNOWN}


def test_a_model_without_a_name_is_called_by_its_number(machine: Machine) -> None:
    machine.plug_in({**RX_7900_XT, "revision": "0x01"})
    assert machine.read().name == "AMD GPU (1002:744C)"
    machine.plug_in({"product_name": "AMD Instinct MI210"})
    assert machine.read().name == "AMD Instinct MI210"


def test_without_sysfs_there_is_no_card(tmp_path: Path) -> None:
    source = AmdSource(tmp_path / "nowhere", tmp_path / "nothing")
    assert source.cards() == ()
    assert not source.outdated()


def test_plugging_in_and_out_is_seen(machine: Machine) -> None:
    machine.plug_in(RX_580)
    [card] = machine.source.cards()
    assert not machine.source.outdated()
    machine.plug_in(RX_7900_XT, card="card1")
    assert machine.source.outdated()
    assert len(machine.source.cards()) == 2
    shutil.rmtree(machine.sysfs / "class/drm/card0")
    assert machine.source.outdated()
    assert card.read(with_processes=False) == replace(card.identity, state=GpuState.LOST, at_s=100.0)


def test_a_sleeping_card_is_not_touched(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    device = machine.plug_in(RX_7900_XT)
    write(device / "power/runtime_status", "suspended")
    [card] = machine.source.cards()
    touched: list[Path] = []
    monkeypatch.setattr(amd, "number", lambda *paths: touched.extend(paths))
    assert card.read(with_processes=True) == replace(card.identity, state=GpuState.ASLEEP, at_s=100.0)
    assert touched == []
    write(device / "power/runtime_status", "active")
    assert card.read(with_processes=True).state is not GpuState.ASLEEP
    assert touched


def test_an_idle_card_without_a_screen_is_left_alone_long_enough_to_fall_asleep(machine: Machine) -> None:
    device = machine.plug_in({**RX_7900_XT, "gpu_busy_percent": "0"}, screen="disconnected")
    [card] = machine.source.cards()
    read_at_s = card.read(with_processes=False).at_s
    machine.now_s += REST_S - 0.1
    assert card.read(with_processes=False).at_s == read_at_s, "its last reading, which grows old"
    write(device / "power/runtime_status", "suspended")
    assert card.read(with_processes=False).state is GpuState.ASLEEP
    write(device / "power/runtime_status", "active")
    machine.now_s += 0.1
    assert card.read(with_processes=False).at_s == machine.now_s


def test_one_that_something_else_keeps_awake_is_read_on(machine: Machine) -> None:
    machine.plug_in({**RX_7900_XT, "gpu_busy_percent": "0"}, screen=None)
    [card] = machine.source.cards()
    card.read(with_processes=False)
    for _ in range(10):
        machine.now_s += REST_S
        assert card.read(with_processes=False).at_s == machine.now_s
    machine.now_s += REST_AGAIN_S
    card.read(with_processes=False)
    machine.now_s += 1
    assert card.read(with_processes=False).at_s == machine.now_s - 1


@pytest.mark.parametrize(
    ("files", "screen"), [({"power/control": "on"}, None), ({"gpu_busy_percent": "3"}, None), ({}, "connected")]
)
def test_one_that_works_or_shows_something_or_may_not_sleep_is_read_on(
    machine: Machine, files: dict[str, str], screen: str | None
) -> None:
    machine.plug_in({**RX_7900_XT, "gpu_busy_percent": "0", **files}, screen=screen)
    [card] = machine.source.cards()
    card.read(with_processes=False)
    machine.now_s += 1
    assert card.read(with_processes=False).at_s == machine.now_s
