"""Against a real llama-server, where one runs: `ETOILE_TEST_LLAMA_URL=http://127.0.0.1:8080`."""

import os

import pytest

from etoile.config import Node
from etoile.domain.events import AnswerEnded
from etoile.domain.nodes import NodeState
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
