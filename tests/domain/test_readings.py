"""What nodes report, in words."""

from datetime import datetime

from etoile.domain.readings import left_alone
from etoile.text import render


def test_until_when_a_node_is_left_alone() -> None:
    at = datetime(2026, 11, 21, 14, 5).astimezone()
    assert [render(said, "en") for said in left_alone(at.timestamp())] == ["asked again at 14:05"]
    assert left_alone(None) == []
