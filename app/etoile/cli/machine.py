"""`etoile doctor`: what works here, and how to mend what does not."""

import argparse

from etoile.cli.console import Console
from etoile.cli.gpus import from_app
from etoile.cli.nodes import checked_nodes
from etoile.cli.settings import settings
from etoile.text import message


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
