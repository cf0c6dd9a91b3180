"""What may go wrong on the wire, in every dialect, against real sockets."""

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etoile.config import Node
from etoile.errors import NodeBroken, NodeError, NodeSilent, NodeUnauthorised, NodeUnreachable
from etoile.llm.client import Client
from etoile.llm.completion import completed
from etoile.llm.dialects import dialect_of
from etoile.llm.limits import Bounds, limited
from etoile.llm.records import Dialect, Text
from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import DIALECTS, QUESTION, chat, listing, speak

CERTIFICATES = Path(__file__).parent / "certificates"
KEY = "sk-very-secret-indeed"


def ask(url: str, dialect: str, use: Callable[[Dialect], Awaitable[object]]) -> None:
    """Let `use` speak to what listens at `url`."""

    async def run() -> None:
        client = Client(2.0, stream_bytes=100_000)
        settings = Node(name="N", url=url, dialect=dialect, key="env:KEY")  # type: ignore[arg-type]
        try:
            await use(dialect_of(settings, client, lambda node: KEY))
        finally:
            await client.aclose()

    asyncio.run(run())


USES: tuple[Callable[[Dialect], Awaitable[object]], ...] = (
    lambda dialect: completed(dialect.chat("tiny", QUESTION)),
    lambda dialect: dialect.models(),
)


def one_letter(dialect: str, letter: str) -> list[bytes]:
    """Return the stream of an answer of one letter, every byte of it apart."""
    records: dict[str, list[Any]] = {
        "openai": [{"choices": [{"delta": {"content": letter}, "finish_reason": "stop"}]}],
        "ollama": [{"message": {"content": letter}, "done": True}],
        "gemini": [{"candidates": [{"content": {"parts": [{"text": letter}]}, "finishReason": "STOP"}]}],
        "anthropic": [{"type": "content_block_delta", "delta": {"text": letter}}, {"type": "message_stop"}],
    }
    start, end = ("", "\n") if dialect == "ollama" else ("data: ", "\n\n")
    told = records.get(dialect, records["openai"])
    stream = "".join(f"{start}{json.dumps(record, ensure_ascii=False)}{end}" for record in told)
    return [bytes([byte]) for byte in stream.encode()]


@pytest.mark.parametrize("letter", ["é", "€", "😀"])
def test_half_a_letter_a_packet(node: FakeNode, letter: str) -> None:
    node.script = replace(node.script, body=lambda: one_letter(node.script.dialect, letter))
    assert chat(node).text == letter


def test_a_record_of_fifty_megabytes(node: FakeNode) -> None:
    sent = 0

    def long_answer() -> Iterator[bytes]:
        nonlocal sent
        head, tail = b"".join(one_letter(node.script.dialect, "@")).split(b"@")
        yield head
        while sent < 50_000_000:
            sent += 50_000
            yield b"x" * 50_000
        yield tail

    node.script = replace(node.script, body=long_answer)
    with pytest.raises(NodeBroken, match="line of more than"):
        chat(node)
    assert sent < 50_000_000


def test_what_came_before_a_break_was_passed_on(node: FakeNode) -> None:
    heard: list[str] = []

    async def listen(dialect: Dialect) -> None:
        async for record in dialect.chat("tiny", QUESTION):
            match record:
                case Text(text):
                    heard.append(text)

    node.script = replace(node.script, die_after=3)
    with pytest.raises(NodeUnreachable, match="broke off"):
        speak(node, listen)
    assert "".join(heard) == "Voilà : déjà "


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/png"])
def test_another_kind_of_content(node: FakeNode, kind: str) -> None:
    node.script = replace(node.script, content_type=kind, body=lambda: [b"<html><body>Log in, please.</body></html>"])
    with pytest.raises(NodeBroken, match=f"it sends {kind.partition(';')[0]} in place of an answer"):
        chat(node)


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream"])
def test_a_stream_by_another_name(node: FakeNode, kind: str) -> None:
    node.script = replace(node.script, content_type=kind)
    assert chat(node).text == node.script.answer


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_elsewhere_is_refused_and_the_key_stays(node: FakeNode, status: int) -> None:
    with FakeNode(Script(dialect=node.script.dialect)) as elsewhere:
        node.script = replace(
            node.script, status=status, list_status=status, headers=(("location", f"{elsewhere.url}/v1/models"),)
        )
        for use in (lambda: listing(node), lambda: chat(node, key=KEY)):
            with pytest.raises(NodeBroken, match=f"elsewhere \\({status}\\)"):
                use()
        assert elsewhere.requests == []


def test_a_slow_drip_is_silence(node: FakeNode) -> None:
    def drip() -> Iterator[bytes]:
        yield from one_letter(node.script.dialect, "a")[:20]
        while not node.left.is_set() and not node.closing.wait(0.01):
            yield b"x"

    async def listen(dialect: Dialect) -> None:
        bounds = Bounds(first_s=0.3, between_s=0.3, answer_bytes=1000)
        async for _ in limited(dialect.chat("tiny", QUESTION), bounds):
            pass

    node.script = replace(node.script, body=drip)
    with pytest.raises(NodeSilent, match="nothing came"):
        speak(node, listen)


@contextmanager
def raw(answer: bytes) -> Iterator[str]:
    """A program that says `answer` to whoever connects, and is no HTTP server."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, name="raw")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", id="less than it promised"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 200_000, id="a head without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", id="no number of bytes"),
    ],
)
def test_what_is_no_http(dialect: str, answer: bytes) -> None:
    with raw(answer) as url:
        for use in USES:
            with pytest.raises(NodeUnreachable):
                ask(url, dialect, use)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_certificate_that_fits(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "fits.pem"))
    with FakeNode(Script(dialect=dialect, key=KEY), certificate=CERTIFICATES / "fits.pem") as node:
        for use in USES:
            ask(node.url, dialect, use)
        assert len(node.requests) >= len(USES)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("name", "trusted", "says"),
    [("fits", False, "self-signed"), ("elsewhere", True, "IP address mismatch")],
)
def test_a_certificate_that_does_not_fit(
    dialect: str, name: str, trusted: bool, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = CERTIFICATES / f"{name}.pem"
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with FakeNode(Script(dialect=dialect), certificate=certificate) as node:
        for use in USES:
            with pytest.raises(NodeUnreachable, match=f"its certificate does not fit .*{says}"):
                ask(node.url, dialect, use)
        assert node.requests == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_name_that_does_not_resolve(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*rest: object, **more: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for use in USES:
        with pytest.raises(NodeUnreachable, match="host name is not known"):
            ask("http://nowhere.test", dialect, use)


def test_the_key_is_shown_nowhere(node: FakeNode, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by a server that repeats it, with whatever status, nor by a log at any level."""
    caplog.set_level(logging.DEBUG)
    repeats = json.dumps({"error": {"message": f"I know your key {KEY}!"}}).encode()
    said = [b"".join(one_letter(node.script.dialect, f"Your key is {KEY}."))]
    line = repeats + b"\n" if node.script.dialect == "ollama" else b"data: " + repeats + b"\n\n"

    async def listen(dialect: Dialect) -> str:
        return (await completed(dialect.chat("tiny", QUESTION))).text

    node.script = replace(node.script, body=lambda: said)
    assert speak(node, listen, KEY) == "Your key is ***."
    for script in (
        replace(node.script, status=400, complaint=f"I know your key {KEY}!"),
        replace(node.script, body=lambda: [line]),
        replace(node.script, key="another"),
    ):
        node.script = script
        with pytest.raises(NodeError) as caught:
            speak(node, listen, KEY)
        shown: BaseException | None = caught.value
        while shown is not None:
            assert KEY not in str(shown)
            shown = shown.__cause__
    assert isinstance(caught.value, NodeUnauthorised)
    assert KEY not in caplog.text


@pytest.mark.parametrize("key", ["EMPTY", "ollama", "data", "content"])
def test_a_word_in_place_of_a_key_changes_no_answer(node: FakeNode, key: str) -> None:
    node.script = replace(node.script, answer=f"{key} is a word.", key=key)
    assert chat(node, key=key).text == f"{key} is a word."
