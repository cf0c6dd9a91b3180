"""Which connection a request travels on: one that is kept, or a new one; none is shared, none is left behind."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from etoile.errors import NodeUnreachable
from etoile.llm.client import Client

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
HALF = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no"


class Peer:
    """A server that answers every request with `answer`, as soon as `may_answer`."""

    def __init__(self, answer: bytes = ANSWER, *, closes: bool = False) -> None:
        self.answer = answer
        self.closes = closes
        """After each answer, without a word of it in the head."""
        self.port = 0
        self.opened = 0
        self.asked = 0
        self.gone = 0
        """Connections that are over."""
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.changed = asyncio.Condition()

    async def until(self, so: Callable[[], bool]) -> None:
        """Return as soon as it is so."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(so)

    async def _note(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked += 1
                await self._note()
                await self.may_answer.wait()
                writer.write(self.answer)
                await writer.drain()
                if self.closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self.gone += 1
            await self._note()


@asynccontextmanager
async def met(peer: Peer) -> AsyncIterator[tuple[Peer, Client]]:
    """Give `peer`, listening, and a client."""
    async with await asyncio.start_server(peer.serve, "127.0.0.1", 0) as server:
        peer.port = server.sockets[0].getsockname()[1]
        async with aclosing(Client(5.0, 1000)) as client:
            yield peer, client
        await peer.until(lambda: peer.gone == peer.opened)


async def page(peer: Peer, client: Client) -> bytes:
    return (await client.page(f"http://127.0.0.1:{peer.port}/", 100))[1]


async def reused() -> None:
    async with met(Peer()) as (peer, client):
        assert [await page(peer, client) for _ in range(3)] == [b"ok"] * 3
        assert peer.opened == 1


async def each_its_own() -> None:
    async with met(Peer()) as (peer, client):
        for _ in range(2):
            peer.asked = 0
            peer.may_answer.clear()
            asking = [asyncio.ensure_future(page(peer, client)) for _ in range(16)]
            await peer.until(lambda: peer.asked == 16)
            peer.may_answer.set()
            assert await asyncio.gather(*asking) == [b"ok"] * 16
        assert peer.opened == 16


async def closed_by_the_server() -> None:
    async with met(Peer(closes=True)) as (peer, client):
        for _ in range(3):
            assert await page(peer, client) == b"ok"
            await peer.until(lambda: peer.gone == peer.opened)
        assert peer.opened == 3


async def given_up_before_the_answer() -> None:
    async with met(Peer()) as (peer, client):
        peer.may_answer.clear()
        asking = asyncio.ensure_future(page(peer, client))
        await peer.until(lambda: peer.asked == 1)
        asking.cancel()
        await asyncio.wait([asking])
        peer.may_answer.set()
        await peer.until(lambda: peer.gone == 1)
        assert await page(peer, client) == b"ok"
        assert peer.opened == 2


async def left_half_read() -> None:
    async with met(Peer(HALF)) as (peer, client):
        async with client.send("GET", f"http://127.0.0.1:{peer.port}/", {}, None):
            pass
        await peer.until(lambda: peer.gone == 1)
        peer.answer = ANSWER
        assert await page(peer, client) == b"ok"


async def closed_while_in_use() -> None:
    async with met(Peer(HALF)) as (peer, client):
        asking = asyncio.ensure_future(page(peer, client))
        await peer.until(lambda: peer.asked == 1)
        await client.aclose()
        with pytest.raises(NodeUnreachable):
            await asking
        peer.answer = ANSWER
        assert await page(peer, client) == b"ok"


async def old_ones_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    from etoile.llm import connections

    monkeypatch.setattr(connections, "KEEP_S", -1.0)
    async with met(Peer()) as (peer, client):
        for _ in range(2):
            assert await page(peer, client) == b"ok"
            await peer.until(lambda: peer.gone == peer.opened)
        assert peer.opened == 2


@pytest.mark.parametrize(
    "story",
    [reused, each_its_own, closed_by_the_server, given_up_before_the_answer, left_half_read, closed_while_in_use],
)
def test_connections(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_connections_that_were_idle_for_long_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(old_ones_closed(monkeypatch))
