"""Private mode on a real desktop: a session with voice, chat and commands leaves every folder as it was."""

from pathlib import Path

import pytest

from tests.desktop.app import START_S, App, running
from tests.desktop.rig import Desktop
from tests.desktop.test_app import MODEL, type_request
from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

OURS = ("config.toml", ".config/etoile", ".local/share/etoile", ".local/state/etoile", ".cache/etoile")
"""Where Etoile keeps anything, below the home of the test."""


def kept(home: Path) -> dict[str, tuple[int, bytes]]:
    """Return each file of Etoile's below `home`, when it was written, and what it holds."""
    roots = (home / name for name in OURS)
    files = (path for root in roots for path in (root, *root.rglob("*")) if path.is_file())
    return {str(path.relative_to(home)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def rests(app: App) -> bool:
    return bool((app.status() or {})["phase"] == "idle")


def test_a_private_session_writes_nothing(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "private"
    sentence = desktop.speech("mets le volume à quarante pour cent", voice="fr")
    desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "90%")
    with FakeNode(Script(answer="A secret answer.")) as node:
        settings = (
            f'[[nodes]]\nname = "M1"\nurl = "{node.url}"\n[store]\nprivate = true\n[routing]\ndiscover = false\n'
            f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\nspeak = "never"\n[window]\nlanguage = "fr"\n'
        )
        home.mkdir()
        (home / "config.toml").write_text(settings)
        before = kept(home)
        with running(desktop, home, None, "--simulate", "calm") as app:
            desktop.xdotool("keydown", "F9")
            wait_until(lambda: (app.status() or {})["phase"] == "listening", START_S, what="it listens")
            wait_until(desktop.microphone_runs, START_S, what="the microphone is open")
            desktop.play_into_microphone(sentence)
            desktop.xdotool("keyup", "F9")
            wait_until(lambda: desktop.sink_volume_percent() == 40, START_S, what="the spoken command is done")
            wait_until(lambda: rests(app), START_S, what="it rests")
            type_request(app, "explique le secret en une phrase")
            wait_until(lambda: node.chats and rests(app), START_S, what="the node has answered")
            assert app.etoile("ask", "mets le volume à trente pour cent")
            wait_until(lambda: desktop.sink_volume_percent() == 30, START_S, what="the typed command is done")
            assert app.history() == []
        assert kept(home) == before
