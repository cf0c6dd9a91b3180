"""Running programs: the busiest, and ending one by its name."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.spoken import nearest
from etoile.domain.commands import PIDS_SLOT
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import message, plural

SHOWN = 5
MEASURED_S = 0.5
TERMINATED_S = 3.0
"""A process that does not end by itself in this time is killed."""

_SESSION = frozenset(
    {
        *("init", "systemd", "systemd-logind", "systemd-journald", "systemd-udevd", "launchd", "login", "sshd"),
        *("dbus-daemon", "dbus-broker", "dbus-broker-launch", "polkitd", "NetworkManager", "wpa_supplicant"),
        *("Xorg", "X", "Xwayland", "Xvfb", "gdm", "gdm3", "sddm", "lightdm", "gdm-session-worker", "gdm-x-session"),
        *("gnome-shell", "gnome-session-binary", "cinnamon", "mutter", "muffin", "kwin_x11", "kwin_wayland"),
        *("plasmashell", "ksmserver", "startplasma-x11", "startplasma-wayland", "xfce4-session", "xfwm4"),
        *("lxsession", "mate-session", "marco", "openbox", "i3", "sway", "Hyprland", "WindowServer", "loginwindow"),
        *("System", "Registry", "csrss.exe", "wininit.exe", "winlogon.exe", "services.exe", "lsass.exe", "smss.exe"),
        *("svchost.exe", "dwm.exe", "explorer.exe", "fontdrvhost.exe", "sihost.exe"),
    }
)
"""Without these the session ends, so they are never killed by voice."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process, as far as killing it goes."""

    pid: int
    name: str
    is_own_user: bool


def targets(name: str, running: Iterable[Running], spared: frozenset[int]) -> list[int]:
    """Return the processes to kill for `name`: exactly so called, of this user, and none of `spared`.

    Raises ActionFailed when that leaves nothing, or when the session lives by it.
    """
    running = tuple(running)
    called = [one for one in running if one.name == name] or [
        one for one in running if one.name.casefold() in (name.casefold(), f"{name.casefold()}.exe")
    ]
    if not called:
        close = nearest(name, {one.name for one in running})
        raise ActionFailed(
            message("No process is called {process}.", process=name),
            message("Close to it: {processes}.", processes=close) if close else None,
        )
    if any(one.name in _SESSION or one.pid in spared for one in called):
        raise ActionFailed(message("{process} keeps this session or me alive: I do not kill it.", process=name))
    own = [one.pid for one in called if one.is_own_user]
    if not own:
        raise ActionFailed(message("{process} belongs to another user.", process=name))
    return own


def _kill(slots: Slots, context: Context) -> Done:
    name = text_of(slots, "process")
    meant = _meant(slots, targets(name, _running(), _spared()))
    chosen = [process for pid in meant if (process := _process(pid))]
    refused = sum(not _signal(process, "terminate") for process in chosen)
    _, alive = psutil.wait_procs(chosen, min(TERMINATED_S, context.programs.left_s))
    for process in alive:
        _signal(process, "kill")
    _, left = psutil.wait_procs(alive, min(1.0, context.programs.left_s))
    if left or refused:
        raise ActionFailed(message("{process} could not be ended.", process=name))
    return Done(
        plural(
            "{count} process {process} is ended.", "{count} processes {process} are ended.", len(chosen), process=name
        )
    )


def _meant(slots: Slots, running: list[int]) -> list[int]:
    """Return those of `running` that the user was asked about, all of them where nobody asked.  Raises ActionFailed."""
    if PIDS_SLOT not in slots:
        return running
    asked = str(slots[PIDS_SLOT]).split(", ")
    meant = [pid for pid in running if str(pid) in asked]
    if not meant:
        raise ActionFailed(message("What you were asked about has ended already; others of that name go on."))
    return meant


def called(name: str) -> Slots:
    """Return what a question about killing `name` tells: numbers, user, memory; nothing where it would be refused."""
    try:
        found = [process for pid in targets(name, _running(), _spared()) if (process := _process(pid))]
        memory_bytes = sum(process.memory_info().rss for process in found)
        return {
            PIDS_SLOT: ", ".join(str(process.pid) for process in found),
            "user": found[0].username(),
            "memory_bytes": memory_bytes,
        }
    except (ActionFailed, psutil.Error, IndexError):
        return {}


def _running() -> list[Running]:
    """Return every process of this computer."""
    own = psutil.Process().username()
    seen = psutil.process_iter(["name", "username"])
    return [Running(one.pid, one.info["name"] or "", one.info["username"] == own) for one in seen]


def _spared() -> frozenset[int]:
    """Return our own process, those above it, and the first of all."""
    above = {process.pid for process in psutil.Process().parents()}
    return frozenset({0, 1, os.getpid(), *above})


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _signal(process: psutil.Process, how: str) -> bool:
    """Terminate or kill `process`; False when it may not be touched, True also when it has ended already."""
    try:
        process.terminate() if how == "terminate" else process.kill()
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
    return True


def _list(slots: Slots, context: Context) -> Done:
    busiest = [
        message("{process} ({load} %)", process=name, load=round(load)) for name, load in _loads()[:SHOWN] if load >= 1
    ]
    if not busiest:
        return Done(message("Nothing keeps this computer busy."))
    return Done(message("Busiest: {processes}.", processes=busiest))


def _loads() -> list[tuple[str, float]]:
    """Return the names of processes with their load in percent of one core, the busiest first."""
    seen = list(psutil.process_iter(["name"]))
    _measure(seen)
    time.sleep(MEASURED_S)
    return sorted(_measure(seen), key=lambda named: -named[1])


def _measure(processes: Iterable[psutil.Process]) -> list[tuple[str, float]]:
    """Return each process's load since the last measure; one that has ended is left out."""
    loads = []
    for process in processes:
        try:
            loads.append((process.name(), process.cpu_percent(None)))
        except psutil.Error:
            continue
    return loads


def process_names() -> tuple[str, ...]:
    """Return the names of the programs that run, each once; threads of the Linux kernel are none."""
    seen = [one.info for one in psutil.process_iter(["name", "pid", "ppid"])]
    kernel = {one["pid"] for one in seen if one["name"] == "kthreadd"}
    return tuple(sorted({one["name"] for one in seen if one["name"] and not kernel & {one["pid"], one["ppid"]}}))


ACTIONS: ActionTable = {"process.list": _list, "process.kill": _kill}
