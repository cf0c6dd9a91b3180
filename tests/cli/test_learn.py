"""`etoile learn` and `etoile history`: seen, accepted, exported and forgotten, with the app running and without."""

import json
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from etoile import logs
from etoile.cli import main
from etoile.config import FOLDERS
from etoile.domain.effects import Decision, Outcome
from etoile.domain.match import Match, Reason
from etoile.errors import UsageError
from etoile.ipc import endpoint
from etoile.ipc.callers import Callers
from etoile.ipc.server import Server
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.tables import MIGRATIONS
from etoile.text import Message, message

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the logging of the tests alone."""
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)


@pytest.fixture
def repeated(own_home: Path) -> None:
    """Keep a history in which a wording was handed over twice, and then asked rightly."""
    with Database(Path(FOLDERS.user_data_dir) / "etoile.db", MIGRATIONS) as database:
        history = Conversations(database, "en")
        for turn, (text, command) in enumerate(
            (("balance la sauce", None), ("balance la sauce", None), ("lance la musique", "media.play"))
        ):
            decision = Decision.RUN if command else Decision.ROUTE
            match = Match(
                text=text, confidence=1.0 if command else 0.0, reason=Reason.EXACT if command else Reason.NONE
            )
            history.remember(
                Outcome(turn=turn, text=text, decision=decision, ok=True, language="fr", command=command), match=match
            )


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _learned(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["learn", "--json"]) == 0
    return _lines(capsys)


@pytest.mark.usefixtures("repeated")
def test_what_was_learned_is_seen_accepted_used_and_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = _learned(capsys)
    assert (line["kind"], line["standing"], line["phrase"], line["command"], line["evidence"]) == (
        "alias",
        "offered",
        "balance la sauce",
        "media.play",
        3,
    )
    assert main(["learn", "accept", str(line["number"])]) == 0
    assert capsys.readouterr().out == "From now on, “balance la sauce” means: Play.\n"
    assert main(["match", "balance la sauce", "--json"]) == 0
    assert _lines(capsys)[0]["command"] == "media.play"
    assert main(["learn"]) == 0
    assert capsys.readouterr().out == f"{line['number']}  taken     “balance la sauce” means: Play\n"
    assert main(["learn", "forget", str(line["number"]), "--json"]) == 0
    assert _lines(capsys)[0]["ok"] is True
    assert _learned(capsys) == []
    main(["history", "--json"])
    assert _lines(capsys) == []


@pytest.mark.usefixtures("repeated")
def test_the_history_tells_what_was_handed_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--json", "--count", "2"]) == 0
    newest, older = _lines(capsys)
    assert (newest["text"], newest["handed_over"], newest["confidence"]) == ("lance la musique", False, 1.0)
    assert (older["handed_over"], older["reason"], older["undone"]) == (True, "none", False)


@pytest.mark.parametrize("count", ["0", "-3"])
def test_fewer_than_one_request_cannot_be_shown(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", f"--count={count}"]) == 2
    assert "from 1 on" in capsys.readouterr().err


@pytest.mark.usefixtures("repeated")
def test_everything_is_exported_to_a_file_of_its_owner_and_no_file_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["learn", "export", "all.jsonl"], ["history", "--export", "all.jsonl"]):
        file = tmp_path / arguments[0] / arguments[-1]
        file.parent.mkdir()
        named = [*arguments[:-1], str(file)]
        assert main(named) == 0
        kept = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        requests = [line.get("exchange", line).get("request") for line in kept]
        assert requests.count("balance la sauce") == 2
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        capsys.readouterr()
        assert main(named) == 2
        assert "exists already" in capsys.readouterr().err


@pytest.mark.usefixtures("repeated")
def test_all_is_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "forget", "--all"]) == 0
    assert capsys.readouterr().out == "Forgotten: 3 requests, 0 aliases and 0 misheard words.\n"
    assert _learned(capsys) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["learn", "accept"], "Give its number"),
        (["learn", "forget", "abc"], "Give its number"),
        (["learn", "accept", "7"], "number 7"),
        (["learn", "export"], "Which file?"),
        (["learn", "export", "/nowhere/at/all"], "cannot be written"),
        (["learn", "dance"], "invalid choice"),
    ],
)
def test_a_wrong_call_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    try:
        code = main(arguments)
    except SystemExit as wrong:
        code = int(str(wrong.code))
    assert code == 2
    assert says in capsys.readouterr().err


def test_without_a_history_there_is_nothing_to_learn_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text("[store]\nhistory = false\n")
    monkeypatch.setenv("ETOILE_CONFIG", str(settings))
    assert main(["learn"]) == 0
    assert capsys.readouterr().out == "Nothing was learned yet.\n"
    assert not (Path(FOLDERS.user_data_dir) / "etoile.db").exists()


def test_a_broken_alias_file_is_told_and_so_is_an_alias_that_must_not_be_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etoile.domain.matching.check.check", lambda catalogues: ())  # the shipped forms take seconds
    file = Path(FOLDERS.user_config_dir) / "commands" / "aliases.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[[alias]]\nsaid = "coupe le son"\nlanguage = "fr"\ncommand = "media.play"\n')
    assert main(["commands", "check"]) == 1
    assert "“coupe le son” means something already: Mute the sound." in capsys.readouterr().out
    file.write_text("nonsense")
    assert main(["learn"]) == 2
    assert "aliases.toml" in capsys.readouterr().err


@contextmanager
def _running(learn: Callable[[str, int | None], Message]) -> Iterator[None]:
    """Stand for the running app."""

    def nothing(_: object = None) -> Any:
        return None

    callers = Callers(nothing, nothing, threading.Event().set, nothing, "en", learn)
    with Server(endpoint.runtime_folder(), callers.answer):
        yield


def test_the_running_app_makes_the_change(capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[tuple[str, int | None]] = []

    def learn(what: str, number: int | None) -> Message:
        asked.append((what, number))
        if number == 2:
            raise UsageError(message("Nothing learned has the number {number}.", number=number))
        return message("I will not offer that again.")

    with _running(learn):
        assert main(["learn", "accept", "1"]) == 0
        assert main(["learn", "forget", "--all"]) == 0
        assert main(["learn", "forget", "2"]) == 2
    assert asked == [("accept", 1), ("forget all", None), ("forget", 2)]
    shown = capsys.readouterr()
    assert shown.out.splitlines() == ["I will not offer that again."] * 2
    assert "number 2" in shown.err
