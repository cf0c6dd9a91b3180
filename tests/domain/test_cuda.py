"""Which number CUDA gives a card: by the order in use, and among those that it may see."""

import pytest

from etoile.domain.cuda import cuda_index, orders_by_bus
from etoile.domain.gpus import GpuReading


def card(uuid: str, by_bus: int, fastest: int, *, far: bool = False) -> GpuReading:
    return GpuReading(
        uuid=uuid, index=by_bus, name=uuid, host="here", cuda_index=by_bus, cuda_fastest_index=fastest, far=far
    )


SLOW, FAST, OTHER = card("GPU-1660a", 0, 1), card("GPU-3080", 1, 0), card("GPU-1660b", 2, 2)
CARDS = (SLOW, FAST, OTHER, card("GPU-far", 0, 0, far=True))


@pytest.mark.parametrize(
    ("environment", "index"),
    [
        pytest.param({}, 1, id="we have them counted by the bus"),
        pytest.param({"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, 1, id="so does the user"),
        pytest.param({"CUDA_DEVICE_ORDER": "FASTEST_FIRST"}, 0, id="the fastest first"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "0"}, 0, id="a number counts the fastest first unless told otherwise"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "1,0"}, 1, id="the list gives the order"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "1"}, None, id="another card's number"),
        pytest.param({"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": "2,1"}, 1, id="numbers by the bus"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "GPU-1660b,GPU-3080"}, 1, id="names"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "GPU-30"}, 0, id="the beginning of a name"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "GPU-1660,GPU-3080"}, None, id="two could be meant: the list ends"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "2,7,0"}, None, id="a number that no card has ends the list"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "0,-1,1"}, 0, id="what stands before it counts"),
        pytest.param({"CUDA_VISIBLE_DEVICES": ""}, None, id="none"),
        pytest.param({"CUDA_VISIBLE_DEVICES": "-1"}, None, id="none, as it is usually written"),
    ],
)
def test_the_number_of_a_card(environment: dict[str, str], index: int | None) -> None:
    assert cuda_index(FAST, CARDS, environment) == index


@pytest.mark.parametrize(
    ("environment", "by_bus"),
    [
        ({}, True),
        ({"CUDA_VISIBLE_DEVICES": "GPU-3080"}, True),
        ({"CUDA_VISIBLE_DEVICES": "0,1"}, False),
        ({"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, True),
        ({"CUDA_DEVICE_ORDER": "FASTEST_FIRST"}, False),
    ],
)
def test_which_order_counts(environment: dict[str, str], by_bus: bool) -> None:
    assert orders_by_bus(environment) is by_bus
