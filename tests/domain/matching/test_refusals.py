"""What has the words of a command, and must run nothing."""

import pytest

from etoile.domain.match import Reason
from etoile.domain.matching.matcher import Matcher


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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "pas besoin de mettre un minuteur"),
        ("fr", "pas besoin d'un minuteur"),
        ("fr", "pas besoin de me donner l'heure"),
        ("fr", "plus la peine de verrouiller l'écran"),
        ("fr", "bonne nuit"),
        ("en", "no need to set a timer"),
        ("en", "no need for a timer"),
        ("en", "i don't need an alarm"),
        ("en", "no need for music"),
        ("en", "good night"),
    ],
)
def test_what_is_not_wanted_or_only_wished_is_no_command(matcher: Matcher, language: str, text: str) -> None:
    found = matcher.match(text, language)
    assert (found.command, found.choices) == (None, ())


@pytest.mark.parametrize(
    ("language", "hint", "order", "command"),
    [
        ("fr", "je n'ai plus besoin du minuteur", "annule le minuteur", "timer.cancel"),
        ("fr", "plus besoin de firefox", "plus besoin de firefox, ferme-le", "app.close"),
        ("en", "i don't need the timer anymore", "cancel the timer", "timer.cancel"),
        ("en", "no need for the alarm", "no need for that alarm, cancel it", "alarm.cancel"),
    ],
)
def test_what_is_no_longer_needed_is_stopped_only_when_that_is_said(
    matcher: Matcher, language: str, hint: str, order: str, command: str
) -> None:
    hinted = matcher.match(hint, language)
    assert (hinted.command, hinted.choices[0].command) == (None, command)
    assert matcher.match(order, language).command == command


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
