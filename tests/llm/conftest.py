"""What several tests of the nodes need."""

from collections.abc import Iterator

import pytest

from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import DIALECTS


@pytest.fixture(params=DIALECTS)
def node(request: pytest.FixtureRequest) -> Iterator[FakeNode]:
    """A scripted node of each dialect."""
    with FakeNode(Script(dialect=request.param, answer="Voilà : déjà 42 °C 😀.")) as node:
        yield node
