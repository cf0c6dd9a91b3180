import pytest

from etoile.domain.commands import SlotType
from etoile.domain.matching.quantities import LONGEST_S, READERS
from etoile.domain.matching.tokens import texts_of


def read(slot: SlotType, text: str, language: str) -> str | int | None:
    """Return the value that the whole of `text` is read as; fail when some of it is left."""
    tokens = texts_of(text, language, {})
    found = READERS[slot](tokens, 0, language)
    assert found is not None, "nothing was read"
    assert found[0] == len(tokens), "something was left"
    return found[1]


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("cinq minutes", "fr", 300),
        ("une minute", "fr", 60),
        ("une heure et demie", "fr", 5400),
        ("deux heures et quart", "fr", 8100),
        ("deux heures trois quarts", "fr", 9900),
        ("1h30", "fr", 5400),
        ("une demi-heure", "fr", 1800),
        ("un quart d'heure", "fr", 900),
        ("trois quarts d'heure", "fr", 2700),
        ("deux minutes et trente secondes", "fr", 150),
        ("deux minutes et demie", "fr", 150),
        ("quatre-vingt-dix secondes", "fr", 90),
        ("five minutes", "en", 300),
        ("an hour and a half", "en", 5400),
        ("two and a half hours", "en", 9000),
        ("two and a half minutes", "en", 150),
        ("half an hour", "en", 1800),
        ("a quarter of an hour", "en", 900),
        ("one hour and twenty minutes", "en", 4800),
        ("45s", "en", 45),
    ],
)
def test_a_duration(text: str, language: str, seconds: int) -> None:
    assert read(SlotType.SECONDS, text, language) == seconds


@pytest.mark.parametrize(
    ("text", "language"), [("zéro minute", "fr"), ("200 hours", "en"), ("99999999999 hours", "en")]
)
def test_a_duration_out_of_range(text: str, language: str) -> None:
    assert read(SlotType.SECONDS, text, language) is None


def test_a_week_is_the_longest() -> None:
    assert read(SlotType.SECONDS, f"{LONGEST_S // 3600} hours", "en") == LONGEST_S


@pytest.mark.parametrize(
    ("text", "language", "time"),
    [
        ("7h30", "fr", "07:30"),
        ("7:30", "fr", "07:30"),
        ("sept heures", "fr", "07:00"),
        ("sept heures et demie", "fr", "07:30"),
        ("huit heures moins le quart", "fr", "07:45"),
        ("huit heures moins dix", "fr", "07:50"),
        ("midi", "fr", "12:00"),
        ("midi et quart", "fr", "12:15"),
        ("minuit", "fr", "00:00"),
        ("24h", "fr", "00:00"),
        ("six heures du soir", "fr", "18:00"),
        ("7", "en", "07:00"),
        ("seven thirty", "en", "07:30"),
        ("7:30 pm", "en", "19:30"),
        ("7 p.m", "en", "19:00"),
        ("twelve am", "en", "00:00"),
        ("half past seven", "en", "07:30"),
        ("quarter to eight", "en", "07:45"),
        ("ten past six", "en", "06:10"),
        ("seven in the evening", "en", "19:00"),
        ("noon", "en", "12:00"),
        ("7 o'clock", "en", "07:00"),
    ],
)
def test_a_time_of_day(text: str, language: str, time: str) -> None:
    assert read(SlotType.TIME, text, language) == time


@pytest.mark.parametrize(("text", "language"), [("25h00", "fr"), ("7h75", "fr"), ("7:75", "en"), ("31:00", "en")])
def test_a_time_that_no_clock_shows(text: str, language: str) -> None:
    assert read(SlotType.TIME, text, language) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("quarante", 40),
        ("40 %", 40),
        ("quatre-vingts pour cent", 80),
        ("0", 0),
        ("cent", 100),
        ("moitié", 50),
        ("trois quarts", 75),
        ("fond", 100),
    ],
)
def test_a_level(text: str, level: int) -> None:
    assert read(SlotType.LEVEL, text, "fr") == level


@pytest.mark.parametrize("text", ["101", "150 %", "99999999"])
def test_a_level_out_of_range(text: str) -> None:
    assert read(SlotType.LEVEL, text, "fr") is None


@pytest.mark.parametrize("tokens", [("de", "20"), ("by", "20"), ("-", "20"), ("moins", "20")])
def test_a_difference_is_no_level(tokens: tuple[str, str]) -> None:
    assert READERS[SlotType.LEVEL](tokens, 1, "fr") is None


def test_a_broken_number_is_no_level() -> None:
    assert READERS[SlotType.LEVEL](("20", ".", "5"), 0, "en") is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("youtube dot com", "youtube.com"),
        ("youtube point com", "youtube.com"),
        ("docs.python.org", "docs.python.org"),
        ("10.5.0.2", "10.5.0.2"),
        ("10 point 5 point 0 point 2", "10.5.0.2"),
        ("localhost", "localhost"),
    ],
)
def test_a_host(text: str, host: str) -> None:
    assert read(SlotType.HOST, text, "en") == host


@pytest.mark.parametrize("text", ["youtube", "foo.bar", "readme.txt", "com"])
def test_no_host(text: str) -> None:
    assert READERS[SlotType.SITE](texts_of(text, "en", {}), 0, "en") is None
