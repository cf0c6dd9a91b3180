"""Services of the system and of the user, through systemd."""

import re
from contextlib import suppress

from etoile.actions.action import Action, ActionTable, Context, Done, not_on, text_of
from etoile.actions.programs import Programs
from etoile.actions.spoken import nearest
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message, plural

SHOWN = 8
_NAME = re.compile(r"[A-Za-z0-9_][\w.@:\\-]*")
_REFUSALS = ("Interactive authentication required", "Access denied", "Authentication is required", "not authorized")
"""What systemctl writes, in English, when polkit says no, or nobody is there to type a password."""
_VITAL = frozenset(
    {
        "dbus",
        "dbus-broker",
        "display-manager",
        "gdm",
        "gdm3",
        "sddm",
        "lightdm",
        "polkit",
        "init",
        "RpcSs",
        "DcomLaunch",
        "LSM",
        "SamSs",
    }
)


def units_in(written: str) -> tuple[str, ...]:
    """Return the names of services that `systemctl list-...` wrote, without ".service" and templates."""
    words = (line.split()[0] for line in written.splitlines() if line.split())
    names = (word.removesuffix(".service") for word in words if word.endswith(".service"))
    return tuple(dict.fromkeys(name for name in names if not name.endswith("@")))


def service_names(programs: Programs) -> tuple[str, ...]:
    """Return the services that are installed, the user's own too; empty where there is no systemd."""
    listing = ("list-unit-files", "--type=service", "--no-legend", "--no-pager", "--plain")
    found: list[str] = []
    for scope in ((), ("--user",)):
        with suppress(ActionFailed):  # no systemd, or none of the user's own
            found += units_in(programs.run("systemctl", *scope, *listing))
    return tuple(sorted(set(found)))


def _list(slots: Slots, context: Context) -> Done:
    if context.system == "win32":
        written = context.programs.powershell("(Get-Service | Where-Object Status -eq Running).Name")
        return Done(_listed(tuple(written.split())))
    _need_systemd(context)
    running = units_in(
        context.programs.run(
            "systemctl", "list-units", "--type=service", "--state=running", "--no-legend", "--no-pager", "--plain"
        )
    )
    return Done(_listed(running))


def _listed(running: tuple[str, ...]) -> Message:
    what = plural("{count} service runs", "{count} services run", len(running))
    if len(running) > SHOWN:
        return message("{what}, among them {names}.", what=what, names=running[:SHOWN])
    return message("{what}: {names}.", what=what, names=running or ("–",))


def _need_systemd(context: Context) -> None:
    if context.system != "linux":
        raise not_on(context)
    context.programs.need("systemctl")


def _known(context: Context, name: str) -> None:
    """Raise ActionFailed, which names those that sound like it, when there is no service `name`."""
    names = service_names(context.programs)
    if names and name not in names and "@" not in name:
        close = nearest(name, names)
        raise ActionFailed(
            message("No service is called {service}.", service=name),
            message("Close to it: {names}.", names=close) if close else None,
        )


def _run(context: Context, name: str, scope: tuple[str, ...], verb: str) -> None:
    """Have systemd do `verb`.  Raises ActionFailed, in clear words where the user may not."""
    try:
        context.programs.run("systemctl", *scope, verb, f"{name}.service")
    except ActionFailed as error:
        if not any(word in str(error.said.values.get("complaint", "")) for word in _REFUSALS):
            raise
        raise ActionFailed(
            message("You are not allowed to do this here: {service} refuses.", service="systemd"),
            message("In a terminal: sudo systemctl {verb} {service}", verb=verb, service=name),
        ) from error


def _service(slots: Slots) -> str:
    """Return the service meant.  Raises ActionFailed for what is no name of one, or must never be touched by voice."""
    name = text_of(slots, "service").removesuffix(".service")
    if not _NAME.fullmatch(name):
        raise ActionFailed(message("“{service}” is not the name of a service.", service=name))
    if name in _VITAL or name.startswith(("systemd-", "user@")):
        raise ActionFailed(message("The session lives by {service}: I do not touch it.", service=name))
    return name


def _control(verb: str, said: Message, back: str | None = None, back_said: Message | None = None) -> Action:
    def control(slots: Slots, context: Context) -> Done:
        name = _service(slots)
        if context.system == "win32":
            return _control_windows(context, name, verb, Message(said.id, {"service": name}))
        _need_systemd(context)
        _known(context, name)
        scope = _scope(context, name)
        ran = context.programs.succeeds("systemctl", *scope, "is-active", "--quiet", f"{name}.service")
        _run(context, name, scope, verb)

        def undo(later: Context) -> Message:
            _run(later, name, scope, back or verb)
            return Message((back_said or said).id, {"service": name})

        changed = ran is (verb == "stop")
        return Done(Message(said.id, {"service": name}), undo if back and changed else None)

    return control


def _control_windows(context: Context, name: str, verb: str, said: Message) -> Done:
    """Have Windows do `verb`; one that others depend on is not stopped.  Not tried on Windows yet."""
    call = {"start": "Start-Service", "stop": "Stop-Service", "restart": "Restart-Service"}[verb]
    context.programs.powershell(f"{call} -Name ([Console]::In.ReadLine())", typed=f"{name}\n")
    return Done(said)


def _scope(context: Context, name: str) -> tuple[str, ...]:
    """Return the option for a service of the user; nothing for one of the system."""
    return ("--user",) if context.programs.succeeds("systemctl", "--user", "cat", f"{name}.service") else ()


_STARTED = message("The service {service} runs.")
_STOPPED = message("The service {service} is stopped.")

ACTIONS: ActionTable = {
    "service.list": _list,
    "service.start": _control("start", _STARTED, back="stop", back_said=_STOPPED),
    "service.stop": _control("stop", _STOPPED, back="start", back_said=_STARTED),
    "service.restart": _control("restart", message("The service {service} was restarted.")),
}
