"""Requests find their command on a thread of their own; a broken catalogue loses none of them."""

from pathlib import Path

import pytest

from etoile import interpreter as interpreter_module
from etoile.domain.effects import Interpret
from etoile.domain.events import Event, Failed, Interpreted, PartMissing, PartReady
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.skill import Skill, Step
from etoile.domain.skills import Book
from etoile.errors import ConfigError
from etoile.interpreter import Interpreter
from etoile.text import render
from tests.waiting import wait_until


def test_a_request_is_matched_with_what_this_computer_has() -> None:
    events: list[Event] = []
    values = {"process": ("zorglub",)}
    with Interpreter(events.append, lambda: values) as interpreter:
        interpreter.interpret(Interpret(3, "kill the process zorglub", "en"))
        wait_until(lambda: events, 20)
        [interpreted] = events
        assert isinstance(interpreted, Interpreted)
        assert (interpreted.turn, interpreted.match.command) == (3, "process.kill")
        values = {"process": ("fantasio",)}
        interpreter.interpret(Interpret(4, "mute the sound", "en"))
        found, _ = interpreter.match("kill the process fantasio", "en")
        assert (found.command, found.slots) == ("process.kill", {"process": "fantasio"})


def test_what_is_about_the_window_in_front_names_it() -> None:
    events: list[Event] = []
    with Interpreter(events.append, dict, name_in_front=lambda: "notes.txt") as interpreter:
        interpreter.interpret(Interpret(1, "close the window", "en"))
        interpreter.interpret(Interpret(2, "mute the sound", "en"))
        wait_until(lambda: len(events) == 2, 20)
    closing, muting = (event.match for event in events if isinstance(event, Interpreted))
    assert (closing.command, dict(closing.slots)) == ("window.close", {"window": "notes.txt"})
    assert dict(muting.slots) == {}


def test_a_kill_names_the_processes_that_would_end() -> None:
    events: list[Event] = []
    known = {"process": ("firefox",)}
    with Interpreter(events.append, lambda: known, processes=lambda name: {"pids": f"1, 2 of {name}"}) as interpreter:
        interpreter.interpret(Interpret(1, "kill the process firefox", "en"))
        wait_until(lambda: events, 20)
    [killing] = [event.match for event in events if isinstance(event, Interpreted)]
    assert dict(killing.slots) == {"process": "firefox", "pids": "1, 2 of firefox"}


def test_a_request_whose_details_cannot_be_found_out_fails_at_once(caplog: pytest.LogCaptureFixture) -> None:
    def torn(name: str) -> dict[str, str]:
        raise OSError("the list of processes is gone")

    events: list[Event] = []
    with Interpreter(events.append, lambda: {"process": ("firefox",)}, processes=torn) as interpreter:
        interpreter.interpret(Interpret(7, "kill the process firefox", "en"))
        wait_until(lambda: events, 20)
    [failed] = events
    assert isinstance(failed, Failed)
    assert failed.turn == 7
    assert render(failed.said, "en") == "That did not work: the list of processes is gone."
    assert "could not be found out" in caplog.text
    caplog.clear()


def test_where_commands_are_off_nothing_is_one() -> None:
    with Interpreter(lambda event: None, dict, enabled=lambda: False) as interpreter:
        assert interpreter.match("mute the sound", "en")[0].command is None


def test_commands_are_read_once_a_request_is_expected_and_never_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[None] = []

    def load() -> dict[str, Catalogue]:
        read.append(None)
        return {}

    monkeypatch.setattr(interpreter_module, "load_catalogues", load)
    with Interpreter(lambda event: None, dict) as interpreter:
        assert read == []
        for _ in range(2):
            interpreter.prepare()
        wait_until(lambda: read)
    assert len(read) == 1


def test_a_broken_catalogue_is_told_and_the_request_goes_on(own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    own = own_home / ".config" / "etoile" / "commands" / "en"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text("[phrases]\n'nobody.knows' = ['do it']\n")
    events: list[Event] = []
    with Interpreter(events.append, dict) as interpreter:
        interpreter.interpret(Interpret(1, "mute the sound", "en"))
        wait_until(lambda: any(isinstance(event, Interpreted) for event in events), 20)
        with pytest.raises(ConfigError, match=r"mine\.toml"):
            interpreter.match("mute the sound", "en")
    [interpreted] = [event for event in events if isinstance(event, Interpreted)]
    assert interpreted.match.command is None
    missing = [event for event in events if isinstance(event, PartMissing)]
    assert {event.part for event in missing} == {"commands"}
    assert len(missing) == 1
    assert "mine.toml" in caplog.text


def test_a_catalogue_that_is_mended_is_told_as_well(own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    own = own_home / ".config" / "etoile" / "commands" / "en"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text("[phrases\n")
    events: list[Event] = []
    with Interpreter(events.append, dict) as interpreter:
        interpreter.prepare()
        wait_until(lambda: events, 20)
        (own / "mine.toml").unlink()
        assert interpreter.match("mute the sound", "en")[0].command == "audio.mute"
    assert events[-1] == PartReady("commands")
    caplog.clear()


NIGHT = 'name = "bonne nuit"\nalso = ["night {what}", "go to {what}"]\nsteps = ["coupe le son", "ferme la fenêtre"]\n'
NIGHT += '[parameters]\nwhat = "all"\n'


def test_a_skill_is_understood_with_its_steps_in_whatever_language_it_is_called(own_home: Path) -> None:
    shelf = own_home / ".config" / "etoile" / "skills"
    shelf.mkdir(parents=True)
    (shelf / "night.toml").write_text(NIGHT, "utf-8")
    events: list[Event] = []
    texts = [
        "lance bonne nuit",
        "run bonne nuit",
        "Bonne nuit !",
        "night owls",
        "mute and run bonne nuit",
        "go to sleep",
    ]
    with Interpreter(events.append, dict, name_in_front=lambda: "notes.txt") as interpreter:
        for number, text in enumerate(texts):
            interpreter.interpret(Interpret(number, text, None))
        wait_until(lambda: len(events) == len(texts), 20)
    matches = [event.match for event in events if isinstance(event, Interpreted)]
    steps = [("audio.mute", {}), ("window.close", {"window": "notes.txt"})]
    for match in matches[:4]:
        assert match.command == "skills.run"
        assert [(step.command, dict(step.slots)) for step in match.steps] == steps
    [second] = matches[4].then
    assert (matches[4].command, [step.command for step in second.steps]) == (
        "audio.mute",
        ["audio.mute", "window.close"],
    )
    assert matches[5].command == "assistant.sleep"


def test_no_skill_takes_a_word_that_stops_or_takes_back() -> None:
    names = ("cancel", "undo", "stop dictation", "lunch break")
    book = Book(tuple(Skill(name=name, steps=(Step("mute the sound"),)) for name in names))
    with Interpreter(lambda event: None, dict, skills=lambda: book) as interpreter:
        found = [interpreter.match(name, "en")[0].command for name in names]
    assert found == ["assistant.cancel", "assistant.undo", "dictation.stop", "skills.run"]


def test_a_skill_called_by_its_very_name_is_answered_in_the_language_of_the_user(own_home: Path) -> None:
    shelf = own_home / ".config" / "etoile" / "skills"
    shelf.mkdir(parents=True)
    (shelf / "morning.toml").write_text('name = "bilan du matin"\nsteps = ["quelle heure est-il"]\n', "utf-8")
    with Interpreter(lambda event: None, dict) as interpreter:
        typed, heard = (interpreter.match("bilan du matin", language)[0] for language in (None, "fr"))
    assert (typed.command, typed.language) == ("skills.run", None)
    assert (heard.command, heard.language) == ("skills.run", "fr")


def test_a_skill_that_cannot_run_fails_its_turn_and_a_broken_file_is_told_once(own_home: Path) -> None:
    shelf = own_home / ".config" / "etoile" / "skills"
    shelf.mkdir(parents=True)
    (shelf / "dance.toml").write_text('name = "party"\nsteps = ["dance the tango"]\n')
    (shelf / "broken.toml").write_text("name = ")
    events: list[Event] = []
    with Interpreter(events.append, dict) as interpreter:
        interpreter.interpret(Interpret(1, "run party", "en"))
        interpreter.interpret(Interpret(2, "mute the sound", "en"))
        wait_until(lambda: any(isinstance(event, Interpreted) for event in events), 20)
        (shelf / "broken.toml").unlink()
        interpreter.interpret(Interpret(3, "mute the sound", "en"))
        wait_until(lambda: isinstance(events[-1], PartReady), 20)
    [failed] = [event for event in events if isinstance(event, Failed)]
    assert failed.turn == 1
    assert "“dance the tango”, is no command" in render(failed.said, "en")
    told = [event for event in events if isinstance(event, PartMissing)]
    assert [event.part for event in told] == ["skills"]
    assert "broken.toml, line 1" in render(told[0].said, "en")
