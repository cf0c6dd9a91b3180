"""HTTP to the nodes: the one home of httpx, and the one place where its failures become Etoile's.

Used within the loop of thread `net` alone.  No redirect is followed, so that no key goes where the user did not send
it; no proxy is used; nothing is decompressed; nothing is read without a bound.
"""

import contextlib
import json
import logging
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

import msgspec

from etoile.errors import (
    NodeBroken,
    NodeBusy,
    NodeError,
    NodeLoading,
    NodeNonsense,
    NodeRejected,
    NodeSilent,
    NodeUnauthorised,
    NodeUnreachable,
    NodeUnsuited,
)
from etoile.llm.framing import Lines
from etoile.text import Message, message

if TYPE_CHECKING:
    import httpx

Shape = TypeVar("Shape")

LISTING_BYTES = 4_000_000
"""A list of models is never longer."""

LONGEST_RETRY_S = 86_400.0
"""Whoever asks to be left alone for longer is asked once a day."""

_COMPLAINT_BYTES = 64_000
_COMPLAINT_SHOWN = 200
_BEARER = "Bearer "

# One line per request at INFO is noise: heartbeats are requests too.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Client:
    """The connections to all nodes.  Made at the first request: httpx takes a fifth of a second to import."""

    def __init__(
        self, connect_s: float, stream_bytes: int, transport: "httpx.AsyncBaseTransport | None" = None
    ) -> None:
        self.connect_s = connect_s
        self.stream_bytes = stream_bytes
        """A stream is cut off after this, whatever it holds."""
        self._transport = transport
        self._http: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        if self._http is not None:
            await self._http.aclose()

    @asynccontextmanager
    async def send(
        self, method: str, url: str, headers: dict[str, str], body: object | None
    ) -> "AsyncIterator[httpx.Response]":
        """Send a request; give the response as soon as its head is there.  Raises NodeError."""
        with _translated(self.connect_s):
            async with self._open().stream(method, url, headers=headers, json=body) as response:
                if not response.is_success:
                    complaint = await _complaint(response)
                    raise refusal(response.status_code, complaint, retry_after_s(response.headers, time.time()))
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise NodeBroken(message("it compressed its answer although it was asked not to"))
                yield response

    async def page(self, url: str, most_bytes: int) -> tuple[str, bytes]:
        """Return the kind ("text/plain") and the content of the page at `url`; no key is sent.  Raises NodeError."""
        async with self.send("GET", url, {}, None) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return kind, await _read(response, most_bytes)

    def _open(self) -> "httpx.AsyncClient":
        if self._http is None:
            import httpx

            self._http = httpx.AsyncClient(
                headers={"accept-encoding": "identity", "user-agent": "etoile"},
                # Times are limited per record by those who read; see `limits`.
                timeout=httpx.Timeout(None, connect=self.connect_s),
                follow_redirects=False,
                # Requests go to the node and nowhere else: proxies and .netrc of the environment are not for them.
                trust_env=False,
                verify=httpx.create_ssl_context(trust_env=True),
                transport=self._transport,
            )
        return self._http


class Server:
    """One node's address and key.  The key is fetched once, and again after the node has refused it."""

    def __init__(self, client: Client, url: str, key: Callable[[], Awaitable[str | None]]) -> None:
        self._client = client
        # The paths begin with /v1 themselves; many programs want it in the address, so people write it there.
        self._url = url.rstrip("/").removesuffix("/v1")
        self._fetch_key = key
        self._headers: dict[str, str] | None = None

    async def get(self, path: str, shape: type[Shape]) -> Shape:
        """Return the JSON at `path`.  Raises NodeError."""
        async with self._send("GET", path, None) as response:
            return decoded(await _read(response, LISTING_BYTES), shape)

    async def post(self, path: str, body: object, shape: type[Shape], *, most_bytes: int = LISTING_BYTES) -> Shape:
        """Return the JSON that answers the POST of `body`, of `most_bytes` at most.  Raises NodeError."""
        async with self._send("POST", path, body) as response:
            return decoded(await _read(response, most_bytes), shape)

    async def order(self, method: str, path: str, body: object) -> None:
        """Have the server do something; what it answers to that is of no interest.  Raises NodeError."""
        async with self._send(method, path, body) as response:
            await _read(response, LISTING_BYTES)

    async def lines(self, path: str, body: object) -> AsyncGenerator[str]:
        """Yield the lines that answer the POST of `body`.  Raises NodeError."""
        lines = Lines()
        async with self._send("POST", path, body) as response:
            async for packet in _bounded(response, self._client.stream_bytes):
                for line in lines.feed(packet):
                    yield line
            for line in lines.end():
                yield line

    @asynccontextmanager
    async def _send(self, method: str, path: str, body: object | None) -> "AsyncIterator[httpx.Response]":
        if self._headers is None:
            key = await self._fetch_key()
            self._headers = {} if key is None else {"authorization": _BEARER + key}
        try:
            async with self._client.send(method, self._url + path, self._headers, body) as response:
                yield response
        except NodeUnauthorised:
            self._headers = None
            raise


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


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """Return the wait that `retry-after` asks for, in seconds or as a date; None for no or a senseless one.

    RFC 9110, section 10.2.3.  A date is compared with the server's own, where it tells it; `now_s` is our clock.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal() and asked.isascii():
        return min(float(asked), LONGEST_RETRY_S)
    until_s = _http_date_s(asked)
    if until_s is None:
        return None
    now_s = _http_date_s(headers.get("date", "")) or now_s
    return min(max(0.0, until_s - now_s), LONGEST_RETRY_S)


def _http_date_s(written: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(written).timestamp()
    except (ValueError, OverflowError):
        return None


def refusal(status: int | None, complaint: object, retry_after_s: float | None = None) -> NodeError:
    """Return what a status and the server's own words mean for the caller; `status` None is an error within a stream.

    `retry_after_s` is the wait that the server asked for beside its words.  The table is that of the formats'
    documentation; llama.cpp answers 500 to JSON that it cannot read, which is our fault, and 503 while it loads.
    """
    words = _words(complaint)
    lowered = words.lower()
    said = _quoted(status, words)
    match status:
        case 401 | 403:
            return NodeUnauthorised(
                message("it does not accept the key"), message("Set `key` of this node in the settings file.")
            )
        case 429:
            return NodeBusy(message("its rate limit is reached"), retry_after_s=retry_after_s)
        case 500 if "json.exception.parse_error" in lowered:
            return NodeRejected(said)
        case 404 | 413:
            return NodeUnsuited(said)
        case int() if 300 <= status < 400:
            return NodeBroken(message("it sends requests elsewhere ({status})", status=status))
    if "loading model" in lowered or "model is loading" in lowered:
        return NodeLoading(message("it is loading its model"), retry_after_s=retry_after_s)
    if status == 529 or any(sign in lowered for sign in ("pending requests", "overloaded", "server busy")):
        return NodeBusy(message("its queue is full"), retry_after_s=retry_after_s)
    if "context" in lowered and any(sign in lowered for sign in ("exceed", "length", "too long", "overflow")):
        return NodeUnsuited(message("the conversation is longer than its context"))
    if "model" in lowered and any(sign in lowered for sign in ("not found", "not_found", "does not exist")):
        return NodeUnsuited(said)
    return NodeBroken(said) if status is None or status >= 500 else NodeRejected(said)


def _quoted(status: int | None, words: str) -> Message:
    if not words:
        return message("it answered {status}", status=status)
    if status is None:
        return message('it broke off with "{words}"', words=words)
    return message('it answered {status}: "{words}"', status=status, words=words)


def _words(complaint: object) -> str:
    """Return the text of an error, whichever of the usual shapes it has; one line, bounded, printable."""
    for key in ("error", "message", "detail"):
        if isinstance(complaint, dict) and complaint.get(key):
            return _words(complaint[key])
    text = complaint if isinstance(complaint, str) else json.dumps(complaint) if complaint else ""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * _COMPLAINT_SHOWN])
    return " ".join(printable.split())[:_COMPLAINT_SHOWN]


async def _complaint(response: "httpx.Response") -> object:
    """Return the body of an error: JSON where it is JSON, else nothing, for an HTML page is no sentence."""
    content = await _read(response, _COMPLAINT_BYTES)
    if key := response.request.headers.get("authorization", "").removeprefix(_BEARER):
        content = content.replace(key.encode(), b"***")
    with contextlib.suppress(NodeBroken):
        return decoded(content, object)
    return None


async def _read(response: "httpx.Response", most_bytes: int) -> bytes:
    return b"".join([packet async for packet in _bounded(response, most_bytes)])


async def _bounded(response: "httpx.Response", most_bytes: int) -> AsyncIterator[bytes]:
    """Yield the packets of the body.  Raises NodeBroken when they are more than `most_bytes`."""
    received_bytes = 0
    async for packet in response.aiter_raw():
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
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
        # The text of a LocalProtocolError may hold a header, that is the key: it is not repeated.
        raise NodeUnreachable(message("its address or key cannot be sent over HTTP")) from error
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
