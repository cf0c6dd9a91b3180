"""Etoile itself on the virtual desktop, started as its users start it, and asked through its own command line."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from etoile.ipc import client
from tests.desktop.rig import Desktop, Window, end
from tests.waiting import wait_until

ETOILE = (os.environ["ETOILE_PROGRAM"],) if "ETOILE_PROGRAM" in os.environ else (sys.executable, "-m", "etoile")
"""The frozen program where its tests name it (`installer/build.py test`), else the one of the checkout."""
ROOT = Path(__file__).parents[2]
MODEL = ROOT / "tests" / "speech_model" / "model"
QUIET = '[speech]\nspeak = "never"\n[routing]\ndiscover = false\n'
START_S = 60.0
"""Two busy cores take their time; each wait ends as soon as its condition holds."""


class App:
    """A running tray app with a home of its own; started there again, it finds what it left."""

    def __init__(self, desktop: Desktop, home: Path, settings: str | None, *options: str) -> None:
        self.desktop = desktop
        self.settings = home / "config.toml"
        if settings is not None:
            self.settings.write_text(settings, encoding="utf-8")
        runtime = home / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.runtime = runtime / "etoile"
        # The session bus and the sound server are found by their own variables.
        self.env = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "ETOILE_CONFIG": str(self.settings),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "app", ROOT))),
            "HF_HUB_OFFLINE": "1",
        }
        self.process = desktop.start(*ETOILE, *options, env=self.env, log=f"etoile-{home.name}")
        self.log = desktop.log(f"etoile-{home.name}")

    def etoile(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the JSON lines that a command of the command line prints."""
        shown = subprocess.run(
            [*ETOILE, *arguments, "--json"],
            env=self.desktop.env | self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return [json.loads(line) for line in shown.stdout.splitlines()]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line to its end."""
        return subprocess.run(
            [*ETOILE, *arguments],
            env=self.desktop.env | self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def status(self) -> dict[str, Any] | None:
        """Return what the running app tells of itself; None while it does not answer."""
        return client.ask_once(self.runtime, {"do": "status"})

    def answers(self) -> bool:
        """Return whether it is there yet; what ended instead says why."""
        assert self.process.poll() is None, self.log.read_text()
        return self.status() is not None

    def history(self) -> list[dict[str, Any]]:
        """Return what was asked so far, the newest first."""
        return self.etoile("history")

    def phase(self) -> str:
        """Return what the turn is at; "" while the app does not answer."""
        return str((self.status() or {}).get("phase", ""))

    def wait_for_phase(self, phase: str) -> None:
        """Wait until the turn is there."""
        wait_until(lambda: self.phase() == phase, START_S, what=f"the phase {phase}")

    def count_kept(self) -> int:
        """Return how many exchanges are in the history, from its file: a command line that is asked again and again
        takes the machine from the app.
        """
        file = Path(self.env["XDG_DATA_HOME"]) / "etoile" / "etoile.db"
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM exchanges").fetchone()[0])
        return 0

    def windows(self) -> list[Window]:
        """Return the floating window, if it shows."""
        return [window for window in self.desktop.windows("^Etoile$") if window.width > 200]

    def wait_for_window(self) -> Window:
        """Return the floating window as soon as it shows."""
        wait_until(self.windows, START_S, what="the floating window")
        return self.windows()[0]

    def wait_for_answer(self, count: int = 1) -> dict[str, Any]:
        """Return the newest exchange as soon as `count` are in the history."""
        wait_until(lambda: self.count_kept() >= count, START_S, what=f"{count} exchanges in the history")
        return self.history()[0]

    def type_request(self, text: str) -> None:
        """Type a request into the window's line and send it."""
        window = self.wait_for_window()
        self.desktop.xdotool("windowactivate", "--sync", str(window.id))
        self.desktop.xdotool("key", "ctrl+l", "type", "--delay", "5", text)
        self.desktop.xdotool("key", "Return")

    def speak(self, wav: Path) -> None:
        """Hold the talk key while the microphone hears a WAV file."""
        self.desktop.xdotool("keydown", "F9")
        self.wait_for_phase("listening")
        wait_until(self.desktop.microphone_runs, START_S, what="the microphone is open")
        self.desktop.play_into_microphone(wav)
        self.desktop.xdotool("keyup", "F9")

    def quit(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the app by a signal.  Raises TimeoutExpired."""
        self.process.send_signal(number)
        self.process.wait(30)


@contextmanager
def running(desktop: Desktop, home: Path, settings: str | None = "", *options: str) -> Iterator[App]:
    """Start the app, wait until it answers, and end it; what it logged as a problem fails the test.

    Without a settings file, which is None, it begins with its first steps.
    """
    home.mkdir(exist_ok=True)
    app = App(desktop, home, settings, *options)
    try:
        wait_until(app.answers, START_S, what="the app answers")
        yield app
    finally:
        if app.process.poll() is None:
            app.quit()
        end(app.process)
        desktop.restore_sound()
    problems = [line for line in app.log.read_text().splitlines() if " WARNING " in line or "Traceback" in line]
    assert not problems, app.log.read_text()


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
