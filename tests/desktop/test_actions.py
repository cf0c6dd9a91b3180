"""Commands as their user meets them: real windows, the real talk key, restarts of the real app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.test_x11 import EDITOR
from tests.desktop.app import ROOT, START_S, App, running
from tests.desktop.rig import Desktop, end
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

MODEL = ROOT / "tests" / "speech_model" / "model"
QUIET = '[speech]\nspeak = "never"\n[window]\nlanguage = "en"\n[routing]\ndiscover = false\n'
LISTENING = f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\nspeak = "never"\n[routing]\ndiscover = false\n'


@pytest.fixture
def editor(desktop: Desktop) -> Iterator[Path]:
    """Give an editor in front; what stands in it is the last line of the file."""
    process = desktop.start("python", "-c", EDITOR, log="dictated")
    wait_until(lambda: desktop.windows("^editor$"), START_S, what="the editor")
    desktop.xdotool("windowactivate", "--sync", str(desktop.windows("^editor$")[0].id))
    yield desktop.log("dictated")
    end(process)
    wait_until(lambda: not desktop.windows("^editor$"), START_S, what="the editor gone")


def speak(app: App, wav: Path) -> None:
    """Say it into the talk key, and wait until the app has dealt with it."""
    app.desktop.xdotool("keydown", "F9")
    wait_until(lambda: (app.status() or {})["phase"] == "listening", START_S, what="it listens")
    app.desktop.play_into_microphone(wav)
    app.desktop.xdotool("keyup", "F9")
    wait_until(lambda: (app.status() or {})["phase"] == "idle", START_S, what="it is done")


def ask(app: App, text: str) -> dict[str, object]:
    """Return what comes of a request."""
    [line] = app.etoile("ask", text)
    return line


def test_dictated_words_go_into_the_window_and_are_not_carried_out(
    desktop: Desktop, tmp_path: Path, editor: Path
) -> None:
    sentence = desktop.speech("mets le volume à quarante pour cent", voice="fr")
    desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "90%")
    with running(desktop, tmp_path / "dictation", LISTENING, "--hidden", "--simulate", "none") as app:
        wait_until(
            lambda: not {"microphone", "speech_model", "talk_key"} & set((app.status() or {})["missing"]), START_S
        )
        assert ask(app, "start dictation")["ok"]
        speak(app, sentence)
        wait_until(lambda: "quarante" in editor.read_text().lower(), START_S, what=f"the words: {app.history()}")
        assert desktop.sink_volume_percent() == 90
        assert all("quarante" not in str(exchange["text"]) for exchange in app.history()), "dictation is no request"

        assert ask(app, "stop dictation")["ok"]
        before = editor.read_text()
        speak(app, sentence)
        wait_until(lambda: desktop.sink_volume_percent() == 40, START_S, what="the command is carried out again")
        assert editor.read_text() == before


def test_a_timer_survives_a_restart_and_rings_late(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "timer"
    with running(desktop, home, QUIET, "--hidden", "--simulate", "none") as app:
        assert ask(app, "set a timer for one hour")["ok"]
        assert ask(app, "set a timer for three seconds")["ok"]
        before = len(desktop.notifications())
    kept = home / ".local/share/etoile/alarms.json"
    assert kept.is_file()
    home_again = tmp_path / "again"
    home_again.mkdir()
    target = home_again / ".local/share/etoile"
    target.mkdir(parents=True)
    (target / "alarms.json").write_bytes(kept.read_bytes())
    with running(desktop, home_again, QUIET, "--hidden", "--simulate", "none") as app:
        wait_until(lambda: len(desktop.notifications()) > before, START_S, what="the short timer rings")
        assert "timer" in desktop.notifications()[-1].summary.lower()
        assert "1\u00a0h" in str(ask(app, "how long is left on the timer")["answer"])
    assert '"length_s":3600' in (target / "alarms.json").read_text()


def test_a_dry_run_names_what_would_be_closed_and_nothing_closes(
    desktop: Desktop, tmp_path: Path, editor: Path
) -> None:
    with running(desktop, tmp_path / "dry", QUIET, "--hidden", "--simulate", "none") as app:
        told = app.command("ask", "--dry-run", "close the window")
        assert "Close the window “editor”" in told.stdout
        assert desktop.windows("^editor$")
        told = app.command("ask", "--dry-run", "empty the trash")
        assert "I would ask first" in told.stdout
