"""A D-Bus of its own with services that a test writes down: what they hold, what they answer, what they were told."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.threading import ReceiveStopped, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from tests.notify.daemon import PrivateBus

Answer = tuple[str, tuple[Any, ...]]
"""Signature and values of what a method returns."""
Refused = str
"""Name of the error that a method returns instead."""


@dataclass
class Service:
    """A program on the bus."""

    name: str
    properties: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    """Signature and value, by path and name."""
    methods: Mapping[str, Answer | Refused | Callable[..., Answer | Refused]] = field(default_factory=dict)
    """What methods return, by name; a callable gets the message.  What is not written here returns nothing."""
    told: list[tuple[str, str, tuple[Any, ...]]] = field(default_factory=list)
    """Path, method and arguments of each call, those that read left out."""

    def values(self, name: str) -> list[Any]:
        """Return what the property `name` was set to, in order."""
        return [arguments[2][1] for _, method, arguments in self.told if method == "Set" and arguments[1] == name]

    def calls(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the methods that were called, with their arguments."""
        return [(method, arguments) for _, method, arguments in self.told]


class FakeBus:
    """A bus daemon that is the bus of the session and of the system at once; ends with its `with`."""

    def __init__(self, folder: Path) -> None:
        self._bus = PrivateBus(folder)
        self._threads: list[tuple[Any, threading.Thread]] = []
        self.address = self._bus.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection, thread in self._threads:
            connection.interrupt()
            thread.join()
            connection.close()
        self._bus.stop()

    def add(self, service: Service) -> Service:
        """Put `service` on the bus."""
        connection = open_dbus_connection(self.address)
        _call(connection, message_bus.RequestName(service.name))
        thread = threading.Thread(target=_serve, args=(connection, service), daemon=True)
        thread.start()
        self._threads.append((connection, thread))
        return service


def _call(connection: Any, call: Message) -> None:
    """Call the bus itself and wait for its answer."""
    connection.send(call)
    while True:
        came = connection.receive(timeout=30)
        if came.header.message_type in (MessageType.method_return, MessageType.error):
            unwrap_msg(came)
            return


def _serve(connection: Any, service: Service) -> None:
    with suppress(ReceiveStopped, OSError):
        while True:
            came = connection.receive()
            if came.header.message_type is MessageType.method_call:
                for reply in _answers(service, came):
                    connection.send(reply)


def _answers(service: Service, call: Message) -> list[Message]:
    fields = call.header.fields
    path, method = str(fields[HeaderFields.path]), str(fields[HeaderFields.member])
    if method == "Get":
        held = service.properties.get((path, call.body[1]))
        if held is None:
            return [new_error(call, "org.freedesktop.DBus.Error.UnknownProperty")]
        return [new_method_return(call, "v", (held,))]
    service.told.append((path, method, call.body))
    if method == "Set":
        service.properties[path, call.body[1]] = call.body[2]
        return [new_method_return(call)]
    answer = service.methods.get(method, ("", ()))
    if callable(answer):
        answer = answer(call)
    if isinstance(answer, str):
        return [new_error(call, answer, "s", ("refused",))]
    signature, values = answer
    reply = new_method_return(call, signature or None, values)
    return [reply, *portal_response(service, call)]


def portal_response(service: Service, call: Message) -> list[Message]:
    """Return the signal with which a portal answers a request; none for other services."""
    response = service.properties.get(("response", str(call.header.fields[HeaderFields.member])))
    if response is None:
        return []
    sender = str(call.header.fields[HeaderFields.sender]).lstrip(":").replace(".", "_")
    token = call.body[-1]["handle_token"][1]
    handle = f"/org/freedesktop/portal/desktop/request/{sender}/{token}"
    address = DBusAddress(handle, interface="org.freedesktop.portal.Request")
    return [new_signal(address, "Response", "ua{sv}", response[1])]
