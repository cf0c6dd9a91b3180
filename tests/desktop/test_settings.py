"""The settings while Etoile runs: the window by keyboard alone, and the file changed by hand."""

import os
from pathlib import Path

import pytest

from tests.desktop.app import START_S, App, running
from tests.desktop.rig import Desktop, Window
from tests.desktop.test_app import type_request
from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

QUIET = '# mine\n[speech]\nspeak = "never"\n[routing]\ndiscover = false\n'


def open_settings(app: App) -> Window:
    """Open the settings from the window, by keyboard, and give them the keyboard."""
    window = app.wait_for_window()
    app.desktop.xdotool("windowactivate", "--sync", str(window.id))
    app.desktop.xdotool("key", "ctrl+comma")
    wait_until(lambda: app.desktop.windows("^Settings"), START_S, what="the settings window")
    [shown] = app.desktop.windows("^Settings")
    app.desktop.xdotool("windowactivate", "--sync", str(shown.id))
    return shown


def test_a_setting_chosen_by_keyboard_is_in_the_file_at_once(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "keyboard", QUIET, "--simulate", "calm", "--language", "en") as app:
        open_settings(app)
        app.desktop.xdotool("key", "F6", "Tab", "Down")
        wait_until(lambda: 'theme = "dark"' in app.settings.read_text(), START_S, what="the theme in the file")
        if folder := os.environ.get("ETOILE_PICTURES"):
            app.desktop.screenshot(Path(folder) / "settings.png")
        assert app.settings.read_text().startswith(QUIET)
        app.desktop.xdotool("key", "Escape")
        wait_until(lambda: not app.desktop.windows("^Settings"), START_S, what="the settings are closed")


def test_a_node_written_into_the_file_by_hand_answers_without_a_restart(desktop: Desktop, tmp_path: Path) -> None:
    with (
        FakeNode(Script(answer="Here I am.")) as node,
        running(desktop, tmp_path / "hand", QUIET, "--simulate", "calm", "--language", "en") as app,
    ):
        fresh = app.settings.with_name("fresh.toml")
        fresh.write_text(f'{QUIET}[[nodes]]\nname = "M7"\nurl = "{node.url}"\nmodel = "tiny"\n')
        fresh.replace(app.settings)
        wait_until(lambda: node.requests, START_S, what="the node is asked how it is")
        type_request(app, "Explain in one sentence why the sky is blue.")
        assert app.wait_for_answer()["nodes"] == ["M7"]


def test_another_talk_key_written_by_hand_counts_without_a_restart(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "key", QUIET, "--simulate", "calm", "--language", "en") as app:
        app.settings.write_text(QUIET.replace("[speech]\n", '[speech]\ntalk_key = "F7"\n'))

        def hears() -> bool:
            app.desktop.xdotool("keydown", "F7")
            heard = (app.status() or {})["phase"] == "listening"
            app.desktop.xdotool("keyup", "F7")
            return bool(heard)

        wait_until(hears, START_S, what="the new key is heard")
