"""The names of parts, for people."""

import pytest

from etoile.domain.parts_named import part_name
from etoile.text import render


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("gpu", "GPU readings"),
        ("speech_model", "speech model"),
        ("gpus M1", "GPUs of M1"),
        ("store history", "database “history”"),
        ("something_new", "something_new"),
    ],
)
def test_parts_have_names(part: str, name: str) -> None:
    assert render(part_name(part), "en") == name
