"""Other programs: found or named, bounded, and ended when told."""

import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from etoile.actions.programs import Programs
from etoile.errors import ActionFailed
from etoile.text import render
from tests.actions.fakes import FakePrograms
from tests.waiting import wait_until


def said(error: ActionFailed) -> str:
    """Return everything that an error tells its user."""
    return render(error.said, "en") + " " + (render(error.remedy, "en") if error.remedy else "")


def test_a_missing_program_is_named_with_its_package(programs: FakePrograms) -> None:
    with pytest.raises(ActionFailed) as error:
        Programs(1).run("pactl", "info")
    assert "pactl is not installed" in said(error.value)
    assert "Install pulseaudio-utils" in said(error.value)


def test_arguments_arrive_as_they_are_and_never_pass_a_shell(programs: FakePrograms) -> None:
    programs.add("echoer")
    nasty = ("$(touch pwned)", "; rm -rf x", "`id`", "a b", "*", "-x", "'\"")
    Programs(5).run("echoer", *nasty)
    assert programs.calls() == [("echoer", *nasty)]


def test_a_failure_tells_the_programs_own_last_words(programs: FakePrograms) -> None:
    programs.add("nmcli", "Warning: something\nError: NetworkManager is not running.", code=8)
    with pytest.raises(ActionFailed) as error:
        Programs(5).run("nmcli", "radio")
    assert "nmcli says: Error: NetworkManager is not running." in said(error.value)


def test_an_expected_failure_is_none(programs: FakePrograms) -> None:
    programs.add("wl-paste", "nothing", code=1)
    assert Programs(5).run("wl-paste", accept=(0, 1)) == "nothing\n"


def test_a_program_that_takes_too_long_is_killed_with_its_children() -> None:
    started = time.monotonic()
    with pytest.raises(ActionFailed, match="did not end in time"):
        # The shell's child holds the pipe: were it spared, this would wait for it.
        Programs(0.3).run("sh", "-c", "sleep 60 & sleep 60")
    assert time.monotonic() - started < 30


def test_stop_ends_what_runs_and_what_would_run_next() -> None:
    running = Programs(60)
    errors: list[ActionFailed] = []

    def carry_out() -> None:
        try:
            running.run("sleep", "60")
        except ActionFailed as error:
            errors.append(error)

    thread = threading.Thread(target=carry_out)
    thread.start()
    wait_until(lambda: running._running is not None)
    running.stop()
    thread.join(60)
    assert errors
    with pytest.raises(ActionFailed):
        running.run("true")


def test_a_started_program_is_left_to_itself(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    children = set(psutil.Process().children())
    Programs(5).start("sh", "-c", 'echo $$ > "$0"; exec sleep 60', str(noted))
    wait_until(lambda: noted.exists() and noted.read_text().endswith("\n"), what="the program begins")
    started = psutil.Process(int(noted.read_text()))
    try:
        wait_until(lambda: started.name() == "sleep", what="the program is itself")
        # Its own session: no signal to ours reaches it.  An orphan comes home to process 1, which may be this one.
        assert os.getsid(started.pid) == started.pid
        assert set(psutil.Process().children()) - {started} == children
    finally:
        started.kill()


def test_a_program_that_cannot_start_says_so(programs: FakePrograms) -> None:
    programs.add("setsid", code=3)
    programs.add("xdg-open")
    with pytest.raises(ActionFailed, match="could not start"):
        Programs(5).start("xdg-open", "x")


def test_words_are_read_untranslated(programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    program = programs.folder / "speaker"
    program.write_text('#!/bin/sh\nprintf "%s|%s" "$LC_ALL" "$LANGUAGE"\n')
    program.chmod(0o755)
    assert Programs(5).run("speaker") == "C.UTF-8|"
