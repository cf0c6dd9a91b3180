"""Messages become sentences in the language asked for, with its numbers and units."""

from datetime import UTC, datetime

import pytest
from babel import Locale
from babel.numbers import format_decimal

from etoile.text import (
    INTERFACE_LANGUAGES,
    NO_BREAK_SPACE,
    OWN_NAMES,
    SPOKEN_LANGUAGES,
    Message,
    desktop_language,
    message,
    plural,
    render,
    verbatim,
    with_decimals,
)


@pytest.mark.parametrize(
    ("said", "language", "sentence"),
    [
        (message("It is {share:.1f} %.", share=12.5), "en", "It is 12.5 %."),
        (message("It is {share:.1f} %.", share=12.5), "fr", "It is 12,5 %."),
        (message("It is {share:.1f} %.", share=12.5), "pt", "It is 12,5 %."),
        (message("{shares}", shares=[0.5, 1.5]), "pt", "0,5, 1,5"),
        (message("{size:bytes}", size=512), "en", f"512{NO_BREAK_SPACE}B"),
        (message("{size:bytes}", size=24 * 1024**3), "en", f"24.0{NO_BREAK_SPACE}GiB"),
        (message("{size:bytes}", size=22.6 * 1024**3), "fr", f"22,6{NO_BREAK_SPACE}Gio"),
        (message("{size:bytes}", size=22.6 * 1024**3), "pt", f"22,6{NO_BREAK_SPACE}GiB"),
        (message("{size:bytes}", size=139 * 1024**3), "fr", f"139{NO_BREAK_SPACE}Gio"),
        (message("{time:duration}", time=0), "en", f"0{NO_BREAK_SPACE}s"),
        (message("{time:duration}", time=80), "en", f"1{NO_BREAK_SPACE}min 20{NO_BREAK_SPACE}s"),
        (message("{time:duration}", time=7500), "fr", f"2{NO_BREAK_SPACE}h 5{NO_BREAK_SPACE}min"),
        (message("{time:duration}", time=7500), "pt", f"2{NO_BREAK_SPACE}h 5{NO_BREAK_SPACE}min"),
        (message("{at:clock}", at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC)), "en", "14:05"),
        (message("{at:clock}", at=datetime(2026, 11, 21, 7, 5, tzinfo=UTC)), "pt", "07:05"),
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


def test_what_is_spoken_can_be_written_and_each_language_has_a_name_of_its_own() -> None:
    assert set(SPOKEN_LANGUAGES) < set(INTERFACE_LANGUAGES)
    assert {code: _capital(Locale(code).get_language_name(code)) for code in INTERFACE_LANGUAGES} == OWN_NAMES


def _capital(name: str | None) -> str:
    assert name
    return name.capitalize()


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_decimals_are_written_as_unicode_has_it(language: str) -> None:
    assert with_decimals("3.14", language) == format_decimal(3.14, locale=language)


@pytest.mark.parametrize(
    ("named", "language"),
    [
        ("pt_BR.UTF-8", "pt"),
        ("pt_PT.UTF-8", "pt"),
        ("pt", "pt"),
        ("fr_FR@euro", "fr"),
        ("pl_PL.UTF-8", "en"),
        ("fr_CA.UTF-8", "fr"),
        ("en_GB.UTF-8", "en"),
        ("de_DE.UTF-8", "en"),
        ("C.UTF-8", "en"),
    ],
)
def test_the_language_of_the_desktop(monkeypatch: pytest.MonkeyPatch, named: str, language: str) -> None:
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", named)
    assert desktop_language() == language


@pytest.mark.parametrize(
    ("named", "language"),
    [
        ("Portuguese_Brazil", "pt"),
        ("Polish_Poland", "en"),
        ("French_Canada", "fr"),
        ("fr_FR", "fr"),
        ("English_United States", "en"),
        (None, "en"),
    ],
)
def test_the_language_of_windows(monkeypatch: pytest.MonkeyPatch, named: str | None, language: str) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("locale.getlocale", lambda: (named, "cp1252"))
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    assert desktop_language() == language
