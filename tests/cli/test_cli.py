"""The command line: exit codes, the shapes of its JSON lines, and errors that say how to mend them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etoile import logs
from etoile.cli import main
from tests.llm.fake_node import FakeNode, Script

NO_DISCOVERY = "[routing]\ndiscover = false\n"


class Line:
    """Runs command lines, and keeps what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], settings: Path) -> None:
        self._capsys = capsys
        self.settings = settings
        self.out = ""
        self.err = ""

    def __call__(self, *arguments: str) -> int:
        """Return the exit code of `etoile ARGUMENTS`."""
        try:
            code = main([*arguments, "--config", str(self.settings)])
        except SystemExit as wrong:
            code = int(str(wrong.code))
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout; anything else there is a failure."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def etoile(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Give a command line with a settings file of its own, that leaves the logging of the tests alone."""
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    settings = tmp_path / "config.toml"
    settings.write_text(NO_DISCOVERY)
    return Line(capsys, settings)


@pytest.fixture
def node(etoile: Line) -> Iterator[FakeNode]:
    """Give a node that the settings name."""
    with FakeNode(Script(answer="The sky is blue.")) as node:
        etoile.settings.write_text(f'{NO_DISCOVERY}[[nodes]]\nname = "M1"\nurl = "{node.url}"\n')
        yield node


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["dance"], "invalid choice: 'dance'"),
        (["nodes", "pull"], "MODEL"),
        (["models", "use"], "Which model?"),
        (["models", "download"], "Which model?"),
        (["talk"], "one of the arguments --press --release --toggle --cancel --wake --no-wake is required"),
        (["talk", "--press"], "does not run"),
        (["nodes", "confirm", "x"], "does not run"),
        (["ask", " "], "nothing to ask"),
        (["gpu", "--simulate", "volcano"], "volcano"),
        (["help", "cooking"], "no help page"),
        (["commands", "score"], "Which file?"),
        (["--language", "de", "version"], "invalid choice: 'de'"),
    ],
)
def test_a_wrong_call_is_told_and_ends_with_2(etoile: Line, arguments: list[str], says: str) -> None:
    assert etoile(*arguments) == 2
    assert says in etoile.err
    assert etoile.out == ""


def test_a_wrong_setting_is_told_with_file_and_key(etoile: Line) -> None:
    etoile.settings.write_text("[thermal]\nwarning = 70\n")
    assert etoile("gpu") == 2
    assert str(etoile.settings) in etoile.err
    assert "thermal.warning_c" in etoile.err


def test_a_settings_file_that_was_named_must_be_there(etoile: Line) -> None:
    etoile.settings.unlink()
    assert etoile("gpu") == 2
    assert "no settings file" in etoile.err


def test_errors_speak_french(etoile: Line) -> None:
    assert etoile("--language", "fr", "talk", "--press") == 2
    assert "n'est pas lancée" in etoile.err.replace("’", "'")


def test_argparse_speaks_french_too(etoile: Line) -> None:
    assert etoile("--language", "fr", "dance") == 2
    assert "utilisation" in etoile.err
    assert "choix" in etoile.err


def test_the_command_line_is_written_in_portuguese_and_understands_what_it_did(etoile: Line) -> None:
    assert etoile("--language", "pt", "dance") == 2
    assert "uso" in etoile.err
    assert etoile("--language", "pt", "match", "--json", "mets le volume à 40") == 0
    assert etoile.lines[0]["command"] == "audio.volume.set"
    etoile("--language", "pt", "ask", "what time is it")
    assert etoile.out.startswith("It is")  # a reply is in the language of the request
    assert etoile("--language", "pt", "help", "nodes") == 0
    assert etoile.out.startswith("# Nodes")  # nobody has written the pages in Portuguese, and it is said
    assert "inglês e francês" in etoile.err
    assert etoile("--language", "pt", "gpu", "--simulate", "calm") == 0
    assert "simulad" in etoile.out


def test_common_options_stand_before_or_after_the_command(etoile: Line) -> None:
    assert etoile("--simulate", "calm", "gpu", "--json") == 0
    assert len(etoile.lines) == 6
    assert etoile("gpu", "--json", "--simulate", "calm") == 0
    assert len(etoile.lines) == 6


def test_a_reply_is_in_the_language_of_the_request(etoile: Line) -> None:
    etoile("ask", "quelle heure est-il")
    assert etoile.out.startswith("Il est")
    etoile("ask", "what time is it")
    assert etoile.out.startswith("It is")


def test_without_a_display_there_is_no_tray(etoile: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert etoile() == 2
    assert "etoile ask" in etoile.err


def test_gpus_as_json(etoile: Line) -> None:
    assert etoile("gpu", "--json", "--simulate", "calm") == 0
    assert len(etoile.lines) == 6
    assert etoile.lines[0].keys() >= {
        *("uuid", "index", "cuda_index", "pci", "name", "host", "temperature_c", "thermal", "warning_c", "critical_c"),
        *("utilization_percent", "memory_used_bytes", "memory_total_bytes", "power_w", "fan_percent", "throttle"),
        *("state", "unsupported", "simulated", "processes"),
    }
    assert {line["simulated"] for line in etoile.lines} == {True}


def test_gpus_for_people(etoile: Line) -> None:
    assert etoile("gpu", "--simulate", "calm") == 0
    assert etoile.out.count("simulated") == 6
    assert "°C" in etoile.out


def test_nodes_as_json(etoile: Line, node: FakeNode) -> None:
    assert etoile("nodes", "--json") == 0
    [line] = etoile.lines
    assert line.keys() >= {
        *(
            "name",
            "dialect",
            "url",
            "state",
            "model",
            "models",
            "loaded",
            "latency_ms",
            "in_flight",
            "thermal",
            "reason",
        )
    }
    assert (line["name"], line["state"], line["model"]) == ("M1", "up", "tiny")


def test_a_question_is_answered_by_the_node(etoile: Line, node: FakeNode) -> None:
    assert etoile("ask", "why is the sky blue?") == 0
    assert etoile.out == "The sky is blue.\n"
    assert "M1 · tiny" in etoile.err


def test_a_question_as_json(etoile: Line, node: FakeNode) -> None:
    assert etoile("ask", "--json", "why is the sky blue?") == 0
    [line] = etoile.lines
    assert line.keys() >= {
        *("text", "decision", "command", "slots", "kind", "answer", "units", "attribution", "score"),
        *("first_token_ms", "elapsed_ms"),
    }
    assert (line["decision"], line["answer"]) == ("route", "The sky is blue.")
    assert line["attribution"] == [{"node": "M1", "model": "tiny"}]


def test_where_every_node_is_down_nothing_took_the_request(etoile: Line) -> None:
    etoile.settings.write_text(f'{NO_DISCOVERY}[[nodes]]\nname = "M1"\nurl = "http://127.0.0.1:9"\nmodel = "x"\n')
    assert etoile("ask", "why is the sky blue?") == 3
    assert "M1" in etoile.err


def test_without_a_node_the_guide_answers(etoile: Line) -> None:
    assert etoile("ask", "--json", "how do I add a node?") == 0
    assert etoile.lines[0]["attribution"][0]["node"] == "guide"


def test_a_command_is_run_by_itself(etoile: Line) -> None:
    assert etoile("ask", "--json", "what time is it") == 0
    assert (etoile.lines[0]["command"], etoile.lines[0]["decision"]) == ("time.now", "run")


def test_what_destroys_is_refused_without_a_terminal(etoile: Line) -> None:
    assert etoile("ask", "shut down the computer") == 3
    assert "nothing was done" in etoile.err


def test_a_dry_run_only_tells(etoile: Line) -> None:
    assert etoile("ask", "--json", "--dry-run", "shut down the computer") == 0
    assert (etoile.lines[0]["decision"], etoile.lines[0]["command"]) == ("ask", "power.shutdown")


def test_a_timer_is_refused_without_the_app(etoile: Line) -> None:
    assert etoile("ask", "set a timer for five minutes") == 1
    assert etoile.err


def test_a_match_as_json(etoile: Line) -> None:
    assert etoile("match", "--json", "mets le volume à quarante pour cent") == 0
    [line] = etoile.lines
    assert line.keys() >= {*("text", "command", "slots", "confidence", "runner_up", "choices", "then", "reason", "ms")}
    assert (line["command"], line["slots"]) == ("audio.volume.set", {"level": 40})


def test_matching_reads_stdin(etoile: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", iter(["coupe le son\n", "\n", "why is the sky blue\n"]))
    assert etoile("match", "--json") == 0
    assert [line["command"] for line in etoile.lines] == ["audio.mute", None]


def test_a_kind_as_json(etoile: Line) -> None:
    assert etoile("classify", "--json", "write a function that sorts a list") == 0
    assert etoile.lines[0].keys() >= {"text", "kind", "confidence", "by", "ms"}
    assert etoile.lines[0]["kind"] == "code"


def test_the_catalogue_is_in_order_and_listed(etoile: Line) -> None:
    assert etoile("commands", "check") == 0
    assert etoile("commands", "list", "--json") == 0
    ids = [line["id"] for line in etoile.lines]
    assert "audio.volume.set" in ids
    assert len(ids) > 100


def test_scoring_counts_what_was_right_and_names_what_was_not(etoile: Line, tmp_path: Path) -> None:
    lines = [
        {"text": "mute the sound", "command": "audio.mute"},
        {"text": "mute the sound", "command": "audio.unmute"},
        {"text": "mute the sound", "command": None},
        {"text": "why is the sky blue", "command": None},
        {"text": "why is the sky blue", "command": "time.now"},
        {"text": "set the volume to 40 percent", "command": "audio.volume.set", "slots": {"level": 50}},
    ]
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    assert etoile("commands", "score", str(file), "--json") == 0
    verdicts = ("right", "wrong_command", "false_execution", "rejected", "missed", "wrong_slots")
    [scores] = etoile.lines
    assert scores["all"]["verdicts"] == dict.fromkeys(verdicts, 1)
    assert scores["all"]["false_execution"] == {"count": 1, "of": 2, "percent": 50.0}
    assert scores["all"]["slots"] == {"count": 0, "of": 1, "percent": 0.0}


def test_scoring_uses_the_names_of_a_described_machine(etoile: Line, tmp_path: Path) -> None:
    (tmp_path / "machine.json").write_text('{"skill": {"fr": ["tour du soir"], "en": []}, "app": ["Zebra"]}')
    lines = [
        {"text": "lance tour du soir", "language": "fr", "command": "skills.run", "slots": {"skill": "tour du soir"}},
        {
            "text": "open zebra",
            "language": "en",
            "command": "app.open",
            "slots": {"app": "Zebra"},
            "level": "canonical",
        },
    ]
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    assert etoile("commands", "score", str(file), "--machine", str(tmp_path / "machine.json")) == 0
    assert "right slots" in etoile.out
    assert "missed" not in etoile.out
    (tmp_path / "machine.json").write_text("[]")
    assert etoile("commands", "score", str(file), "--machine", str(tmp_path / "machine.json")) == 2


def test_a_line_that_cannot_be_scored_is_named(etoile: Line, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "mute"}\nnonsense\n')
    assert etoile("commands", "score", str(file)) == 2
    assert "line 2" in etoile.err


def test_a_file_that_is_no_audio(etoile: Line, tmp_path: Path) -> None:
    assert etoile("transcribe", str(tmp_path / "absent.wav")) == 1
    assert etoile.err


def test_the_doctor_gives_every_check_a_line(etoile: Line) -> None:
    assert etoile("doctor", "--json", "--simulate", "calm") in (0, 1)
    lines = {line["check"]: line for line in etoile.lines}
    assert lines.keys() >= {"gpu", "microphone", "talk_key", "speech_model", "nodes", "disk"}
    assert lines["gpu"]["ok"] is True
    assert lines["speech_model"]["ok"] is None
    assert "etoile models download base" in lines["speech_model"]["remedy"]


def test_models_are_listed(etoile: Line) -> None:
    assert etoile("models", "--json") == 0
    assert {line["name"]: line["installed"] for line in etoile.lines}["base"] is False


def test_what_was_asked_is_in_the_history(etoile: Line, node: FakeNode) -> None:
    etoile("ask", "why is the sky blue?")
    assert etoile("history", "--json") == 0
    [line] = etoile.lines
    assert (line["text"], line["answer"], line["nodes"]) == ("why is the sky blue?", "The sky is blue.", ["M1"])


def test_paths_version_and_help(etoile: Line) -> None:
    assert etoile("paths", "--json") == 0
    assert etoile.lines[0]["settings"] == str(etoile.settings)
    assert etoile("version", "--json") == 0
    assert etoile.lines[0]["etoile"]
    assert etoile("help") == 0
    topic = etoile.out.partition(": ")[2].partition(",")[0]
    assert etoile("help", topic) == 0
    assert etoile.out.startswith("#")


def test_everything_on_one_screen(etoile: Line, node: FakeNode) -> None:
    assert etoile("status", "--json", "--simulate", "calm") == 0
    [line] = etoile.lines
    assert (line["app"], len(line["gpus"]), line["nodes"][0]["name"]) == (None, 6, "M1")
