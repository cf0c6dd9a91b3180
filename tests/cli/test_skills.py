"""`etoile skills`: listed, shown, run and removed."""

import io
import json
from pathlib import Path

import pytest

from etoile.cli import main
from etoile.cli.console import Console
from etoile.cli.view import View

NIGHT = 'name = "bonne nuit"\nalso = ["good night routine"]\nsteps = ["quelle heure est-il", "éteins l\'ordinateur"]\n'
CLOCK = 'name = "the clock"\nsteps = ["what time is it", { ask = "Why {what}?" }]\n[parameters]\nwhat = "now"\n'


@pytest.fixture
def shelf(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of skills, with two."""
    monkeypatch.setattr("etoile.logs.set_up", lambda *arguments: None)
    folder = own_home / ".config" / "etoile" / "skills"
    folder.mkdir(parents=True)
    (folder / "night.toml").write_text(NIGHT, "utf-8")
    (folder / "clock.toml").write_text(CLOCK, "utf-8")
    return folder


def etoile(*arguments: str) -> int:
    """Return the exit code of `etoile skills ARGUMENTS`."""
    return main(["skills", *arguments])


def test_a_list_of_two(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert etoile("list", "--json") == 0
    clock, night = map(json.loads, capsys.readouterr().out.splitlines())
    assert clock["steps"] == ["what time is it", {"ask": "Why {what}?"}]
    assert (clock["parameters"], clock["path"]) == ({"what": "now"}, str(shelf / "clock.toml"))
    assert (night["name"], night["also"]) == ("bonne nuit", ["good night routine"])
    assert etoile() == 0
    assert "bonne nuit" in capsys.readouterr().out


def test_an_empty_list_shows_how_to_begin(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in shelf.iterdir():
        path.unlink()
    assert etoile() == 0
    shown = capsys.readouterr().out
    assert str(shelf) in shown
    (shelf / "mine.toml").write_text(shown[shown.index("name =") :], "utf-8")
    assert etoile("show", "morning report") == 0


def test_a_broken_file_is_told_beside_the_others(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "broken.toml").write_text('name = "x"\nsteps = [\n', "utf-8")
    assert etoile("list") == 1
    told = capsys.readouterr()
    assert "bonne nuit" in told.out
    assert f"{shelf / 'broken.toml'}, line " in told.err


def test_show_tells_what_each_step_would_do(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert etoile("show", "bonne", "nuit") == 0
    assert capsys.readouterr().out.splitlines() == [
        "1  Tell the time",
        "2  Shut the computer down (asks first)",
    ]
    assert etoile("show", "the clock", "--json") == 0
    steps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert steps[1] == {"number": 2, "command": "node.ask", "slots": {"query": "Why now?"}, "asks": False}


def test_show_says_what_cannot_run(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "dance.toml").write_text('name = "dance"\nsteps = ["dance the tango"]\n', "utf-8")
    assert etoile("show", "dance") == 2
    told = capsys.readouterr().err
    assert "step 1, “dance the tango”, is no command" in told
    assert str(shelf / "dance.toml") in told


def test_run_does_it(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "clock.toml").write_text('name = "the clock"\nsteps = ["what time is it", "what day is it"]\n', "utf-8")
    assert etoile("run", "the clock", "--json") == 0
    [outcome] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (outcome["decision"], outcome["command"], outcome["ok"]) == ("run", "skills.run", True)
    assert outcome["slots"] == {"skill": "the clock"}
    assert "It is " in outcome["answer"]
    assert "Today is " in outcome["answer"]


def test_each_step_is_shown_as_it_runs(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shelf / "clock.toml").write_text('name = "the clock"\nsteps = ["what time is it", "what day is it"]\n', "utf-8")
    assert etoile("run", "the", "clock") == 0
    assert capsys.readouterr().err.splitlines()[:2] == ["1 of 2: Tell the time", "2 of 2: Tell the date"]


def test_what_destroys_is_refused_where_nobody_can_answer(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert etoile("run", "bonne nuit", "--json") == 3
    assert json.loads(capsys.readouterr().out)["decision"] == "refuse"
    assert etoile("run", "Good Night routine", "--json", "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["decision"] == "ask"


@pytest.mark.parametrize("what", ["show", "run", "remove"])
def test_a_skill_that_is_not_there(shelf: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    assert etoile(what, "bonne nui") == 2
    assert "bonne nuit" in capsys.readouterr().err
    assert etoile(what) == 2
    assert "Which skill?" in capsys.readouterr().err


def test_remove_asks_and_where_nobody_answers_does_nothing(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert etoile("remove", "bonne nuit") == 2
    assert (shelf / "night.toml").exists()
    assert etoile("remove", "bonne nuit", "--yes") == 0
    assert not (shelf / "night.toml").exists()
    assert "is gone" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "gone"), [("yes\n", True), ("no\n", False), ("\n", False), ("perhaps\n", False)])
def test_remove_takes_yes_for_yes(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, gone: bool
) -> None:
    import io

    monkeypatch.setattr("etoile.cli.view.can_confirm", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert etoile("remove", "bonne nuit") == (0 if gone else 1)
    assert (shelf / "night.toml").exists() is not gone


@pytest.mark.parametrize(
    ("typed", "by_hand", "chosen"),
    [("yes", False, 0), ("yes", True, None), ("1", True, 0), ("2", True, None), ("oui 1", True, None)],
)
def test_what_only_a_key_confirms_wants_the_number(
    monkeypatch: pytest.MonkeyPatch, typed: str, by_hand: bool, chosen: int | None
) -> None:
    monkeypatch.setattr("etoile.cli.view.can_confirm", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    question = {"asked": "Shut down?", "consequence": None, "options": ["Shut down"], "by_hand": by_hand}
    assert View(Console("en", json=False)).choose(question) == chosen
