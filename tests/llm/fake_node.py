"""A node that does what its script says, over a real socket: both dialects, and every way of going wrong.

In a test:

    with FakeNode(Script(answer="Hello there.", die_after=1)) as node:
        ...                                         # node.url, node.requests, node.script (may be changed any time)

As a program it prints its port and serves until it is killed:

    python -m tests.llm.fake_node --port 0 --dialect openai --answer "Hello there." --token-ms 50
"""

import argparse
import contextlib
import json
import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.llm.fake_care import DEEDS, Care, at_speed
from tests.llm.fake_lists import LISTS
from tests.llm.fake_wire import error_record, is_chat, key_of, records, refused_field


@dataclass(kw_only=True)
class Script:
    """What the node does.  Counts are of tokens, which are the words of the answer."""

    dialect: str = "openai"
    """"openai", "ollama", "lmstudio", "gemini" or "anthropic"."""
    models: tuple[str, ...] = ("tiny",)
    loaded: tuple[str, ...] | None = None
    """None: the first model."""
    answer: str | Callable[[list[dict[str, str]]], str] = "The node answers, word by word."
    """The answer, or a function of the messages."""
    thought: str = ""
    """Reasoning that comes before the answer, in its own field."""
    key: str | None = None
    """Demanded where the dialect has it."""
    before_token: Callable[[int], object] = lambda index: None
    """Called before token `index` is sent; may block."""
    die_after: int | None = None
    """Close the connection after so many tokens, in the middle of the stream, as a killed server does."""
    end_after: int | None = None
    """End the stream in good order, but without its terminal record."""
    hang_after: int | None = None
    """Fall silent, and keep the connection."""
    error_after: int | None = None
    """Send an error as a record of the stream."""
    status: int = 200
    """Of the answer to a chat; other than 200 it carries `complaint`."""
    complaint: Any = "something is wrong"
    refuses: Mapping[str, str] = field(default_factory=dict)
    """Answer 400, with those words, to a request that holds such a field, at whatever depth."""
    calls: tuple[tuple[str, str], ...] = ()
    """Tools that are called after the answer: name and arguments, as JSON."""
    finish: str | None = None
    """Why it ends, in the dialect's own word; None is the usual one."""
    list_status: int = 200
    """Of the answer to every other request."""
    hangs_in_list: bool = False
    body: Callable[[], Iterable[bytes]] | None = None
    """Sent in place of the stream: garbage, or far too much."""
    content_type: str | None = None
    """Of a stream; None is the usual one."""
    headers: tuple[tuple[str, str], ...] = ()
    packet_bytes: int | None = None
    """Cut the stream into packets of this size."""
    care: Care = field(default_factory=Care)
    """What is told of the models, and done for them."""
    old: bool = False
    """lmstudio: before 0.4, without the API that tells of models and loads them."""
    router: bool = False
    """openai: tell the state of each model, as llama-server does that has several."""
    timings: bool = False
    """openai: add llama.cpp's own timings to the end of a stream."""


@dataclass(frozen=True)
class Request:
    """What was asked of the node."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class FakeNode:
    """A node in threads of its own, from construction to `close`."""

    def __init__(self, script: Script | None = None, port: int = 0, certificate: Path | None = None) -> None:
        """With a `certificate` (and its key, in one file) it speaks HTTPS."""
        self.script = script or Script()
        self.requests: list[Request] = []
        self.left = threading.Event()
        """Set when a client closed its connection during an answer."""
        self.closing = threading.Event()
        self.tokens_sent = 0
        self._server = _Server(("127.0.0.1", port), self)
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="fake node")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, whatever is going on: connections are cut, and the port refuses."""
        self.closing.set()
        self._server.shutdown()
        self._server.cut_all()
        self._server.server_close()
        self._thread.join()

    @property
    def chats(self) -> list[Request]:
        """The chats among the requests."""
        return [request for request in self.requests if request.method == "POST"]

    def asked(self, path: str) -> list[Any]:
        """Return the bodies of the requests for `path`."""
        return [request.body for request in self.requests if request.path == path]


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, address: tuple[str, int], node: FakeNode) -> None:
        self.node = node
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no error."""

    def cut_all(self) -> None:
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._take(None)
        script = self.server.node.script
        if script.hangs_in_list:
            self._wait_for_the_end()
        elif self._admitted() and not self._did(None):
            listing = LISTS.get(("old lmstudio" if script.old else script.dialect, self.path.partition("?")[0]))
            if script.list_status != 200:
                self._reply(script.list_status, {"error": script.complaint})
            elif listing is None:
                self._reply(404, {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}})
            else:
                self._reply(200, listing(script))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._take(body)
        script = self.server.node.script
        if not self._admitted() or self._did(body):
            return
        if not is_chat(script.dialect, self.path):
            self._reply(404, {"error": "404 page not found"})
        elif refusal := refused_field(script, body):
            self._reply(400, {"error": refusal})
        elif script.status != 200:
            self._reply(script.status, {"error": script.complaint})
        else:
            self._stream(body)

    def do_DELETE(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._take(body)
        if self._admitted() and not self._did(body):
            self._reply(405, {"error": "405 method not allowed"})

    def _did(self, body: Any) -> bool:
        """Do for the models what is asked; False where that is no such request."""
        script = self.server.node.script
        deed = DEEDS.get((script.dialect, self.command, self.path))
        if deed is None:
            return False
        reply = (500, {"error": script.care.refuses}) if script.care.refuses else deed(script, body)
        if isinstance(reply, tuple):
            self._reply(*reply)
        else:
            self._stream_parts(reply)
        return True

    def _take(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.node.requests.append(Request(self.command, self.path, headers, body))

    def _admitted(self) -> bool:
        script = self.server.node.script
        if script.key is None or key_of(script.dialect, self.headers) == script.key:
            return True
        self._reply(401, {"error": {"message": f"Wrong key: {key_of(script.dialect, self.headers)}"}})
        return False

    def _reply(self, status: int, content: object) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        for name, value in self.server.node.script.headers:
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, body: Any) -> None:
        self._stream_parts(self._parts(self.server.node.script, body))

    def _stream_parts(self, parts: Iterable[bytes]) -> None:
        script = self.server.node.script
        usual = "application/x-ndjson" if script.dialect == "ollama" else "text/event-stream"
        kind = script.content_type or usual
        self.send_response(200)
        for name, value in (("content-type", kind), ("transfer-encoding", "chunked"), *script.headers):
            self.send_header(name, value)
        self.end_headers()
        try:
            for part in _in_packets(parts, script.packet_bytes):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        except ConnectionError:
            self.server.node.left.set()
            self.close_connection = True
        except _Dead:
            self.close_connection = True

    def _parts(self, script: Script, body: Any) -> Iterator[bytes]:
        """Yield what the stream holds, as far as the script lets it come."""
        if script.body is not None:
            yield from script.body()
            return
        answer = script.answer if isinstance(script.answer, str) else script.answer(body.get("messages", []))
        words = re.findall(r"\S+\s*|\s+", answer)
        tokens, ending = records(script, body.get("model", ""), words)
        for index, token in enumerate(tokens):
            self._go_wrong(script, index)
            if index == script.error_after:
                yield error_record(script)
                return
            if index == script.end_after:
                return
            script.before_token(index)
            yield token
            self.server.node.tokens_sent += 1
        self._go_wrong(script, len(tokens))
        yield ending

    def _go_wrong(self, script: Script, index: int) -> None:
        if index == script.die_after:
            raise _Dead
        if index == script.hang_after:
            self._wait_for_the_end()
            raise _Dead

    def _wait_for_the_end(self) -> None:
        """Return when the client has left or the node closes."""
        while not self.server.node.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable:
                self.server.node.left.set()
                break
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class _Dead(Exception):
    """The connection was cut on purpose."""


def _in_packets(parts: Iterable[bytes], size: int | None) -> Iterator[bytes]:
    for part in parts:
        step = size or max(1, len(part))
        for start in range(0, len(part), step):
            yield part[start : start + step]


def main() -> None:
    """Serve until killed; print the port."""
    parser = argparse.ArgumentParser(description="a scripted node")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dialect", choices=("openai", "ollama", "lmstudio", "gemini", "anthropic"), default="openai")
    parser.add_argument("--model", action="append", dest="models")
    parser.add_argument("--answer", default=Script.answer)
    parser.add_argument("--token-ms", type=float, default=0.0)
    for option in ("--die-after", "--end-after", "--hang-after", "--error-after"):
        parser.add_argument(option, type=int)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--complaint", default="something is wrong")
    parser.add_argument("--key")
    parser.add_argument("--care", type=json.loads, default={}, help="fields of Care, as JSON")
    parser.add_argument("--tokens-per-s", type=float, default=50.0, help="while it is measured")
    options = vars(parser.parse_args())
    port, token_ms, models = options.pop("port"), options.pop("token_ms"), options.pop("models")
    speed = options.pop("tokens_per_s")
    care = Care(**options.pop("care"), tokens_per_s=lambda round_: speed, before_step=at_speed(speed))
    script = Script(
        models=tuple(models or ("tiny",)),
        before_token=lambda index: time.sleep(token_ms / 1000),
        care=care,
        **options,
    )
    with FakeNode(script, port) as node:
        print(node.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
