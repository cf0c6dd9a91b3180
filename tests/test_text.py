"""Messages become sentences in the language asked for, with its numbers and units."""

from datetime import UTC, datetime

import pytest

from etoile.text import NO_BREAK_SPACE, Message, message, plural, render, verbatim


@pytest.mark.parametrize(
    ("said", "language", "sentence"),
    [
        (message("It is {share:.1f} %.", share=12.5), "en", "It is 12.5 %."),
        (message("It is {share:.1f} %.", share=12.5), "fr", "It is 12,5 %."),
        (message("{size:bytes}", size=512), "en", f"512{NO_BREAK_SPACE}B"),
        (message("{size:bytes}", size=24 * 1024**3), "en", f"24.0{NO_BREAK_SPACE}GiB"),
        (message("{size:bytes}", size=22.6 * 1024**3), "fr", f"22,6{NO_BREAK_SPACE}Gio"),
        (message("{size:bytes}", size=139 * 1024**3), "fr", f"139{NO_BREAK_SPACE}Gio"),
        (message("{time:duration}", time=0), "en", f"0{NO_BREAK_SPACE}s"),
        (message("{time:duration}", time=80), "en", f"1{NO_BREAK_SPACE}min 20{NO_BREAK_SPACE}s"),
        (message("{time:duration}", time=7500), "fr", f"2{NO_BREAK_SPACE}h 5{NO_BREAK_SPACE}min"),
        (message("{at:clock}", at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC)), "en", "14:05"),
        (
            message("{at:clock}", at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC)),
            "fr",
            f"14{NO_BREAK_SPACE}h{NO_BREAK_SPACE}05",
        ),
        (
            message("{at:clock}", at=datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
            "fr",
            f"7{NO_BREAK_SPACE}h{NO_BREAK_SPACE}30",
        ),
        (message("{names}", names=["M1", "M2"]), "en", "M1, M2"),
        (message("{inner}!", inner=message("{x:.1f}", x=0.5)), "fr", "0,5!"),
        (message("{name} {{literally}}", name="a"), "en", "a {literally}"),
        (plural("{count} node", "{count} nodes", 1), "en", "1 node"),
        (plural("{count} node", "{count} nodes", 3), "en", "3 nodes"),
        (verbatim("{not a place}"), "fr", "{not a place}"),
        (message("{hour}", hour="14:05"), "de", "14:05"),
    ],
)
def test_a_message_is_rendered(said: Message, language: str, sentence: str) -> None:
    assert render(said, language) == sentence


def test_a_place_without_a_value_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        render(message("{missing}"), "en")
