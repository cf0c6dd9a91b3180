"""Addresses, reachability, Wi-Fi and Bluetooth."""

import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from etoile.actions.action import Action, ActionTable, Context, Done, not_on, text_of
from etoile.actions.spoken import folded
from etoile.domain.match import Slots
from etoile.domain.nodes import NodeStatus
from etoile.errors import ActionFailed
from etoile.text import Message, message

_SOMEWHERE = (("192.0.2.1", 9), ("2001:db8::1", 9))
"""Addresses of the documentation (RFC 5737, RFC 3849): asked for a route to them, the system names its own address."""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,252}[A-Za-z0-9])?")
PINGS = 3


# Addresses


def _ip(slots: Slots, context: Context) -> Done:
    found = own_addresses()
    if not found:
        raise ActionFailed(message("This computer is on no network."))
    return Done(message("The address of this computer is {addresses}.", addresses=found))


def own_addresses() -> list[str]:
    """Return the addresses from which this computer speaks to others, IPv4 first.  Nothing is sent."""
    found = []
    for family, (host, port) in zip((socket.AF_INET, socket.AF_INET6), _SOMEWHERE, strict=True):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((host, port))
                found.append(str(probe.getsockname()[0]))
            except OSError:
                continue
    return found


# Ping


def _ping(slots: Slots, context: Context) -> Done:
    spoken = text_of(slots, "host")
    host = host_for(spoken, context.desk.nodes())
    context.programs.need("ping")
    counting = ("-n", str(PINGS)) if context.system == "win32" else ("-c", str(PINGS))
    written = context.programs.run("ping", *counting, host, accept=(0, 1, 2))
    times_ms = times_in(written)
    if not times_ms:
        raise ActionFailed(message("{host} does not answer.", host=spoken))
    average_ms = sum(times_ms) / len(times_ms)
    return Done(message("{host} answers in {ms:.1f} ms.", host=spoken, ms=average_ms))


def host_for(spoken: str, nodes: Iterable[NodeStatus]) -> str:
    """Return the host that `spoken` names: a node by its name, else itself.  Raises ActionFailed when it is none."""
    for node in nodes:
        if folded(node.name) == folded(spoken):
            return urlsplit(node.url).hostname or spoken
    if not _HOST.fullmatch(spoken):
        raise ActionFailed(message("{host} is not the name of a computer.", host=spoken))
    return spoken


def times_in(written: str) -> list[float]:
    """Return the round trips in milliseconds that ping wrote, whatever its language: "time=0.4 ms", "temps<1 ms"."""
    return [float(found.replace(",", ".")) for found in re.findall(r"\w[=<](\d+(?:[.,]\d+)?) ?ms", written)]


# Wi-Fi


def _wifi_status(slots: Slots, context: Context) -> Done:
    if context.system != "linux":
        raise not_on(context)
    if not _wifi_is_on(context, otherwise=False):
        return Done(message("The Wi-Fi is off."))
    joined = network_in(context.programs.run("nmcli", "-t", "-f", "ACTIVE,SIGNAL,SSID", "device", "wifi", "list"))
    if joined is None:
        return Done(message("The Wi-Fi is on and joined to no network."))
    name, signal = joined
    return Done(message("The Wi-Fi is joined to {network}, signal {signal} %.", network=name, signal=signal))


def network_in(written: str) -> tuple[str, int] | None:
    """Return name and signal of the network that `nmcli` marks as active; None when there is none."""
    for line in written.splitlines():
        active, _, rest = line.partition(":")
        signal, _, name = rest.partition(":")
        if active == "yes" and signal.isdigit():
            return re.sub(r"\\(.)", r"\1", name), int(signal)
    return None


def _wifi(on: bool) -> Action:
    def switch(slots: Slots, context: Context) -> Done:
        before = _wifi_is_on(context, otherwise=not on)
        _switch_wifi(context, on)

        def put_back(later: Context) -> Message:
            _switch_wifi(later, not on)
            return _wifi_said(not on)

        return Done(_wifi_said(on), put_back if before != on else None)

    return switch


def _wifi_is_on(context: Context, *, otherwise: bool) -> bool:
    """Return whether the Wi-Fi is on; `otherwise` where nobody tells."""
    if context.system != "linux":
        return otherwise
    return context.programs.run("nmcli", "-t", "-f", "WIFI", "radio").strip() == "enabled"


def _switch_wifi(context: Context, on: bool) -> None:
    match context.system:
        case "linux":
            context.programs.run("nmcli", "radio", "wifi", "on" if on else "off")
        case "win32":
            state = "enabled" if on else "disabled"
            context.programs.run("netsh", "interface", "set", "interface", "name=Wi-Fi", f"admin={state}")
        case "darwin":
            context.programs.run("networksetup", "-setairportpower", "en0", "on" if on else "off")
        case _:
            raise not_on(context)


def _wifi_said(on: bool) -> Message:
    return message("The Wi-Fi is on.") if on else message("The Wi-Fi is off.")


# Bluetooth


def _bluetooth(on: bool) -> Action:
    def switch(slots: Slots, context: Context) -> Done:
        before = _bluetooth_is_on(context, otherwise=not on)
        _switch_bluetooth(context, on)

        def put_back(later: Context) -> Message:
            _switch_bluetooth(later, not on)
            return _bluetooth_said(not on)

        return Done(_bluetooth_said(on), put_back if before != on else None)

    return switch


def _bluetooth_is_on(context: Context, *, otherwise: bool) -> bool:
    """Return whether Bluetooth is on; `otherwise` where nobody tells."""
    if context.system != "linux" or context.programs.first_of("bluetoothctl") is None:
        return otherwise
    return "Powered: yes" in context.programs.run("bluetoothctl", "show", accept=(0, 1))


def _switch_bluetooth(context: Context, on: bool) -> None:
    if context.system != "linux":
        raise not_on(context)
    if context.programs.need("bluetoothctl", "rfkill") == "bluetoothctl":
        context.programs.run("bluetoothctl", "power", "on" if on else "off")
    else:
        context.programs.run("rfkill", "unblock" if on else "block", "bluetooth")


def _bluetooth_said(on: bool) -> Message:
    return message("Bluetooth is on.") if on else message("Bluetooth is off.")


ACTIONS: ActionTable = {
    "network.ip": _ip,
    "network.ping": _ping,
    "network.wifi.status": _wifi_status,
    "network.wifi.on": _wifi(on=True),
    "network.wifi.off": _wifi(on=False),
    "network.bluetooth.on": _bluetooth(on=True),
    "network.bluetooth.off": _bluetooth(on=False),
}
