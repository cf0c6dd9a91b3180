"""What servers tell of their models, and LM Studio's own ways."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from etoile.domain.nodes import LoadedModel
from etoile.errors import NodeBroken, NodeError, NodeUnsuited
from etoile.llm.openai import OpenAi
from etoile.llm.records import ChatMessage, Listing, Preparing, Text
from tests.llm.fake_care import Care
from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import QUESTION, chat, listing, records_of


def test_the_list_tells_what_is_loaded() -> None:
    models = ("big", "text-embedding-nomic", "small")
    with FakeNode(Script(dialect="ollama", models=models, loaded=("small",))) as node:
        in_memory = LoadedModel(name="small", size_bytes=1, gpu_bytes=1)
        sizes = {"big": 1, "small": 1}
        assert listing(node) == Listing(("big", "small"), ("small",), (in_memory,), size_bytes=sizes)
    for dialect in ("openai", "anthropic"):
        with FakeNode(Script(dialect=dialect, models=("big", "small"))) as node:
            assert listing(node) == Listing(("big", "small"))


def test_lm_studio_tells_contexts_and_how_many_it_answers_at_once() -> None:
    with FakeNode(Script(dialect="lmstudio", models=("big", "an-embedding", "small"), loaded=("small",))) as node:
        assert listing(node) == Listing(
            ("big", "small"),
            ("small",),
            context_tokens={"big": 131072, "small": 4096},
            parallel={"small": 4},
            size_bytes={"big": 1, "small": 1},
        )


def test_gemini_tells_its_contexts_and_keeps_its_other_models_to_itself() -> None:
    with FakeNode(Script(dialect="gemini", models=("flash", "embedding-1"))) as node:
        assert listing(node) == Listing(("flash",), context_tokens={"flash": 1048576})


def listed(models: str) -> Listing:
    """Return what the openai dialect makes of such a list of models."""

    async def models_of(server: Any) -> Listing:
        return await OpenAi(server).models()

    class Canned:
        async def get(self, path: str, shape: Any) -> Any:
            return msgspec.json.decode(models, type=shape)

    return asyncio.run(models_of(Canned()))


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        pytest.param(
            '[{"id": "m", "owned_by": "vllm", "max_model_len": 32768}]',
            Listing(("m",), ("m",), context_tokens={"m": 32768}),
            id="vLLM",
        ),
        pytest.param(
            '[{"id": "m", "owned_by": "llamacpp", "meta": {"n_ctx": 1024, "n_ctx_train": 4096}}]',
            Listing(("m",), ("m",), context_tokens={"m": 1024}),
            id="llama.cpp: of one slot",
        ),
        pytest.param(
            '[{"id": "a", "status": {"value": "loaded"}}, {"id": "b", "status": {"value": "unloaded"}, "meta": null}]',
            Listing(("a", "b"), ("a",)),
            id="llama.cpp with several",
        ),
        pytest.param(
            '[{"id": "m", "owned_by": null, "status": "active", "context_length": "8k", "meta": []}]',
            Listing(("m",)),
            id="another meaning of the words",
        ),
    ],
)
def test_what_openai_compatible_servers_tell_of_their_models(models: str, expected: Listing) -> None:
    assert listed(f'{{"object": "list", "data": {models}}}') == expected


def test_lm_studio_tells_that_it_loads_a_model_before_it_answers() -> None:
    with FakeNode(Script(dialect="lmstudio", models=("other", "tiny"), loaded=("other",))) as node:
        records = records_of(node)
        assert isinstance(records[0], Preparing)
        assert "".join(record.text for record in records if isinstance(record, Text)) == node.script.answer
        paths = [request.path for request in node.requests]
    assert paths == ["/api/v1/models", "/api/v1/chat", "/api/v1/models", "/v1/chat/completions"]


def test_lm_studio_is_asked_its_own_way_where_it_would_reason_otherwise() -> None:
    care = Care(shows={"tiny": {"capabilities": {"reasoning": {"allowed_options": ["off", "on"], "default": "on"}}}})
    system: ChatMessage = {"role": "system", "content": "Be brief."}
    with FakeNode(Script(dialect="lmstudio", care=care)) as node:
        answer = chat(node, [system, *QUESTION], think=False, max_tokens=3)
        (asked,) = node.asked("/api/v1/chat")
        assert (answer.text, answer.finish_reason) == ("x x x ", "length")
        assert asked == {
            "model": "tiny",
            "input": "Hello?",
            "system_prompt": "Be brief.",
            "stream": True,
            "store": False,
            "reasoning": "off",
            "max_output_tokens": 3,
        }
        chat(node, [*QUESTION, {"role": "assistant", "content": "Yes?"}, *QUESTION], think=False)
        assert len(node.asked("/v1/chat/completions")) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "internal_error", "message": 'Failed to load model "tiny".'}, NodeUnsuited),
        ({"type": "unknown", "message": "The model has crashed."}, NodeBroken),
    ],
)
def test_a_model_that_lm_studio_cannot_load_is_told(error: dict[str, str], kind: type[NodeError]) -> None:
    """The end follows an error there all the same; the error counts."""

    def fail(script: Script, body: Any) -> Iterator[bytes]:
        yield b"event: error\ndata: " + json.dumps({"type": "error", "error": error}).encode() + b"\n\n"
        yield b'event: chat.end\ndata: {"type": "chat.end", "result": {}}\n\n'

    script = Script(dialect="lmstudio", models=("other", "tiny"), care=Care(chat=fail))
    with FakeNode(script) as node, pytest.raises(kind):
        chat(node)


def test_lm_studio_that_takes_no_such_request_loads_by_itself() -> None:
    refuse = Care(chat=lambda script, body: (400, {"error": {"message": "'input' is of the wrong type"}}))
    with FakeNode(Script(dialect="lmstudio", models=("other", "tiny"), care=refuse)) as node:
        assert chat(node).text == node.script.answer


def test_lm_studio_before_0_4_is_talked_to_all_the_same() -> None:
    with FakeNode(Script(dialect="lmstudio", old=True)) as node:
        assert listing(node) == Listing(("tiny",), ("tiny",), context_tokens={"tiny": 8192})
        assert chat(node, think=False).text == node.script.answer
        assert node.asked("/api/v1/chat") == []
