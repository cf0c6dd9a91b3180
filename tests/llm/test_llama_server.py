"""Against a real llama-server, where one runs: `ETOILE_TEST_LLAMA_URL=http://127.0.0.1:8080`."""

import asyncio
import os
from contextlib import aclosing

import pytest

from etoile.config import Node
from etoile.domain.events import AnswerEnded
from etoile.domain.nodes import NodeState
from etoile.llm import Reply, open_nodes
from etoile.llm.client import Client
from etoile.llm.dialects import dialect_of
from etoile.llm.records import Listing
from tests.llm.scene import scene

URL = os.environ.get("ETOILE_TEST_LLAMA_URL", "")

pytestmark = pytest.mark.skipif(not URL, reason="ETOILE_TEST_LLAMA_URL names no llama-server")


def test_it_is_up_and_answers() -> None:
    with scene(Node(name="llama", url=URL)) as play:
        (status,) = play.router.check()
        assert status.state is NodeState.UP
        assert status.models
        play.ask("Count to three.")
        assert play.failure() == ""
        assert play.answer()
        assert play.of(AnswerEnded)[0].output_tokens


def test_a_conversation_too_long_is_no_fault_of_the_node() -> None:
    with scene(Node(name="llama", url=URL)) as play:
        play.ask("word " * 200_000)
        assert "longer than its context" in play.failure()
        assert play.state("llama") is not NodeState.OPEN


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
@pytest.mark.parametrize("think", [None, False])
def test_it_is_talked_to_in_both_its_dialects(dialect: str, think: bool | None) -> None:
    async def ask() -> Reply:
        async with open_nodes([Node(name="llama", url=URL, dialect=dialect)]) as nodes:  # type: ignore[arg-type]
            return await nodes.complete("Count to three.", max_tokens=16, think=think)

    reply = asyncio.run(ask())
    assert reply.text
    assert reply.input_tokens
    assert 0 < (reply.output_tokens or 0) <= 16


def test_it_tells_the_context_of_its_model() -> None:
    async def look() -> Listing:
        async with aclosing(Client(2.0, 1_000_000)) as client:
            return await dialect_of(Node(name="llama", url=URL), client, lambda node: None).models()

    listing = asyncio.run(look())
    assert listing.loaded == listing.models
    assert all(listing.context_tokens[model] > 0 for model in listing.models)
