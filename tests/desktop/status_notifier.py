"""A tray as KDE and GNOME's AppIndicator have it: icons tell over the session bus, and are told of clicks."""

import threading
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Properties, message_bus, new_error
from jeepney import new_method_call as call
from jeepney import new_method_return as answer
from jeepney.io.threading import DBusConnection, ReceiveStopped, open_dbus_connection
from jeepney.wrappers import unwrap_msg

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
DESCRIPTION = f"""<node><interface name="{WATCHER}">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<method name="RegisterStatusNotifierHost"><arg type="s" direction="in"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
</interface></node>"""


class StatusNotifierHost:
    """Is the tray of the desktop whose bus has that address, while its `with` lasts."""

    def __init__(self, bus: str) -> None:
        self._bus = bus
        self.items: list[str] = []
        """Who registered an icon, by name on the bus."""

    def __enter__(self) -> Self:
        self._connection = open_dbus_connection(self._bus)
        self._asking = open_dbus_connection(self._bus)
        _ask(self._connection, message_bus.RequestName(WATCHER))
        self._thread = threading.Thread(target=self._serve, name="status notifiers", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.interrupt()
        self._thread.join(5)
        self._connection.close()
        self._asking.close()

    # What a user of the tray sees and does

    def property(self, name: str) -> Any:
        """Return what the icon says of itself."""
        return _ask(self._asking, Properties(self._item()).get(name))[0][1]

    def tool_tip(self) -> str:
        """Return the text under the mouse."""
        return str(self.property("ToolTip")[2])

    def click(self) -> None:
        """Click the icon, as KDE has it."""
        _ask(self._asking, call(self._item(), "Activate", "ii", (0, 0)))

    def menu(self) -> dict[str, int]:
        """Open the menu; return its lines that can be seen, each with its number."""
        menu = self._menu()
        _ask(self._asking, call(menu, "AboutToShow", "i", (0,)))
        _, (_, _, lines) = _ask(self._asking, call(menu, "GetLayout", "iias", (0, 1, [])))
        told = [(number, values) for _, (number, values, _) in lines]
        seen = [(number, values) for number, values in told if values.get("visible", ("b", True))[1]]
        return {str(values["label"][1]): number for number, values in seen if "label" in values}

    def choose(self, number: int) -> None:
        """Click a line of the menu."""
        _ask(self._asking, call(self._menu(), "Event", "isvu", (number, "clicked", ("i", 0), 0)))

    def _item(self) -> DBusAddress:
        return DBusAddress("/StatusNotifierItem", bus_name=self.items[-1], interface=ITEM)

    def _menu(self) -> DBusAddress:
        return DBusAddress(self.property("Menu"), bus_name=self.items[-1], interface=MENU)

    # What icons ask of it

    def _serve(self) -> None:
        while True:
            try:
                came = self._connection.receive()
            except (ReceiveStopped, OSError):
                return
            if came.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(came))

    def _answer(self, came: Message) -> Message:
        fields = came.header.fields
        match fields.get(HeaderFields.member), came.body:
            case "RegisterStatusNotifierItem", _:
                self.items.append(fields[HeaderFields.sender])
                return answer(came)
            case "RegisterStatusNotifierHost", _:
                return answer(came)
            case "Introspect", _:
                return answer(came, "s", (DESCRIPTION,))
            case "Get", (_, "IsStatusNotifierHostRegistered"):
                return answer(came, "v", (("b", True),))
            case "Get", (_, "RegisteredStatusNotifierItems"):
                return answer(came, "v", (("as", list(self.items)),))
            case _:
                return new_error(came, "org.freedesktop.DBus.Error.UnknownMethod")


def _ask(connection: DBusConnection, what: Message) -> Any:
    """Return the answer to a call; only the thread that opened the connection, or before it listens."""
    serial = next(connection.outgoing_serial)
    connection.send(what, serial=serial)
    while (came := connection.receive(timeout=30)).header.fields.get(HeaderFields.reply_serial) != serial:
        pass
    return unwrap_msg(came)
