"""A D-Bus of its own with services that a test writes down: what they hold, what they answer, what they were told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, Message, new_error, new_method_return, new_signal

from tests.bus import PrivateBus, Program

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
        self._programs: list[_Program] = []
        self.address = self._bus.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._programs:
            program.close()
        self._bus.stop()

    def add(self, service: Service) -> Service:
        """Put `service` on the bus."""
        self._programs.append(_Program(self.address, service))
        return service


class _Program(Program):
    """Answers as a service has it written down."""

    def __init__(self, address: str, service: Service) -> None:
        self._service = service
        super().__init__(address, service.name)

    def answer(self, call: Message) -> None:
        self.send(*_answers(self._service, call))


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
