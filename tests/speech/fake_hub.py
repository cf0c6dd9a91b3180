"""A hub of models on this machine: real sockets, and whatever goes wrong on them as the test writes it."""

import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

REVISION = "0123456789abcdef0123456789abcdef01234567"


class Answer(BaseHTTPRequestHandler):
    """One request; `hub.trouble` may answer in its place."""

    protocol_version = "HTTP/1.1"
    hub: "FakeHub"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.hub.asked.append((path.rpartition("/")[2], self.headers.get("Range")))
        if "/api/models/" in path:
            self.send(200, self.hub.listing(), {"Content-Type": "application/json"})
            return
        name = path.rpartition("/")[2]
        trouble = self.hub.troubles.pop(0) if self.hub.troubles and name == "model.bin" else None
        if trouble:
            trouble(self, self.hub.files[name])
        else:
            self.answer(self.hub.files[name])

    def answer(self, content: bytes) -> None:
        """Answer as the hub does: with the range that is asked for."""
        start = self.start
        if start == 0:
            self.send(200, content)
        elif start >= len(content):
            self.send(416, b"", {"Content-Range": f"bytes */{len(content)}"})
        else:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send(206, content[start:], {"Content-Range": span})

    @property
    def start(self) -> int:
        """The first byte that is asked for."""
        asked = self.headers.get("Range")
        return int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0

    def send(self, code: int, content: bytes, headers: dict[str, str] | None = None, length: int | None = None) -> None:
        """Send an answer; with another `length` than its own it ends too early, or never."""
        self.send_response(code)
        for name, value in {"Content-Type": "application/octet-stream", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


Trouble = Callable[[Answer, bytes], None]


class FakeHub:
    """Serves `files` as any repository; `troubles` are what happens to the weights, one request after the other."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.listed: dict[str, bytes] = dict(files)
        self.page: bytes | None = None
        """What a proxy puts in place of the listing."""
        self.troubles: list[Trouble] = []
        self.asked: list[tuple[str, str | None]] = []
        self.let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Answer,), {"hub": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def listing(self) -> bytes:
        if self.page is not None:
            return self.page
        siblings = [_sibling(name, content) for name, content in self.listed.items()]
        siblings.append(_sibling("README.md", b"about"))
        siblings.append(_sibling("../model.bin", b"outside"))
        return json.dumps({"sha": REVISION, "siblings": siblings}).encode()


def _sibling(name: str, content: bytes) -> dict[str, object]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324  # git's own
    told: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": blob}
    if name == "model.bin":
        told["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
    return told
