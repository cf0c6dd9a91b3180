"""`etoile status` and `doctor`: this machine, as it is now."""

import argparse

from etoile.cli.console import Console
from etoile.cli.gpus import from_app, show, watch
from etoile.cli.nodes import checked_nodes, node_lines, node_row
from etoile.cli.settings import settings
from etoile.text import message, verbatim


def status(arguments: argparse.Namespace, console: Console) -> int:
    """Show the app, the GPUs and the nodes on one screen."""
    config, _ = settings(arguments)
    app = from_app("status")
    watched = next(watch(config, arguments)).lines
    if console.json:
        console.line({"app": app, "gpus": watched, "nodes": node_lines(config, arguments, console.language)})
        return 0
    console.say(message("The tray app is running.") if app else message("The tray app does not run."))
    if app and app["missing"]:
        console.say(message("Off: {parts}. “etoile doctor” tells more.", parts=app["missing"]))
    show(watched, console)
    for line in node_lines(config, arguments, console.language):
        console.say(verbatim(node_row(line, console)))
    return 0


def doctor(arguments: argparse.Namespace, console: Console) -> int:
    """Check every part; the exit code is 1 when one that the user asked for does not work."""
    from etoile.doctor import checks_of, doctor_line, examine, patient

    config, path = settings(arguments)
    examined = patient(config, path, arguments.simulate, lambda: checked_nodes(config), from_app("status"))
    code = 0
    for name, finding, elapsed_ms in examine(checks_of(examined)):
        if console.json:
            console.line(doctor_line(name, finding, elapsed_ms, console.language))
        else:
            console.say(message("{mark} {check}: {detail}", mark=_MARKS[finding.ok], check=name, detail=finding.detail))
            if finding.remedy:
                console.say(message("    {remedy}", remedy=finding.remedy))
        code = 1 if finding.ok is False else code
    return code


_MARKS: dict[bool | None, str] = {True: "✓", False: "✗", None: "–"}
