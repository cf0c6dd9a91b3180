"""The first start, by keyboard alone: from the first steps to the first answer, and never asked twice."""

import os
from pathlib import Path

import pytest

from tests.desktop.app import START_S, App, running
from tests.desktop.rig import Desktop
from tests.desktop.test_app import type_request
from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

PAGES = ("Language and voice", "Microphone", "Talk key", "Speech model", "Nodes")


def wait_for_page(app: App, title: str) -> None:
    """Wait until the first steps show the page called `title`, and give them the keyboard."""
    name = f"^First steps: {title}$"
    wait_until(lambda: app.desktop.windows(name), START_S, what=f"the page {title}")
    [shown] = app.desktop.windows(name)
    app.desktop.xdotool("windowactivate", "--sync", str(shown.id))
    if folder := os.environ.get("ETOILE_PICTURES"):
        app.desktop.screenshot(Path(folder) / f"first-{title}.png")


def test_the_first_steps_lead_to_the_first_answer(desktop: Desktop, tmp_path: Path) -> None:
    with (
        FakeNode(Script(answer="Here I am.")) as node,
        running(desktop, tmp_path / "fresh", None, "--simulate", "calm", "--language", "en") as app,
    ):
        for title in PAGES[:-1]:
            wait_for_page(app, title)
            app.desktop.xdotool("key", "alt+Right")
        wait_for_page(app, PAGES[-1])
        assert not app.settings.exists()
        app.desktop.xdotool("type", node.url)
        app.desktop.xdotool("key", "alt+Right")
        wait_until(app.settings.exists, START_S, what="the node in the settings file")
        assert node.url in app.settings.read_text()
        type_request(app, "Explain in one sentence why the sky is blue.")
        assert app.wait_for_answer()["nodes"] == ["127.0.0.1"]


def test_what_was_put_off_is_not_asked_again(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "later"
    with running(desktop, home, None, "--simulate", "calm", "--language", "en") as app:
        wait_for_page(app, PAGES[0])
        app.desktop.xdotool("key", "Escape")
        app.wait_for_window()
        assert app.desktop.windows("^First steps") == []
        assert not app.settings.exists()
    (home / "run").rename(home / "former")
    with running(desktop, home, None, "--simulate", "calm", "--language", "en") as app:
        app.wait_for_window()
        assert app.desktop.windows("^First steps") == []
