"""Composition: the rooms are built from a configuration here, joined, and told what to do.

`open_rooms` is what the tray app and the command line share; the tray app adds ears, voice, talk key, GPU monitor,
notifications and the samples by `desktop=True`.
"""

from etoile.parts.commands import open_learner
from etoile.parts.live import Live, first_state
from etoile.parts.opening import open_rooms
from etoile.parts.rooms import Notifier, Publish, ReportTo, Rooms
from etoile.parts.stores import open_history

__all__ = [
    "Live",
    "Notifier",
    "Publish",
    "ReportTo",
    "Rooms",
    "first_state",
    "open_history",
    "open_learner",
    "open_rooms",
]
