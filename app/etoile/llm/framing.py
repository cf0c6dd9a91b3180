"""From packets to text: bytes first, then lines, then UTF-8, because a packet may end anywhere.

Pure: no network here.  Server-sent events as in the HTML standard, section 9.2.6.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator

from etoile.errors import NodeNonsense
from etoile.text import message

LONGEST_LINE_BYTES = 1_000_000


class Lines:
    """Cuts packets into lines of text, without their ends."""

    def __init__(self, longest_bytes: int = LONGEST_LINE_BYTES) -> None:
        self._longest_bytes = longest_bytes
        self._unfinished = bytearray()

    def feed(self, packet: bytes) -> Iterator[str]:
        """Yield the lines that `packet` ends.  Raises NodeNonsense for a line too long, or one that is not UTF-8."""
        first, *others = packet.split(b"\n")
        self._keep(first)
        for other in others:
            yield self._take()
            self._keep(other)

    def end(self) -> Iterator[str]:
        """Yield the line that the stream left without an end, if there is one."""
        if self._unfinished:
            yield self._take()

    def _keep(self, part: bytes) -> None:
        self._unfinished += part
        if len(self._unfinished) > self._longest_bytes:
            raise NodeNonsense(message("it sent a line of more than {size:bytes}", size=self._longest_bytes))

    def _take(self) -> str:
        line = bytes(self._unfinished).removesuffix(b"\r")
        self._unfinished.clear()
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            raise NodeNonsense(message("it sent something that is not text")) from error


class ServerSentEvents:
    """Joins the lines of a stream of server-sent events into the data of each event."""

    def __init__(self) -> None:
        self._data: list[str] = []

    def feed(self, line: str) -> Iterator[str]:
        """Yield the data of the event that `line` ends.  Comments (keep-alives) and other fields are passed over."""
        if not line:
            yield from self.end()
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif line.startswith("{"):
            # Some servers send an error after 200 as a bare line of JSON.
            yield line

    def end(self) -> Iterator[str]:
        """Yield the data of an event that the stream left without its blank line."""
        if self._data:
            yield "\n".join(self._data)
            self._data.clear()


async def events(lines: AsyncIterator[str]) -> AsyncGenerator[str]:
    """Yield the data of each server-sent event of `lines`."""
    joined = ServerSentEvents()
    async for line in lines:
        for data in joined.feed(line):
            yield data
    for data in joined.end():
        yield data
