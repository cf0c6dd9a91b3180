"""One round of a measurement over a real socket, in each dialect, and what goes wrong in it."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from etoile.config import Node, Routing
from etoile.domain.benches import OUTPUT_TOKENS, Round
from etoile.errors import NodeBroken, NodeError, NodeSilent, NodeUnreachable
from etoile.llm import benching
from etoile.llm.benching import measure, prompt
from etoile.llm.keeping import visit
from tests.llm.fake_node import FakeNode, Script

USUAL = Routing()
QUICK = Routing(first_token_s=0.2, between_tokens_s=0.2)


def one_round(node: FakeNode, routing: Routing = USUAL, unlike: str = "1") -> Round:
    settings = Node(name="N", url=node.url, dialect=node.script.dialect)  # type: ignore[arg-type]
    return visit(
        settings,
        2.0,
        lambda node: None,
        lambda keeper: measure(keeper.server, settings.dialect, node.script.models[0], unlike, routing),
    )


def test_ollama_counts_by_itself() -> None:
    with FakeNode(Script(dialect="ollama")) as node:
        node.script.care.tokens_per_s = lambda number: 41.5
        measured = one_round(node)
        [body] = node.asked("/api/generate")
    assert measured.output_per_s == pytest.approx(41.5)
    assert (measured.prompt_tokens, measured.output_tokens, measured.by_server) == (500, OUTPUT_TOKENS, True)
    assert measured.prompt_per_s == pytest.approx(1000)
    assert measured.first_token_s is not None
    assert 0 < measured.first_token_s < 5
    assert (body["raw"], body["options"]["num_predict"], body["options"]["temperature"]) == (True, OUTPUT_TOKENS, 0)
    assert "num_ctx" not in body["options"]  # it would load the model anew
    assert "keep_alive" not in body


def test_lm_studio_counts_the_answer_and_keeps_no_chat() -> None:
    with FakeNode(Script(dialect="lmstudio", models=("org/a",))) as node:
        measured = one_round(node)
        [body] = node.asked("/api/v1/chat")
    assert (measured.output_per_s, measured.output_tokens, measured.by_server) == (50.0, OUTPUT_TOKENS, True)
    assert (body["store"], body["max_output_tokens"]) == (False, OUTPUT_TOKENS)


def test_llama_cpp_counts_by_itself_and_of_others_we_see_what_we_see(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeNode(Script(answer="word " * 20, timings=True)) as node:
        measured = one_round(node)
        assert (measured.by_server, measured.output_per_s) == (True, pytest.approx(50.0))
    seconds = itertools.count(0, 0.02)  # a piece every 20 ms
    monkeypatch.setattr(benching, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    with FakeNode(Script(answer="word " * 20)) as node:
        measured = one_round(node)
        [body] = node.asked("/v1/chat/completions")
    assert (measured.by_server, measured.prompt_tokens, measured.output_tokens) == (False, 8, 20)
    assert measured.output_per_s == pytest.approx(50.0)
    assert measured.first_token_s == pytest.approx(0.02)
    assert measured.prompt_per_s == pytest.approx(8 / 0.02)
    assert (body["max_tokens"], body["stream_options"]) == (OUTPUT_TOKENS, {"include_usage": True})


def test_each_round_begins_otherwise_and_is_as_long() -> None:
    first, second = prompt("5.000, part 1"), prompt("5.000, part 2")
    assert first.split("\n")[0] != second.split("\n")[0]
    assert first.split("\n")[1:] == second.split("\n")[1:]
    assert len(first.split()) > 250


@pytest.mark.parametrize("dialect", ["ollama", "lmstudio"])
def test_a_refusal_is_told(dialect: str) -> None:
    with FakeNode(Script(dialect=dialect)) as node:
        node.script.care.refuses = "out of memory"
        with pytest.raises(NodeBroken, match="out of memory"):
            one_round(node)


def test_a_stream_that_breaks_off_or_errs_or_falls_silent_is_no_measurement() -> None:
    scripts: list[tuple[dict[str, Any], type[NodeError]]] = [
        ({"end_after": 2}, NodeUnreachable),
        ({"die_after": 2}, NodeUnreachable),
        ({"error_after": 1}, NodeBroken),
        ({"hang_after": 1}, NodeSilent),
        ({"body": lambda: [b"data: {nonsense\n\n"]}, NodeBroken),
    ]
    for script, error in scripts:
        with FakeNode(Script(**script)) as node, pytest.raises(error):
            one_round(node, QUICK if error is NodeSilent else USUAL)
