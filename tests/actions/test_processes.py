"""Killing by name: exactly that, of this user, and never what the session lives by."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from etoile.actions.processes import Running, process_names, targets
from etoile.errors import ActionFailed
from tests.actions.fakes import Scene

RUNNING = (
    Running(10, "firefox", True),
    Running(11, "firefox", True),
    Running(12, "firefox-bin", True),
    Running(13, "Code", True),
    Running(14, "postgres", False),
    Running(15, "mixed", True),
    Running(16, "mixed", False),
    Running(17, "gnome-shell", True),
    Running(18, "python3", True),
    Running(19, "notepad.exe", True),
    Running(1, "systemd", False),
)


@pytest.mark.parametrize(
    ("name", "pids"),
    [("firefox", [10, 11]), ("code", [13]), ("mixed", [15]), ("notepad", [19]), ("firefox-bin", [12])],
)
def test_exactly_so_called(name: str, pids: list[int]) -> None:
    assert targets(name, RUNNING, frozenset({18})) == pids


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fire", "No process is called fire"),
        ("*", "No process is called"),
        (".", "No process is called"),
        ("10", "No process is called"),
        ("postgres", "belongs to another user"),
        ("gnome-shell", "keeps this session or me alive"),
        ("systemd", "keeps this session or me alive"),
        ("python3", "keeps this session or me alive"),
    ],
)
def test_what_is_never_killed(name: str, said: str) -> None:
    with pytest.raises(ActionFailed, match=said):
        targets(name, RUNNING, frozenset({18}))


def test_a_real_process_is_ended_and_those_beside_it_live(scene: Scene, tmp_path: Path) -> None:
    sleeping = shutil.which("sleep")
    assert sleeping
    for name in ("etoile-victim", "etoile-victim2"):
        shutil.copy(sleeping, tmp_path / name)
    victims = [subprocess.Popen([tmp_path / "etoile-victim", "60"]) for _ in range(2)]
    spared = subprocess.Popen([tmp_path / "etoile-victim2", "60"])
    try:
        assert scene.do("process.kill", process="etoile-victim") == "2 processes etoile-victim are ended."
        assert not any(psutil.pid_exists(victim.pid) for victim in victims)
        assert spared.poll() is None
    finally:
        for process in (*victims, spared):
            process.kill()
            process.wait()


def test_never_ourselves(scene: Scene) -> None:
    with pytest.raises(ActionFailed, match="keeps this session or me alive"):
        scene.do("process.kill", process=psutil.Process(os.getpid()).name())


def test_what_runs_is_named_and_told(scene: Scene) -> None:
    assert psutil.Process(os.getpid()).name() in process_names()
    assert scene.do("process.list").startswith(("Busiest: ", "Nothing keeps"))
