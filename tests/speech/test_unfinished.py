"""Recordings without text: nothing is overwritten, nothing kept for ever, nothing deleted by a clock that leaps."""

import os
import time
from pathlib import Path

import pytest

from etoile.speech import unfinished as module
from etoile.speech.unfinished import DAY_S, keep, prune, unfinished
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
    def full(path: Path, samples: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write", full)
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
