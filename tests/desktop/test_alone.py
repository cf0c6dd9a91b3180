"""Etoile on a machine that has neither a GPU nor a node nor somebody to confirm."""

from collections.abc import Iterator

import pytest

from tests.desktop.app import QUIET, START_S, App, running
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def app(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Give an app on a machine that has no GPU, and no node."""
    with running(desktop, tmp_path_factory.mktemp("alone"), QUIET) as running_app:
        yield running_app


def test_with_nothing_it_starts_says_what_is_missing_and_the_guide_answers(app: App) -> None:
    wait_until(lambda: "gpu" in (app.status() or {})["missing"], START_S, what="the missing GPU is said")
    before = app.count_kept()
    app.type_request("how do I add a node?")
    exchange = app.wait_for_answer(before + 1)
    assert exchange["nodes"] == ["guide"], exchange
    assert "guide" in exchange["answer"]


def test_what_destroys_is_refused_where_nobody_can_confirm(app: App) -> None:
    refused = app.command("ask", "shut down the computer")
    assert refused.returncode == 3
    assert "confirm" in refused.stderr
    [line] = app.etoile("ask", "shut down the computer")
    assert (line["decision"], line["command"], line["ok"]) == ("refuse", "power.shutdown", False)


def test_a_timer_of_the_running_app_rings(desktop: Desktop, app: App) -> None:
    before = len(desktop.notifications())
    [line] = app.etoile("ask", "set a timer for one second")
    assert (line["command"], line["ok"]) == ("timer.set", True)
    wait_until(lambda: len(desktop.notifications()) > before, START_S, what="the timer rings")
