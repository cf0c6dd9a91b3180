"""The windows of Sway, by its own tool; see sway-ipc(7) and sway(5)."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from etoile.actions.compositor import Compositor
from etoile.actions.windowing import Area, State, Window
from etoile.errors import ActionFailed
from etoile.text import message

_SCRATCH = "__i3_scratch"
"""The workspace of windows that are put away."""


class Sway(Compositor):
    """The desktop; see WindowSystem."""

    def windows(self) -> list[Window]:
        """Return the windows of programs, the one in front last: those that are seen behind the others."""
        nodes = sorted(self._nodes(), key=lambda node: (bool(node.get("visible")), bool(node.get("focused"))))
        return [_sway_window(node) for node in nodes]

    def focus(self, window: Window) -> None:
        """Ask for `window` to come to the front; one that was put away is fetched."""
        if self.is_in(window, State.MINIMIZED):
            self._do(window, "scratchpad show")
        self._do(window, "focus")

    def has_focus(self, window: Window) -> bool:
        """Return whether `window` has the keyboard."""
        return bool(self._node(window).get("focused"))

    def close(self, window: Window) -> None:
        """Ask `window` to close."""
        self._do(window, "kill")

    def in_view(self, window: Window) -> bool:
        """Return whether `window` is on the workspace shown, and not put away."""
        return bool(self._node(window).get("visible"))

    def is_in(self, window: Window, state: State) -> bool:
        """Return whether `window` is in `state`."""
        node = self._node(window)
        match state:
            case State.FULLSCREEN:
                return bool(node.get("fullscreen_mode"))
            case State.MINIMIZED:
                return bool(node["workspace"] == _SCRATCH)
            case State.MAXIMIZED:
                return False

    def put(self, window: Window, state: State, on: bool) -> None:
        """Put `window` into `state`, or take it out."""
        match state:
            case State.FULLSCREEN:
                self._do(window, f"fullscreen {'enable' if on else 'disable'}")
            case State.MINIMIZED:
                self._do(window, "move scratchpad" if on else "scratchpad show")
            case State.MAXIMIZED:
                raise _no_maximised()

    def area(self, window: Window) -> Area:
        """Return where `window` is."""
        return _area(self._node(window)["rect"])

    def work_area(self, window: Window) -> Area:
        """Return the part of the screen that no bar covers."""
        shown = [one for one in self.json("swaymsg", "-t", "get_workspaces", "-r") if one["focused"]]
        return _area(shown[0]["rect"])

    def place(self, window: Window, area: Area) -> None:
        """Move and resize `window` to `area`; it floats then."""
        # In one go: a window that draws itself for its size as a floating one, late, would take the new size back.
        size, position = f"{area.width} px {area.height} px", f"{area.x} px {area.y} px"
        self._do(window, f"floating enable, resize set {size}, move absolute position {position}")

    def desktop(self) -> tuple[int, int]:
        """Return the number of the workspace shown, from 0, and how many there are."""
        workspaces = self.json("swaymsg", "-t", "get_workspaces", "-r")
        return next(number for number, one in enumerate(workspaces) if one["focused"]), len(workspaces)

    def go_to_desktop(self, number: int) -> None:
        """Show the workspace `number`, from 0."""
        name = self.json("swaymsg", "-t", "get_workspaces", "-r")[number]["name"]
        quoted = json.dumps(name, ensure_ascii=False)
        self.programs.run("swaymsg", "--", f"workspace --no-auto-back-and-forth {quoted}")

    def _do(self, window: Window, command: str) -> None:
        self.programs.run("swaymsg", "--", f"[con_id={window.id}] {command}")

    def _node(self, window: Window) -> Mapping[str, Any]:
        found = next((node for node in self._nodes() if node["id"] == window.id), None)
        if found is None:
            raise ActionFailed(message("{window} is gone.", window=window.title))
        return found

    def _nodes(self) -> Iterator[Mapping[str, Any]]:
        return _leaves(self.json("swaymsg", "-t", "get_tree", "-r"), "")


def _leaves(node: Mapping[str, Any], workspace: str) -> Iterator[Mapping[str, Any]]:
    """Yield the windows in a tree of Sway's, each with the name of its workspace."""
    workspace = str(node["name"]) if node["type"] == "workspace" else workspace
    if node.get("pid") not in (None, os.getpid()):
        yield {**node, "workspace": workspace}
    for child in (*node.get("nodes", ()), *node.get("floating_nodes", ())):
        yield from _leaves(child, workspace)


def _sway_window(node: Mapping[str, Any]) -> Window:
    properties = node.get("window_properties") or {}  # of windows that Xwayland draws
    names = (node.get("app_id"), properties.get("instance"), properties.get("class"))
    return Window(node["id"], str(node.get("name") or ""), tuple(name for name in names if name), node.get("pid"))


def _area(rect: Mapping[str, int]) -> Area:
    return Area(rect["x"], rect["y"], rect["width"], rect["height"])


def _no_maximised() -> ActionFailed:
    return ActionFailed(message("This desktop lays windows side by side: none is maximised. Full screen there is."))
