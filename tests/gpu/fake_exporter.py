"""An exporter that serves a page as it is told to, over a real socket.

In a test:

    with FakeExporter(pages.dcgm()) as exporter:
        ...                                         # exporter.url, .asked; .page and .manner may be changed any time

As a program it prints its address and serves until it is killed:

    python -m tests.gpu.fake_exporter dcgm --port 9400 --temperature 71
"""

import argparse
import contextlib
import threading
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.gpu import pages


class Manner(Enum):
    """How an exporter answers."""

    WELL = auto()
    DRIPS = auto()
    """A byte now and then, for ever."""
    HANGS = auto()
    ENDLESS = auto()
    """As fast as it is read."""
    REDIRECTS = auto()
    BREAKS_OFF = auto()
    """In the middle of the page."""
    GARBAGE = auto()
    """Not even HTTP."""
    COMPRESSED = auto()
    MISSING = auto()
    FAILING = auto()
    LOCKED = auto()
    WEB_PAGE = auto()


_STATUS = {Manner.MISSING: 404, Manner.FAILING: 500, Manner.LOCKED: 401, Manner.REDIRECTS: 302}
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class FakeExporter:
    """An exporter in threads of its own, from construction to `close`."""

    def __init__(
        self, page: bytes, *, manner: Manner = Manner.WELL, kind: str | None = PROMETHEUS, port: int = 0
    ) -> None:
        self.page = page
        self.manner = manner
        self.kind = kind
        self.asked: list[dict[str, str]] = []
        """Headers of every request."""
        self.closing = threading.Event()
        exporter = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                exporter.asked.append({name.lower(): value for name, value in self.headers.items()})
                with contextlib.suppress(ConnectionError):
                    exporter.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="exporter")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop: whoever asks now is refused."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, in the manner of now."""
        if self.closing.is_set():  # a connection that was kept
            request.close_connection = True
            return
        manner = self.manner
        request.close_connection = manner is not Manner.WELL
        if manner is Manner.HANGS:
            self.closing.wait()
            return
        if manner is Manner.GARBAGE:
            request.wfile.write(b"\x16\x03\x01 who are you?\r\n\r\n")
            return
        request.send_response(_STATUS.get(manner, 200))
        kind = "text/html" if manner is Manner.WEB_PAGE else self.kind
        if kind is not None:
            request.send_header("Content-Type", kind)
        if manner is Manner.REDIRECTS:
            request.send_header("Location", self.url)
        if manner is Manner.COMPRESSED:
            request.send_header("Content-Encoding", "gzip")
        if manner not in (Manner.DRIPS, Manner.ENDLESS):
            request.send_header("Content-Length", str(len(self.page)))
        request.end_headers()
        self._send_page(request, manner)

    def _send_page(self, request: BaseHTTPRequestHandler, manner: Manner) -> None:
        match manner:
            case Manner.BREAKS_OFF:
                request.wfile.write(self.page[: len(self.page) // 2])
            case Manner.DRIPS:
                while not self.closing.wait(0.02):
                    request.wfile.write(b"#")
            case Manner.ENDLESS:
                while not self.closing.is_set():
                    request.wfile.write(self.page * 10_000)
            case _:
                request.wfile.write(self.page)


def main() -> None:
    """Serve one page."""
    parser = argparse.ArgumentParser(prog="python -m tests.gpu.fake_exporter")
    parser.add_argument("page", choices=["dcgm", "nvidia_smi", "node", "node_amd", "vllm", "llama_cpp"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--temperature", type=int, default=71)
    asked = parser.parse_args()
    made = {
        "dcgm": pages.dcgm(told={"GPU_TEMP": asked.temperature}) + pages.dcgm(pages.SECOND_T4, index=1),
        "nvidia_smi": pages.nvidia_smi(told={"temperature_gpu": asked.temperature}),
        "node": pages.NODE,
        "node_amd": pages.NODE_AMD,
        "vllm": pages.VLLM,
        "llama_cpp": pages.LLAMA_CPP,
    }
    exporter = FakeExporter(made[asked.page], port=asked.port)
    print(exporter.url, flush=True)


if __name__ == "__main__":
    main()
