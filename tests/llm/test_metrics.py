"""Pages of metrics, fetched over real sockets from exporters that behave, and from those that do not."""

import asyncio

import pytest

from etoile.errors import NodeBroken, NodeError, NodeSilent, NodeUnauthorised, NodeUnreachable, NodeUnsuited
from etoile.llm import metrics as module
from etoile.llm.client import Client
from etoile.llm.metrics import metrics
from tests.gpu.fake_exporter import FakeExporter, Manner


def fetched(url: str) -> bytes:
    async def fetch() -> bytes:
        client = Client(connect_s=2.0, stream_bytes=1000)
        try:
            return await metrics(client, url)
        finally:
            await client.aclose()

    return asyncio.run(fetch())


@pytest.mark.parametrize("kind", ["text/plain; version=0.0.4; charset=utf-8", "application/openmetrics-text", None])
def test_a_page(kind: str | None) -> None:
    with FakeExporter(b"a 1\n", kind=kind) as exporter:
        assert fetched(exporter.url) == b"a 1\n"
        [headers] = exporter.asked
        assert "authorization" not in headers
        assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("manner", "error", "says"),
    [
        (Manner.DRIPS, NodeSilent, "no answer within 0.5 s"),
        (Manner.HANGS, NodeSilent, "no answer within 0.5 s"),
        (Manner.ENDLESS, NodeBroken, "more than"),
        (Manner.REDIRECTS, NodeBroken, "elsewhere"),
        (Manner.BREAKS_OFF, NodeUnreachable, "broke"),
        (Manner.GARBAGE, NodeUnreachable, "HTTP"),
        (Manner.COMPRESSED, NodeBroken, "compressed"),
        (Manner.MISSING, NodeUnsuited, "404"),
        (Manner.FAILING, NodeBroken, "500"),
        (Manner.LOCKED, NodeUnauthorised, "key"),
        (Manner.WEB_PAGE, NodeBroken, "text/html in place of metrics"),
    ],
)
def test_an_exporter_that_misbehaves(
    monkeypatch: pytest.MonkeyPatch, manner: Manner, error: type[NodeError], says: str
) -> None:
    monkeypatch.setattr(module, "WITHIN_S", 0.5)
    with FakeExporter(b"a 1\n", manner=manner) as exporter, pytest.raises(error, match=says):
        fetched(exporter.url)


def test_nobody_is_there() -> None:
    with FakeExporter(b"") as exporter:
        url = exporter.url
    with pytest.raises(NodeUnreachable, match="refused"):
        fetched(url)
