"""Wi-Fi and Bluetooth: NetworkManager, BlueZ, the kernel's switch, Windows; and computers that have none."""

from pathlib import Path
from typing import Any

import pytest

from etoile.actions import radios
from etoile.actions.radios import network_of_netsh
from etoile.errors import ActionFailed
from tests.actions.fake_bus import FakeBus, Service
from tests.actions.fakes import FakePrograms, Scene

NM, POINT, DEVICE, CABLE = "/org/freedesktop/NetworkManager", "/point/7", "/device/2", "/device/1"


def network_manager(
    bus: FakeBus, *, on: bool = True, hardware: bool = True, point: str = POINT, wifi: bool = True
) -> Service:
    """Put NetworkManager on the bus, with a cable and perhaps a Wi-Fi."""
    properties: dict[tuple[str, str], tuple[str, Any]] = {
        (NM, "WirelessEnabled"): ("b", on),
        (NM, "WirelessHardwareEnabled"): ("b", hardware),
        (CABLE, "DeviceType"): ("u", 1),
        (DEVICE, "DeviceType"): ("u", 2),
        (DEVICE, "ActiveAccessPoint"): ("o", point),
        (POINT, "Ssid"): ("ay", "Café 5\u202fGHz".encode()),
        (POINT, "Strength"): ("y", 72),
    }
    devices = [CABLE, DEVICE] if wifi else [CABLE]
    return bus.add(Service("org.freedesktop.NetworkManager", properties, methods={"GetDevices": ("ao", (devices,))}))


def bluez(bus: FakeBus, *adapters: bool) -> Service:
    """Put BlueZ on the bus, with adapters that are on or off."""
    objects = {f"/org/bluez/hci{number}": {"org.bluez.Adapter1": {"Powered": ("b", on)}} for number, on in
               enumerate(adapters)}  # fmt: skip
    properties: dict[tuple[str, str], tuple[str, Any]] = {
        (path, "Powered"): ("b", on) for path, on in zip(objects, adapters, strict=True)
    }
    objects["/org/bluez"] = {"org.bluez.AgentManager1": {}}
    return bus.add(Service("org.bluez", properties, methods={"GetManagedObjects": ("a{oa{sa{sv}}}", (objects,))}))


@pytest.fixture
def rfkill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the kernel's switches: none at first."""
    folder = tmp_path / "rfkill"
    folder.mkdir()
    monkeypatch.setattr(radios, "RFKILL", folder)
    return folder


def add_switch(rfkill: Path, kind: str, *, blocked: bool) -> None:
    """Add a radio that the kernel can block."""
    radio = rfkill / f"rfkill{len(list(rfkill.iterdir()))}"
    radio.mkdir()
    (radio / "type").write_text(f"{kind}\n")
    (radio / "soft").write_text(f"{int(blocked)}\n")


def test_the_network_that_the_wifi_is_joined_to(scene: Scene, bus: FakeBus) -> None:
    network_manager(bus)
    assert scene.do("network.wifi.status") == "The Wi-Fi is joined to Café 5\u202fGHz, signal 72 %."


@pytest.mark.parametrize(
    ("on", "said"), [(True, "The Wi-Fi is on and joined to no network."), (False, "The Wi-Fi is off.")]
)
def test_wifi_without_a_network(scene: Scene, bus: FakeBus, on: bool, said: str) -> None:
    network_manager(bus, on=on, point="/")
    assert scene.do("network.wifi.status") == said


def test_wifi_goes_off_and_comes_back(scene: Scene, bus: FakeBus) -> None:
    service = network_manager(bus)
    assert scene.do("network.wifi.off") == "The Wi-Fi is off."
    assert scene.do("assistant.undo") == "Undone: Switch the Wi-Fi off. The Wi-Fi is on."
    assert service.values("WirelessEnabled") == [False, True]


def test_what_was_so_already_cannot_be_undone(scene: Scene, bus: FakeBus) -> None:
    network_manager(bus)
    assert scene.done("network.wifi.on", {}).undo is None


@pytest.mark.parametrize("command", ["network.wifi.status", "network.wifi.on", "network.wifi.off"])
def test_a_computer_without_wifi_says_so(scene: Scene, bus: FakeBus, command: str) -> None:
    service = network_manager(bus, wifi=False)
    with pytest.raises(ActionFailed, match="This computer has no Wi-Fi"):
        scene.do(command)
    assert service.values("WirelessEnabled") == []


def test_a_switch_on_the_case_is_named(scene: Scene, bus: FakeBus) -> None:
    network_manager(bus, on=False, hardware=False)
    with pytest.raises(ActionFailed, match="by a key or a switch"):
        scene.do("network.wifi.on")


def test_without_networkmanager_the_kernel_switches(scene: Scene, programs: FakePrograms, rfkill: Path) -> None:
    programs.add("rfkill")
    with pytest.raises(ActionFailed, match="This computer has no Wi-Fi"):
        scene.do("network.wifi.off")
    add_switch(rfkill, "wlan", blocked=False)
    scene.do("network.wifi.off")
    scene.do("assistant.undo")
    assert programs.calls() == [("rfkill", "block", "wlan"), ("rfkill", "unblock", "wlan")]
    with pytest.raises(ActionFailed, match="NetworkManager does not run"):
        scene.do("network.wifi.status")


def test_every_adapter_of_bluetooth(scene: Scene, bus: FakeBus, rfkill: Path) -> None:
    service = bluez(bus, True, False)
    assert scene.do("network.bluetooth.off") == "Bluetooth is off."
    scene.do("assistant.undo")
    assert service.values("Powered") == [False, False, True, True]


def test_bluetooth_that_the_kernel_blocks_is_freed_first(
    scene: Scene, bus: FakeBus, programs: FakePrograms, rfkill: Path
) -> None:
    programs.add("rfkill")
    add_switch(rfkill, "bluetooth", blocked=True)
    service = bluez(bus, False)
    scene.do("network.bluetooth.on")
    assert programs.calls() == [("rfkill", "unblock", "bluetooth")]
    assert service.values("Powered") == [True]


def test_a_computer_without_bluetooth_says_so(scene: Scene, bus: FakeBus, rfkill: Path) -> None:
    bluez(bus)
    with pytest.raises(ActionFailed, match="This computer has no Bluetooth"):
        scene.do("network.bluetooth.on")


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("On Allowed", "The Wi-Fi is off."),
        ("none", "This computer has no Wi-Fi"),
        ("On DeniedByUser", "does not let a program"),
    ],
)
def test_windows_asks_its_radios(programs: FakePrograms, written: str, outcome: str) -> None:
    programs.add("powershell", written)
    scene = Scene(system="win32")
    if outcome.endswith("off."):
        assert scene.do("network.wifi.off") == outcome
    else:
        with pytest.raises(ActionFailed, match=outcome):
            scene.do("network.wifi.off")
    assert "SetStateAsync('Off')" in programs.calls()[0][4]


NETSH = """
    Name                   : Wi-Fi
    État                   : connecté
    SSID                   : Livebox : 42
    BSSID                  : 00:11:22:33:44:55
    Signal                 : 72%
"""


def test_what_netsh_writes() -> None:
    assert network_of_netsh(NETSH) == ("Livebox : 42", 72)
    assert network_of_netsh("    État : déconnecté\n") is None


def test_macos_finds_its_airport(programs: FakePrograms) -> None:
    programs.add("networksetup", {"-listallhardwareports": "Hardware Port: Wi-Fi\nDevice: en1\n"})
    Scene(system="darwin").do("network.wifi.off")
    assert programs.calls()[-1] == ("networksetup", "-setairportpower", "en1", "off")
