"""Every command that Etoile carries out, with its function and its time limit."""

from collections.abc import Mapping

from etoile.actions import (
    apps,
    assistant,
    audio,
    browser,
    clipboard,
    dictation,
    display,
    files,
    gpus,
    locking,
    media,
    network,
    nightlight,
    nodes,
    notes,
    power,
    processes,
    radios,
    screen,
    services,
    skills,
    system,
    times,
    undo,
    windows,
)
from etoile.actions.action import ActionTable

_KINDS = (
    *(apps, assistant, audio, browser, clipboard, dictation, display, files, gpus, locking, media, network),
    *(nightlight, nodes, notes, power, processes, radios, screen, services, skills, system, times, undo, windows),
)

ACTIONS: ActionTable = {command: action for kind in _KINDS for command, action in kind.ACTIONS.items()}
"""What is carried out here.  What belongs to the conversation itself (cancel, repeat, ...) is the turn's."""

LIMIT_S = 10.0
LIMITS_S: Mapping[str, float] = {
    "file.search": 20.0,
    "file.trash.empty": 150.0,
    "network.speedtest": 20.0,
    "network.ping": 20.0,
    "screen.read": 30.0,
    "cluster.benchmark": 150.0,
    "model.load": 150.0,
    "model.unload": 20.0,
    # The system may ask for a password first.
    **dict.fromkeys(("service.start", "service.stop", "service.restart"), 90.0),
    **dict.fromkeys(("power.sleep", "power.restart", "power.shutdown", "power.logout"), 60.0),
}
