"""What is written and what is spoken are apart: either may be set without the other."""

import pytest

from etoile.config import Config, Speech, Window, interface_language, spoken_language


@pytest.mark.parametrize(
    ("desktop", "window", "speech", "written", "spoken"),
    [
        ("fr_FR.UTF-8", "auto", "auto", "fr", "fr"),
        ("pt_BR.UTF-8", "auto", "auto", "pt", "en"),
        ("pt_BR.UTF-8", "auto", "fr", "pt", "fr"),
        ("fr_FR.UTF-8", "pt", "auto", "pt", "en"),
        ("fr_FR.UTF-8", "en", "auto", "en", "en"),
        ("fr_FR.UTF-8", "en", "fr", "en", "fr"),
        ("ja_JP.UTF-8", "auto", "auto", "en", "en"),
    ],
)
def test_languages(
    monkeypatch: pytest.MonkeyPatch, desktop: str, window: str, speech: str, written: str, spoken: str
) -> None:
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", desktop)
    config = Config(window=Window(language=window), speech=Speech(language=speech))  # type: ignore[arg-type]
    assert (interface_language(config), spoken_language(config)) == (written, spoken)
