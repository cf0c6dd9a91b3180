"""Etoile as its users meet it: on a real X desktop, by mouse, by keyboard and by voice."""

import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop.app import ROOT, START_S, App, running
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

MODEL = ROOT / "tests" / "speech_model" / "model"
QUIET = '[speech]\nspeak = "never"\n[routing]\ndiscover = false\n'


@contextmanager
def node(*script: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Start a scripted node as a process of its own; give its address and the process, which can be killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.llm.fake_node", *script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def settings_of(name: str, url: str) -> str:
    """Return the settings of a node."""
    return f'[[nodes]]\nname = "{name}"\nurl = "{url}"\nmodel = "tiny"\n'


def own_icons(app: App) -> int:
    """Return how many icons are in the tray."""
    return len(app.desktop.tray_icons())


def type_request(app: App, text: str) -> None:
    """Type a request into the window's line and send it."""
    window = app.wait_for_window()
    app.desktop.xdotool("windowactivate", "--sync", str(window.id))
    app.desktop.xdotool("key", "ctrl+l")
    app.desktop.xdotool("type", "--delay", "5", text)
    app.desktop.xdotool("key", "Return")


def test_the_icon_is_in_the_tray_a_click_opens_the_window_and_the_menu_quits(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "tray", QUIET, "--hidden", "--simulate", "calm") as app:
        wait_until(lambda: own_icons(app) == 1, START_S, what="one icon in the tray")
        assert app.windows() == []
        [icon] = desktop.tray_icons()
        desktop.click(*icon.centre)
        app.wait_for_window()
        desktop.xdotool("windowactivate", "--sync", str(app.windows()[0].id))
        desktop.xdotool("key", "Escape")
        wait_until(lambda: not app.windows(), what="Esc hides the window")

        desktop.click(*icon.centre, button=3)
        desktop.xdotool("key", "--delay", "100", "Up", "Return")
        wait_until(lambda: app.process.poll() is not None, what="the last line of the menu quits")
        assert app.process.returncode == 0
        wait_until(lambda: own_icons(app) == 0, what="the icon is gone")


def test_a_second_start_shows_the_window_of_the_first(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "second", QUIET, "--hidden", "--simulate", "none") as app:
        assert app.windows() == []
        again = app.command("--hidden")
        assert (again.returncode, again.stderr) == (0, "")
        app.wait_for_window()
        assert app.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_on_a_signal_and_leaves_nothing(desktop: Desktop, tmp_path: Path, number: signal.Signals) -> None:
    with (
        node("--answer", "word " * 500, "--token-ms", "20") as (url, _),
        running(desktop, tmp_path / "end", settings_of("M1", url), "--simulate", "heatwave@20") as app,
    ):
        children = f"/proc/{app.process.pid}/task/{app.process.pid}/children"
        type_request(app, "tell me a long story")
        wait_until(lambda: (app.status() or {})["phase"] == "thinking", START_S, what="an answer streams")
        voice = [int(child) for child in Path(children).read_text().split()]
        app.quit(number)
        assert app.process.returncode == 0
        wait_until(lambda: not any(alive(child) for child in voice), what="no child is left")
        left = [path.name for path in (tmp_path / "end" / "run" / "etoile").iterdir()]
        assert left == ["app.lock"]
    with running(desktop, tmp_path / "again", QUIET):
        pass


def alive(pid: int) -> bool:
    """Whether the process runs; one that is only waiting to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_with_nothing_it_starts_says_what_is_missing_and_the_guide_answers(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "nothing", QUIET) as app:
        wait_until(lambda: "gpu" in (app.status() or {})["missing"], START_S, what="the missing GPU is said")
        type_request(app, "how do I add a node?")
        exchange = app.wait_for_answer()
        assert exchange["nodes"] == ["guide"], exchange
        assert "guide" in exchange["answer"]


def test_a_spoken_command_is_carried_out_and_answered_aloud(desktop: Desktop, tmp_path: Path) -> None:
    settings = f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\n[window]\nlanguage = "fr"\n[routing]\ndiscover = false\n'
    desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "90%")
    desktop.run("pactl", "set-sink-mute", "@DEFAULT_SINK@", "0")
    sentence = desktop.speech("mets le volume à quarante pour cent", voice="fr")
    with running(desktop, tmp_path / "voice", settings, "--simulate", "calm") as app:
        missing = (app.status() or {})["missing"]
        assert not {"microphone", "speech_model", "talk_key", "voice"} & set(missing)
        with desktop.record_speaker() as heard:
            desktop.xdotool("keydown", "F9")
            wait_until(lambda: (app.status() or {})["phase"] == "listening", START_S, what="it listens")
            desktop.play_into_microphone(sentence)
            desktop.xdotool("keyup", "F9")
            exchange = app.wait_for_answer()
            assert exchange["text"].lower().startswith("mets le volume à quarante pour cent")
            assert (exchange["command"], exchange["ok"]) == ("audio.volume.set", True)
            assert desktop.sink_volume_percent() == 40
            # At a volume of 40 % speech is quiet: the sound server's scale is cubic.
            wait_until(lambda: heard.loud_s(threshold=0.001) > 0.4, START_S, what="the reply is heard")
            wait_until(lambda: (app.status() or {})["phase"] == "idle", START_S, what="the reply ends")


def silence(file: Path, duration_s: int = 1) -> Path:
    """Write a WAV file in which nothing is to be heard."""
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 16_000 * duration_s))
    return file


def test_silence_runs_nothing(desktop: Desktop, tmp_path: Path) -> None:
    settings = f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\nspeak = "never"\n[routing]\ndiscover = false\n'
    with running(desktop, tmp_path / "silence", settings, "--simulate", "calm") as app:
        assert app.command("talk", "--press").returncode == 0
        wait_until(lambda: (app.status() or {})["phase"] == "listening", START_S, what="it listens")
        desktop.play_into_microphone(silence(tmp_path / "silence.wav"))
        assert app.command("talk", "--release").returncode == 0
        wait_until(lambda: (app.status() or {})["phase"] == "idle", START_S, what="it heard nothing")
        assert app.history() == []


def test_a_typed_question_streams_and_a_killed_node_leads_to_the_next(desktop: Desktop, tmp_path: Path) -> None:
    with (
        node("--answer", "one two three " * 200, "--token-ms", "30") as (first, process),
        node("--answer", "The sky is blue because of scattering.", "--dialect", "ollama") as (second, _),
    ):
        settings = QUIET + settings_of("M1", first) + settings_of("M2", second) + 'dialect = "ollama"\n'
        with running(desktop, tmp_path / "nodes", settings, "--simulate", "calm") as app:
            type_request(app, "why is the sky blue?")
            wait_until(lambda: (app.status() or {})["answer_length"] > 20, START_S, what="the first node answers")
            process.kill()
            exchange = app.wait_for_answer()
            assert exchange["nodes"] == ["M1", "M2"]
            assert exchange["answer"].startswith("one two three")
            assert exchange["answer"].endswith("The sky is blue because of scattering.")
            # Both gone: a clear message, and a window that still lives.
            states = {line["name"]: line["state"] for line in app.etoile("nodes")}
            assert states["M2"] == "up"
            assert states["M1"] != "up"


def test_no_node_left_is_said_and_the_window_lives_on(desktop: Desktop, tmp_path: Path) -> None:
    settings = QUIET + settings_of("M1", "http://127.0.0.1:9")
    with running(desktop, tmp_path / "dead", settings, "--simulate", "calm") as app:
        type_request(app, "why is the sky blue?")
        exchange = app.wait_for_answer()
        assert not exchange["ok"]
        assert "M1" in exchange["answer"]
        type_request(app, "what time is it")
        assert app.wait_for_answer(2)["command"] == "time.now"


def test_a_gpu_that_heats_is_notified_once(desktop: Desktop, tmp_path: Path) -> None:
    before = len(desktop.notifications())
    limits = "[thermal]\nwarning_c = 75\ncritical_c = 99\nhold_s = 0.2\n[gpu]\nperiod_s = 0.1\n"
    with running(desktop, tmp_path / "heat", QUIET + limits, "--hidden", "--simulate", "heatwave@20") as app:
        wait_until(lambda: len(desktop.notifications()) > before, START_S, what="a notification")
        [hot] = desktop.notifications()[before:]
        assert hot.urgency == "normal"
        assert "simulated" in hot.summary + hot.body
        assert "snooze 600" in hot.actions
        assert {line["simulated"] for line in app.etoile("gpu")} == {True}
        wait_until(
            lambda: any(line["thermal"] == "warning" for line in app.etoile("gpu")), START_S, what="the app says hot"
        )
        assert len(desktop.notifications()) == before + 1


def test_what_destroys_is_refused_where_nobody_can_confirm(desktop: Desktop, tmp_path: Path) -> None:
    with running(desktop, tmp_path / "refuse", QUIET, "--simulate", "none") as app:
        refused = app.command("ask", "shut down the computer")
        assert refused.returncode == 3
        assert "confirm" in refused.stderr
        [line] = app.etoile("ask", "shut down the computer")
        assert (line["decision"], line["command"], line["ok"]) == ("refuse", "power.shutdown", False)


def test_a_timer_needs_the_running_app(desktop: Desktop, tmp_path: Path) -> None:
    before = len(desktop.notifications())
    with running(desktop, tmp_path / "timer", QUIET, "--simulate", "none") as app:
        [line] = app.etoile("ask", "set a timer for one second")
        assert (line["command"], line["ok"]) == ("timer.set", True)
        wait_until(lambda: len(desktop.notifications()) > before, START_S, what="the timer rings")
    alone = app.command("ask", "set a timer for one second")
    assert alone.returncode == 1
    assert alone.stderr
