"""Wi-Fi and Bluetooth: NetworkManager, BlueZ, else the kernel's switch (rfkill); Windows and macOS by their own."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from etoile.actions.action import Action, ActionTable, Context, Done, not_on
from etoile.actions.bus import Bus, NobodyAnswers, Remote
from etoile.actions.programs import install
from etoile.actions.winrt import switch_radio
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

RFKILL = Path("/sys/class/rfkill")
_NM, _NM_OBJECT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_WIFI_DEVICE = 2
"""NM_DEVICE_TYPE_WIFI."""
_BLUEZ, _ADAPTER = "org.bluez", "org.bluez.Adapter1"

Switch = Callable[[Context, bool], bool | None]
"""Switches a radio; returns whether it was on before, None where nobody tells.  Raises ActionFailed."""


# Wi-Fi


def _wifi_status(slots: Slots, context: Context) -> Done:
    match context.system:
        case "linux":
            return Done(_joined_said(*_linux_wifi(context)))
        case "win32":
            return Done(_joined_said(on=True, joined=network_of_netsh(_netsh(context))))
        case _:
            raise not_on(context)


def _joined_said(on: bool, joined: tuple[str, int] | None) -> Message:
    if not on:
        return message("The Wi-Fi is off.")
    if joined is None:
        return message("The Wi-Fi is on and joined to no network.")
    name, signal = joined
    return message("The Wi-Fi is joined to {network}, signal {signal} %.", network=name, signal=signal)


def _linux_wifi(context: Context) -> tuple[bool, tuple[str, int] | None]:
    """Return whether the Wi-Fi is on, and the network that it is joined to with its signal in percent."""
    try:
        with Bus("SYSTEM", context.programs) as bus:
            manager = bus.at(_NM, _NM_OBJECT, _NM)
            devices = _wifi_devices(bus, manager)
            if not devices:
                raise _none("Wi-Fi")
            points = (bus.at(_NM, device, f"{_NM}.Device.Wireless").get("ActiveAccessPoint") for device in devices)
            joined = [_network(bus, point) for point in points if point != "/"]
            return bool(manager.get("WirelessEnabled")), next(iter(joined), None)
    except NobodyAnswers as error:
        raise ActionFailed(
            message("NetworkManager does not run here, so I cannot tell the state of the Wi-Fi."),
            install("network-manager"),
        ) from error


def _wifi_devices(bus: Bus, manager: Remote) -> list[str]:
    devices = manager.call("GetDevices")[0]
    return [one for one in devices if bus.at(_NM, one, f"{_NM}.Device").get("DeviceType") == _WIFI_DEVICE]


def _network(bus: Bus, point: str) -> tuple[str, int]:
    access = bus.at(_NM, point, f"{_NM}.AccessPoint")
    return bytes(access.get("Ssid")).decode(errors="replace"), int(access.get("Strength"))


def _netsh(context: Context) -> str:
    return context.programs.run("netsh", "wlan", "show", "interfaces", accept=(0, 1))


def network_of_netsh(written: str) -> tuple[str, int] | None:
    """Return name and signal of the network in what `netsh wlan show interfaces` writes in any language."""
    name = re.search(r"^\s*SSID\s*:\s*(\S.*?)\s*$", written, re.MULTILINE)
    signal = re.search(r":\s*(\d+)\s?%", written)
    return (name[1], int(signal[1])) if name and signal else None


def _switch_wifi(context: Context, on: bool) -> bool | None:
    match context.system:
        case "linux":
            return _switch_linux_wifi(context, on)
        case "win32":
            return _known(switch_radio(context.programs, "WiFi", on), "Wi-Fi")
        case "darwin":
            context.programs.run("networksetup", "-setairportpower", _airport(context), "on" if on else "off")
            return None
        case _:
            raise not_on(context)


def _switch_linux_wifi(context: Context, on: bool) -> bool | None:
    with suppress(NobodyAnswers), Bus("SYSTEM", context.programs) as bus:
        manager = bus.at(_NM, _NM_OBJECT, _NM)
        before = bool(manager.get("WirelessEnabled"))
        if not _wifi_devices(bus, manager):
            raise _none("Wi-Fi")
        if on and not manager.get("WirelessHardwareEnabled"):
            raise ActionFailed(message("The Wi-Fi is switched off by a key or a switch of this computer."))
        manager.set("WirelessEnabled", "b", on)
        return before
    return _rfkill(context, "wlan", "Wi-Fi", on)


def _airport(context: Context) -> str:
    """Return what macOS calls the Wi-Fi's device."""
    ports = context.programs.run("networksetup", "-listallhardwareports")
    found = re.search(r"Hardware Port: (?:Wi-Fi|AirPort)\nDevice: (\w+)", ports)
    if found is None:
        raise _none("Wi-Fi")
    return found[1]


# Bluetooth


def _switch_bluetooth(context: Context, on: bool) -> bool | None:
    match context.system:
        case "linux":
            return _switch_linux_bluetooth(context, on)
        case "win32":
            return _known(switch_radio(context.programs, "Bluetooth", on), "Bluetooth")
        case "darwin":
            context.programs.need("blueutil")
            context.programs.run("blueutil", "--power", str(int(on)))
            return None
        case _:
            raise not_on(context)


def _switch_linux_bluetooth(context: Context, on: bool) -> bool | None:
    if on and _blocked("bluetooth"):
        _rfkill(context, "bluetooth", "Bluetooth", on)
    with suppress(NobodyAnswers), Bus("SYSTEM", context.programs) as bus:
        adapters = _adapters(bus)
        if not adapters:
            raise _none("Bluetooth")
        before = any(adapter.get("Powered") for adapter in adapters)
        for adapter in adapters:
            adapter.set("Powered", "b", on)
        return before
    return _rfkill(context, "bluetooth", "Bluetooth", on)


def _adapters(bus: Bus) -> list[Remote]:
    objects: dict[str, Any] = bus.at(_BLUEZ, "/", "org.freedesktop.DBus.ObjectManager").call("GetManagedObjects")[0]
    return [bus.at(_BLUEZ, path, _ADAPTER) for path, interfaces in objects.items() if _ADAPTER in interfaces]


# The kernel's switch


def _rfkill(context: Context, kind: str, called: str, on: bool) -> bool:
    """Block or unblock every radio of `kind` ("wlan", "bluetooth"); return whether it was on."""
    blocked = _blocked(kind)
    if blocked is None:
        raise _none(called)
    context.programs.run("rfkill", "unblock" if on else "block", kind)
    return not blocked


def _blocked(kind: str) -> bool | None:
    """Return whether the kernel blocks the radios of `kind`; None where there is none."""
    try:
        soft = [
            (radio / "soft").read_text().strip() == "1"
            for radio in RFKILL.glob("*")
            if (radio / "type").read_text().strip() == kind
        ]
    except OSError:
        return None
    return all(soft) if soft else None


def _none(called: str) -> ActionFailed:
    return ActionFailed(message("This computer has no {radio}.", radio=called))


def _known(before: bool | None, called: str) -> bool:
    if before is None:
        raise _none(called)
    return before


def _switched(switch: Switch, on: bool, said: tuple[Message, Message]) -> Action:
    """Return the action that switches a radio; `said` is what is said when it is off and on."""

    def act(slots: Slots, context: Context) -> Done:
        before = switch(context, on)

        def put_back(later: Context) -> Message:
            switch(later, not on)
            return said[not on]

        return Done(said[on], None if before is on else put_back)

    return act


_WIFI = (message("The Wi-Fi is off."), message("The Wi-Fi is on."))
_BLUETOOTH = (message("Bluetooth is off."), message("Bluetooth is on."))

ACTIONS: ActionTable = {
    "network.wifi.status": _wifi_status,
    "network.wifi.on": _switched(_switch_wifi, True, _WIFI),
    "network.wifi.off": _switched(_switch_wifi, False, _WIFI),
    "network.bluetooth.on": _switched(_switch_bluetooth, True, _BLUETOOTH),
    "network.bluetooth.off": _switched(_switch_bluetooth, False, _BLUETOOTH),
}
