"""Killing by name: exactly that, of this user, and never what the session lives by."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from etoile.actions.processes import Running, called, process_names, targets
from etoile.domain.commands import PIDS_SLOT
from etoile.domain.descriptions import describe
from etoile.domain.match import Candidate, Slots
from etoile.errors import ActionFailed
from etoile.text import render
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


def test_the_question_tells_which_processes_whose_and_how_large(scene: Scene, tmp_path: Path) -> None:
    sleeping = shutil.which("sleep")
    assert sleeping
    shutil.copy(sleeping, tmp_path / "etoile-asked")
    start = [str(tmp_path / "etoile-asked"), "60"]
    victims = [subprocess.Popen(start) for _ in range(2)]
    try:
        told = called("etoile-asked")
        assert told[PIDS_SLOT] == ", ".join(str(victim.pid) for victim in victims)
        assert told["user"] == psutil.Process().username()
        assert int(told["memory_bytes"]) > 0
        asked = render(describe(Candidate(command="process.kill", slots={"process": "etoile-asked", **told})), "en")
        assert asked.startswith(f"Kill 2 processes etoile-asked (numbers {told[PIDS_SLOT]}, of ")

        victims.append(subprocess.Popen(start))  # nobody was asked about this one
        scene.do("process.kill", process="etoile-asked", **told)
        assert [victim.poll() is None for victim in victims] == [False, False, True]
        with pytest.raises(ActionFailed, match="has ended already"):
            scene.do("process.kill", process="etoile-asked", **told)
    finally:
        for process in victims:
            process.kill()
            process.wait()


@pytest.mark.parametrize("name", ["no-such-program", "init", "systemd"])
def test_what_is_refused_tells_nothing(name: str) -> None:
    assert called(name) == {}


def test_of_many_processes_the_first_are_shown() -> None:
    slots: Slots = {
        "process": "chrome",
        PIDS_SLOT: ", ".join(map(str, range(10, 20))),
        "user": "ana",
        "memory_bytes": 2**30,
    }
    said = render(describe(Candidate(command="process.kill", slots=slots)), "en")
    assert said.startswith("Kill 10 processes chrome (numbers 10, 11, 12, 13, 14, …, of ana, ")


def test_never_ourselves(scene: Scene) -> None:
    with pytest.raises(ActionFailed, match="keeps this session or me alive"):
        scene.do("process.kill", process=psutil.Process(os.getpid()).name())


def test_what_runs_is_named_and_told(scene: Scene) -> None:
    assert psutil.Process(os.getpid()).name() in process_names()
    assert scene.do("process.list").startswith(("Busiest: ", "Nothing keeps"))
