"""Packets may be cut anywhere: within a line end, within a letter."""

import pytest

from etoile.errors import NodeBroken
from etoile.llm.framing import Lines, ServerSentEvents


def lines_of(packets: list[bytes]) -> list[str]:
    lines = Lines()
    return [line for packet in packets for line in lines.feed(packet)] + list(lines.end())


def events_of(stream: str) -> list[str]:
    events = ServerSentEvents()
    return [data for line in stream.split("\n") for data in events.feed(line)] + list(events.end())


STREAM = 'data: {"a":"é€😀"}\r\n\r\ndata: zwei\n\n: still here\nfin'.encode()
LINES = ['data: {"a":"é€😀"}', "", "data: zwei", "", ": still here", "fin"]


@pytest.mark.parametrize("size", range(1, len(STREAM) + 1))
def test_packets_of_every_size_give_the_same_lines(size: int) -> None:
    assert lines_of([STREAM[start : start + size] for start in range(0, len(STREAM), size)]) == LINES


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_cut_at_every_place_gives_the_same_lines(cut: int) -> None:
    assert lines_of([STREAM[:cut], STREAM[cut:]]) == LINES


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    lines = Lines(longest_bytes=1000)
    for _ in range(10):
        assert list(lines.feed(b"x" * 100)) == []
    with pytest.raises(NodeBroken, match="line of more than"):
        list(lines.feed(b"x"))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(NodeBroken, match="not text"):
        lines_of([b"\xff\xfe\xff\n"])


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param("data: a\n\ndata: b\n\n", ["a", "b"], id="two events"),
        pytest.param("data:a\n\n", ["a"], id="no space after the colon"),
        pytest.param("data: a\ndata: b\n\n", ["a\nb"], id="several lines of data make one event"),
        pytest.param(": ping\n\n: ping\n\ndata: a\n\n", ["a"], id="comments keep the connection alive"),
        pytest.param("event: delta\nid: 7\ndata: a\n\n", ["a"], id="other fields"),
        pytest.param("data: [DONE]", ["[DONE]"], id="no blank line at the end"),
        pytest.param('{"error": "no"}', ['{"error": "no"}'], id="an error that is no event"),
        pytest.param("<html>\n<body>\n\n", [], id="a page"),
        pytest.param("data: \n\n", [""], id="empty data"),
    ],
)
def test_events(stream: str, expected: list[str]) -> None:
    assert events_of(stream) == expected
