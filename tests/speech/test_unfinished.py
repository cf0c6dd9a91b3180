"""Recordings without text: nothing is overwritten, nothing kept for ever, nothing deleted by a clock that leaps."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from etoile.speech import unfinished as module
from etoile.speech.clip import read_wav
from etoile.speech.unfinished import DAY_S, GROWING, Growing, keep, prune, samples_of, unfinished
from tests.speech.fakes import tone

NOW_S = 2_000_000_000.0


def kept(folder: Path, *ages_days: float) -> list[Path]:
    """Keep recordings of these ages, and return them."""
    made = []
    for turn, age_days in enumerate(ages_days):
        path = keep(folder, turn, tone(0.1))
        os.utime(path, (NOW_S - age_days * DAY_S, NOW_S - age_days * DAY_S))
        made.append(path)
    return made


def no_space() -> NoReturn:
    raise OSError(28, "No space left on device")


def cut(recorded: Path, size: int) -> Path:
    """Leave the first `size` bytes of what is being recorded, as if its program had died then; return where."""
    folder = recorded.parent / f"cut at {size}"
    folder.mkdir()
    (folder / recorded.name).write_bytes(recorded.read_bytes()[:size])
    return folder


def test_a_recording_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = keep(tmp_path / "new", 7, tone(1.5))
    (found,) = unfinished(tmp_path / "new")
    assert (found.path, found.audio_s) == (path, 1.5)
    assert abs(found.at_s - time.time()) < 60
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_the_same_second_twice_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock was set back, or the app started anew: turns are counted from 1 again."""
    monkeypatch.setattr(module.time, "strftime", lambda form: "20261121-120000")
    paths = [keep(tmp_path, 1, tone(0.1 * (number + 1))) for number in range(3)]
    assert [path.name for path in paths] == [
        "20261121-120000-1.wav",
        "20261121-120000-1-1.wav",
        "20261121-120000-1-2.wav",
    ]
    assert sorted(one.audio_s for one in unfinished(tmp_path)) == pytest.approx([0.1, 0.2, 0.3])


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_mend", lambda file: no_space())
    with pytest.raises(OSError, match="No space left"):
        keep(tmp_path / "kept", 1, tone(0.1))
    assert list((tmp_path / "kept").iterdir()) == []


def test_the_newest_come_first_and_other_files_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    old, new = kept(folder, 3, 1)
    (folder / "empty.wav").touch()
    (folder / "noise.wav").write_bytes(b"RIFFnoise")
    (folder / "notes.txt").write_text("mine")
    assert [one.path for one in unfinished(folder)] == [new, old]
    assert prune(folder, NOW_S, days=0, most=1) == 1
    assert len(list(folder.iterdir())) == 4


def test_there_need_not_be_a_folder(tmp_path: Path) -> None:
    assert unfinished(tmp_path / "none") == ()
    assert prune(tmp_path / "none", NOW_S, days=1, most=1) == 0


def test_old_ones_go_and_the_oldest_of_too_many(tmp_path: Path) -> None:
    paths = kept(tmp_path, 0, 1, 2, 3, 40, 50)
    assert prune(tmp_path, NOW_S, days=30, most=100) == 2
    assert [one.path for one in unfinished(tmp_path)] == paths[:4]
    assert prune(tmp_path, NOW_S, days=30, most=2) == 2
    assert [one.path for one in unfinished(tmp_path)] == paths[:2]


def test_a_clock_of_another_year_deletes_not_everything(tmp_path: Path) -> None:
    paths = kept(tmp_path, 0, 1, 2, 3, 4)
    assert prune(tmp_path, NOW_S + 3650 * DAY_S, days=30, most=100) == 2
    assert [one.path for one in unfinished(tmp_path)] == paths[:3]


def test_what_is_being_recorded_is_nobody_elses(tmp_path: Path) -> None:
    growing = Growing(tmp_path, 7)
    growing.append(tone(1.0))
    assert unfinished(tmp_path) == ()
    (file,) = tmp_path.glob(f"*{GROWING}")
    assert file.stat().st_mode & 0o077 == 0
    growing.append(tone(0.5))
    path = growing.finish()
    assert [(one.path, one.audio_s) for one in unfinished(tmp_path)] == [(path, 1.5)]
    assert samples_of(path) == tone(1.0) + tone(0.5)
    assert list(tmp_path.glob(f"*{GROWING}")) == []


def test_wherever_it_was_cut_what_is_there_is_a_recording(tmp_path: Path) -> None:
    """A program that is killed leaves the beginning of what it wrote."""
    growing, said = Growing(tmp_path, 7), tone(0.2)
    growing.append(said)
    (file,) = tmp_path.glob(f"*{GROWING}")
    for size in (0, 3, 43, 44, 45):
        folder = cut(file, size)
        assert unfinished(folder) == ()
        assert list(folder.iterdir()) == [], "nothing that nobody could hear stays for ever"
    for size, samples in ((46, 1), (47, 1), (1001, 478), (44 + len(said), len(said) // 2)):
        folder = cut(file, size)
        (found,) = unfinished(folder)
        assert samples_of(found.path) == said[: 2 * samples]
        assert read_wav(found.path.read_bytes()).samples == said[: 2 * samples], "it can be played"
        assert list(folder.iterdir()) == [found.path]
    growing.discard()
    assert list(tmp_path.glob(f"*{GROWING}")) == []


def test_what_was_cut_keeps_its_time(tmp_path: Path) -> None:
    growing = Growing(tmp_path, 7)
    growing.append(tone(0.2))
    (file,) = tmp_path.glob(f"*{GROWING}")
    folder = cut(file, 1000)
    growing.discard()
    os.utime(folder / file.name, (NOW_S, NOW_S))
    (found,) = unfinished(folder)
    assert found.at_s == NOW_S


def test_a_program_that_is_killed_leaves_what_it_recorded(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from etoile.speech.unfinished import Growing\n"
        "growing = Growing(Path(sys.argv[1]), 7); growing.append(bytes(range(256)) * 100)\n"
        "print('there', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == b"there\n"
        assert unfinished(tmp_path) == (), "it is still recorded"
        program.kill()
        program.wait()
    (found,) = unfinished(tmp_path)
    assert samples_of(found.path) == bytes(range(256)) * 100
