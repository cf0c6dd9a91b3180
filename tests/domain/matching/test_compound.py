"""Requests of several commands: split where every part is one, and never where that is a guess."""

import pytest

from etoile.domain.matching.matcher import Matcher

SPLIT: list[tuple[str, str, list[tuple[str, dict[str, object]]]]] = [
    ("mute and lock the screen", "en", [("audio.mute", {}), ("screen.lock", {})]),
    ("coupe le son puis verrouille l'écran", "fr", [("audio.mute", {}), ("screen.lock", {})]),
    (
        "mute the sound, lock the screen and take a screenshot",
        "en",
        [("audio.mute", {}), ("screen.lock", {}), ("screen.screenshot", {})],
    ),
    (
        "mets le volume à vingt, ouvre firefox puis verrouille l'écran s'il te plaît",
        "fr",
        [("audio.volume.set", {"level": 20}), ("app.open", {"app": "Firefox"}), ("screen.lock", {})],
    ),
    ("mute and shut down the computer", "en", [("audio.mute", {}), ("power.shutdown", {})]),
    (
        "lock the screen and note that I saw Paul and Mary",
        "en",
        [("screen.lock", {}), ("note.create", {"text": "I saw Paul and Mary"})],
    ),
    (
        "create a folder called reports and lock the screen",
        "en",
        [("file.create_folder", {"name": "reports"}), ("screen.lock", {})],
    ),
    # What "it" is, an earlier part names.
    ("open firefox and close it", "en", [("app.open", {"app": "Firefox"}), ("app.close", {"app": "Firefox"})]),
    ("ouvre firefox et ferme-le", "fr", [("app.open", {"app": "Firefox"}), ("app.close", {"app": "Firefox"})]),
    (
        "ouvre firefox puis ferme-la maintenant",
        "fr",
        [("app.open", {"app": "Firefox"}), ("app.close", {"app": "Firefox"})],
    ),
    (
        "stop docker and restart it",
        "en",
        [("service.stop", {"service": "docker"}), ("service.restart", {"service": "docker"})],
    ),
    (
        "mute, start docker and then stop it",
        "en",
        [("audio.mute", {}), ("service.start", {"service": "docker"}), ("service.stop", {"service": "docker"})],
    ),
]

WHOLE: list[tuple[str, str, str, dict[str, object]]] = [
    ("note que j'ai vu Paul et Marie", "fr", "note.create", {"text": "j'ai vu Paul et Marie"}),
    ("search for salt and pepper", "en", "browser.search", {"query": "salt and pepper"}),
    ("cherche sel et poivre sur internet", "fr", "browser.search", {"query": "sel et poivre"}),
    ("crée un dossier photos et vidéos", "fr", "file.create_folder", {"name": "photos et vidéos"}),
    (
        "take a note mute and lock the screen tomorrow",
        "en",
        "note.create",
        {"text": "mute and lock the screen tomorrow"},
    ),
]

NOTHING = [
    # A negation in one half.
    ("mute and do not lock the screen", "en"),
    ("coupe le son et ne verrouille pas l'écran", "fr"),
    ("don't mute and lock the screen", "en"),
    ("ne coupe pas le son et verrouille l'écran", "fr"),
    ("coupe le son mais pas le micro", "fr"),
    ("mute the sound but not the microphone", "en"),
    # Taken back.
    ("coupe le son, non, annule", "fr"),
    ("mute and cancel", "en"),
    # A half that is no command, or is too much.
    ("open firefox and dance", "en"),
    ("mute the sound and call my mother", "en"),
    ("mets le volume à 150 et verrouille l'écran", "fr"),
    ("lock the screen and mute if it is late", "en"),
    ("take a screenshot and lock the screen in ten minutes", "en"),
    # "It" that no earlier part names: the window in front may be any by then.
    ("mute and close it", "en"),
    ("ouvre firefox et mets-le à gauche", "fr"),
    ("open firefox and minimize it", "en"),
    ("mute and unmute it", "en"),
    ("crée un dossier rapports et ouvre-le", "fr"),
    ("create a folder called reports and open it", "en"),
    # More than a person says at once.
    ("mute and unmute and mute and unmute and mute and unmute", "en"),
]


@pytest.mark.parametrize(("text", "language", "parts"), SPLIT)
def test_several_commands(
    matcher: Matcher, text: str, language: str, parts: list[tuple[str, dict[str, object]]]
) -> None:
    found = matcher.match(text, language)
    assert [(found.command, dict(found.slots)), *((one.command, dict(one.slots)) for one in found.then)] == parts


@pytest.mark.parametrize(("text", "language", "command", "slots"), WHOLE)
def test_free_text_is_not_split(
    matcher: Matcher, text: str, language: str, command: str, slots: dict[str, object]
) -> None:
    found = matcher.match(text, language)
    assert (found.command, dict(found.slots), found.then) == (command, slots, ())


@pytest.mark.parametrize(("text", "language"), NOTHING)
def test_what_is_not_wholly_a_command_runs_nothing(matcher: Matcher, text: str, language: str) -> None:
    for found in (matcher.match(text, language), matcher.match(text, None)):
        assert (found.command, found.then) == (None, ())


@pytest.mark.parametrize("text", ["mute, " * 40, "et puis " * 60, ", , , and and and", "mute and " * 20 + "lock"])
def test_connectors_without_end(matcher: Matcher, text: str) -> None:
    assert matcher.match(text, None).command in (None, "audio.mute")
    assert matcher.match(text, None).then == ()
