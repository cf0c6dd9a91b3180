"""What the words and headers of a refusal mean."""

import pytest

from etoile.errors import (
    NodeBroken,
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeRejected,
    NodeUnauthorised,
    NodeUnsuited,
)
from etoile.llm.complaints import LONGEST_RETRY_S, refusal, retry_after_s


@pytest.mark.parametrize(
    ("status", "complaint", "kind"),
    [
        (401, {"error": {"message": "no key"}}, NodeUnauthorised),
        (403, None, NodeUnauthorised),
        (429, {"error": {"code": 429, "message": "slow down"}}, NodeBusy),
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, NodeLoading),
        (503, {"error": "server busy, please try again.  maximum pending requests exceeded"}, NodeBusy),
        (503, None, NodeBroken),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, NodeBusy),
        (404, {"error": 'model "x" not found, try pulling it first'}, NodeUnsuited),
        (400, {"error": {"message": "The model 'x' does not exist", "code": "model_not_found"}}, NodeUnsuited),
        (
            400,
            {"error": {"message": "request (6008 tokens) exceeds the available context size (1024 tokens)"}},
            NodeUnsuited,
        ),
        (413, None, NodeUnsuited),
        (400, {"error": {"message": "Expected 'messages' to be an array"}}, NodeRejected),
        (422, {"detail": [{"msg": "field required"}]}, NodeRejected),
        (500, {"error": {"message": "[json.exception.parse_error.101] parse error"}}, NodeRejected),
        (500, {"error": "out of memory"}, NodeBroken),
        (502, None, NodeBroken),
        (307, None, NodeBroken),
        (None, {"message": "the runner died"}, NodeBroken),
        (None, "Loading model", NodeLoading),
        (402, {"error": {"type": "billing_error", "message": "Pay."}}, NodeUnauthorised),
        (400, {"error": {"message": "Your credit balance is too low to access the API."}}, NodeUnauthorised),
        (400, [{"error": {"code": 400, "message": "API key not valid. Please pass one."}}], NodeUnauthorised),
        (400, {"error": {"message": "prompt is too long: 200001 tokens > 200000 maximum"}}, NodeUnsuited),
        (400, {"error": {"message": "The input token count (9) exceeds the maximum (8)."}}, NodeUnsuited),
        (400, {"error": '"x" does not support tools'}, NodeUnsuited),
        (400, {"error": {"message": '"auto" tool choice requires --enable-auto-tool-choice'}}, NodeUnsuited),
        (400, {"object": "error", "message": "System role not supported", "code": 400}, NodeUnsuited),
        (500, {"error": {"message": "Conversation roles must alternate user/assistant/user"}}, NodeUnsuited),
        (500, {"error": {"message": "tools param requires --jinja flag"}}, NodeUnsuited),
        (400, {"error": {"message": 'Failed to load model "x". Error: insufficient resources.'}}, NodeUnsuited),
        (400, {"error": "The model has crashed without additional information."}, NodeBroken),
        (503, {"error": {"status": "UNAVAILABLE", "message": "The model is overloaded."}}, NodeBusy),
    ],
)
def test_what_a_refusal_means(status: int | None, complaint: object, kind: type[NodeError]) -> None:
    assert type(refusal(status, complaint)) is kind


def test_the_words_of_a_server_are_bounded_and_printable() -> None:
    said = str(refusal(500, {"error": "\x1b[31mboom\n" + "x" * 10_000}))
    assert said.startswith('it answered 500: "[31mboom xxx')
    assert len(said) < 250
    assert said.isprintable()


_NOW_S = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:20 GMT"}, 20.0),
        ({"retry-after": "Fri, 15 Jan 2027 07:00:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 15 Jan 2027 09:00:20 GMT", "date": "Fri, 15 Jan 2027 09:00:00 GMT"}, 20.0),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:20 GMT", "date": "yesterday"}, 20.0),
        ({"retry-after": "9" * 400}, LONGEST_RETRY_S),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "٣"}, None),
    ],
)
def test_how_long_a_server_asks_to_be_left_alone(headers: dict[str, str], wait_s: float | None) -> None:
    assert retry_after_s(headers, _NOW_S) == wait_s


@pytest.mark.parametrize(
    ("details", "wait_s"),
    [
        ([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17.5s"}], 17.5),
        ([{"@type": "type.googleapis.com/google.rpc.Help"}, {"retryDelay": "2s"}], 2.0),
        ([{"retryDelay": "-2s"}], 0.0),
        ([{"retryDelay": "soon"}], None),
        ([{"retryDelay": 7}], None),
        ("nonsense", None),
    ],
)
def test_how_long_gemini_asks_to_be_left_alone(details: object, wait_s: float | None) -> None:
    for complaint in ({"error": {"code": 429, "details": details}}, [{"error": {"code": 429, "details": details}}]):
        busy = refusal(429, complaint)
        assert isinstance(busy, NodeBusy)
        assert busy.retry_after_s == wait_s


def test_a_header_counts_more_than_words() -> None:
    busy = refusal(429, {"error": {"details": [{"retryDelay": "17s"}]}}, 3.0)
    assert isinstance(busy, NodeBusy)
    assert busy.retry_after_s == 3.0
