"""A node that answers at once, as a program of its own: its work is not that of the router under measure.

    python -m tests.benchmarks.mock_node        # prints its port, and serves until its stdin ends

The first part of the path says how many records of text an answer has: /8/v1/chat/completions.
"""

import asyncio
import json
import sys

_LISTING = json.dumps({"object": "list", "data": [{"id": "tiny", "object": "model"}]}).encode()


def _record(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    line = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "tiny", "choices": [choice]}
    return b"data: " + json.dumps(line).encode() + b"\n\n"


_FIRST, _LAST = _record({"role": "assistant", "content": "So"}), _record({}, "stop")


def _stream(words: int) -> bytes:
    """Return the records one by one, each in a chunk of its own.  Every word is another one: peers watch for that."""
    said = [_record({"content": f" w{number}"}) for number in range(1, words)]
    records = [_FIRST, *said, _LAST, b"data: [DONE]\n\n"]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(record), record) for record in records)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + chunks + b"0\r\n\r\n"


_STREAMS = {words: _stream(words) for words in (8, 408)}
_LIST = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(_LISTING), _LISTING)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
            await reader.readexactly(length)
            writer.write(_STREAMS[int(head.split(b"/")[1])] if head.startswith(b"post") else _LIST)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main())
