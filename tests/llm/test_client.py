"""What the servers' failures mean, and what never leaves or enters."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

import httpx
import msgspec
import pytest

from etoile.errors import (
    NodeBroken,
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeUnreachable,
)
from etoile.llm.client import LISTING_BYTES, Client, Server

KEY = "sk-very-secret"


class Answer(msgspec.Struct):
    ok: bool


def answer(content: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """Return a response that has to be read from the wire."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=httpx.ByteStream(content))


def get(respond: Callable[[httpx.Request], httpx.Response], key: str | None = KEY) -> Answer:
    """Return what `/ask` of a server gives that answers as `respond` does."""

    async def fetch_key() -> str | None:
        return key

    async def ask() -> Answer:
        client = Client(1.0, 1000, httpx.MockTransport(respond))
        try:
            return await Server(client, "http://node:1234/", fetch_key).get("/ask", Answer)
        finally:
            await client.aclose()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("status", "body", "kind"), [(429, b"{}", NodeBusy), (503, b'{"error": "Loading model"}', NodeLoading)]
)
def test_a_busy_server_tells_when_to_come_back(status: int, body: bytes, kind: type[NodeBusy]) -> None:
    with pytest.raises(kind) as caught:
        get(lambda request: answer(body, status, retry_after="17"))
    assert caught.value.retry_after_s == 17.0


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), NodeUnreachable),
        (httpx.ConnectTimeout("slow"), NodeUnreachable),
        (httpx.ReadError("reset"), NodeUnreachable),
        (httpx.RemoteProtocolError("closed"), NodeUnreachable),
        (httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"), NodeUnreachable),
        (OSError("odd"), NodeUnreachable),
    ],
)
def test_no_exception_of_httpx_leaks(failure: Exception, kind: type[NodeError]) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(kind) as caught:
        get(respond)
    assert KEY not in str(caught.value)


def test_a_redirect_is_not_followed_and_the_key_stays() -> None:
    asked: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer(b"", 302, location="http://elsewhere/steal")

    with pytest.raises(NodeBroken, match="elsewhere"):
        get(respond)
    assert [str(request.url) for request in asked] == ["http://node:1234/ask"]
    assert asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_without_key_no_header() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return answer(b'{"ok": true, "unknown": 1}')

    assert get(respond, key=None) == Answer(ok=True)


def test_a_name_and_a_password_of_the_address_are_sent() -> None:
    async def ask() -> bytes:
        def respond(request: httpx.Request) -> httpx.Response:
            assert request.headers["authorization"] == "Basic bWU6bGV0IG1lIGlu"
            return answer(b"come in")

        async with contextlib.aclosing(Client(1.0, 1000, httpx.MockTransport(respond))) as client:
            return (await client.page("http://me:let%20me%20in@node/", 100))[1]

    assert asyncio.run(ask()) == b"come in"


def test_a_key_that_the_server_repeats_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NodeError) as caught:
        get(lambda request: answer(b'{"error": "I do not like %s"}' % request.headers["authorization"].encode(), 400))
    assert "***" in str(caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(answer(b"\x00\xff garbage"), id="garbage"),
        pytest.param(answer(b"<html>hello</html>"), id="a page"),
        pytest.param(answer(b'{"ok": "yes"}'), id="another shape"),
        pytest.param(answer(b"[" * 100_000), id="nested without end"),
        pytest.param(answer(b" " * (LISTING_BYTES + 1)), id="too much"),
        pytest.param(answer(b"\x1f\x8b", content_encoding="gzip"), id="compressed"),
    ],
)
def test_what_is_no_answer(response: httpx.Response) -> None:
    with pytest.raises(NodeBroken):
        get(lambda request: response)


@pytest.mark.parametrize("url", ["http://node:99999", "http://", "http://[::1", "http://a..b"])
def test_an_address_that_makes_no_sense(url: str) -> None:
    async def no_key() -> None:
        return None

    async def ask() -> None:
        client = Client(1.0, 1000)
        try:
            await Server(client, url, no_key).get("/", Answer)
        finally:
            await client.aclose()

    with pytest.raises(NodeUnreachable):
        asyncio.run(ask())


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert get(lambda request: answer(b'{"ok": true}')).ok
