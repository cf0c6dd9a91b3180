"""Clauses that only say why, and pronouns that mean what such a clause names."""

import pytest

from etoile.domain.matching.matcher import Matcher
from tests.domain.matching.test_matcher import value_of


@pytest.mark.parametrize(
    ("language", "text", "command", "value"),
    [
        ("en", "My ears hurt, turn the volume down.", "audio.volume.down", None),
        ("en", "turn the volume down, my ears hurt", "audio.volume.down", None),
        ("en", "I'm getting a call, mute the sound", "audio.mute", None),
        ("en", "lock the screen because I am leaving", "screen.lock", None),
        ("en", "I don't need Firefox any more, close it", "app.close", "Firefox"),
        ("fr", "J'ai mal aux oreilles, baisse le son", "audio.volume.down", None),
        ("fr", "je n'ai plus besoin de firefox, tu peux le fermer", "app.close", "Firefox"),
        ("fr", "docker me prend tout, arrête ce service", "service.stop", "docker"),
        ("fr", "verrouille l'écran le temps de ma pause", "screen.lock", None),
    ],
)
def test_a_reason_is_left_out(matcher: Matcher, language: str, text: str, command: str, value: str | None) -> None:
    found = matcher.match(text, language)
    assert (found.command, value_of(found)) == (command, value)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "If my ears hurt, turn the volume down."),
        ("en", "She said she is leaving, lock the screen"),
        ("en", "I told him: lock the screen"),
        ("en", 'my favourite line is "lock the screen", really'),
        ("en", "It is cold, don't close the window"),
        ("en", "lock the screen because he said so"),
        ("fr", "Si j'ai mal aux oreilles, baisse le son"),
        ("fr", "Il m'a dit, baisse le son"),
        ("fr", "j'ai mal aux oreilles, ne baisse pas le son"),
        ("fr", "l'histoire de France en dix volumes"),
        ("fr", "comment ça marche, le consensus"),
    ],
)
def test_a_clause_that_is_more_than_a_reason_stops_the_command(matcher: Matcher, language: str, text: str) -> None:
    assert matcher.match(text, language).command is None


@pytest.mark.parametrize(
    ("language", "text", "command"),
    [
        ("en", "wrong way round, maximize the window", None),
        ("en", "start the washing machine, open Firefox", None),
        ("fr", "grand soleil dehors, monte la luminosité", "display.brightness.up"),
        ("en", "should nginx go down, restart docker", None),
        ("fr", "aussitôt que docker plante, redémarre nginx", None),
        ("en", "in the eastern timezone, what time is it", None),
        ("en", "dear diary, note that it rained", None),
        ("en", "and then he yelled, close the window", None),
        ("en", "Alexa, turn up the volume", None),
        ("fr", "elle lui fait, coupe le son", None),
    ],
)
def test_a_clause_that_no_list_knows_is_left_out_of_nothing(
    matcher: Matcher, language: str, text: str, command: str | None
) -> None:
    assert matcher.match(text, language).command == command


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "ollama crashed, restart docker"),
        ("en", "you must not turn off bluetooth, mute the sound"),
        ("en", "I am off, kill it"),
        ("en", "wrong page, close the tab"),
        ("en", "mute the sound, no need to"),
        ("en", "in the event of a power cut, shut down the computer"),
        ("fr", "s'il fait trop sombre, augmente la luminosité"),
        ("fr", "pour peu qu'il plante, redémarre ollama"),
        ("fr", "ollama déconne, redémarre docker"),
    ],
)
def test_a_remark_that_may_be_more_than_a_reason_stops_the_command(matcher: Matcher, language: str, text: str) -> None:
    assert matcher.match(text, language).command is None


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "make a folder called receipts please", "receipts"),
        ("fr", "crée un dossier nommé vacances s'il te plaît", "vacances"),
        ("en", "create a folder in python", None),
        ("fr", "trouve le fichier qui contient le bug", None),
    ],
)
def test_a_name_has_no_politeness_in_it_and_is_none_where_the_thing_is_only_described(
    matcher: Matcher, language: str, text: str, name: str | None
) -> None:
    assert value_of(matcher.match(text, language)) == name
