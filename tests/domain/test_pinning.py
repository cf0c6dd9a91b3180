"""Which cards are meant, and what a server is told of them."""

import pytest

from etoile.domain.pinning import Card, Format, environment, pin, variables
from etoile.errors import UsageError

SUPER = Card(uuid="GPU-aaaaaaaa-1111-4000-8000-000000000000", index=0, name="NVIDIA GeForce GTX 1660 SUPER")
SECOND = Card(uuid="GPU-aaaabbbb-2222-4000-8000-000000000000", index=1, name="NVIDIA GeForce GTX 1660 SUPER")
BIG = Card(uuid="GPU-cccccccc-3333-4000-8000-000000000000", index=2, name="NVIDIA GeForce RTX 3080")
BOX = (SUPER, SECOND, BIG)
RADEON = Card(uuid="GPU-1d2c3b4a59687700", index=3, name="AMD Radeon RX 7900 XTX")
INTEGRATED = Card(uuid="AMD-box-00000000:0c:00.0", index=4, name="AMD Ryzen (APU)")
SPLIT = Card(uuid="GPU-dddddddd-4444-4000-8000-000000000000", index=5, name="A100", mig=("MIG-1", "MIG-2"))


@pytest.mark.parametrize(
    ("wanted", "excluded", "chosen"),
    [
        ([], [], [SUPER, SECOND, BIG]),
        ([BIG.uuid], [], [BIG]),
        ([BIG.uuid.upper()], [], [BIG]),
        (["GPU-cc"], [], [BIG]),
        (["2", "0"], [], [SUPER, BIG]),
        (["1660"], [], [SUPER, SECOND]),
        (["rtx 3080"], [], [BIG]),
        ([], ["3080"], [SUPER, SECOND]),
        ([], ["2"], [SUPER, SECOND]),
        (["1660"], ["1"], [SUPER]),
        (["GPU-aaaa"], [], [SUPER, SECOND]),
    ],
)
def test_cards_by_uuid_index_and_name(wanted: list[str], excluded: list[str], chosen: list[Card]) -> None:
    pinning = pin(BOX, wanted, excluded)
    assert list(pinning.chosen) == chosen
    assert set(pinning.chosen) | set(pinning.forbidden) == set(BOX)
    assert not set(pinning.chosen) & set(pinning.forbidden)


@pytest.mark.parametrize(
    ("wanted", "excluded", "says"),
    [
        (["9"], [], "No card of this machine is “9”"),
        ([], ["16"], "“16”"),  # a part of a number is no name
        (["GPU-"], [], "“GPU-”"),
        ([""], [], "“”"),
        (["3080"], ["2"], "No card would be left"),
        ([], ["geforce"], "No card would be left"),
    ],
)
def test_what_means_no_card_is_refused(wanted: list[str], excluded: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        pin(BOX, wanted, excluded)


def test_the_forbidden_card_is_named_by_no_variable() -> None:
    values = variables(pin(BOX, [], ["3080"]))
    assert values == {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": f"{SUPER.uuid},{SECOND.uuid}",
        "OLLAMA_VULKAN": "0",  # which would see it otherwise
    }


def test_all_cards_leave_vulkan_alone() -> None:
    assert "OLLAMA_VULKAN" not in variables(pin(BOX, [], []))


@pytest.mark.parametrize(
    ("cards", "excluded", "told"),
    [
        ([BIG, RADEON], ["radeon"], {"CUDA_VISIBLE_DEVICES": BIG.uuid, "ROCR_VISIBLE_DEVICES": "-1"}),
        ([BIG, RADEON], ["3080"], {"OLLAMA_LLM_LIBRARY": "rocm", "ROCR_VISIBLE_DEVICES": RADEON.uuid}),
        ([BIG, RADEON], [], {"CUDA_VISIBLE_DEVICES": BIG.uuid, "ROCR_VISIBLE_DEVICES": RADEON.uuid}),
        ([RADEON, INTEGRATED], ["apu"], {"ROCR_VISIBLE_DEVICES": RADEON.uuid}),
        ([RADEON, INTEGRATED], [], {}),
        ([BIG, INTEGRATED], ["3080"], {"OLLAMA_LLM_LIBRARY": "rocm"}),
        ([BIG, SPLIT], ["3080"], {"CUDA_VISIBLE_DEVICES": "MIG-1,MIG-2"}),
    ],
)
def test_two_makers(cards: list[Card], excluded: list[str], told: dict[str, str]) -> None:
    values = variables(pin(cards, [], excluded))
    assert {name: values[name] for name in values if name not in ("CUDA_DEVICE_ORDER", "OLLAMA_VULKAN")} == told


def test_an_amd_card_without_a_serial_number_cannot_be_told_from_others() -> None:
    with pytest.raises(UsageError, match="no serial number"):
        pin([RADEON, INTEGRATED], ["apu"], [])


def test_comments_tell_which_card_is_which() -> None:
    pinning = pin(BOX, [], ["3080"])
    text = environment(pinning, variables(pinning), Format.SYSTEMD, "en")
    assert f"# GPU 0, {SUPER.name}, {SUPER.uuid}: may be used" in text
    assert f"# GPU 2, {BIG.name}, {BIG.uuid}: is forbidden" in text
    assert "systemctl edit ollama.service" in text
    assert "daemon-reload" in text
    assert "SIMULATED" not in text


def test_a_name_cannot_leave_its_comment() -> None:
    wild = Card(uuid="GPU-eeeeeeee-5555-4000-8000-000000000000", index=0, name="X\nexport EVIL=1\r\u2028Y\\")
    pinning = pin([wild], [], [])
    for form in Format:
        lines = environment(pinning, variables(pinning), form, "en").splitlines()
        assert not any("EVIL" in line and not line.startswith("# ") for line in lines)
        assert not any(line.startswith("#") and line.endswith("\\") for line in lines)


@pytest.mark.parametrize(
    ("host", "warned"),
    [("0.0.0.0:11434", True), ("127.0.0.1:1", False), ("http://localhost", False), ("[::]:11434", True), (None, False)],
)
def test_an_open_server_is_warned_of(host: str | None, warned: bool) -> None:
    pinning = pin(BOX, [], [])
    text = environment(pinning, variables(pinning, host), Format.SHELL, "en")
    assert ("asks for no password" in text) is warned
