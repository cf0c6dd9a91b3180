"""Which card is which, whatever the driver says about it."""

import pytest

from etoile.domain.gpus import GpuState
from etoile.gpu.nvml import NvmlSource
from tests.gpu.simulated_driver import SimulatedDriver

BOX = (
    # The card that matters stands third for NVML, and nobody else agrees.
    "set * count 4",
    "text * name NVIDIA GeForce GTX 1660 SUPER",
    "text 2 name NVIDIA GeForce RTX 3080",
    "set 2 cores 8704",
    "set 2 max_clock 2100",
    "text 0 pci 00000000:05:00.0",
    "text 1 pci 00000000:01:00.0",
    "text 2 pci 00000000:0A:00.0",
    "text 3 pci 00000000:06:00.0",
)


def places(*lines: str, driver: SimulatedDriver) -> list[tuple[int | None, int | None, bool]]:
    driver.say(*lines)
    identities = [card.identity for card in NvmlSource().cards()]
    return [(card.cuda_index, card.cuda_fastest_index, card.cuda_fastest_estimated) for card in identities]


def test_a_3080_among_1660s_is_third_for_nvml_last_on_the_bus_and_first_for_cuda(driver: SimulatedDriver) -> None:
    found = places(*BOX, driver=driver)
    assert [bus for bus, _, _ in found] == [1, 0, 3, 2]
    assert [fastest for _, fastest, _ in found] == [2, 1, 0, 3], "equals in the order of the bus"
    assert all(estimated for _, _, estimated in found)


def test_a_single_card_is_first_by_any_rule(driver: SimulatedDriver) -> None:
    assert places("set * count 1", "error * cores 3", driver=driver) == [(0, 0, False)]


def test_without_core_counts_nobody_guesses_which_is_fastest(driver: SimulatedDriver) -> None:
    assert {fastest for _, fastest, _ in places(*BOX, "error 1 cores 3", driver=driver)} == {None}


def test_a_card_in_mig_mode_has_no_place_in_cuda_s_order_but_its_instances(driver: SimulatedDriver) -> None:
    assert [bus for bus, _, _ in places(*BOX, "set 1 mig 2", driver=driver)] == [0, None, 2, 1]
    assert NvmlSource().cards()[1].identity.mig == ("MIG-2-1", "MIG-2-2")


def test_a_mig_mode_that_is_off_changes_nothing(driver: SimulatedDriver) -> None:
    assert [bus for bus, _, _ in places(*BOX, "set 1 mig 0", driver=driver)] == [1, 0, 3, 2]


def test_missing_empty_and_shared_uuids_are_made_up_from_the_bus(driver: SimulatedDriver) -> None:
    driver.say(
        *BOX,
        "error 0 uuid 3",
        "text 1 uuid GPU-00000000-0000-0000-0000-000000000000",
        "text 2 uuid GPU-1",
        "text 3 uuid GPU-1",
    )
    uuids = [card.identity.uuid for card in NvmlSource().cards()]
    assert uuids == [
        "pci:00000000:05:00.0",
        "pci:00000000:01:00.0",
        "GPU-1@pci:00000000:0a:00.0",
        "GPU-1@pci:00000000:06:00.0",
    ]
    assert uuids == [card.identity.uuid for card in NvmlSource().cards()], "the same ones every time"


def test_a_card_without_name_or_address_is_still_a_card(driver: SimulatedDriver) -> None:
    driver.say("set * count 2", "error 0 * 3", "error 0 handle 0")
    first = NvmlSource().cards()[0].identity
    assert (first.uuid, first.name, first.pci, first.cuda_index) == ("index:0", "NVIDIA GPU", None, None)


def test_a_short_address_of_an_old_driver_becomes_a_long_one(driver: SimulatedDriver) -> None:
    driver.say("text 0 pci 0000:05:00.0")
    assert NvmlSource().cards()[0].identity.pci == "00000000:05:00.0"


def test_a_card_that_is_lost_when_the_driver_opens_is_recognised_by_its_place(driver: SimulatedDriver) -> None:
    source = NvmlSource()
    uuid = source.cards()[3].identity.uuid
    driver.say("error 3 * 15")
    lost = source.cards()[3]
    assert (lost.identity.uuid, lost.read(with_processes=False).state) == (uuid, GpuState.LOST)


@pytest.mark.parametrize(("code", "state"), [(15, GpuState.LOST), (4, GpuState.UNKNOWN)])
def test_a_card_that_was_never_seen_is_shown_by_its_place(driver: SimulatedDriver, code: int, state: GpuState) -> None:
    driver.say(f"error 1 handle {code}")
    card = NvmlSource().cards()[1]
    assert (card.identity.uuid, card.read(with_processes=True).state) == ("index:1", state)
