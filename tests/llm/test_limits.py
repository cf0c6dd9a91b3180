"""An answer is bounded in time and size, and whole only after its end."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from etoile.errors import NodeBroken, NodeError, NodeNonsense, NodeSilent, NodeUnreachable
from etoile.llm.limits import Bounds, limited
from etoile.llm.records import End, Preparing, Record, Text, Thought, Usage

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


@pytest.mark.parametrize(
    ("text", "makes_sense"),
    [
        pytest.param("I will not chatter in class. " * 150, True, id="a hundred and fifty lines that were asked for"),
        pytest.param("I will not chatter in class. " * 400, False, id="no end of them"),
        pytest.param("!" * 8000, False, id="one sign"),
        pytest.param("x" * 5000 + " and so on", True, id="a long row, and then an end"),
        pytest.param(" ".join(str(number) for number in range(3000)), True, id="numbers"),
        pytest.param("word " * 10 + "once another\n" + "word " * 2000, False, id="a loop after a beginning"),
        pytest.param("".join(f"| {number} | a | b | c |\n" for number in range(700)), True, id="a table"),
    ],
)
def test_the_same_over_and_over_is_no_answer(text: str, makes_sense: bool) -> None:
    records = [Text(text[start : start + 7]) for start in range(0, len(text), 7)] + [End("stop")]
    bounds = Bounds(5.0, 5.0, 1_000_000)

    async def source() -> AsyncGenerator[Record]:
        for record in records:
            yield record

    async def read() -> None:
        async for _ in limited(source(), bounds):
            pass

    if makes_sense:
        asyncio.run(read())
    else:
        with pytest.raises(NodeNonsense):
            asyncio.run(read())


def test_preparation_is_a_sign_of_life_and_no_answer() -> None:
    bounds = Bounds(5.0, 5.0, 100)

    async def source() -> AsyncGenerator[Record]:
        yield Preparing(0.5)
        assert bounds.waited_s is None
        yield Text("a")
        yield End("stop")

    async def read() -> list[Record]:
        return [record async for record in limited(source(), bounds)]

    assert asyncio.run(read()) == [Preparing(0.5), Text("a"), End("stop")]
    assert bounds.waited_s is not None


def test_a_node_that_keeps_the_stream_open_after_the_end_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.llm.limits._USAGE_WITHIN_S", 0.05)
    assert collected(Text("a"), End("stop"), HANG) == ([Text("a"), End("stop")], True)
