"""HTTP to the nodes: with `connections` the home of httpx, and the one place where its failures become Etoile's.

Used within the loop of thread `net` alone.  No redirect is followed, so that no key goes where the user did not send
it; no proxy is used; nothing is decompressed; nothing is read without a bound.
"""

import contextlib
import ssl
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from etoile.errors import (
    NodeBroken,
    NodeNonsense,
    NodeRejected,
    NodeSilent,
    NodeUnauthorised,
    NodeUnreachable,
)
from etoile.llm.complaints import refusal, retry_after_s
from etoile.llm.framing import Lines
from etoile.text import Message, message

if TYPE_CHECKING:
    import httpx

# httpx brings its command line along wherever click, pygments and rich happen to be installed: a fifth of the time that
# importing the router takes, and 5 MB.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

Shape = TypeVar("Shape")

LISTING_BYTES = 4_000_000
"""A list of models is never longer."""

STREAM_PER_ANSWER = 16
"""A stream wraps each token in some 250 bytes of JSON; one this much longer than the longest answer is broken."""

_COMPLAINT_BYTES = 64_000
_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "connection": "keep-alive", "user-agent": "etoile"}
_BEARER, _BASIC = "Bearer ", "Basic "
_SECRET_HEADERS = ("authorization", "x-api-key", "x-goog-api-key")
"""Every header in which a key may travel; a password of the address becomes the first."""
_MASK = "***"
_KEY_LENGTH = 16
"""No provider's key is shorter.  A shorter one ("EMPTY", "ollama") is a word for a server that wants none, and may well
occur in an answer."""
_NO_ANSWERS = ("text/html", "application/xhtml", "image/", "audio/", "video/")
"""What a router's login page or another program sends.  Everything else is read: some servers call JSON plain text."""


class Client:
    """The connections to all nodes.  Made at the first request: httpx takes a fifth of a second to import."""

    def __init__(
        self, connect_s: float, stream_bytes: int, transport: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self.connect_s = connect_s
        self.stream_bytes = stream_bytes
        """A stream is cut off after this, whatever it holds."""
        self._transport = transport

    async def aclose(self) -> None:
        """Close all connections, those in use as well; a further request makes new ones."""
        if self._transport is not None:
            await self._transport.aclose()

    @asynccontextmanager
    async def send(
        self, method: str, url: str, headers: dict[str, str], body: object | None
    ) -> "AsyncIterator[httpx.Response]":
        """Send a request; give the response as soon as its head is there.  Raises NodeError."""
        transport = self._transport = self._transport or _connections()
        content = None if body is None else _encoded(body)
        with _translated(self.connect_s):
            request = _request(method, url, headers, content, self.connect_s)
            async with aclosing(await transport.handle_async_request(request)) as response:
                if not response.is_success:
                    complaint = await _complaint(request, response)
                    raise refusal(response.status_code, complaint, retry_after_s(response.headers, time.time()))
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise NodeBroken(message("it compressed its answer although it was asked not to"))
                yield response

    async def page(self, url: str, most_bytes: int) -> tuple[str, bytes]:
        """Return the kind ("text/plain") and the content of the page at `url`; no key is sent.  Raises NodeError."""
        async with self.send("GET", url, {}, None) as response:
            return kind_of(response), await _read(response, most_bytes)


def _connections() -> "httpx.AsyncBaseTransport":
    import anyio  # noqa: F401 - it looks for sniffio itself, before the next line

    # httpcore imports sniffio four times a request; where there is none, each time the whole path is searched (a third
    # of all a request costs).
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
    from etoile.llm.connections import Connections

    return Connections()


def _request(
    method: str, url: str, headers: dict[str, str], content: bytes | None, connect_s: float
) -> "httpx.Request":
    """Return the request as it goes on the wire.

    httpx's own client would cost a quarter of a millisecond more, for what is not wanted here: cookies, redirects, and
    the proxies and .netrc of the environment.
    """
    import httpx

    kind = {} if content is None else {"content-type": "application/json"}
    # Times are limited per record by those who read; see `limits`.
    limits = {"timeout": {"connect": connect_s}}
    request = httpx.Request(method, _parsed(url), headers=_HEADERS | headers | kind, content=content, extensions=limits)
    if request.url.userinfo:
        return next(httpx.BasicAuth(request.url.username, request.url.password).auth_flow(request))
    return request


@lru_cache(maxsize=256)
def _parsed(url: str) -> "httpx.URL":
    import httpx

    return httpx.URL(url)


class Server:
    """One node's address and key.  The key is fetched once, and again after the node has refused it."""

    def __init__(
        self,
        client: Client,
        url: str,
        key: Callable[[], Awaitable[str | None]],
        *,
        key_header: str = "authorization",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`key_header`, one of those that are masked, is where the server looks for the key; `headers` go beside it."""
        if key_header not in _SECRET_HEADERS:
            raise ValueError(f"a key in {key_header} would not be masked")
        self._client = client
        # The paths begin with the version themselves; many programs want it in the address, so people write it there.
        self._url = url.rstrip("/").removesuffix("/v1").removesuffix("/v1beta")
        self._fetch_key = key
        self._key_header = key_header
        self._fixed_headers = dict(headers)
        self._key: str | None = None
        self._headers: dict[str, str] | None = None

    async def get(self, path: str, shape: type[Shape]) -> Shape:
        """Return the JSON at `path`.  Raises NodeError."""
        async with self._send("GET", path, None) as response:
            return decoded(self._without_key(await _read(response, LISTING_BYTES)), shape)

    async def post(self, path: str, body: object, shape: type[Shape], *, most_bytes: int = LISTING_BYTES) -> Shape:
        """Return the JSON that answers the POST of `body`, of `most_bytes` at most.  Raises NodeError."""
        async with self._send("POST", path, body) as response:
            return decoded(self._without_key(await _read(response, most_bytes)), shape)

    async def order(self, method: str, path: str, body: object) -> None:
        """Have the server do something; what it answers to that is of no interest.  Raises NodeError."""
        async with self._send(method, path, body) as response:
            await _read(response, LISTING_BYTES)

    async def lines(self, path: str, body: object) -> AsyncGenerator[str]:
        """Yield the lines that answer the POST of `body`, without the key.  Raises NodeError."""
        lines = Lines()
        async with self._send("POST", path, body) as response:
            key = self._telling_key()
            async with aclosing(_bounded(response, self._client.stream_bytes)) as packets:
                async for packet in packets:
                    for line in lines.feed(packet):
                        yield line.replace(key, _MASK) if key else line
            for line in lines.end():
                yield line.replace(key, _MASK) if key else line

    @asynccontextmanager
    async def _send(self, method: str, path: str, body: object | None) -> "AsyncIterator[httpx.Response]":
        if self._headers is None:
            self._key = await self._fetch_key()
            self._headers = self._fixed_headers | self._key_headers(self._key)
        try:
            async with self._client.send(method, self._url + path, self._headers, body) as response:
                if (kind := kind_of(response)).startswith(_NO_ANSWERS):
                    raise NodeNonsense(message("it sends {kind} in place of an answer", kind=kind))
                yield response
        except NodeUnauthorised:
            self._headers = None
            raise

    def _key_headers(self, key: str | None) -> dict[str, str]:
        if key is None:
            return {}
        return {self._key_header: _BEARER + key if self._key_header == "authorization" else key}

    def _without_key(self, content: bytes) -> bytes:
        return content.replace(key.encode(), _MASK.encode()) if (key := self._telling_key()) else content

    def _telling_key(self) -> str | None:
        """Return the key, unless it is so short that it is none."""
        return self._key if self._key and len(self._key) >= _KEY_LENGTH else None


def kind_of(response: "httpx.Response") -> str:
    """Return what the response says that it is ("text/plain"); empty where it does not say."""
    kind: str = response.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower()


def _encoded(body: object) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        # Half a letter, as broken programs leave it on a clipboard; the text itself is not repeated.
        raise NodeRejected(message("the request holds something that is not text")) from None


def decoded(text: bytes, shape: type[Shape]) -> Shape:
    """Return `text` as `shape`.  Raises NodeBroken when it is not."""
    with garbage_refused():
        return msgspec.json.decode(text, type=shape)


@contextmanager
def garbage_refused() -> Iterator[None]:
    """Turn what cannot be decoded into NodeNonsense."""
    try:
        yield
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NodeNonsense(message("what it sent is not what such a server sends")) from error


async def _complaint(request: "httpx.Request", response: "httpx.Response") -> object:
    """Return the body of an error: JSON where it is JSON, else nothing, for an HTML page is no sentence."""
    content = await _read(response, _COMPLAINT_BYTES)
    for header in _SECRET_HEADERS:
        if key := request.headers.get(header, "").removeprefix(_BEARER).removeprefix(_BASIC):
            content = content.replace(key.encode(), _MASK.encode())
    with contextlib.suppress(NodeBroken):
        return decoded(content, object)
    return None


async def _read(response: "httpx.Response", most_bytes: int) -> bytes:
    return b"".join([packet async for packet in _bounded(response, most_bytes)])


async def _bounded(response: "httpx.Response", most_bytes: int) -> AsyncGenerator[bytes]:
    """Yield the packets of the body.  Raises NodeBroken when they are more than `most_bytes`."""
    received_bytes = 0
    # `aiter_raw` would put two more layers round each packet.
    async for packet in cast("AsyncIterable[bytes]", response.stream):
        received_bytes += len(packet)
        if received_bytes > most_bytes:
            raise NodeBroken(message("it sent more than {size:bytes}", size=most_bytes))
        yield packet


@contextmanager
def _translated(connect_s: float) -> Iterator[None]:
    """Translate every failure of httpx and below into the tree of errors."""
    import httpx

    try:
        yield
    except httpx.ConnectTimeout as error:
        raise NodeUnreachable(message("no connection within {seconds:g} s", seconds=connect_s)) from error
    except httpx.TimeoutException as error:
        raise NodeSilent(message("no answer")) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
        # The text of a LocalProtocolError may hold a header, that is the key: a log of the cause would repeat it.
        raise NodeUnreachable(message("its address or key cannot be sent over HTTP")) from None
    except (httpx.ConnectError, OSError) as error:
        raise NodeUnreachable(_why_unconnected(error)) from error
    except httpx.RemoteProtocolError as error:
        raise NodeUnreachable(message("it broke off, or does not speak HTTP")) from error
    except httpx.HTTPError as error:
        raise NodeUnreachable(message("the connection broke off")) from error


def _why_unconnected(error: BaseException) -> Message:
    import socket

    for cause in _causes(error):
        match cause:
            case ConnectionRefusedError():
                return message("connection refused")
            case socket.gaierror():
                return message("its host name is not known")
            case ssl.SSLCertVerificationError():
                return message("its certificate does not fit ({problem})", problem=cause.verify_message)
            case ssl.SSLError():
                return message("no secure connection could be made")
    return message("it cannot be reached")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and everything behind it."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    behind = error.__cause__ or error.__context__
    if behind is not None:
        yield from _causes(behind)
