"""`etoile nodes load|unload|pull|bench|tidy` against nodes on real sockets."""

import itertools
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etoile import logs
from etoile.cli import asking, main, nodes, requests, tidy
from etoile.cli.pull import Meter
from etoile.config import FOLDERS, load
from etoile.domain.shapes import Line, node_line
from etoile.domain.stored import Progress
from etoile.store.database import Database
from tests.llm.fake_node import FakeNode, Script
from tests.llm.gguf_files import LLAMA_3_8B, infos_of, q4_k_m
from tests.waiting import wait_until

GIB = 1024**3
CHECKED = nodes.checked_nodes
OLD = "2020-01-01T00:00:00Z"


class Etoile:
    """Runs `etoile nodes` on nodes of our own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], settings: Path) -> None:
        self._capsys = capsys
        self.settings = settings
        self.out = self.err = ""

    def knows(self, **known: FakeNode) -> None:
        """Name these nodes in the settings."""
        self.settings.write_text("[routing]\ndiscover = false\n")
        for name, node in known.items():
            self.adds(f'[[nodes]]\nname = "{name}"\nurl = "{node.url}"\ndialect = "{node.script.dialect}"\n')

    def adds(self, lines: str) -> None:
        with self.settings.open("a") as file:
            file.write(f"{lines}\n")

    def __call__(self, *arguments: str) -> int:
        """Return the exit code of `etoile nodes ARGUMENTS`."""
        try:
            code = main(["nodes", *arguments, "--config", str(self.settings)])
        except SystemExit as wrong:
            code = int(str(wrong.code))
        self.out, self.err = (text.replace("\u00a0", " ") for text in self._capsys.readouterr())
        return code

    def lines(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        assert self(*arguments, "--json") == code, self.err
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def etoile(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Etoile:
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    return Etoile(capsys, tmp_path / "config.toml")


@pytest.fixture
def ollama(etoile: Etoile) -> Iterator[FakeNode]:
    with FakeNode(Script(dialect="ollama", models=("llama3:latest", "big:70b"))) as node:
        node.script.care.sizes = {"llama3:latest": 5 * GIB, "big:70b": 40 * GIB}
        node.script.care.digests = {"llama3:latest": "d1", "big:70b": "d2"}
        etoile.knows(box=node)
        yield node


@pytest.fixture
def studio(etoile: Etoile) -> Iterator[FakeNode]:
    with FakeNode(Script(dialect="lmstudio", models=("org/a",), loaded=())) as node:
        yield node


def says(monkeypatch: pytest.MonkeyPatch, *replies: str) -> None:
    """Let a person be there who says these."""
    monkeypatch.setattr(asking, "can_confirm", lambda: True)
    remaining = iter(replies)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=lambda: f"{next(remaining)}\n", isatty=lambda: True))


def app_says(monkeypatch: pytest.MonkeyPatch, etoile: Etoile, **about: Any) -> None:
    """Let a running app tell this of the nodes."""
    measured = [node_line(node, "en") for node in CHECKED(load(etoile.settings, must_exist=True))]
    monkeypatch.setattr(nodes, "checked_nodes", lambda config: [nodes._status({**line, **about}) for line in measured])


def test_the_list_is_as_it_was(etoile: Etoile, ollama: FakeNode) -> None:
    assert [line["name"] for line in etoile.lines()] == ["box"]
    assert [line["name"] for line in etoile.lines("list")] == ["box"]
    assert etoile() == 0
    assert etoile.out.startswith("box  up  ollama")


def test_a_model_is_loaded_and_unloaded(etoile: Etoile, ollama: FakeNode) -> None:
    ollama.script.care.on_gpu = 0.75
    assert etoile("load", "big:70b") == 0
    assert "big:70b is in memory on box after" in etoile.out
    assert "25 % of it lies outside of the GPUs (10.0 GiB)" in etoile.err
    assert ollama.script.loaded == ("llama3:latest", "big:70b")
    [line] = etoile.lines("load", "LLAMA3")
    assert (line["model"], line["loaded"], line["load_s"]) == ("llama3:latest", True, None)
    assert etoile("unload", "big:70b", "--node", "BOX") == 0
    assert ollama.script.loaded == ("llama3:latest",)
    [line] = etoile.lines("unload", "big:70b")
    assert line["was_loaded"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["load", "lama3"], 2, "Models there: llama3:latest"),
        (["load", "llama3", "--node", "nobody"], 2, "Nodes: box"),
        (["load", "absent", "--node", "box"], 2, "box has no model called “absent”"),
        (["unload", "nonsense"], 2, "No node has a model"),
        (["load"], 2, "MODEL"),
        (["dance"], 2, "dance"),
        (["bench", "--rounds", "0"], 2, "0 rounds"),
        (["bench", "--model", "absent"], 2, "absent"),
        (["tidy", "--days", "0"], 2, "0 days"),
        (["tidy", "nobody"], 2, "nobody"),
    ],
)
def test_a_wrong_call_is_told(etoile: Etoile, ollama: FakeNode, arguments: list[str], code: int, words: str) -> None:
    assert etoile(*arguments) == code
    assert words in etoile.err
    assert etoile.out == ""
    assert ollama.asked("/api/generate") == []


def test_what_must_never_be_used_is_not(etoile: Etoile, ollama: FakeNode) -> None:
    etoile.adds('never = ["llama3", "new"]')
    for arguments in (["load", "llama3"], ["pull", "new"], ["bench", "--model", "llama3"]):
        assert etoile(*arguments) in (1, 2)
        assert "must never be used on box" in etoile.err
    assert {request.method for request in ollama.requests} == {"GET"}


def test_what_a_server_cannot_is_said_with_the_reason(etoile: Etoile, studio: FakeNode) -> None:
    with FakeNode(Script(models=("served",))) as plain:
        etoile.knows(V=plain, M1=studio)
        assert etoile("load", "served") == 0
        assert "served was in memory on V already." in etoile.out
        assert etoile("unload", "served") == 1
        assert "V: a server of this kind keeps the model that it was started with." in etoile.err
        assert etoile("pull", "x", "--node", "V") == 1
        assert "V: a server of this kind neither fetches nor removes models." in etoile.err
        assert etoile("tidy", "M1") == 1
        assert "only Ollama" in etoile.err


def test_of_several_nodes_one_that_may_use_it_loads_it(etoile: Etoile, ollama: FakeNode) -> None:
    with FakeNode(Script(dialect="ollama", models=("llama3:latest",), loaded=())) as second:
        etoile.knows(box=ollama)
        etoile.adds('never = ["llama3:latest"]')
        etoile.adds(f'[[nodes]]\nname = "second"\nurl = "{second.url}"\ndialect = "ollama"')
        assert etoile("load", "llama3") == 0
        assert second.script.loaded == ("llama3:latest",)
        # And it is unloaded where it is, wherever it might be.
        ollama.script.loaded = ()
        assert etoile("unload", "llama3") == 0
        assert second.script.loaded == ()


@pytest.mark.parametrize(("reply", "code", "left"), [("no", 1, 1), ("yes", 0, 0), (None, 2, 1)])
def test_unloading_from_a_node_that_answers_is_asked(
    etoile: Etoile, ollama: FakeNode, monkeypatch: pytest.MonkeyPatch, reply: str | None, code: int, left: int
) -> None:
    app_says(monkeypatch, etoile, in_flight=1)
    if reply:
        says(monkeypatch, reply)
    assert etoile("unload", "llama3") == code
    assert "box is answering" in etoile.err
    assert len(ollama.script.loaded or ("llama3:latest",)) >= left if code else ollama.script.loaded == ()


def test_a_model_is_fetched(etoile: Etoile, ollama: FakeNode) -> None:
    told = etoile.lines("pull", "new")
    assert told[-1] == {"node": "box", "model": "new", "done": True, "total_bytes": 1010}
    assert told[0]["status"] == "pulling manifest"
    assert "new:latest" in ollama.script.models
    assert etoile("pull", "new", "--node", "box") == 0
    assert "new is on box." in etoile.out
    assert "Fetching new to box" in etoile.err


def test_which_node_fetches_is_asked_where_several_can(etoile: Etoile, ollama: FakeNode, studio: FakeNode) -> None:
    etoile.knows(box=ollama, M1=studio)
    assert etoile("pull", "new") == 2
    assert "Add --node: box, M1." in etoile.err


def test_a_fetch_that_fails_says_why(etoile: Etoile, ollama: FakeNode) -> None:
    ollama.script.care.pull = ({"error": "pull model manifest: file does not exist"},)
    assert etoile("pull", "new") == 1
    assert "box: it broke off with" in etoile.err
    assert "file does not exist" in etoile.err


def test_a_disk_that_would_be_full_is_not_filled(
    etoile: Etoile, ollama: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ollama.script.care.folder = str(tmp_path)
    ollama.script.care.pull = tuple(
        {"status": "pulling aa", "digest": "sha256:aa", "total": 40 * GIB, "completed": done} for done in (GIB, 2 * GIB)
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=39 * GIB))
    assert etoile("pull", "new") == 1
    assert f"needs 39.0 GiB more, and 39.0 GiB are free in {tmp_path}" in etoile.err
    assert "tidy" in etoile.err


def test_ctrl_c_stops_a_fetch_and_the_node_notices(etoile: Etoile, ollama: FakeNode) -> None:
    def press(index: int) -> None:
        if index == 3:
            os.kill(os.getpid(), signal.SIGINT)

    ollama.script.care.before_step = press
    ollama.script.care.pull = ({"status": "x", "digest": "d", "total": 9, "completed": 1} for _ in itertools.count())
    assert etoile("pull", "new") == 1
    assert "The same call goes on from there" in etoile.err
    wait_until(ollama.left.is_set, what="the node to notice")


def test_the_rate_is_that_of_the_last_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    meter = Meter(requests.Console(language="en", json=True), "box", "m", lambda: now[0])
    meter.take(Progress("resumed", 5000, 10_000))
    for second in range(1, 31):
        now[0] = float(second)
        meter.take(Progress("pulling", 5000 + 100 * second, 10_000))
    rates = [json.loads(line)["bytes_per_s"] for line in capsys.readouterr().out.splitlines()]
    assert rates[0] is None
    assert set(rates[1:]) == {100}


def test_models_in_memory_are_measured(etoile: Etoile, ollama: FakeNode) -> None:
    [line] = etoile.lines("bench")
    assert line.keys() >= {"node", "model", "tokens_per_s", "prompt_tokens_per_s", "first_token_ms", "load_s", "rounds"}
    assert (line["model"], line["tokens_per_s"], line["prompt_tokens_per_s"]) == ("llama3:latest", 50.0, 1000.0)
    assert (line["load_s"], line["rounds"], line["counted_by"], line["before"]) == (None, 3, "server", None)
    assert len(ollama.asked("/api/generate")) == 4  # one to warm up
    prompts = [body["prompt"] for body in ollama.asked("/api/generate")]
    assert len(set(prompts)) == 4
    assert etoile("bench") == 0
    assert "50.0" in etoile.out
    assert "█" in etoile.out
    assert "slower" not in etoile.out


def test_slower_than_last_month_is_said_with_the_figures(etoile: Etoile, ollama: FakeNode) -> None:
    etoile.lines("bench")
    with Database(Path(FOLDERS.user_data_dir) / "etoile.db", _migrations()) as database:
        database.write(
            lambda connection: connection.execute("UPDATE benches SET at_s = at_s - 2592000, digest = 'former'")
        )
    ollama.script.care.tokens_per_s = lambda number: 40.0
    assert etoile("bench") == 0
    assert "llama3:latest on box is 20 % slower than on" in etoile.out
    assert "40.0 tokens/s, then 50.0." in etoile.out
    assert "another one since" in etoile.out
    [line] = etoile.lines("bench")
    assert (line["before"]["tokens_per_s"], line["before"]["change_percent"]) == (50.0, -20.0)
    assert (line["before"]["clear"], line["before"]["replaced"]) == (True, True)


def _migrations() -> list[str]:
    from etoile.store.tables import MIGRATIONS

    return MIGRATIONS


@pytest.mark.parametrize(("reply", "measured"), [("yes", 1), ("no", 0)])
def test_a_model_that_is_not_in_memory_is_asked_for_and_leaves_it_again(
    etoile: Etoile, ollama: FakeNode, monkeypatch: pytest.MonkeyPatch, reply: str, measured: int
) -> None:
    says(monkeypatch, reply)
    assert etoile("bench", "--model", "big:70b", "--json") == 1 - measured
    assert "In memory there: llama3:latest." in etoile.err
    assert len(etoile.out.splitlines()) == measured
    if measured:
        assert json.loads(etoile.out)["load_s"] is not None
        assert ollama.script.loaded == ("llama3:latest",)
    else:
        assert ollama.asked("/api/generate") == []


def test_where_nobody_can_be_asked_nothing_is_loaded_unless_told_so_before(etoile: Etoile, ollama: FakeNode) -> None:
    assert etoile("bench", "--model", "big:70b") == 1
    assert "Nobody is there to confirm it" in etoile.err
    assert ollama.asked("/api/generate") == []
    [line] = etoile.lines("bench", "--model", "big:70b", "--yes", "--rounds", "1")
    assert (line["rounds"], line["model"]) == (1, "big:70b")


def test_a_node_that_works_is_left_alone(etoile: Etoile, ollama: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    for about in ({"in_flight": 1}, {"state": "busy"}, {"load": {"running": 2}}):
        app_says(monkeypatch, etoile, **about)
        assert etoile("bench", "--wait", "0") == 1
        assert "box: it is busy with other requests" in etoile.err
    app_says(monkeypatch, etoile, thermal="critical")
    assert etoile("bench") == 1
    assert "critically hot" in etoile.err
    assert ollama.asked("/api/generate") == []
    app_says(monkeypatch, etoile, thermal="warning")
    assert etoile("bench", "--rounds", "1") == 0
    assert "may be slower" in etoile.err


def test_ctrl_c_keeps_what_was_measured(etoile: Etoile, ollama: FakeNode) -> None:
    count = itertools.count()

    def unloaded() -> bool:
        return any(body.get("keep_alive") == 0 for body in ollama.asked("/api/generate"))

    def press(index: int) -> None:
        if next(count) == 300:  # in the third answer: one warmed up, one counts
            os.kill(os.getpid(), signal.SIGINT)
            wait_until(unloaded)

    ollama.script.care.before_step = press
    [line] = etoile.lines("bench", "--model", "big:70b", "--yes", code=1)
    assert (line["rounds"], line["complete"], line["tokens_per_s"]) == (1, False, 50.0)
    assert "what was measured so far counts" in etoile.err
    assert ollama.script.loaded == ("llama3:latest",)


def test_one_node_that_fails_does_not_stop_the_others(etoile: Etoile, ollama: FakeNode, studio: FakeNode) -> None:
    etoile.knows(box=ollama, M1=studio)
    studio.script.loaded = ("org/a",)
    ollama.script.care.refuses = "out of memory"
    [line] = etoile.lines("bench", code=1)
    assert (line["node"], line["model"]) == ("M1", "org/a")
    assert "out of memory" in etoile.err


def test_plain_signs_where_the_terminal_has_no_others(
    etoile: Etoile, ollama: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etoile.cli.bench.blocks_shown", lambda: False)
    assert etoile("bench", "--rounds", "1") == 0
    assert "#" * 30 in etoile.out
    assert etoile.out.isascii() or "–" in etoile.out


@pytest.fixture
def full(ollama: FakeNode) -> FakeNode:
    """Give an Ollama with something of everything."""
    care = ollama.script.care
    ollama.script.models = ("llama3:latest", "llama3:8b", "copy:latest", "big:70b", "old:7b", "new:7b")
    ollama.script.loaded = ("llama3:latest",)
    care.sizes = {name: size * GIB for name, size in zip(ollama.script.models, (5, 5, 5, 40, 4, 4), strict=True)}
    care.digests = {"llama3:latest": "d1", "llama3:8b": "d1", "copy:latest": "d9"}
    care.digests |= {name: name for name in ("big:70b", "old:7b", "new:7b")}
    care.weights = dict.fromkeys(("llama3:latest", "llama3:8b", "copy:latest"), "a" * 64)
    care.modified = dict.fromkeys(ollama.script.models, OLD) | {"new:7b": "2026-11-20T00:00:00Z"}
    return ollama


def remembers(days: float, **used_days_ago: float) -> None:
    """Let the history reach back so far, and tell that these models were used so long ago."""
    now = time.time()
    rows = [(now - days * 86_400, "[]")]
    rows += [
        (now - ago * 86_400, json.dumps([{"node": "box", "model": name.replace("_", ":")}]))
        for name, ago in used_days_ago.items()
    ]
    with Database(Path(FOLDERS.user_data_dir) / "etoile.db", _migrations()) as database:
        database.write(
            lambda connection: connection.executemany(
                "INSERT INTO exchanges (at_s, request, slots, ok, attribution) VALUES (?, 'x', '{}', 1, ?)", rows
            )
        )


def cards(monkeypatch: pytest.MonkeyPatch, *totals_gib: float, **about: Any) -> None:
    lines: list[Line] = [
        {
            "uuid": f"GPU-{index}",
            "index": index,
            "name": "RTX",
            "host": "here",
            "far": False,
            "memory_total_bytes": round(total * GIB),
            **about,
        }
        for index, total in enumerate(totals_gib)
    ]
    monkeypatch.setattr(tidy, "gpu_lines", lambda config, arguments: lines)


def test_what_may_go_is_told_and_nothing_is_removed(
    etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembers(400, old_7b=90, copy_latest=10)
    cards(monkeypatch, 8, 8)
    etoile.adds('model = "big:70b"\nnever = ["new:7b"]')
    told = {line["model"]: line for line in etoile.lines("tidy", "--dry-run")}
    assert {name: (line["reason"], line["removable"], line["frees_bytes"]) for name, line in told.items()} == {
        "llama3:8b": ("duplicate", True, 0),
        "new:7b": ("never", True, 4 * GIB),
        "big:70b": ("too_big", False, 0),
        "old:7b": ("unused", True, 4 * GIB),
    }
    assert told["big:70b"]["stays"] == "configured"
    before = etoile("tidy", "--dry-run"), etoile.out
    assert "old:7b  not used for 90 days, as far as Etoile knows  frees 4.0 GiB" in etoile.out
    assert "removing all that may go frees 8.0 GiB of 53.0 GiB" in etoile.out
    assert len(full.script.models) == 6
    assert "DELETE" not in {request.method for request in full.requests}
    # A dry run prints what the real one does.
    assert etoile("tidy", "--yes") == 0
    assert etoile.out.startswith(before[1].strip())


def test_what_is_removed_is_what_was_agreed_to(etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    remembers(400, old_7b=90, copy_latest=10, llama3=1)
    cards(monkeypatch, 8)
    says(monkeypatch, "no", "yes", "no", "yes")
    assert etoile("tidy") == 0
    assert full.script.models == ("llama3:latest", "copy:latest", "big:70b", "new:7b")
    assert "Remove all of them from box: llama3:8b, big:70b, old:7b?  That frees 44.0 GiB." in etoile.err
    assert "box: 4.0 GiB freed." in etoile.out


@pytest.mark.parametrize("yes", ["yes", "Y\n"])
def test_a_yes_to_all_is_one_question(
    etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch, yes: str
) -> None:
    remembers(400, copy_latest=10)
    cards(monkeypatch, 8)
    says(monkeypatch, yes)
    assert etoile("tidy") == 0
    assert full.script.models == ("llama3:latest", "copy:latest", "new:7b")
    assert "box: 44.0 GiB freed." in etoile.out


def test_yes_beforehand_leaves_what_the_settings_only_forbid(
    etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembers(400, copy_latest=1)
    cards(monkeypatch, 8)
    etoile.adds('never = ["big:70b"]')
    done = etoile.lines("tidy", "--yes")[-1]
    assert done == {"node": "box", "removed": ["llama3:8b", "old:7b"], "freed_bytes": 4 * GIB}
    assert "big:70b" in full.script.models


def test_where_nobody_can_be_asked_nothing_is_removed(
    etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembers(400)
    cards(monkeypatch, 8)
    assert etoile("tidy") == 1
    assert "Nobody is there to confirm it: nothing was done." in etoile.err
    assert len(full.script.models) == 6


def test_what_came_into_use_meanwhile_stays(etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    remembers(400)
    cards(monkeypatch, 8)
    replies = iter(["no", "yes", "yes", "yes", "yes"])

    def reply() -> str:
        full.script.loaded = ("llama3:latest", "old:7b")
        full.script.care.digests["big:70b"] = "another"
        return next(replies)

    says(monkeypatch)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=reply, isatty=lambda: True))
    assert etoile("tidy") == 1
    assert "old:7b was loaded meanwhile: it stays." in etoile.err
    assert "big:70b was changed meanwhile: it stays." in etoile.err
    assert {"old:7b", "big:70b"} <= set(full.script.models)


def test_by_the_shape_of_the_model_it_is_told_what_is_too_big(
    etoile: Etoile, ollama: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    types = {0: "F32", 12: "Q4_K", 14: "Q6_K"}
    tensors = [
        {"name": name, "type": types[kind], "shape": list(shape)}
        for name, shape, kind in infos_of(LLAMA_3_8B, q4_k_m(32))
    ]
    ollama.script.care.shows = {"llama3:latest": {"model_info": dict(LLAMA_3_8B.metadata), "tensors": tensors}}
    ollama.script.models, ollama.script.loaded = ("llama3:latest",), ()
    reasons = {}
    for totals in ((4,), (8,), (4, 4), (24,)):
        cards(monkeypatch, *totals)
        reasons[totals] = [line["reason"] for line in etoile.lines("tidy", "--dry-run")]
    assert reasons == {(4,): ["too_big"], (8,): [], (4, 4): [], (24,): []}


def test_a_young_history_and_unknown_cards_judge_nothing(
    etoile: Etoile, full: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembers(5)
    cards(monkeypatch)
    assert [line["reason"] for line in etoile.lines("tidy", "--dry-run")] == ["duplicate"]
    assert "the history is younger" in etoile.err
    assert "What is too big for box is not known" in etoile.err
    # The cards of another machine are not this one's.
    cards(monkeypatch, 8, far=True)
    assert [line["reason"] for line in etoile.lines("tidy", "--dry-run")] == ["duplicate"]


def test_by_simulated_cards_nothing_is_removed(etoile: Etoile, full: FakeNode) -> None:
    remembers(400)
    assert etoile("tidy", "--yes", "--simulate", "calm") == 0
    assert "By simulated GPUs nothing is removed." in etoile.err
    assert len(full.script.models) == 6
