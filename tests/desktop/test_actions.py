"""Commands as their user meets them: real windows, and the real talk key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.test_x11 import EDITOR
from tests.desktop.app import MODEL, START_S, App, running
from tests.desktop.rig import Desktop, end
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

SETTINGS = f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\nspeak = "never"\n[routing]\ndiscover = false\n'


@pytest.fixture(scope="module")
def app(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Give an app that hears French."""
    home = tmp_path_factory.mktemp("listening")
    with running(desktop, home, SETTINGS, "--hidden", "--simulate", "none", "--language", "en") as started:
        yield started


@pytest.fixture
def editor(desktop: Desktop) -> Iterator[Path]:
    """Give an editor in front; what stands in it is the last line of the file."""
    process = desktop.start("python", "-c", EDITOR, log="dictated")
    wait_until(lambda: desktop.windows("^editor$"), START_S, what="the editor")
    desktop.xdotool("windowactivate", "--sync", str(desktop.windows("^editor$")[0].id))
    yield desktop.log("dictated")
    end(process)
    wait_until(lambda: not desktop.windows("^editor$"), START_S, what="the editor gone")


def ask(app: App, text: str) -> dict[str, object]:
    """Return what comes of a request."""
    [line] = app.etoile("ask", text)
    return line


def test_dictated_words_go_into_the_window_and_are_not_carried_out(desktop: Desktop, app: App, editor: Path) -> None:
    sentence = desktop.speech("mets le volume à quarante pour cent", voice="fr")
    desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "90%")
    wait_until(lambda: not {"microphone", "speech_model", "talk_key"} & set((app.status() or {})["missing"]), START_S)
    assert ask(app, "start dictation")["ok"]
    app.speak(sentence)
    app.wait_for_phase("idle")
    wait_until(lambda: "quarante" in editor.read_text().lower(), START_S, what=f"the words: {app.history()}")
    assert desktop.sink_volume_percent() == 90
    assert all("quarante" not in str(exchange["text"]) for exchange in app.history()), "dictation is no request"

    assert ask(app, "stop dictation")["ok"]
    before = editor.read_text()
    app.speak(sentence)
    app.wait_for_phase("idle")
    wait_until(lambda: desktop.sink_volume_percent() == 40, START_S, what="the command is carried out again")
    assert editor.read_text() == before


def test_a_dry_run_names_what_would_be_closed_and_nothing_closes(desktop: Desktop, app: App, editor: Path) -> None:
    told = app.command("ask", "--dry-run", "close the window")
    assert "Close the window “editor”" in told.stdout
    assert desktop.windows("^editor$")
    told = app.command("ask", "--dry-run", "empty the trash")
    assert "I would ask first" in told.stdout
