"""The reader of NVIDIA cards: real pynvml on a simulated driver."""

import os
import subprocess
import sys
from dataclasses import replace

import pynvml
import pytest

from etoile.domain.gpus import GpuProcess, GpuReading, GpuState
from etoile.errors import NvmlUnavailable
from etoile.gpu.nvml import NvmlSource
from etoile.gpu.nvml_card import LIMITS_EVERY_S
from etoile.gpu.nvml_group import UNSUPPORTED_FOR_S
from tests.gpu.clock import Clock
from tests.gpu.simulated_driver import SimulatedDriver

MIB = 1024 * 1024
FIRST = GpuReading(
    uuid="GPU-51300000-0000-4000-8000-000000000000",
    index=0,
    name="Simulated GPU 0",
    host=os.uname().nodename if hasattr(os, "uname") else "",
    cuda_index=5,
    cuda_fastest_index=5,
    cuda_fastest_estimated=True,
    pci="00000000:f0:00.0",
    temperature_c=40,
    shutdown_c=100,
    slowdown_c=97,
    max_operating_c=89,
    target_c=84,
    utilization_percent=10,
    memory_used_bytes=1000 * MIB,
    memory_total_bytes=8192 * MIB,
    memory_free_bytes=(8192 - 1000 - 434) * MIB,
    power_w=60.0,
    power_limit_w=125.0,
    fan_percent=30,
    clock_graphics_mhz=1500,
    clock_memory_mhz=7000,
    unsupported=("thermal_margin_c", "memory_temperature_c"),
)
ABSENT = FIRST.unsupported
"""What a GeForce does not report."""


def read(source: NvmlSource, *, with_processes: bool = True) -> list[GpuReading]:
    return [replace(card.read(with_processes=with_processes), at_s=0.0) for card in source.cards()]


def test_every_card_is_read_with_its_place_in_cuda_order(driver: SimulatedDriver) -> None:
    readings = read(NvmlSource())
    assert readings[0] == FIRST
    assert [card.cuda_index for card in readings] == [5, 4, 3, 2, 1, 0]


def test_a_lost_card_leaves_the_others(driver: SimulatedDriver) -> None:
    cards = NvmlSource().cards()
    driver.say("error 2 * 15")
    states = [card.read(with_processes=True).state for card in cards]
    assert states == [GpuState.OK] * 2 + [GpuState.LOST] + [GpuState.OK] * 3
    lost = cards[2].read(with_processes=True)
    assert (lost.uuid, lost.name, lost.temperature_c) == (cards[2].identity.uuid, "Simulated GPU 2", None)


def test_a_card_that_is_lost_from_the_start_leaves_the_others(driver: SimulatedDriver) -> None:
    driver.say("error 1 * 15")
    assert [reading.state for reading in read(NvmlSource())] == [GpuState.OK, GpuState.LOST] + [GpuState.OK] * 4


def test_what_a_card_does_not_report_is_none_and_named(driver: SimulatedDriver) -> None:
    driver.say("error 0 fan 3", "error 0 memory 3")
    first, second, *_ = read(NvmlSource())
    memory = ("memory_used_bytes", "memory_total_bytes", "memory_free_bytes")
    assert first.unsupported == (*memory, "fan_percent", *ABSENT)
    assert (first.fan_percent, first.memory_used_bytes, first.temperature_c) == (None, None, 40)
    assert second.unsupported == ABSENT


def test_an_unsupported_field_is_asked_for_again_only_now_and_then(driver: SimulatedDriver) -> None:
    clock = Clock()
    card = NvmlSource(clock).cards()[0]
    driver.say("error 0 fan 3")
    assert card.read(with_processes=False).fan_percent is None
    driver.only()
    clock.at_s += UNSUPPORTED_FOR_S - 1
    assert card.read(with_processes=False).fan_percent is None
    clock.at_s += 1
    reading = card.read(with_processes=False)
    assert (reading.fan_percent, reading.unsupported) == (30, ABSENT)


def test_a_failing_field_is_none_this_once(driver: SimulatedDriver) -> None:
    card = NvmlSource().cards()[0]
    driver.say("error 0 temperature 999")
    reading = card.read(with_processes=False)
    assert (reading.temperature_c, reading.power_w, reading.unsupported) == (None, 60.0, ABSENT)
    assert reading.unknown == ("temperature_c",)
    states = [reading.field_state(field) for field in ("temperature_c", "power_w", "thermal_margin_c")]
    assert states == [GpuState.UNKNOWN, GpuState.OK, GpuState.UNSUPPORTED]
    driver.only()
    reading = card.read(with_processes=False)
    assert (reading.temperature_c, reading.unknown) == (40, ())


@pytest.mark.parametrize(("code", "state"), [(3, GpuState.UNSUPPORTED), (999, GpuState.UNKNOWN)])
def test_a_card_that_reports_nothing_says_why(driver: SimulatedDriver, code: int, state: GpuState) -> None:
    card = NvmlSource().cards()[0]
    driver.say(f"error 0 * {code}")
    assert card.read(with_processes=True).state is state


@pytest.mark.parametrize("junk_c", [0, 127, 255])
def test_junk_temperatures_are_none(driver: SimulatedDriver, junk_c: int) -> None:
    driver.say(f"set 0 temperature {junk_c}")
    reading = read(NvmlSource())[0]
    assert (reading.temperature_c, reading.state) == (None, GpuState.OK)


def test_a_fan_at_rest_is_zero_and_not_missing(driver: SimulatedDriver) -> None:
    driver.say("set 0 fan 0")
    assert read(NvmlSource())[0].fan_percent == 0


def test_throttle_reasons_are_words(driver: SimulatedDriver) -> None:
    driver.say(f"set 0 throttle {0x1 | 0x4 | 0x40}")  # idle is no reason
    assert read(NvmlSource())[0].throttle == ("sw_power_cap", "hw_thermal")


def test_processes_of_both_lists_once_each(driver: SimulatedDriver) -> None:
    me = os.getpid()
    driver.say(f"set 0 compute {me}", f"set 0 graphics {me}", "set 1 compute 999999999", "set 1 process_memory -1")
    mine, other, idle, *_ = read(NvmlSource())
    assert [(process.pid, process.memory_used_bytes) for process in mine.processes] == [(me, 512 * MIB)]
    assert mine.processes[0].name
    assert other.processes == (GpuProcess(pid=999999999),), "another container's process, on a system that hides memory"
    assert idle.processes == ()


def test_processes_stay_while_they_are_not_read(driver: SimulatedDriver) -> None:
    driver.say("set 0 compute 999999999")
    card = NvmlSource().cards()[0]
    assert card.read(with_processes=False).processes == ()
    assert len(card.read(with_processes=True).processes) == 1
    driver.only()
    assert len(card.read(with_processes=False).processes) == 1
    assert card.read(with_processes=True).processes == ()


def test_an_old_driver_is_read_by_the_calls_it_has(old_driver: SimulatedDriver) -> None:
    old_driver.say("set 0 compute 999999999", "set 0 throttle 32")
    source = NvmlSource()
    card = source.cards()[0]
    pynvml.nvmlInit()
    with pytest.raises(pynvml.NVMLLibraryMismatchError):
        pynvml.nvmlDeviceGetComputeRunningProcesses(pynvml.nvmlDeviceGetHandleByIndex(0))
    reading = card.read(with_processes=True)
    assert (reading.state, reading.unsupported, reading.throttle) == (GpuState.OK, ABSENT, ("sw_thermal",))
    assert reading.memory_used_bytes == 1434 * MIB
    assert len(reading.processes) == 1


def test_after_a_reload_of_the_driver_opening_it_afresh_mends_everything(driver: SimulatedDriver) -> None:
    source = NvmlSource()
    before = source.cards()
    driver.say("set * generation 1")
    assert {card.read(with_processes=True).state for card in before} == {GpuState.LOST}
    after = read(source)
    assert {reading.state for reading in after} == {GpuState.OK}
    assert [reading.uuid for reading in after] == [card.identity.uuid for card in before]


def test_a_change_of_the_count_is_noticed(driver: SimulatedDriver) -> None:
    source = NvmlSource()
    source.cards()
    assert not source.outdated()
    driver.say("set * count 7")
    assert source.outdated()
    assert len(source.cards()) == 7


@pytest.mark.parametrize(
    ("code", "says"),
    [(9, "installed, but not loaded"), (18, "was updated"), (4, "may not be used"), (999, "does not start")],
)
def test_a_driver_that_does_not_start_says_why_and_how_to_mend_it(
    driver: SimulatedDriver, code: int, says: str
) -> None:
    driver.say(f"error * init {code}")
    source = NvmlSource()
    with pytest.raises(NvmlUnavailable, match=says) as raised:
        source.cards()
    assert raised.value.remedy
    driver.only()
    assert len(source.cards()) == 6, "and it may start later"


def test_a_driver_without_cards(driver: SimulatedDriver) -> None:
    driver.say("set * count 0")
    with pytest.raises(NvmlUnavailable, match="no card"):
        NvmlSource().cards()


def test_a_form_of_a_call_that_the_card_turns_down_gives_way_to_an_older_one(driver: SimulatedDriver) -> None:
    driver.say("error 0 nvmlDeviceGetMemoryInfo_v2 25", "error 0 nvmlDeviceGetCurrentClocksEventReasons 26")
    driver.say("set 0 throttle 32", "error 0 nvmlDeviceGetComputeRunningProcesses_v3 3", "set 0 graphics 999999999")
    card = NvmlSource().cards()[0]
    for _ in range(2):
        reading = card.read(with_processes=True)
        assert (reading.memory_used_bytes, reading.throttle) == (1434 * MIB, ("sw_thermal",))
        assert reading.unsupported == ABSENT
        assert len(reading.processes) == 1


def test_more_processes_than_there_was_room_for(driver: SimulatedDriver) -> None:
    driver.say("set 0 compute 900000000", "set 0 processes 300")
    card = NvmlSource().cards()[0]
    assert len(card.read(with_processes=True).processes) == 300
    driver.say("set 0 processes 2")
    assert [process.pid for process in card.read(with_processes=True).processes] == [900000000, 900000001]


def test_margins_are_never_taken_for_temperatures(driver: SimulatedDriver) -> None:
    driver.say("set 0 shutdown -8", "set 0 slowdown -2", "set 0 max_operating 0", "error 0 target 3")
    driver.say("set 0 margin 24", "set 0 memory_temperature 48", "error 0 fan 3")
    reading = NvmlSource().cards()[0].read(with_processes=True)
    assert (reading.thermal_margin_c, reading.memory_temperature_c) == (24, 48)
    assert (reading.shutdown_c, reading.slowdown_c, reading.max_operating_c, reading.target_c) == (None,) * 4
    assert reading.unsupported == ("fan_percent", "shutdown_c", "slowdown_c", "max_operating_c", "target_c")
    assert reading.unknown == ()


def test_a_margin_may_be_negative(driver: SimulatedDriver) -> None:
    driver.say("set 0 margin -3")
    assert NvmlSource().cards()[0].read(with_processes=False).thermal_margin_c == -3


def test_a_power_limit_that_is_changed_shows_within_a_minute(driver: SimulatedDriver) -> None:
    clock = Clock()
    card = NvmlSource(clock).cards()[0]
    assert card.read(with_processes=True).power_limit_w == 125.0
    driver.say("set 0 power_limit 90000")
    assert card.read(with_processes=True).power_limit_w == 125.0
    clock.at_s += LIMITS_EVERY_S
    assert card.read(with_processes=False).power_limit_w == 125.0
    assert card.read(with_processes=True).power_limit_w == 90.0


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("set 0 temperature 9223372036854775794", "temperature_c"),
        ("set 0 utilization 101", "utilization_percent"),
        ("set 0 power 0", "power_w"),
        ("set 0 power 4294967295", "power_w"),
        ("set 0 fan 255", "fan_percent"),
        ("set 0 clock_graphics 4294967295", "clock_graphics_mhz"),
        ("set 0 throttle 9223372036854775794", "throttle"),
        ("set 0 memory 99999999", "memory_used_bytes"),
        ("set 0 memory_total 0", "memory_total_bytes"),
        ("set 0 memory_temperature 255", "memory_temperature_c"),
        ("set 0 margin 127", "thermal_margin_c"),
    ],
)
def test_what_cannot_be_true_is_not_shown_and_said_to_be_unknown(
    driver: SimulatedDriver, line: str, field: str
) -> None:
    driver.say(line)
    reading = read(NvmlSource())[0]
    assert not getattr(reading, field)
    assert field in reading.unknown
    assert (reading.state, reading.field_state(field)) == (GpuState.OK, GpuState.UNKNOWN)


def test_the_driver_is_asked_for_nothing_twice_and_never_for_what_takes_long(driver: SimulatedDriver) -> None:
    driver.say("set * log 1", "set * count 1")
    (card,) = NvmlSource().cards()
    card.read(with_processes=True)
    driver.calls()
    for _ in range(3):
        card.read(with_processes=False)
    calls = [function for _, function in driver.calls()]
    assert len(calls) == 3 * 8
    assert set(calls) == {
        "nvmlDeviceGetTemperature",
        "nvmlDeviceGetUtilizationRates",
        "nvmlDeviceGetMemoryInfo_v2",
        "nvmlDeviceGetPowerUsage",
        "nvmlDeviceGetFanSpeed",
        "nvmlDeviceGetClockInfo",
        "nvmlDeviceGetCurrentClocksEventReasons",
    }


ONE_READING = """
import os
from etoile.errors import NvmlUnavailable
from etoile.gpu.monitor import open_source, read_once
try:
    print(*(reading.temperature_c for reading in read_once(open_source(None))))
except NvmlUnavailable as error:
    print(error)
"""


def found_by(environment: dict[str, str]) -> str:
    """Return what a process of its own reads, whose pynvml looks for the driver by itself."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_READING],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_the_driver_is_found_where_the_system_has_it(driver: SimulatedDriver) -> None:
    driver.say("set 3 temperature 91")
    assert found_by({"LD_LIBRARY_PATH": str(driver.folder)}) == "40 40 40 91 40 40"


def test_a_driver_that_is_no_library(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("broken")
    (folder / "libnvidia-ml.so.1").write_text("not a library")
    assert found_by({"LD_LIBRARY_PATH": str(folder)}) == "There is no NVIDIA driver on this computer."
