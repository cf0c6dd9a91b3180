"""One way to a node, in a process of its own: so that what each costs is its own.

    python -m tests.benchmarks.router_runs etoile|httpx|litellm PORT

A line of JSON on stdin asks for a round: {"words": 8, "abreast": 16, "waves": 20}.  The answer tells how long each
request took from when its wave was handed in to when its answer was whole, and what processor time a request cost.
"""

import asyncio
import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Wave = Callable[[int, int], list[float]]
"""Makes so many requests at once for answers of so many words; returns what each took, in ms."""

_QUESTION = itertools.count()


def _question() -> str:
    """Return a question that nobody asked before: the same one would be shared."""
    return f"What is {next(_QUESTION)}?"


@contextmanager
def etoile(port: int) -> Iterator[Wave]:
    """The router of Etoile, as the app uses it: from any thread to its own, and back by events."""
    from etoile.config import Node, Routing
    from etoile.domain.effects import Ask
    from etoile.domain.events import AnswerEnded, Event, Failed
    from etoile.llm.router import Router

    ended: dict[int, float] = {}
    left = threading.Semaphore(0)
    turns = itertools.count(1)

    def publish(event: Event) -> None:
        assert not isinstance(event, Failed), event
        if isinstance(event, AnswerEnded):
            ended[event.turn] = time.perf_counter()
            left.release()

    def node(words: int) -> Node:
        return Node(name=f"{words}", url=f"http://127.0.0.1:{port}/{words}", model="tiny", max_in_flight=64)

    def wave(abreast: int, words: int) -> list[float]:
        asks = [Ask(next(turns), _question(), "en", kind="simple", node=f"{words}") for _ in range(abreast)]
        began_s = time.perf_counter()
        for ask in asks:
            router.ask(ask)
        for _ in asks:
            left.acquire()
        return [1000 * (ended.pop(ask.turn) - began_s) for ask in asks]

    routing = Routing(discover=False)
    with Router(
        [node(8), node(408)], routing, publish, guide=_NoGuide(), secret=lambda node: None, watch=False
    ) as router:
        yield wave


class _NoGuide:
    def answer(self, question: str, language: str) -> list[str]:
        raise AssertionError

    def stand_in(self, question: str, language: str, nodes: object) -> list[str]:
        raise AssertionError


@contextmanager
def _loop_of(one: Callable[[int], Any], leave: Callable[[], Any] | None = None) -> Iterator[Wave]:
    """A coroutine function made a wave, on one loop."""
    loop = asyncio.new_event_loop()

    async def timed(words: int, began_s: float) -> float:
        await one(words)
        return 1000 * (time.perf_counter() - began_s)

    async def together(abreast: int, words: int) -> list[float]:
        began_s = time.perf_counter()
        return list(await asyncio.gather(*(timed(words, began_s) for _ in range(abreast))))

    yield lambda abreast, words: loop.run_until_complete(together(abreast, words))
    if leave:
        loop.run_until_complete(leave())
    loop.close()


@contextmanager
def plain(port: int) -> Iterator[Wave]:
    """httpx, as one would write it by hand: the stream read line by line, each record parsed."""
    import httpx

    client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))

    async def one(words: int) -> None:
        body = {"model": "tiny", "messages": [{"role": "user", "content": _question()}], "stream": True}
        url = f"http://127.0.0.1:{port}/{words}/v1/chat/completions"
        count = 0
        async with client.stream("POST", url, json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    count += bool(json.loads(line[6:])["choices"][0]["delta"].get("content"))
        assert count == words

    with _loop_of(one, client.aclose) as wave:
        yield wave


@contextmanager
def litellm(port: int) -> Iterator[Wave]:
    """litellm.Router in this process."""
    import litellm as peer  # type: ignore[import-not-found]

    peer.suppress_debug_info = True
    names = {words: f"http://127.0.0.1:{port}/{words}/v1" for words in (8, 408)}
    router = peer.Router(
        model_list=[
            {"model_name": f"m{words}", "litellm_params": {"model": "openai/tiny", "api_base": base, "api_key": "x"}}
            for words, base in names.items()
        ],
        num_retries=0,
    )

    async def one(words: int) -> None:
        messages = [{"role": "user", "content": _question()}]
        count = 0
        async for chunk in await router.acompletion(model=f"m{words}", messages=messages, stream=True):
            count += bool(chunk.choices[0].delta.content)
        assert count == words

    with _loop_of(one) as wave:
        yield wave


WAYS = {"etoile": etoile, "httpx": plain, "litellm": litellm}


def main() -> None:
    """Serve rounds until stdin ends."""
    with WAYS[sys.argv[1]](int(sys.argv[2])) as wave:
        for line in sys.stdin:
            asked = json.loads(line)
            began_s = time.process_time()
            took = [ms for _ in range(asked["waves"]) for ms in wave(asked["abreast"], asked["words"])]
            cpu_ms = 1000 * (time.process_time() - began_s) / len(took)
            print(json.dumps({"ms": took, "cpu_ms": cpu_ms}), flush=True)


if __name__ == "__main__":
    main()
