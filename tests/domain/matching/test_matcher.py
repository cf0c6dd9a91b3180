import json
import random
from pathlib import Path

import pytest

from etoile.domain.commands import COMMANDS, Consequence
from etoile.domain.match import Match, Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.confidence import RUNS
from etoile.domain.matching.matcher import Matcher
from tests.domain.matching.conftest import MACHINE
from tests.domain.matching.lines import LANGUAGES, nothing, said

SPOKEN = json.loads((Path(__file__).parents[2] / "speech_model/phrases.json").read_text("utf-8"))


def value_of(match: Match) -> str | None:
    return next((str(value) for value in match.slots.values()), None)


# What is said to the tests' speech model


@pytest.mark.parametrize(
    ("language", "text", "command"),
    [(language, entry["text"], entry["command"]) for language in LANGUAGES for entry in SPOKEN[language]],
)
def test_a_phrase_of_the_speech_model(matcher: Matcher, language: str, text: str, command: str | None) -> None:
    assert matcher.match(text, language).command == command
    assert matcher.match(text, None).command == command


# What people say, and what they do not mean


@pytest.mark.parametrize(
    ("language", "text", "command", "value"), [(language, *row) for language in LANGUAGES for row in said(language)]
)
def test_what_people_say(matcher: Matcher, language: str, text: str, command: str, value: str | None) -> None:
    for found in (matcher.match(text, language), matcher.match(text, None)):
        assert (found.command, value_of(found)) == (command, value)
        assert found.confidence >= RUNS
        assert found.language == language or found.command == matcher.match(text, language).command


@pytest.mark.parametrize(("language", "text"), [(spoken, text) for spoken in LANGUAGES for text in nothing(spoken)])
def test_what_must_run_nothing(matcher: Matcher, language: str, text: str) -> None:
    for found in (matcher.match(text, language), matcher.match(text, None)):
        assert found.command is None
        assert found.then == ()


def test_there_are_enough_lines() -> None:
    for language in LANGUAGES:
        assert len(nothing(language)) >= 150
        assert len(said(language)) >= 150
        assert len({command for _, command, _ in said(language)}) >= 105


# Slots


@pytest.mark.parametrize(
    ("text", "language", "slots"),
    [
        ("mets le volume à quatre-vingts", "fr", {"level": 80}),
        ("mets le volume à 0", "fr", {"level": 0}),
        ("set the volume to 100%", "en", {"level": 100}),
        ("mets un minuteur d'une heure et quart", "fr", {"seconds": 4500}),
        ("set a timer for 2 hours and 5 minutes", "en", {"seconds": 7500}),
        ("mets une alarme à minuit", "fr", {"time": "00:00"}),
        ("wake me up at 7 p.m.", "en", {"time": "19:00"}),
        ("ouvre le site example point org", "fr", {"site": "example.org"}),
        ("ping localhost", "en", {"host": "localhost"}),
        ("ping dix point zéro point zéro point un", "fr", {"host": "10.0.0.1"}),
        ('search for "llama 3" benchmarks', "en", {"query": 'llama 3" benchmarks'}),
        ("Note : rappeler Zoé à 17h, c'est urgent", "fr", {"text": "rappeler Zoé à 17h, c'est urgent"}),
        ("crée un dossier appelé Été 2026", "fr", {"name": "Été 2026"}),
    ],
)
def test_a_slot(matcher: Matcher, text: str, language: str, slots: dict[str, str | int]) -> None:
    assert matcher.match(text, language).slots == slots


def test_a_name_that_this_machine_has_is_given_as_the_machine_writes_it(catalogues: dict[str, Catalogue]) -> None:
    elsewhere = Matcher(catalogues, {"app": ("Mozilla Firefox",)})
    assert elsewhere.match("ouvre firefox", "fr").slots == {"app": "Mozilla Firefox"}


def test_an_application_that_is_not_here_is_still_an_application(catalogues: dict[str, Catalogue]) -> None:
    assert Matcher(catalogues, {"app": ("Terminal",)}).match("ouvre blender", "fr").slots == {"app": "blender"}


def test_a_value_that_makes_no_sense_is_refused(matcher: Matcher) -> None:
    for text in ("mets le volume à 150", "mets un minuteur de zéro minute", "ping 999.1.1.1"):
        assert matcher.match(text, "fr").reason is Reason.REFUSED


# Reasons, choices, several commands


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("Coupe le son.", "fr", Reason.EXACT),
        ("tu peux couper le son s'il te plaît", "fr", Reason.TEMPLATE),
        ("mets le son à 20", "fr", Reason.TEMPLATE),
        ("mets le volme à vingt pour cent", "fr", Reason.FUZZY),
        ("Ne coupe pas le son.", "fr", Reason.REFUSED),
        ("How do I mute the sound?", "en", Reason.REFUSED),
        ('he said "mute the sound"', "en", Reason.REFUSED),
        ("Raconte-moi une histoire.", "fr", Reason.NONE),
        ("", "fr", Reason.NONE),
    ],
)
def test_the_reason(matcher: Matcher, text: str, language: str, reason: Reason) -> None:
    assert matcher.match(text, language).reason is reason


def test_a_question_without_words_of_asking_is_only_proposed(matcher: Matcher) -> None:
    found = matcher.match("Fermer la fenêtre ?", "fr")
    assert found.command is None
    assert found.reason is Reason.BELOW_THRESHOLD
    assert [choice.command for choice in found.choices] == ["window.close"]
    assert matcher.match("Peux-tu fermer la fenêtre ?", "fr").command == "window.close"


def test_two_commands_that_are_meant_alike_are_both_proposed(catalogues: dict[str, Catalogue]) -> None:
    found = Matcher(catalogues, {"app": ("docker",), "service": ("docker",)}).match("démarre docker", "fr")
    assert found.command is None
    assert found.reason is Reason.AMBIGUOUS
    assert {choice.command for choice in found.choices} == {"app.open", "service.start"}


@pytest.mark.parametrize(
    ("text", "language", "commands"),
    [
        ("coupe le son et prends une capture d'écran", "fr", ["audio.mute", "screen.screenshot"]),
        ("mute and lock the screen", "en", ["audio.mute", "screen.lock"]),
        ("pause, puis mets le son à 20 et ferme l'onglet", "fr", ["media.pause", "audio.volume.set", "tab.close"]),
        ("open the terminal then close firefox please", "en", ["app.open", "app.close"]),
        ("Coupe le son. Coupe le son.", "fr", ["audio.mute"]),
    ],
)
def test_several_commands_at_once(matcher: Matcher, text: str, language: str, commands: list[str]) -> None:
    found = matcher.match(text, language)
    assert [found.command, *(candidate.command for candidate in found.then)] == commands


# Noise


@pytest.mark.parametrize(
    ("text", "language", "command"),
    [
        ("euh alors mets mets le son à vingt", "fr", "audio.volume.set"),
        ("PRENDS UNE CAPTURE DECRAN", "fr", "screen.screenshot"),
        ("mais le volume à trente pour cent", "fr", "audio.volume.set"),
        ("eteint lordinateur", "fr", "power.shutdown"),
        ("reduis la fenetre", "fr", "window.minimize"),
        ("quelle est la temperture de la carte grafique", "fr", "gpu.temperature"),
        ("take a screen shot", "en", "screen.screenshot"),
        ("open fire fox", "en", "app.open"),
        ("um so set the the volme to 20 percent", "en", "audio.volume.set"),
        ("un mute the microphone", "en", "audio.mic.unmute"),
        ("dés active le micro", "fr", "audio.mic.mute"),
    ],
)
def test_noise_is_repaired(matcher: Matcher, text: str, language: str, command: str) -> None:
    assert matcher.match(text, language).command == command


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("robot", "en"),
        ("mite", "en"),
        ("loud", "en"),
        ("the computer robots", "en"),
        ("de verrouille l'écran", "fr"),
        ("déverrouille l'écran", "fr"),
        ("quit", "en"),
        ("unlock the screen", "en"),
        ("lock the stream", "en"),
    ],
)
def test_what_only_resembles_a_command_does_not_run(matcher: Matcher, text: str, language: str) -> None:
    assert matcher.match(text, language).command is None


def test_a_wrong_letter_never_makes_another_command_that_destroys(matcher: Matcher) -> None:
    chance = random.Random(11)
    for language in LANGUAGES:
        for text, command, _ in said(language):
            at = chance.randrange(len(text))
            noisy = text[:at] + chance.choice("aeinrst ") + text[at + chance.randrange(2) :]
            found = matcher.match(noisy, language)
            if found.command not in (None, command):
                assert found.command is not None
                assert COMMANDS[found.command].consequence is not Consequence.DESTRUCTIVE, noisy


# Anything at all


def test_anything_at_all_is_taken_calmly(matcher: Matcher) -> None:
    chance = random.Random(5)
    letters = "abcdefghij lmnoprstuv  éàçœß'’-.,;:!?%/\\(){}[]<>|\"«»0123456789\t\n\0\u200f\u0301🔊שمж"
    for _ in range(300):
        text = "".join(chance.choices(letters, k=chance.randrange(1, 120)))
        assert matcher.match(text, None).text == text


@pytest.mark.parametrize(
    "text", ["coupe le son " * 1000, "a" * 10_000, "(" * 500, "et " * 190, "un " * 190, ", " * 290]
)
def test_what_never_ends_is_no_command(matcher: Matcher, text: str) -> None:
    assert matcher.match(text, None).command is None


def test_the_same_question_gets_the_same_answer(matcher: Matcher) -> None:
    assert matcher.match("mets le son à vingt", "fr") == matcher.match("mets le son à vingt", "fr")


def test_a_word_of_another_language_is_no_slip(matcher: Matcher) -> None:
    assert matcher.match("start the timer", None).command is None


def test_an_unknown_language_tries_all(matcher: Matcher) -> None:
    assert matcher.match("coupe le son", "pt").command == "audio.mute"


@pytest.mark.parametrize(
    ("said", "model"),
    [
        ("gemma", "gemma-3-12b"),
        ("qwen three thirty b", "qwen3-30b-a3b"),
        ("qwen coder", "qwen3-coder-30b"),
        ("llama three point one", "llama3.1-8b"),
        ("qwen", None),
    ],
)
def test_a_model_is_called_for_short_where_no_other_may_be_meant(
    catalogues: dict[str, Catalogue], said: str, model: str | None
) -> None:
    models = ("gemma-3-12b", "qwen3-30b-a3b", "qwen3-coder-30b", "llama3.1-8b")
    found = Matcher(catalogues, {"model": models}).match(f"load {said}", "en")
    assert found.slots.get("model") == model


@pytest.mark.parametrize(("text", "language"), [("turn the volume up please", "en"), ("cherhce la météo", "fr")])
def test_a_prepared_matcher_understands_the_same(catalogues: dict[str, Catalogue], text: str, language: str) -> None:
    matcher = Matcher(catalogues, MACHINE)
    as_it_is_made = matcher.match(text, None)
    matcher.prepare()
    assert matcher.match(text, None) == Matcher(catalogues, MACHINE).match(text, None) == as_it_is_made
    assert as_it_is_made.language == language
