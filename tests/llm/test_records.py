"""Reasoning at the head of the text is not answer text, wherever the pieces are cut."""

import pytest

from etoile.llm.records import InlineThoughts, Text, Thought, converses


def told_apart(pieces: list[str]) -> tuple[str, str]:
    thoughts = InlineThoughts()
    records = [record for piece in pieces for record in thoughts.feed(piece)] + list(thoughts.end())
    reasoning = "".join(record.text for record in records if isinstance(record, Thought))
    return reasoning, "".join(record.text for record in records if isinstance(record, Text))


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        pytest.param("Hello.", "", "Hello.", id="no reasoning"),
        pytest.param("<think>Hm. 2 < 3</think>\n\nHello.", "Hm. 2 < 3", "Hello.", id="reasoning first"),
        pytest.param("\n<think></think>Hello.", "", "Hello.", id="empty reasoning"),
        pytest.param("Write <think> like this.", "", "Write <think> like this.", id="the tag within an answer"),
        pytest.param("<b>bold</b>", "", "<b>bold</b>", id="another tag"),
        pytest.param("<think>never done", "never done", "", id="cut off while thinking"),
        pytest.param("<thi", "", "<thi", id="cut off within what may be a tag"),
    ],
)
def test_reasoning_and_answer(text: str, reasoning: str, answer: str) -> None:
    for size in range(1, len(text) + 1):
        told = told_apart([text[start : start + size] for start in range(0, len(text), size)])
        assert (told[0], told[1].lstrip("\n")) == (reasoning, answer), f"pieces of {size}"


def test_embedding_models_hold_no_conversation() -> None:
    assert converses("qwen3-30b")
    assert not converses("text-embedding-nomic-embed-text-v1.5")
