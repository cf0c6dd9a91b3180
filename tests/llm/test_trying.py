"""A node that is only just being written into the settings: what it says, or why it says nothing."""

import socket

import pytest

from etoile.config import Node
from etoile.errors import NodeError, NodeUnauthorised, NodeUnreachable
from etoile.llm.trying import try_node
from tests.llm.fake_node import FakeNode, Script
from tests.llm.scene import settings


def no_key(node: Node) -> None:
    return None


@pytest.mark.parametrize("dialect", ["openai", "ollama", "lmstudio", "gemini", "anthropic"])
def test_its_models_are_told(dialect: str) -> None:
    with FakeNode(Script(dialect=dialect, models=("tiny", "large"))) as node:
        tried = try_node(settings("M1", node), no_key, 5.0)
        assert set(tried.models) == {"tiny", "large"}
        assert tried.latency_ms > 0
        assert not node.chats


def test_nothing_listens_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(NodeUnreachable):
        try_node(Node(name="M1", url=url), no_key, 5.0)


def test_the_key_is_wrong() -> None:
    with FakeNode(Script(key="sk-1")) as node:
        with pytest.raises(NodeUnauthorised):
            try_node(settings("M1", node, key="keyring"), lambda _: "sk-2", 5.0)
        assert try_node(settings("M1", node, key="keyring"), lambda _: "sk-1", 5.0).models == ("tiny",)


def test_it_speaks_another_dialect() -> None:
    with FakeNode(Script(dialect="openai")) as node, pytest.raises(NodeError):
        try_node(Node(name="M1", url=node.url, dialect="ollama"), no_key, 5.0)
