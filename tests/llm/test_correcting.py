"""A model that corrects what was heard: in time, with an answer that is one, or not at all."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from etoile.errors import NodeUnreachable
from etoile.llm.correcting import corrected
from etoile.llm.records import ChatMessage, End, Record, Text, Thought
from etoile.text import message


class Model:
    """A dialect whose model says what the test tells it."""

    def __init__(self, *records: Record | Exception) -> None:
        self.records = records
        self.asked: list[tuple[str, Sequence[ChatMessage], dict[str, Any]]] = []
        self.closed = False

    async def chat(self, model: str, messages: Sequence[ChatMessage], **settings: Any) -> AsyncGenerator[Record]:
        self.asked.append((model, messages, settings))
        try:
            for record in self.records:
                if isinstance(record, Exception):
                    raise record
                yield record
            if not self.records:
                await asyncio.Event().wait()
        finally:
            self.closed = True


def correct(model: Model, within_s: float = 5.0) -> str:
    return asyncio.run(corrected(model, "qwen3:1.7b", "explique cube hernetes", "fr", within_s))


def test_it_says_what_was_meant() -> None:
    model = Model(Thought("Hm."), Text("“Explique "), Text("Kubernetes.”\n"), End("stop"))
    assert correct(model) == "Explique Kubernetes."
    [(name, (system, request), settings)] = model.asked
    assert name == "qwen3:1.7b"
    assert "French" in system["content"]
    assert request == {"role": "user", "content": "explique cube hernetes"}
    assert settings["think"] is False
    assert settings["max_tokens"] < 100


@pytest.mark.parametrize(
    "records",
    [
        (NodeUnreachable(message("gone")),),
        (Text("Explique"), NodeUnreachable(message("gone"))),
        (Text("Explique"),),
    ],
)
def test_a_node_that_fails_corrects_nothing(records: tuple[Record | Exception, ...]) -> None:
    assert correct(Model(*records)) == ""


def test_one_that_says_nothing_is_left_in_time() -> None:
    model = Model()
    assert correct(model, within_s=0.02) == ""
    assert model.closed
