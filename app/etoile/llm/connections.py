"""Connections to the nodes: each carries one request at a time, and is kept for the next one to the same node.

httpcore's own pool asks the system about every idle connection whenever a request begins or ends: with sixteen in
flight that is a fifth of what a request costs.  Here only the one that is about to be used is looked at.

`client` imports this at the first request, because httpx takes a fifth of a second.
"""

import ssl
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from functools import partial
from typing import cast

import anyio
import httpcore
import httpx

KEEP_S = 5.0
"""A connection that is idle for longer is closed: a server would do that sooner or later, in the midst of a request."""

_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
_Address = tuple[bytes, bytes, int]


class Connections(httpx.AsyncBaseTransport):
    """HTTP/1.1 to any node, without a proxy.  There are as many connections as there were requests at once lately."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Address, deque[tuple[httpcore.AsyncHTTPConnection, float]]] = defaultdict(deque)
        """With until when each is kept, the one used last at the right."""
        self._used: set[httpcore.AsyncHTTPConnection] = set()
        self._trusted: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; return the response when its head is there.  Raises httpx's errors."""
        if request.url.scheme not in {"http", "https"}:
            raise httpx.UnsupportedProtocol(f"cannot speak {request.url.scheme!r}")
        sent = _as_httpcore(request)
        connection = await self._take(sent.url.origin)
        self._used.add(connection)
        try:
            response = await connection.handle_async_request(sent)
        except BaseException as error:
            await self._drop(connection)
            if isinstance(error, _FAILURES):
                raise _as_httpx(error) from error
            raise
        body = _Body(response, partial(self._give_back, connection, sent.url.origin))
        return httpx.Response(response.status, headers=response.headers, stream=body)

    async def aclose(self) -> None:
        """Close all connections, those in use as well; a further request makes new ones."""
        idle = [connection for kept in self._idle.values() for connection, _ in kept]
        self._idle.clear()
        for connection in (*idle, *self._used):
            await connection.aclose()

    async def _take(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """Return the connection that was used last, if it still stands, else a new one."""
        kept = self._idle[_address(origin)]
        while kept:
            connection, _ = kept.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        trusted = self._who_is_trusted() if origin.scheme == b"https" else None
        return httpcore.AsyncHTTPConnection(origin, trusted, keepalive_expiry=KEEP_S)

    async def _give_back(self, connection: httpcore.AsyncHTTPConnection, origin: httpcore.Origin) -> None:
        """Keep `connection` if its answer was read to the end; else it is closed by now."""
        self._used.discard(connection)
        kept, now_s = self._idle[_address(origin)], time.monotonic()
        if connection.is_idle():
            kept.append((connection, now_s + KEEP_S))
        while kept and kept[0][1] < now_s:
            await kept.popleft()[0].aclose()

    async def _drop(self, connection: httpcore.AsyncHTTPConnection) -> None:
        self._used.discard(connection)
        with anyio.CancelScope(shield=True):
            await connection.aclose()

    def _who_is_trusted(self) -> ssl.SSLContext:
        """Return the certificates that are trusted: reading them takes 20 ms, and most nodes need none."""
        if self._trusted is None:
            self._trusted = httpx.create_ssl_context(trust_env=True)
        return self._trusted


class _Body(httpx.AsyncByteStream):
    """What follows the head of a response."""

    def __init__(self, response: httpcore.Response, over: Callable[[], Awaitable[None]]) -> None:
        self._response = response
        self._over: Callable[[], Awaitable[None]] | None = over

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for packet in cast("AsyncIterable[bytes]", self._response.stream):
                yield packet
        except _FAILURES as error:
            raise _as_httpx(error) from error

    async def aclose(self) -> None:
        over, self._over = self._over, None
        if over:
            with anyio.CancelScope(shield=True):
                await self._response.aclose()
                await over()


def _as_httpcore(request: httpx.Request) -> httpcore.Request:
    url = request.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(
        request.method, target, headers=request.headers.raw, content=request.stream, extensions=request.extensions
    )


def _as_httpx(error: Exception) -> httpx.TransportError:
    """Return httpx's error of the same name."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
    return kind(str(error))


def _address(origin: httpcore.Origin) -> _Address:
    return origin.scheme, origin.host, origin.port
