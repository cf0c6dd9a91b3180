"""The router as a library: asked by another program, without anything else of Etoile."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

import pytest

import etoile.llm
from etoile.config import Node, Routing
from etoile.domain.nodes import Attribution, NodeState
from etoile.errors import ConfigError, NodeRejected
from etoile.llm import Ended, NobodyAnswered, Nodes, PassedOver, Reply, Started, Text, open_nodes
from etoile.resources import resource
from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import QUESTION
from tests.waiting import wait_until

Result = TypeVar("Result")

ANSWER = "The node answers, word by word."


@pytest.fixture
def good() -> Iterator[FakeNode]:
    with FakeNode(Script(answer=ANSWER)) as node:
        yield node


def settings(name: str, node: FakeNode, **more: Any) -> Node:
    return Node(name=name, url=node.url, **more)


def run(use: Callable[[Nodes], Awaitable[Result]], *nodes: Node, **more: Any) -> Result:
    """Return what `use` makes of the open `nodes`; check that nothing of them goes on afterwards."""

    async def inside() -> Result:
        async with open_nodes(nodes, **more) as opened:
            result = await use(opened)
        assert "Fleet" not in str(asyncio.all_tasks())
        return result

    return asyncio.run(inside())


async def steps(nodes: Nodes) -> list[Any]:
    return [step async for step in nodes.ask("Hello?")]


def test_an_answer_comes_in_steps(good: FakeNode) -> None:
    first, *texts, last = run(steps, settings("M1", good))
    assert first == Started(Attribution(node="M1", model="tiny"))
    assert "".join(step.text for step in texts) == ANSWER
    assert isinstance(last, Ended)
    assert last.output_tokens == 6
    assert good.chats[0].body["messages"] == [{"role": "user", "content": "Hello?"}]


def test_a_node_that_breaks_off_is_passed_over(good: FakeNode) -> None:
    with FakeNode(Script(answer="Something else is said here.", die_after=2)) as bad:
        told = run(steps, settings("M1", bad, model="tiny"), settings("M2", good, model="tiny"))
        reply: Reply = run(
            lambda nodes: nodes.complete("Hello?"),
            settings("M1", bad, model="tiny"),
            settings("M2", good, model="tiny"),
        )
    assert [step.node for step in told if isinstance(step, PassedOver)] == ["M1"]
    assert "".join(step.text for step in told if isinstance(step, Text)) == "Something else " + ANSWER
    assert reply.text == ANSWER
    assert reply.attribution == Attribution(node="M2", model="tiny")
    assert [passed.node for passed in reply.passed_over] == ["M1"]


def test_a_conversation_and_a_tool(good: FakeNode) -> None:
    good.script.calls = (("clock", "{}"),)
    tool = etoile.llm.Tool("clock", "Tells the time.", {"type": "object"})
    messages = [*QUESTION, {"role": "assistant", "content": "Yes?"}, {"role": "user", "content": "What time is it?"}]
    reply = run(lambda nodes: nodes.complete(messages, tools=[tool], max_tokens=9, think=False), settings("M1", good))  # type: ignore[arg-type]
    assert [call.name for call in reply.calls] == ["clock"]
    body = good.chats[0].body
    assert body["messages"] == messages
    assert body["max_tokens"] == 9
    assert body["chat_template_kwargs"] == {"enable_thinking": False}


def test_leaving_early_ends_the_node_s_work(good: FakeNode) -> None:
    async def leave(nodes: Nodes) -> None:
        async with aclosing(nodes.ask("Hello?")) as asked:
            async for step in asked:
                if isinstance(step, Text):
                    break

    good.script.hang_after = 2
    run(leave, settings("M1", good))
    wait_until(good.left.is_set, what="the node to notice")


def test_how_the_nodes_are(good: FakeNode) -> None:
    async def look(nodes: Nodes) -> list[NodeState]:
        return [status.state for status in (*nodes.statuses(), *await nodes.check())]

    assert run(look, settings("M1", good), watch=False) == [NodeState.UP, NodeState.UP]


def test_failures_are_exceptions(good: FakeNode) -> None:
    good.script.status = 400
    with pytest.raises(NodeRejected, match="something is wrong"):
        run(steps, settings("M1", good))
    nowhere = Node(name="M1", url="http://127.0.0.1:9", model="x")
    with pytest.raises(NobodyAnswered, match="M1"):
        run(steps, nowhere, routing=Routing(connect_s=0.5))


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ([Node(name="M1", url="127.0.0.1:1234")], r"nodes\[0\].url"),
        ([Node(name="M1", url="http://a", dialect="soap")], "dialect"),  # type: ignore[arg-type]
        ([Node(name="M1", url="http://a", key="sk-secret")], "must not hold the secret"),
        ([Node(name="M1", url="http://a"), Node(name="M1", url="http://b")], "M1"),
    ],
)
def test_settings_that_make_no_sense(nodes: list[Node], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        run(steps, *nodes)
    assert "sk-secret" not in str(caught.value)


def test_a_key_that_travels_unencrypted_is_warned_of(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*rest: object, **more: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    far = Node(name="M1", url="http://nowhere.test", key="env:KEY", model="x")
    with pytest.raises(NobodyAnswered):
        run(steps, far, secret=lambda node: "sk-very-secret-indeed", routing=Routing(connect_s=0.5))
    assert "M1: its key travels unencrypted" in caplog.text
    assert "sk-very-secret-indeed" not in caplog.text


def test_importing_it_loads_nothing() -> None:
    program = "import sys, etoile.llm; print(sorted({'httpx', 'msgspec', 'anyio', 'asyncio'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_what_it_offers_is_there() -> None:
    assert all(getattr(etoile.llm, name) for name in dir(etoile.llm))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = etoile.llm.nothing


def test_the_example_runs(good: FakeNode, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[[nodes]]\nname = "M1"\nurl = "{good.url}"\n')

    def example(status: int) -> "subprocess.CompletedProcess[str]":
        good.script.status = status
        return subprocess.run(
            [sys.executable, str(resource("examples") / "ask_nodes.py"), "Hello", "there?"],
            env={**os.environ, "ETOILE_CONFIG": str(config), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    done = example(200)
    assert (done.returncode, done.stdout) == (0, ANSWER)
    assert done.stderr.startswith("[M1, tiny]")
    assert good.chats[-1].body["messages"][-1]["content"] == "Hello there?"
    refused = example(400)
    assert refused.returncode == 1
    assert "something is wrong" in refused.stderr
