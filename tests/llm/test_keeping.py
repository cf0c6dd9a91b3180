"""Models are loaded, unloaded, fetched and removed, over a real socket."""

import asyncio
import gc
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest

from etoile.config import Node
from etoile.domain.nodes import LoadedModel
from etoile.domain.stored import Progress, Stored
from etoile.errors import (
    ActionFailed,
    NodeBroken,
    NodeBusy,
    NodeError,
    NodeUnauthorised,
    NodeUnreachable,
    NodeUnsuited,
)
from etoile.llm import keeping_lmstudio, keeping_ollama
from etoile.llm.keeping import Keeper, visit
from etoile.text import message
from tests.llm.fake_care import Care
from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_ollama, "GONE_WITHIN_S", 0.2)
    monkeypatch.setattr(keeping_lmstudio, "LOOK_S", 0.001)


@pytest.fixture
def ollama() -> Iterator[FakeNode]:
    with FakeNode(Script(dialect="ollama", models=("a:latest", "b:7b"), loaded=())) as node:
        yield node


def at(node: FakeNode, work: Callable[[Keeper], Any], check: Callable[[], None] = lambda: None, **more: Any) -> Any:
    """Return what `work` gives with the keeper of `node`."""
    settings = Node(name="N", url=node.url, dialect=node.script.dialect, **more)  # type: ignore[arg-type]
    return visit(settings, 2.0, lambda node: "secret", work, check)


async def followed(keeper: Keeper, model: str) -> list[Progress]:
    return [step async for step in keeper.fetch(model)]


def test_ollama_loads_and_unloads(ollama: FakeNode) -> None:
    ollama.script.care.sizes = {"b:7b": 1000}
    ollama.script.care.on_gpu = 0.75
    at(ollama, lambda keeper: keeper.load("b:7b"))
    assert ollama.asked("/api/generate") == [{"model": "b:7b", "stream": False}]
    lies = at(ollama, lambda keeper: keeper.loaded())
    assert lies == {"b:7b": LoadedModel(name="b:7b", size_bytes=1000, gpu_bytes=750)}
    at(ollama, lambda keeper: keeper.unload("b:7b"))
    assert ollama.asked("/api/generate")[-1]["keep_alive"] == 0
    assert at(ollama, lambda keeper: keeper.loaded()) == {}


def test_a_model_that_answers_somebody_stays_until_it_has(ollama: FakeNode) -> None:
    ollama.script.loaded = ("a:latest",)
    ollama.script.care.stays = ("a:latest",)
    with pytest.raises(NodeBusy, match="answers a request"):
        at(ollama, lambda keeper: keeper.unload("a"))


def test_what_ollama_tells_of_its_models(ollama: FakeNode) -> None:
    ollama.script.care = Care(
        sizes={"a:latest": 5},
        digests={"a:latest": "d1"},
        modified={"a:latest": "2026-10-01T10:00:00.123456789+02:00", "b:7b": "nonsense"},
        details={"a:latest": {"family": "llama", "parameter_size": "8.0B", "quantization_level": "Q4_K_M"}},
        weights={"a:latest": "f" * 64},
        folder="/srv/ollama/models/blobs",
    )
    first, second = at(ollama, lambda keeper: keeper.stored())
    assert first == Stored(
        name="a:latest",
        size_bytes=5,
        digest="d1",
        modified_s=pytest.approx(1790841600.123456),
        family="llama",
        parameters="8.0B",
        quantisation="Q4_K_M",
    )
    assert (second.modified_s, second.family) == (None, None)
    assert at(ollama, lambda keeper: keeper.made_of(first)).weights == "f" * 64
    assert at(ollama, lambda keeper: keeper.folder()) == PurePosixPath("/srv/ollama/models/blobs")


def test_a_fetch_tells_how_far_it_is_over_all_parts(ollama: FakeNode) -> None:
    steps = at(ollama, lambda keeper: followed(keeper, "c"))
    assert [(step.done_bytes, step.total_bytes) for step in steps] == [
        (None, None),
        (0, 1000),
        (400, 1000),
        (1000, 1000),
        (1010, 1010),
        (1010, 1010),
        (1010, 1010),
    ]
    assert steps[-1].status == "success"
    assert "c:latest" in ollama.script.models


@pytest.mark.parametrize(
    ("steps", "error", "says"),
    [
        (({"error": "pull model manifest: file does not exist"},), NodeUnsuited, "file does not exist"),
        (({"status": "pulling manifest"},), NodeUnreachable, "broke off before the model was there"),
        (
            (
                {"status": "x", "digest": "d", "total": 9, "completed": 1},
                {"error": "write /blobs/x: no space left on device"},
            ),
            NodeBroken,
            "no space left",
        ),
        (({"status": 7},), NodeBroken, "not what such a server sends"),
    ],
)
def test_a_fetch_that_fails_says_why(
    ollama: FakeNode, steps: tuple[dict[str, Any], ...], error: type[NodeError], says: str
) -> None:
    ollama.script.care.pull = steps
    with pytest.raises(error, match=says):
        at(ollama, lambda keeper: followed(keeper, "c"))


def test_a_fetch_that_is_given_up_is_told_by_the_closing_of_the_connection(ollama: FakeNode) -> None:
    going = threading.Event()

    ollama.script.care.pull = itertools.repeat({"status": "x", "digest": "d", "total": 9, "completed": 1})
    ollama.script.care.before_step = lambda index: going.set() if index == 4 else None

    def check() -> None:
        if going.is_set():
            raise ActionFailed(message("It was stopped."))

    async def forever(keeper: Keeper) -> None:
        async for _ in keeper.fetch("c"):
            await asyncio.sleep(0.01)

    with pytest.raises(ActionFailed, match="stopped"):
        at(ollama, forever, check)
    wait_until(ollama.left.is_set, what="the node to notice")


def test_work_that_is_ended_and_fails_at_that_leaves_nothing_unheard(
    ollama: FakeNode, caplog: pytest.LogCaptureFixture
) -> None:
    async def stubborn(keeper: Keeper) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise NodeBusy(message("it is still in memory"))

    def check() -> None:
        raise ActionFailed(message("It was stopped."))

    with pytest.raises(ActionFailed, match="stopped"):
        at(ollama, stubborn, check)
    gc.collect()
    assert "never retrieved" not in caplog.text


def test_ollama_removes(ollama: FakeNode) -> None:
    at(ollama, lambda keeper: keeper.remove("b:7b"))
    assert ollama.script.models == ("a:latest",)
    assert ollama.requests[-1].method == "DELETE"
    with pytest.raises(NodeUnsuited, match="not found"):
        at(ollama, lambda keeper: keeper.remove("b:7b"))


@pytest.fixture
def studio() -> Iterator[FakeNode]:
    with FakeNode(Script(dialect="lmstudio", models=("org/a", "org/b"), loaded=())) as node:
        yield node


def test_lm_studio_loads_once_and_unloads_by_instance(studio: FakeNode) -> None:
    for _ in range(2):
        at(studio, lambda keeper: keeper.load("org/a"))
    assert studio.asked("/api/v1/models/load") == [{"model": "org/a"}]
    assert at(studio, lambda keeper: keeper.loaded()) == {"org/a": None}
    at(studio, lambda keeper: keeper.unload("org/a"))
    assert studio.asked("/api/v1/models/unload") == [{"instance_id": "org/a"}]
    assert at(studio, lambda keeper: keeper.loaded()) == {}


def test_lm_studio_fetches_as_a_job(studio: FakeNode) -> None:
    steps = at(studio, lambda keeper: followed(keeper, "org/c"))
    assert [(step.done_bytes, step.total_bytes) for step in steps] == [(None, 1000), (400, 1000), (1000, 1000)]
    studio.script.care.jobs = [{"job_id": "job_1", "status": "downloading"}, {"job_id": "job_1", "status": "failed"}]
    with pytest.raises(NodeBroken, match="failed"):
        at(studio, lambda keeper: followed(keeper, "org/c"))


def test_lm_studio_removes_nothing_and_an_old_one_does_nothing_of_this(studio: FakeNode) -> None:
    with pytest.raises(NodeUnsuited, match="its own window"):
        at(studio, lambda keeper: keeper.remove("org/a"))
    studio.script.list_status = 404
    with pytest.raises(NodeUnsuited, match=r"before 0\.4"):
        at(studio, lambda keeper: keeper.load("org/a"))


def test_a_router_of_llama_cpp_changes_models_and_a_plain_server_says_why_not() -> None:
    with FakeNode(Script(models=("a", "b"), loaded=(), router=True)) as node:
        at(node, lambda keeper: keeper.load("b"))
        assert at(node, lambda keeper: keeper.loaded()) == {"b": None}
        at(node, lambda keeper: keeper.unload("b"))
        assert node.script.loaded == ()
        for deed in (lambda keeper: keeper.remove("a"), lambda keeper: followed(keeper, "c")):
            with pytest.raises(NodeUnsuited, match="neither fetches nor removes"):
                at(node, deed)
    with FakeNode(Script(models=("a",))) as node:
        assert at(node, lambda keeper: keeper.loaded()) == {"a": None}
        for deed in (lambda keeper: keeper.load("a"), lambda keeper: keeper.unload("a")):
            with pytest.raises(NodeUnsuited, match="started with"):
                at(node, deed)
        assert {request.method for request in node.requests} == {"GET"}


@pytest.mark.parametrize("more", [{"local": False}, {"dialect": "gemini"}, {"dialect": "anthropic"}])
def test_a_provider_is_not_asked(more: dict[str, Any]) -> None:
    settings = Node(**{"name": "G", "url": "http://127.0.0.1:9", "dialect": "openai"} | more)
    with pytest.raises(NodeUnsuited, match="provider"):
        visit(settings, 2.0, lambda node: None, lambda keeper: keeper.load("x"))


def test_keys_and_failures_are_those_of_every_request(ollama: FakeNode) -> None:
    ollama.script.key = "secret"
    at(ollama, lambda keeper: keeper.load("a"), key="keyring")
    ollama.script.key = "another"
    with pytest.raises(NodeUnauthorised):
        at(ollama, lambda keeper: keeper.load("a"), key="keyring")
    ollama.script.key = None
    ollama.script.care.refuses = "llama runner process has terminated: out of memory"
    with pytest.raises(NodeBroken, match="out of memory"):
        at(ollama, lambda keeper: keeper.load("a"))
    ollama.close()
    with pytest.raises(NodeUnreachable):
        visit(Node(name="N", url=ollama.url, dialect="ollama"), 2.0, lambda node: None, lambda keeper: keeper.load("a"))
