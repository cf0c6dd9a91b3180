"""Etoile ends within two seconds, whatever still runs: the rooms are left one after the other."""

from etoile.actions import runner
from etoile.gpu import monitor
from etoile.speech import downloads, ears, hotkeys, voice

ENDED_S = 2.0
REST_S = 0.2
"""For what is never stuck: windows, sockets, databases, the event loop of the nodes."""


def test_the_rooms_together_leave_in_time() -> None:
    waits_s = (
        hotkeys.CLOSE_S,
        ears.CLOSE_S,
        2 * (monitor.PATIENCE_S + monitor.STOP_S),
        downloads.CLOSE_S,
        runner.LEAVE_S,
        voice.CLOSE_S,
    )
    assert sum(waits_s) <= ENDED_S - REST_S
