"""Every dialect against a real socket."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from etoile.config import Node
from etoile.domain.nodes import LoadedModel
from etoile.errors import NodeBroken, NodeError, NodeRejected, NodeUnauthorised, NodeUnreachable, NodeUnsuited
from etoile.llm.client import Client
from etoile.llm.dialects import dialect_of
from etoile.llm.limits import Bounds, limited
from etoile.llm.records import ChatMessage, Dialect, End, Listing, Record, Text, Thought, Usage
from tests.llm.fake_node import FakeNode, Script

Result = TypeVar("Result")

DIALECTS = ("openai", "ollama", "lmstudio")
QUESTION: list[ChatMessage] = [{"role": "user", "content": "Hello?"}]


@pytest.fixture(params=DIALECTS)
def node(request: pytest.FixtureRequest) -> Iterator[FakeNode]:
    with FakeNode(Script(dialect=request.param, answer="Voilà : déjà 42 °C 😀.")) as node:
        yield node


def speak(node: FakeNode, use: Callable[[Dialect], Awaitable[Result]], key: str | None = None) -> Result:
    """Return what `use` makes of the dialect of `node`."""

    async def run() -> Result:
        client = Client(2.0, stream_bytes=5_000_000)
        settings = Node(name="N", url=node.url, dialect=node.script.dialect, key="env:KEY")  # type: ignore[arg-type]
        try:
            return await use(dialect_of(settings, client, lambda _: key))
        finally:
            await client.aclose()

    return asyncio.run(run())


def listing(node: FakeNode) -> Listing:
    return speak(node, lambda dialect: dialect.models())


def chat(node: FakeNode, key: str | None = None, max_tokens: int | None = None) -> list[Record]:
    async def collect(dialect: Dialect) -> list[Record]:
        answer = dialect.chat("tiny", QUESTION, max_tokens=max_tokens)
        return [record async for record in limited(answer, Bounds(5.0, 5.0, 2_000_000))]

    return speak(node, collect, key)


def text(records: list[Record]) -> str:
    return "".join(record.text for record in records if isinstance(record, Text))


def test_an_answer(node: FakeNode) -> None:
    records = chat(node)
    assert text(records) == node.script.answer
    assert Usage(output_tokens=6) in records
    assert End("stop") in records
    assert node.chats[0].body["messages"] == QUESTION
    assert node.chats[0].body["stream"] is True


@pytest.mark.parametrize("packet_bytes", [1, 2, 3, 7, 64])
def test_packets_may_be_cut_anywhere(node: FakeNode, packet_bytes: int) -> None:
    whole = chat(node)
    node.script = replace(node.script, packet_bytes=packet_bytes)
    assert chat(node) == whole


def test_reasoning_is_not_answer_text(node: FakeNode) -> None:
    node.script = replace(node.script, thought="They greet me.")
    records = chat(node)
    assert Thought("They greet me.") in records
    assert text(records) == node.script.answer


def test_reasoning_within_the_text_is_not_answer_text(node: FakeNode) -> None:
    node.script = replace(node.script, answer="<think>They greet me.</think>Hello.")
    assert text(chat(node)) == "Hello."


@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_without_terminal_record_broke_off(node: FakeNode, after: int) -> None:
    node.script = replace(node.script, end_after=after)
    with pytest.raises(NodeUnreachable, match="before the end"):
        chat(node)


@pytest.mark.parametrize("after", [0, 2, 5])
def test_a_connection_that_dies(node: FakeNode, after: int) -> None:
    node.script = replace(node.script, die_after=after)
    with pytest.raises(NodeUnreachable, match="broke off"):
        chat(node)


@pytest.mark.parametrize("complaint", ["the runner died", {"message": "the runner died", "code": 500}])
def test_an_error_after_200(node: FakeNode, complaint: object) -> None:
    node.script = replace(node.script, error_after=2, complaint=complaint)
    with pytest.raises(NodeBroken, match="the runner died"):
        chat(node)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([b"\xff\x00\xff\n\n"] * 5, id="bytes"),
        pytest.param([b"data: {not json}\n\n"], id="not JSON"),
        pytest.param([b'data: {"choices": 7}\n\n{"message": 7}\n'], id="another shape"),
        pytest.param([b"data: " + b"[" * 200_000 + b"\n\n"], id="nested without end"),
    ],
)
def test_garbage(node: FakeNode, body: list[bytes]) -> None:
    node.script = replace(node.script, body=lambda: body)
    with pytest.raises(NodeBroken):
        chat(node)


@pytest.mark.parametrize(
    "packet",
    [pytest.param(b"x" * 65_536, id="one line"), pytest.param(b": still here\n" * 5000, id="nothing but comments")],
)
def test_a_hundred_megabytes_are_cut_off(packet: bytes) -> None:
    sent = 0

    def flood() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100_000_000:
            sent += len(packet)
            yield packet

    with FakeNode(Script(body=flood)) as node, pytest.raises(NodeBroken, match="more than"):
        chat(node)
    assert sent < 30_000_000


def test_the_list_tells_what_is_loaded() -> None:
    models = ("big", "text-embedding-nomic", "small")
    with FakeNode(Script(dialect="ollama", models=models, loaded=("small",))) as node:
        in_memory = LoadedModel(name="small", size_bytes=1, gpu_bytes=1)
        assert listing(node) == Listing(("big", "small"), ("small",), (in_memory,))
        node.script = replace(node.script, dialect="lmstudio")
    with FakeNode(Script(dialect="lmstudio", models=models, loaded=("small",))) as node:
        assert listing(node) == Listing(("big", "small"), ("small",))
    with FakeNode(Script(dialect="openai", models=models)) as node:
        assert listing(node) == Listing(("big", "small"))


def test_ollama_is_asked_not_to_think_unless_it_refuses_to_hear_of_it() -> None:
    async def twice(dialect: Dialect) -> None:
        for _ in range(2):
            assert [record async for record in dialect.chat("tiny", QUESTION)]

    with FakeNode(Script(dialect="ollama")) as node:
        speak(node, twice)
        assert [chat.body.get("think") for chat in node.chats] == [False, False]
    with FakeNode(Script(dialect="ollama", refuses_think=True)) as node:
        speak(node, twice)
        assert [chat.body.get("think") for chat in node.chats] == [False, None, None]


def test_a_trial_asks_for_few_tokens(node: FakeNode) -> None:
    chat(node, max_tokens=1)
    body = node.chats[0].body
    assert body.get("max_tokens", body.get("options", {}).get("num_predict")) == 1


def test_the_key_is_sent_and_a_wrong_one_is_told(node: FakeNode) -> None:
    node.script = replace(node.script, key="right")
    assert text(chat(node, key="right")) == node.script.answer
    with pytest.raises(NodeUnauthorised) as caught:
        chat(node, key="wrong-key")
    assert "wrong-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "complaint", "kind"),
    [(404, 'model "x" not found', NodeUnsuited), (400, "bad", NodeRejected), (500, "boom", NodeBroken)],
)
def test_a_refusal(node: FakeNode, status: int, complaint: str, kind: type[NodeError]) -> None:
    node.script = replace(node.script, status=status, complaint=complaint)
    with pytest.raises(kind):
        chat(node)


@pytest.mark.parametrize("dialect", ["gemini", "anthropic"])
def test_a_dialect_that_is_not_built_says_so(dialect: str) -> None:
    with FakeNode(Script(dialect=dialect)) as node:
        with pytest.raises(NodeUnsuited, match=dialect):
            listing(node)
        with pytest.raises(NodeUnsuited, match=dialect):
            chat(node)
        assert node.requests == []
