"""An answer is bounded in time and size, and whole only after its end."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from etoile.errors import NodeBroken, NodeError, NodeSilent, NodeUnreachable
from etoile.llm.limits import Bounds, limited
from etoile.llm.records import End, Record, Text, Thought, Usage

HANG = None


def collected(*script: Record | None, forever: bool = False) -> tuple[list[Record], bool]:
    """Return what passes of `script`, in which HANG never comes back, and whether the source was closed."""
    closed = False

    async def source() -> AsyncGenerator[Record]:
        nonlocal closed
        try:
            while True:
                for record in script:
                    if record is HANG:
                        await asyncio.sleep(60)
                    else:
                        await asyncio.sleep(0)
                        yield record
                if not forever:
                    return
        finally:
            closed = True

    async def collect() -> list[Record]:
        return [record async for record in limited(source(), Bounds(0.05, 0.05, 100))]

    return asyncio.run(collect()), closed


def test_a_whole_answer_passes() -> None:
    records = [Thought("hm"), Text("a"), Text("b"), End("stop"), Usage(output_tokens=2)]
    assert collected(*records) == (records, True)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        pytest.param([HANG], NodeSilent, id="nothing comes"),
        pytest.param([Text("a"), HANG], NodeSilent, id="nothing more comes"),
        pytest.param([Thought("hm"), HANG], NodeSilent, id="nothing comes after the reasoning"),
        pytest.param([], NodeUnreachable, id="an empty stream"),
        pytest.param([Text("a")], NodeUnreachable, id="no terminal record"),
        pytest.param([Text("é" * 60)], NodeBroken, id="too long, in bytes"),
    ],
)
def test_what_does_not_pass(script: list[Record | None], error: type[NodeError]) -> None:
    with pytest.raises(error):
        collected(*script)


@pytest.mark.parametrize("endless", [Text("word "), Thought("hm ")])
def test_an_answer_without_end_is_cut_off(endless: Record) -> None:
    with pytest.raises(NodeBroken, match="longer than"):
        collected(endless, forever=True)


def test_a_node_that_keeps_the_stream_open_after_the_end_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.llm.limits._USAGE_WITHIN_S", 0.05)
    assert collected(Text("a"), End("stop"), HANG) == ([Text("a"), End("stop")], True)
