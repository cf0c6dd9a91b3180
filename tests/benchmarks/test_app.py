"""The tray app beside the least tray program that PySide6 allows: start, memory and CPU while nothing is wanted of it.

Both run on the same virtual desktop, one after the other: at the same time, each would be spared half of Qt's pages.
Ours has the settings of the first day and one card of the simulated driver; its window is hidden.  The start ends when
the tray has embedded the icon; its CPU is what the process had used by then.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import Popen
from typing import Any

import pytest

from tests.benchmarks.docking import Docking
from tests.benchmarks.processes import Memory, cpu_s, family, memory
from tests.desktop.app import ETOILE, ROOT
from tests.desktop.rig import Desktop, end
from tests.gpu.simulated_driver import build, write_control

PEER = "bare PySide6 tray"
BARE = (ETOILE[0], str(Path(__file__).with_name("bare_tray.py")))
STARTS = 9
DOCK_S = 60.0
SETTLED_S = 20.0
"""So long after its icon came a program is idle."""
WATCHED_S = 60.0

pytestmark = pytest.mark.desktop


@dataclass(frozen=True)
class Stage:
    """Where both programs run."""

    desktop: Desktop
    folder: Path

    @contextmanager
    def running(self, program: tuple[str, ...]) -> Iterator[tuple["Popen[bytes]", float, float]]:
        """Start a program; give it with the seconds and the CPU seconds that it took until its icon was embedded."""
        with Docking(self.desktop.env["DISPLAY"]) as docking:
            began_s = time.monotonic()
            process = self.desktop.start(*program, env=self._env(), log=Path(program[-1]).name)
            docking.wait(DOCK_S)
            took_s, used_s = time.monotonic() - began_s, cpu_s(process.pid)
        try:
            yield process, took_s, used_s
        finally:
            end(process)

    def _env(self) -> dict[str, str]:
        home = self.folder
        return {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "PYTHONPATH": str(ROOT),
            "LD_LIBRARY_PATH": str(home),
        }


@pytest.fixture(scope="module")
def stage(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Give the desktop, with a driver of one card."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "run").mkdir(mode=0o700)
    build(folder)
    write_control(folder, ["set * count 1"])
    return Stage(desktop, folder)


OURS = (*ETOILE, "--hidden")


@pytest.fixture(scope="module")
def starts(stage: Stage) -> dict[tuple[str, ...], tuple[float, float]]:
    """Start both alternately; give the median time in ms of each until its icon was there, and that of its CPU."""
    found: dict[tuple[str, ...], list[tuple[float, float]]] = {OURS: [], BARE: []}
    for number in range(2 * STARTS):
        program = (OURS, BARE)[number % 2]
        with stage.running(program) as (_, took_s, used_s):
            found[program].append((took_s, used_s))
    return {program: (_median_ms(each, 0), _median_ms(each, 1)) for program, each in found.items()}


def _median_ms(measured: list[tuple[float, float]], place: int) -> float:
    return 1000 * median(each[place] for each in measured)


@dataclass(frozen=True)
class Idle:
    """What a program takes while nothing is wanted of it."""

    own: Memory
    children: Memory
    cpu_percent: float
    """Of a core."""


@pytest.fixture(scope="module")
def idle(stage: Stage) -> dict[tuple[str, ...], Idle]:
    """Let each run alone, and look at it once it is idle."""
    return {program: _idle(stage, program) for program in (OURS, BARE)}


def _idle(stage: Stage, program: tuple[str, ...]) -> Idle:
    with stage.running(program) as (process, _, _):
        time.sleep(SETTLED_S)
        began_s, before_s = time.monotonic(), cpu_s(process.pid)
        time.sleep(WATCHED_S)
        percent = 100 * (cpu_s(process.pid) - before_s) / (time.monotonic() - began_s)
        own, *children = map(memory, family(process.pid))
        return Idle(own, sum(children, Memory()), percent)


def tell(benchmark: Any, group: str, value: float, unit: str, peer: str | None = None) -> None:
    """Note what was measured."""
    benchmark.group = f"app: {group}"
    benchmark.extra_info |= {"value": value, "unit": unit} | ({"peer": peer} if peer else {})
    benchmark.pedantic(lambda: None)


BOTH = pytest.mark.parametrize(("program", "peer"), [(OURS, None), (BARE, PEER)], ids=["ours", "bare"])


@BOTH
def test_start_to_tray(benchmark: Any, starts: Any, program: tuple[str, ...], peer: str | None) -> None:
    tell(benchmark, "start to tray", starts[program][0], "ms", peer)


@BOTH
def test_start_to_tray_cpu(benchmark: Any, starts: Any, program: tuple[str, ...], peer: str | None) -> None:
    tell(benchmark, "start to tray, CPU", starts[program][1], "ms", peer)


@BOTH
def test_idle_uss(benchmark: Any, idle: dict[Any, Idle], program: tuple[str, ...], peer: str | None) -> None:
    whole = idle[program].own + idle[program].children
    tell(benchmark, "idle, USS of all processes", whole.uss_mib, "MiB", peer)


@BOTH
def test_idle_pss(benchmark: Any, idle: dict[Any, Idle], program: tuple[str, ...], peer: str | None) -> None:
    whole = idle[program].own + idle[program].children
    tell(benchmark, "idle, PSS of all processes", whole.pss_mib, "MiB", peer)


@BOTH
def test_idle_rss(benchmark: Any, idle: dict[Any, Idle], program: tuple[str, ...], peer: str | None) -> None:
    whole = idle[program].own + idle[program].children
    tell(benchmark, "idle, RSS of all processes", whole.rss_mib, "MiB", peer)


@BOTH
def test_idle_children(benchmark: Any, idle: dict[Any, Idle], program: tuple[str, ...], peer: str | None) -> None:
    tell(benchmark, "idle, PSS of its children", idle[program].children.pss_mib, "MiB", peer)


@BOTH
def test_idle_cpu(benchmark: Any, idle: dict[Any, Idle], program: tuple[str, ...], peer: str | None) -> None:
    tell(benchmark, "idle, CPU of a core", idle[program].cpu_percent, "%", peer)
