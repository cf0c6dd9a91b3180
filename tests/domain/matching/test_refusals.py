"""What has the words of a command, and must run nothing."""

import pytest

from etoile.domain.match import Reason
from etoile.domain.matching import Matcher


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "thanks for closing firefox"),
        ("en", "sorry er for muting the sound"),
        ("en", "what is a skill"),
        ("en", "can you even mute the sound?"),
        ("fr", "c'est quoi une compétence"),
        ("fr", "merci d'avoir fermé firefox"),
    ],
)
def test_what_begins_as_no_command_does_is_refused(matcher: Matcher, language: str, text: str) -> None:
    found = matcher.match(text, language)
    assert (found.command, found.choices) == (None, ())


@pytest.mark.parametrize(("language", "text"), [("en", "mute the"), ("en", "the volume of the"), ("fr", "coupe mon")])
def test_what_breaks_off_runs_nothing(matcher: Matcher, language: str, text: str) -> None:
    assert matcher.match(text, language).command is None


@pytest.mark.parametrize(
    ("language", "asked", "ordered"),
    [
        ("en", "you should mute the sound?", "you should mute the sound"),
        ("en", "mute the sound? not now", "mute the sound"),
        ("fr", "tu vas couper le son ?", "tu vas couper le son"),
    ],
)
def test_a_question_only_proposes(matcher: Matcher, language: str, asked: str, ordered: str) -> None:
    assert matcher.match(asked, language).command is None
    assert matcher.match(ordered, language).command == "audio.mute"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "create a folder called invoices when I leave"),
        ("en", "create a folder called invoices in ten minutes"),
        ("fr", "crée un dossier factures à dix-huit heures"),
    ],
)
def test_a_name_that_goes_on_with_a_condition_is_proposed(matcher: Matcher, language: str, text: str) -> None:
    found = matcher.match(text, language)
    assert (found.command, found.reason) == (None, Reason.BELOW_THRESHOLD)
    assert found.choices[0].command == "file.create_folder"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "eep the wifi on"),
        ("fr", "désactivepsa le micro"),
        ("fr", "parle ps plus vite"),
        ("fr", "pourq uoi couper le son"),
    ],
)
def test_what_may_deny_or_ask_is_never_bent_away(matcher: Matcher, language: str, text: str) -> None:
    assert matcher.match(text, language).command is None
