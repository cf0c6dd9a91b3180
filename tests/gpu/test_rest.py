"""A laptop's card that sleeps is not touched, and one that is idle is left alone: by the driver's own list of calls."""

from pathlib import Path

import pytest

from etoile.domain.gpus import GpuState
from etoile.gpu import pci
from etoile.gpu.driver import Driver
from etoile.gpu.nvml import NvmlSource
from etoile.gpu.rest import FALLS_ASLEEP_S, IDLE_S, TRY_AGAIN_S
from tests.gpu.clock import Clock
from tests.gpu.simulated_driver import SimulatedDriver

ADDRESS = "0000:01:00.0"


class Laptop:
    """The kernel's files about one card (and the sound device of the same, and another maker's card)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._device(ADDRESS, "0x10de", "0x030000")
        self._device("0000:01:00.1", "0x10de", "0x040300")
        self._device("0000:00:02.0", "0x8086", "0x030000")
        self.is_("active")
        self._write(ADDRESS, "power/control", "auto")

    def is_(self, status: str) -> None:
        self._write(ADDRESS, "power/runtime_status", status)

    def may_not_sleep(self) -> None:
        self._write(ADDRESS, "power/control", "on")

    def driver_says(self, status: str) -> None:
        folder = self.root / "proc/driver/nvidia/gpus" / ADDRESS
        folder.mkdir(parents=True)
        (folder / "power").write_text(f"Runtime D3 status:          {status}\nVideo Memory: Active\n")

    def _device(self, address: str, vendor: str, kind: str) -> None:
        self._write(address, "vendor", vendor)
        self._write(address, "class", kind)

    def _write(self, address: str, name: str, text: str) -> None:
        file = self.root / "sys/bus/pci/devices" / address / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")


class Watched:
    """A driver that is sampled once a second, as the monitor does, with time that passes at once."""

    def __init__(self, laptop: Laptop) -> None:
        self.clock = Clock()
        source = NvmlSource(self.clock, root=laptop.root)
        self.driver = Driver(source, stale_after_s=2.5, retry_s=1.0, now_s=self.clock)
        self._seconds = 0

    def after(self, seconds: float = 1) -> GpuState:
        """Return the state of the card after some time."""
        for _ in range(round(seconds)):
            self.clock.at_s += 1
            self._seconds += 1
            self.driver.look(check=self._seconds % 10 == 0)
            self.driver.read(with_processes=True, patience_s=0.0, round_s=self.clock.at_s)
            self.driver.readings()
        (reading,) = self.driver.readings()
        return reading.state


@pytest.fixture
def laptop(tmp_path: Path, driver: SimulatedDriver) -> Laptop:
    driver.say("set * count 1", "text 0 pci 00000000:01:00.0", "set * utilization 0", "set * log 1")
    return Laptop(tmp_path / "root")


def test_a_card_that_sleeps_when_etoile_starts_is_not_even_asked_who_it_is(
    laptop: Laptop, driver: SimulatedDriver
) -> None:
    laptop.is_("suspended")
    watched = Watched(laptop)
    assert watched.after(300) is GpuState.ASLEEP
    assert {function for _, function in driver.calls()} <= {"nvmlShutdown"}
    laptop.is_("active")
    assert watched.after(3) is GpuState.OK
    (reading,) = watched.driver.readings()
    assert (reading.uuid, reading.temperature_c) == ("GPU-51300000-0000-4000-8000-000000000000", 40)


def test_a_card_that_falls_asleep_is_not_touched_from_then_on(laptop: Laptop, driver: SimulatedDriver) -> None:
    watched = Watched(laptop)
    assert watched.after(3) is GpuState.OK
    laptop.is_("suspended")
    driver.calls()
    assert watched.after(5) is GpuState.ASLEEP
    assert {gpu for gpu, _ in driver.calls()} <= {-1}
    laptop.is_("active")
    assert watched.after() is GpuState.OK


def test_an_idle_card_is_left_alone_and_sleeps_and_wakes_with_its_work(laptop: Laptop, driver: SimulatedDriver) -> None:
    watched = Watched(laptop)
    watched.after(IDLE_S + 15)
    assert ("nvmlShutdown" in {function for _, function in driver.calls()}) is True
    laptop.is_("suspended")
    assert watched.after(600) is GpuState.ASLEEP
    assert driver.calls() == []
    laptop.is_("active")
    driver.say("set 0 utilization 80")
    assert watched.after(2) is GpuState.OK
    assert watched.after(120) is GpuState.OK, "at work it is read"


def test_a_card_that_something_else_keeps_awake_is_read_again(laptop: Laptop) -> None:
    watched = Watched(laptop)
    states = [watched.after() for _ in range(int(IDLE_S + FALLS_ASLEEP_S) + 20)]
    assert GpuState.ASLEEP in states
    assert states[-1] is GpuState.OK
    assert {watched.after() for _ in range(int(TRY_AGAIN_S) - 60)} == {GpuState.OK}, "for quite a while"


@pytest.mark.parametrize("working", ["set 0 utilization 5", "set 0 compute 999999999"])
def test_a_card_at_work_is_not_left_alone(laptop: Laptop, driver: SimulatedDriver, working: str) -> None:
    driver.say(working)
    assert Watched(laptop).after(120) is GpuState.OK


@pytest.mark.parametrize("status", ["Not supported", "Disabled by default"])
def test_a_desktop_is_not_left_alone(laptop: Laptop, status: str) -> None:
    laptop.driver_says(status)
    watched = Watched(laptop)
    assert {watched.after() for _ in range(120)} == {GpuState.OK}


def test_a_card_that_the_kernel_keeps_on_is_not_left_alone(laptop: Laptop) -> None:
    laptop.may_not_sleep()
    watched = Watched(laptop)
    assert {watched.after() for _ in range(120)} == {GpuState.OK}


def test_a_laptop_of_which_the_driver_says_that_it_may_sleep(laptop: Laptop) -> None:
    laptop.driver_says("Enabled (fine-grained)")
    (card,) = pci.nvidia_cards(laptop.root)
    assert (card.address, card.may_sleep, card.asleep()) == (ADDRESS, True, False)


def test_where_there_is_no_sysfs_nothing_sleeps(tmp_path: Path) -> None:
    assert (pci.addresses(tmp_path), pci.nvidia_cards(tmp_path)) == ((), ())


def test_a_card_that_is_plugged_in_is_noticed_by_the_bus(laptop: Laptop) -> None:
    clock = Clock()
    source = NvmlSource(clock, root=laptop.root)
    source.cards()
    assert not source.outdated()
    laptop._device("0000:3f:00.0", "0x10de", "0x030200")
    clock.at_s += 60
    assert source.outdated()
