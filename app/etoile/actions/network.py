"""Addresses, reachability, speed."""

import re
import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.spoken import folded
from etoile.domain.match import Slots
from etoile.domain.nodes import NodeStatus
from etoile.errors import ActionFailed
from etoile.text import message, verbatim

if TYPE_CHECKING:
    import urllib.request

_SOMEWHERE = (("192.0.2.1", 9), ("2001:db8::1", 9))
"""Addresses of the documentation (RFC 5737, RFC 3849): asked for a route to them, the system names its own address."""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,252}[A-Za-z0-9])?")
PINGS = 3
CONNECT_S = 5.0
MEASURED_S = 8.0
MOST_BYTES = 250_000_000
LEAST_BYTES = 100_000
PIECE_BYTES = 65_536


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


# Speed


def _speed(slots: Slots, context: Context) -> Done:
    """Measure a download from the address that the user named, and from nowhere else."""
    url = context.desk.speed_test_url()
    if not url:
        raise ActionFailed(
            message("I measure the speed only against a place that you name, and none is named."),
            message(
                "Write speed_test_url under [commands] in the settings file: the address of a large file, such as one "
                "on your own server or at your provider."
            ),
        )
    read_bytes, took_s = _download(url, context)
    if read_bytes < LEAST_BYTES:
        raise ActionFailed(
            message("{host} sent only {read:bytes}: too little to measure by.", host=_host(url), read=read_bytes),
            message("Name a larger file as speed_test_url."),
        )
    return Done(
        message(
            "{speed:.1f} Mbit/s from {host}, measured over {read:bytes}.",
            speed=read_bytes * 8 / took_s / 1e6,
            host=_host(url),
            read=read_bytes,
        )
    )


def _download(url: str, context: Context) -> tuple[int, float]:
    """Return how many bytes came, and in how many seconds; both are bounded.  Raises ActionFailed."""
    import http.client
    import urllib.error
    import urllib.request

    read_bytes = 0
    asked = urllib.request.Request(url, headers={"User-Agent": "Etoile", "Accept-Encoding": "identity"})
    try:
        with _own_opener().open(asked, timeout=CONNECT_S) as response:
            started_s = time.monotonic()
            while read_bytes < MOST_BYTES and time.monotonic() - started_s < MEASURED_S:
                context.programs.check()
                piece = response.read(PIECE_BYTES)
                if not piece:
                    break
                read_bytes += len(piece)
            return read_bytes, max(time.monotonic() - started_s, 1e-6)
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ActionFailed(
            message("{host} cannot be measured: {reason}.", host=_host(url), reason=verbatim(str(reason)))
        ) from error


def _own_opener() -> "urllib.request.OpenerDirector":
    """Return what opens http and https only, and does not go where it is sent on to: that nobody has named."""
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    opener = urllib.request.OpenerDirector()
    kinds = (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler, Stay)
    for kind in (*kinds, urllib.request.HTTPDefaultErrorHandler, urllib.request.HTTPErrorProcessor):
        opener.add_handler(kind())
    return opener


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


ACTIONS: ActionTable = {"network.ip": _ip, "network.ping": _ping, "network.speedtest": _speed}
