"""A wording that no command knows is learned: on the desktop, by asking, and by a word or a click."""

from pathlib import Path

import pytest

from tests.desktop.app import QUIET, START_S, running
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

LOOSE, CANONICAL = "sors les aiguilles", "quelle heure est-il"


def test_asked_loosely_twice_and_then_rightly_it_is_offered_and_after_a_yes_it_runs(
    desktop: Desktop, tmp_path: Path
) -> None:
    with running(desktop, tmp_path / "learning", QUIET) as app:
        for count, text in enumerate((LOOSE, LOOSE, CANONICAL), start=1):
            app.type_request(text)
            app.wait_for_answer(count)
        assert [kept["decision"] for kept in app.history()] == ["run", "route", "route"]
        wait_until(lambda: app.etoile("learn"), START_S, what="something learned")
        app.type_request("retiens-le")
        wait_until(lambda: app.etoile("learn")[0]["standing"] == "taken", START_S, what="the alias is taken")
        app.type_request(LOOSE)
        assert app.wait_for_answer(5)["command"] == "time.now"
        [learned] = app.etoile("learn")
        assert app.command("learn", "forget", str(learned["number"])).returncode == 0
        assert LOOSE not in [kept["text"] for kept in app.history()]
        app.type_request(LOOSE)
        wait_until(lambda: app.history()[0]["text"] == LOOSE, START_S, what="the request in the history")
        assert app.history()[0]["decision"] == "route"
