"""A real X desktop without a screen: window manager, tray, notifications, a speaker and a microphone.

    with Desktop() as desktop:
        app = desktop.start("etoile")
        desktop.xdotool("key", "F9")

Everything is private to it: display, session bus, sound server, home.  Several can run side by side, and what was
started ends with it.  By hand, from the root of the checkout:

    .venv/bin/python -m tests.desktop [--screenshot FILE] COMMAND...
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.desktop.notifications import Notification, NotificationMonitor
from tests.desktop.sound import Recording
from tests.waiting import wait_until

START_S = 60.0
"""So long a slow machine may take to start a part of the desktop."""

BUS = """\
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

DUNST = """\
[global]
    font = Sans 11
    markup = full
    format = "<b>%s</b>\\n%b"
    origin = top-right
    offset = 20x50
    width = (200, 420)
    idle_threshold = 0
    mouse_left_click = do_action, close_current
[urgency_critical]
    background = "#900000"
    timeout = 0
"""


@dataclass(frozen=True)
class Window:
    """A window on the screen; places and sizes in pixels."""

    id: int
    title: str
    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        """The point to click at."""
        return self.x + self.width // 2, self.y + self.height // 2


class Desktop:
    """A virtual desktop; lives while its `with` does."""

    def __init__(self, size: str = "1280x800") -> None:
        self.size = size
        self.folder = Path()
        self.env: dict[str, str] = {}
        """The environment of every program on it."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._stack = stack
            # A short path: sockets lie in it, and their names may have 107 characters.
            self.folder = Path(tempfile.mkdtemp(prefix="etoile-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.env = self._environment()
            self._start_display()
            self._start_bus()
            self._start_window_manager()
            self._start_sound()
            self._monitor = stack.enter_context(NotificationMonitor(self.env["DBUS_SESSION_BUS_ADDRESS"]))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # Programs.

    def start(self, *command: str, env: Mapping[str, str] | None = None, log: str = "") -> subprocess.Popen[bytes]:
        """Start a program that ends with the desktop at the latest; its output goes to the file `log(...)` tells."""
        name = log or Path(command[0]).name
        # pdeathsig: even where this process is killed, nothing stays behind.
        with self.log(name).open("ab") as output:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *command],
                env=self.env | dict(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
            )
        self._stack.callback(end, process)
        return process

    def run(self, *command: str, env: Mapping[str, str] | None = None, timeout_s: float = 60) -> str:
        """Run a program to its end and return what it printed.  Raises CalledProcessError."""
        done = subprocess.run(
            command, env=self.env | dict(env or {}), timeout=timeout_s, check=True, capture_output=True, text=True
        )
        return done.stdout

    def log(self, name: str) -> Path:
        """Return the file that holds the output of the program started under this name."""
        return self.folder / f"{name}.log"

    # The screen.

    def screenshot(self, file: Path) -> Path:
        """Write what the screen shows as a PNG."""
        self.run("scrot", "--overwrite", str(file))
        return file

    def xdotool(self, *arguments: str) -> str:
        """Press keys, move the mouse and find windows as `xdotool` does."""
        return self.run("xdotool", *arguments)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a point of the screen; button 3 is the right one."""
        self.xdotool("mousemove", str(x), str(y), "click", str(button))

    def windows(self, title: str) -> list[Window]:
        """Return the visible windows whose title holds the pattern `title`."""
        search = ["xdotool", "search", "--onlyvisible", "--name", title]
        found = subprocess.run(search, env=self.env, capture_output=True, text=True, check=False)
        return [window for line in found.stdout.split() if (window := self._window(int(line)))]

    def tray_icons(self) -> list[Window]:
        """Return the icons in the tray."""
        tree = self.run("xwininfo", "-name", "panel", "-tree")
        icon = re.compile(r'(0x[0-9a-f]+) "(.+)": \(".*\)\s+(\d+)x(\d+)\S+\s+\+(-?\d+)\+(-?\d+)')
        found = [icon.search(line) for line in tree.split("Parent window id")[1].splitlines()[1:]]
        return [
            Window(int(m[1], 16), m[2], x=int(m[5]), y=int(m[6]), width=int(m[3]), height=int(m[4])) for m in found if m
        ]

    def menus(self, program: str) -> list[int]:
        """Return the ids of the open menus of a program: windows of its class that are in no frame."""
        tree = self.run("xwininfo", "-root", "-children")
        found = re.findall(rf'^ +(0x[0-9a-f]+) .*\("{program}" .*$', tree, re.MULTILINE)
        return [int(window, 16) for window in found if self._is_in_view(window)]

    def _is_in_view(self, window: str) -> bool:
        """Return whether the window is on the screen; one that closed meanwhile is not."""
        shown = subprocess.run(["xwininfo", "-id", window], env=self.env, capture_output=True, text=True, check=False)
        return "Map State: IsViewable" in shown.stdout

    def _window(self, window_id: int) -> Window | None:
        """Return the window, or None where it closed meanwhile."""
        try:
            title = self.xdotool("getwindowname", str(window_id)).strip()
            place = self.xdotool("getwindowgeometry", "--shell", str(window_id))
        except subprocess.CalledProcessError:
            return None
        shape = {key: int(value) for key, value in (line.split("=") for line in place.split())}
        return Window(window_id, title, shape["X"], shape["Y"], shape["WIDTH"], shape["HEIGHT"])

    # Notifications.

    def notifications(self) -> list[Notification]:
        """Return every notification sent so far, the oldest first."""
        return self._monitor.notifications()

    # Sound.

    def speech(self, words: str, voice: str = "en", speed_wpm: int = 150) -> Path:
        """Return a WAV file of `words` spoken by espeak-ng."""
        file = self.folder / f"{voice}-{abs(hash((words, speed_wpm)))}.wav"
        self.run("espeak-ng", "-v", voice, "-s", str(speed_wpm), "-w", str(file), words)
        return file

    def play_into_microphone(self, wav: Path) -> None:
        """Let the microphone hear a WAV file; returns when it has."""
        self.run("paplay", "--device=micsink", str(wav))

    def microphone_runs(self) -> bool:
        """Return whether a program hears the microphone now: what is played before that is lost."""
        sources = (line.split("\t") for line in self.run("pactl", "list", "short", "sources").splitlines())
        return any(source[1] == "mic" and source[-1] == "RUNNING" for source in sources)

    @contextmanager
    def record_speaker(self) -> Iterator[Recording]:
        """Record what the speaker plays while the `with` lasts."""
        with self._record("speaker.monitor") as recording:
            yield recording

    @contextmanager
    def record_microphone(self) -> Iterator[Recording]:
        """Record what a program would hear from the default source while the `with` lasts."""
        with self._record("@DEFAULT_SOURCE@") as recording:
            yield recording

    @contextmanager
    def _record(self, source: str) -> Iterator[Recording]:
        recording = Recording(self.folder / f"recording-{time.monotonic_ns()}.raw")
        form = ["--format=s16le", f"--rate={recording.RATE_HZ}", "--channels=1", "--latency-msec=20"]
        with recording.file.open("wb") as output:
            command = ["parec", "-d", source, *form]
            process = subprocess.Popen(
                command, env=self.env, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True
            )
        try:
            wait_until(lambda: recording.file.stat().st_size > 0, what=f"a first sample from {source}")
            yield recording
        finally:
            end(process)

    def sink_volume_percent(self) -> int:
        """Return the volume of the default speaker."""
        shown = self.run("pactl", "get-sink-volume", "@DEFAULT_SINK@")
        return int(re.findall(r"(\d+)%", shown)[0])

    def sink_is_muted(self) -> bool:
        """Return whether the default speaker is mute."""
        return "yes" in self.run("pactl", "get-sink-mute", "@DEFAULT_SINK@", env={"LC_ALL": "C"})

    def restore_sound(self) -> None:
        """Turn the default speaker up and on, as it is at first: what comes next listens to it."""
        self.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "100%")
        self.run("pactl", "set-sink-mute", "@DEFAULT_SINK@", "0")

    # The parts of it.

    def _environment(self) -> dict[str, str]:
        """Return an environment in which no program sees anything of the person who runs it."""
        home = self.folder / "home"
        runtime = self.folder / "run"
        home.mkdir()
        runtime.mkdir(mode=0o700)
        env = {key: os.environ[key] for key in ("LANG", "TERM", "TZ") if key in os.environ}
        return env | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_SESSION_TYPE": "x11",
            "XDG_CURRENT_DESKTOP": "Openbox",
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
            "PULSE_SERVER": f"unix:{runtime}/pulse.socket",
            "PULSE_RUNTIME_PATH": str(runtime / "pulse"),
            "PULSE_COOKIE": str(runtime / "pulse.cookie"),
        }

    def _start_display(self) -> None:
        """Start X on whatever display number is free."""
        reading, writing = os.pipe()
        options = ["-displayfd", str(writing), "-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-noreset"]
        log = self.log("Xvfb").open("wb")
        with os.fdopen(reading) as number, log:
            command = ["setpriv", "--pdeathsig", "TERM", "--", "Xvfb", *options]
            server = subprocess.Popen(command, pass_fds=[writing], stdout=log, stderr=log, start_new_session=True)
            self._stack.callback(end, server)
            os.close(writing)
            # Xvfb writes its number once it is ready, or dies and closes the pipe.
            display = number.readline().strip()
        if not display:
            raise RuntimeError(f"Xvfb did not start: {self.log('Xvfb').read_text()}")
        self.env["DISPLAY"] = f":{display}"

    def _start_bus(self) -> None:
        socket = self.folder / "run" / "bus"
        config = self.folder / "bus.conf"
        config.write_text(BUS.format(socket=socket))
        self.start("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile")
        wait_until(socket.exists, START_S, what="the session bus")

    def _start_window_manager(self) -> None:
        """Start the window manager, then what it has to manage: the tray and the notifications."""
        self.run("xsetroot", "-solid", "#2b4a5e")
        self.start("openbox", "--sm-disable")
        wait_until(
            lambda: self._tells("window id", "xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), START_S, what="openbox"
        )
        place = ["--edge", "top", "--align", "right", "--height", "32", "--widthtype", "request", "--expand", "true"]
        self.start("trayer", *place, "--SetDockType", "true", "--transparent", "false")
        config = self.folder / "dunstrc"
        config.write_text(DUNST)
        self.start("dunst", "-conf", str(config))
        wait_until(lambda: self._tells('"panel"', "xwininfo", "-root", "-tree"), START_S, what="the tray")
        wait_until(self._has_notification_daemon, START_S, what="the notification daemon")

    def _has_notification_daemon(self) -> bool:
        bus = "org.freedesktop.DBus"
        ask = ["dbus-send", "--session", "--print-reply", f"--dest={bus}", "/", f"{bus}.NameHasOwner"]
        return self._tells("boolean true", *ask, "string:org.freedesktop.Notifications")

    def _tells(self, text: str, *command: str) -> bool:
        """Return whether a program prints `text`; one that fails, since what it asks is not there yet, does not."""
        with suppress(subprocess.CalledProcessError):
            return text in self.run(*command)
        return False

    def _start_sound(self) -> None:
        """Start a sound server with a speaker, and a microphone that hears what is played into `micsink`."""
        (self.folder / "run" / "pulse").mkdir(mode=0o700)
        options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"]
        options += ["--high-priority=no", "--realtime=no", "--log-target=stderr"]
        socket = self.env["PULSE_SERVER"].removeprefix("unix:")
        # norewinds: with rewinding, a null sink starts up to two seconds late and loses the first words.
        modules = (
            f"module-native-protocol-unix socket={socket} auth-anonymous=1",
            "module-null-sink sink_name=speaker norewinds=1 rate=48000 channels=2",
            "module-null-sink sink_name=micsink norewinds=1 rate=48000 channels=1",
            "module-remap-source master=micsink.monitor source_name=mic",
        )
        loads = [option for module in modules for option in ("-L", module)]
        self.start("pulseaudio", *options, *loads)
        # The socket comes first and the devices after it, the microphone last of all.
        wait_until(lambda: Path(socket).exists(), START_S, what="the sound server")
        wait_until(lambda: self._tells("\tmic\t", "pactl", "list", "short", "sources"), START_S, what="the microphone")
        self.run("pactl", "set-default-sink", "speaker")
        self.run("pactl", "set-default-source", "mic")


def end(process: subprocess.Popen[bytes], patience_s: float = 2.0) -> None:
    """End a program that leads its own session, and all that it started: kindly, then at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.killpg(process.pid, signal.SIGKILL)
