"""The windows of Hyprland, by its own tool.  Built to its wiki (Using hyprctl), not tried on Hyprland yet."""

import os
from collections.abc import Mapping
from typing import Any

from etoile.actions.compositor import Compositor
from etoile.actions.windowing import Area, State, Window
from etoile.errors import ActionFailed
from etoile.text import message, verbatim


class Hyprland(Compositor):
    """The desktop; see WindowSystem."""

    def windows(self) -> list[Window]:
        """Return the windows of programs, the one in front last."""
        clients = [client for client in self._clients() if client["mapped"] and client["pid"] != os.getpid()]
        ordered = sorted(clients, key=lambda client: -client["focusHistoryID"])
        return [
            Window(int(one["address"], 16), one["title"], tuple(filter(None, (one["class"],))), one["pid"])
            for one in ordered
        ]

    def focus(self, window: Window) -> None:
        """Ask for `window` to come to the front."""
        self._dispatch("focuswindow", _address(window))

    def has_focus(self, window: Window) -> bool:
        """Return whether `window` has the keyboard."""
        return bool(self._client(window)["focusHistoryID"] == 0)

    def close(self, window: Window) -> None:
        """Ask `window` to close."""
        self._dispatch("closewindow", _address(window))

    def in_view(self, window: Window) -> bool:
        """Return whether `window` is on the workspace shown, and not put away."""
        shown = self.json("hyprctl", "-j", "activeworkspace")["id"]
        client = self._client(window)
        return bool(client["workspace"]["id"] == shown and not client["hidden"])

    def is_in(self, window: Window, state: State) -> bool:
        """Return whether `window` is in `state`."""
        client = self._client(window)
        match state:
            case State.FULLSCREEN:
                return bool(client["fullscreen"] == 2)
            case State.MAXIMIZED:
                return bool(client["fullscreen"] == 1)
            case State.MINIMIZED:
                return str(client["workspace"]["name"]).startswith("special:")

    def put(self, window: Window, state: State, on: bool) -> None:
        """Put `window` into `state`, or take it out; a minimised one waits on a workspace of its own kind."""
        if state is State.MINIMIZED:
            shown = self.json("hyprctl", "-j", "activeworkspace")["id"]
            where = "special:minimized" if on else str(shown)
            self._dispatch("movetoworkspacesilent", f"{where},{_address(window)}")
        elif self.is_in(window, state) is not on:
            self.activate(window)
            self._dispatch("fullscreen", "1" if state is State.MAXIMIZED else "0")

    def area(self, window: Window) -> Area:
        """Return where `window` is."""
        client = self._client(window)
        return Area(*client["at"], *client["size"])

    def work_area(self, window: Window) -> Area:
        """Return the part of the screen that no bar covers."""
        monitor = next(one for one in self.json("hyprctl", "-j", "monitors") if one["focused"])
        left, top, right, bottom = monitor["reserved"]
        width, height = (round(monitor[side] / monitor["scale"]) for side in ("width", "height"))
        return Area(monitor["x"] + left, monitor["y"] + top, width - left - right, height - top - bottom)

    def place(self, window: Window, area: Area) -> None:
        """Move and resize `window` to `area`; it floats then."""
        address = _address(window)
        self._dispatch("setfloating", address)
        self._dispatch("resizewindowpixel", f"exact {area.width} {area.height},{address}")
        self._dispatch("movewindowpixel", f"exact {area.x} {area.y},{address}")

    def desktop(self) -> tuple[int, int]:
        """Return the number of the workspace shown, from 0, and how many there are."""
        workspaces = self._workspaces()
        return workspaces.index(self.json("hyprctl", "-j", "activeworkspace")["id"]), len(workspaces)

    def go_to_desktop(self, number: int) -> None:
        """Show the workspace `number`, from 0."""
        self._dispatch("workspace", str(self._workspaces()[number]))

    def _workspaces(self) -> list[int]:
        return sorted(one["id"] for one in self.json("hyprctl", "-j", "workspaces") if one["id"] > 0)

    def _dispatch(self, *arguments: str) -> None:
        said = self.programs.run("hyprctl", "dispatch", *arguments).strip()
        if said != "ok":
            raise ActionFailed(
                message("{program} says: {complaint}", program="hyprctl", complaint=verbatim(said[:200]))
            )

    def _client(self, window: Window) -> Mapping[str, Any]:
        found = next((one for one in self._clients() if int(one["address"], 16) == window.id), None)
        if found is None:
            raise ActionFailed(message("{window} is gone.", window=window.title))
        return found

    def _clients(self) -> list[Mapping[str, Any]]:
        clients: list[Mapping[str, Any]] = self.json("hyprctl", "-j", "clients")
        return clients


def _address(window: Window) -> str:
    return f"address:{window.id:#x}"
