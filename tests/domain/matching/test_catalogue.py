from pathlib import Path

import pytest

from etoile.catalogue import load_catalogues
from etoile.domain.commands import COMMANDS
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.check import check
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.parsing import parse
from etoile.errors import ConfigError
from etoile.text import render

WORDS = '[words]\nstop = "the a"\nopeners = ["please"]\n[concepts]\nsound = ["sound", "volume"]\n'


def matched(text: str, *files: str) -> str | None:
    catalogue = parse([(f"{index}.toml", file) for index, file in enumerate(files)], "en")
    return Matcher({"en": catalogue}, {}).match(text, "en").command


def test_a_file_says_what_means_a_command() -> None:
    file = WORDS + '[phrases]\n"audio.mute" = ["cut <sound>"]'
    assert matched("please cut the volume", file) == "audio.mute"
    assert matched("cut the cake", file) is None


def test_a_later_file_adds() -> None:
    ours, theirs = '[phrases]\n"audio.mute" = ["cut sound"]', '[phrases]\n"audio.mute" = ["hush now"]'
    assert matched("cut sound", ours, theirs) == "audio.mute"
    assert matched("hush now", ours, theirs) == "audio.mute"


def test_a_later_file_may_replace() -> None:
    ours, theirs = '[phrases]\n"audio.mute" = ["cut sound"]', '[instead]\n"audio.mute" = ["hush now"]'
    assert matched("cut sound", ours, theirs) is None
    assert matched("hush now", ours, theirs) == "audio.mute"


def test_a_later_file_may_silence_a_command() -> None:
    assert matched("cut sound", '[phrases]\n"audio.mute" = ["cut sound"]', '[instead]\n"audio.mute" = []') is None


def test_other_forms_of_a_word_and_accents_are_the_same() -> None:
    file = '[same]\n"réduis" = "réduire réduisez"\n[phrases]\n"window.minimize" = ["réduis fenêtre"]'
    matcher = Matcher({"fr": parse([("x.toml", file)], "fr")}, {})
    assert matcher.match("REDUIRE FENETRE", "fr").command == "window.minimize"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("[phrases", "x.toml:"),
        ("[frases]\na = 1", "frases"),
        ("[words]\nstop = 3", "stop"),
        ('[phrases]\n"audio.mutte" = ["a b"]', "there is no command audio.mutte"),
        ('[phrases]\n"audio.mute" = ["a [b"]', 'the template "a [b" of audio.mute is wrong'),
        ('[phrases]\n"audio.mute" = ["set {level} now"]', "its slots are level"),
        ('[phrases]\n"audio.volume.set" = ["set it"]', "its slots are none"),
        ('[phrases]\n"audio.volume.set" = ["set {levle}"]', "its slots are levle"),
        ('[phrases]\n"audio.mute" = ["cut <noise>"]', "there is no concept <noise>"),
        ('[phrases]\n"browser.search" = ["{query} please"]', "nothing stands before"),
        ('[values.colour]\nred = ["red"]', "there is no slot colour"),
    ],
)
def test_a_wrong_file_is_refused_by_name(file: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse([("x.toml", file)], "en")
    assert "x.toml" in render(refused.value.said, "en")
    assert says in render(refused.value.said, "en")


# The shipped ones


def test_the_shipped_catalogues_are_sound(catalogues: dict[str, Catalogue]) -> None:
    assert [render(problem, "en") for problem in check(catalogues)] == []


def test_every_command_can_be_said(catalogues: dict[str, Catalogue]) -> None:
    for catalogue in catalogues.values():
        assert set(catalogue.templates) == set(COMMANDS)
        assert catalogue.spoken_forms > 440


def test_check_finds_what_two_commands_claim_and_what_nobody_can_say() -> None:
    mute, app = (
        '"audio.mute" = ["cut it"]\n"audio.unmute" = ["cut [it] please", "cut it"]',
        '"app.open" = ["open {app}"]',
    )
    file = f"[phrases]\n{mute}\n{app}"
    told = [render(problem, "en") for problem in check({"en": parse([("x", file)], "en")})]
    assert 'en: audio.mute, audio.unmute all claim "cut it".' in told
    assert "en: the slot app has no values." in told
    assert "en: nothing is said for power.shutdown." in told


def test_the_user_adds_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "mine.toml").write_text('[phrases]\n"audio.mute" = ["zip the speakers up"]', "utf-8")
    matcher = Matcher(load_catalogues(tmp_path), {})
    assert matcher.match("zip the speakers up", "en").command == "audio.mute"
    assert matcher.match("mute", "en").command == "audio.mute"


def test_a_file_of_the_user_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"mine\.toml cannot be read"):
        load_catalogues(tmp_path)


# The language of the files


def test_lists_are_templates_too_and_concepts_are_made_of_each_other() -> None:
    words = '[words]\nopeners = ["(can|could) you [please]"]\n'
    concepts = '[concepts]\ntoo = ["[way|far] too"]\nloud = ["<too> (loud|noisy)"]\n'
    file = words + concepts + '[phrases]\n"audio.volume.down" = ["it is <loud>", "turn down"]'
    assert matched("it is way too noisy", file) == "audio.volume.down"
    assert matched("could you please turn down", file) == "audio.volume.down"


def test_a_concept_may_be_said_around_what_follows() -> None:
    file = WORDS + 'mute = ["turn * off"]\n[phrases]\n"audio.mute" = ["<mute> <sound>"]'
    assert matched("turn the volume off", file) == "audio.mute"
    assert matched("turn off", file) is None


def test_any_order() -> None:
    file = WORDS + '[phrases]\n"audio.mute" = ["~ <sound> off"]'
    assert matched("sound off", file) == matched("off the sound", file) == "audio.mute"


def test_concepts_of_several_files_add_up() -> None:
    more = '[concepts]\nsound = ["noise"]\n[phrases]\n"audio.mute" = ["cut <sound>"]'
    assert matched("cut the noise", more, WORDS) == matched("cut the volume", more, WORDS) == "audio.mute"


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("muting the tabs", "en", 'verbs = "mute"\nnouns = "tab"'),
        ("closing the tab", "en", 'verbs = "close"'),
        ("tu couperais le son", "fr", 'verbs = "couper"'),
        ("coupez les sons", "fr", 'verbs = "couper"\nnouns = "son"'),
        ("agrandissez fenetres", "fr", 'verbs = "agrandir"\nnouns = "fenêtre"'),
        ("changeons onglets", "fr", 'verbs = "changer"\nnouns = "onglet"'),
        ("envoie les sons", "fr", 'verbs = "envoyer"'),
    ],
)
def test_regular_forms(text: str, language: str, words: str) -> None:
    said = {
        "en": ["mute tab", "close tab"],
        "fr": ["couper son", "agrandir fenêtre", "changer onglet", "envoyez les sons"],
    }
    file = f'[words]\nstop = "the les le tu"\n{words}\n[phrases]\n"audio.mute" = {said[language]}'
    assert Matcher({language: parse([("x", file)], language)}, {}).match(text, language).command == "audio.mute"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ('[concepts]\na = ["<b>"]\nb = ["x <a>"]', "<a> is made of itself"),
        ('[concepts]\na = ["<b>"]', "there is no concept <b>"),
        ('[words]\nopeners = ["call {app}"]', "a slot stands in it"),
        ('[phrases]\n"audio.mute" = ["turn * off"]', '"*" stands outside a concept'),
        ('[phrases]\n"app.open" = ["~ <a> b {app} c <a> d"]\n[concepts]\na = ["x"]', "more than 5 parts in any order"),
        ('[concepts]\na = ["* off"]', '"*" has nothing before it'),
        ('[concepts]\na = ["turn * it * off"]', '"*" stands in it twice'),
    ],
)
def test_what_the_language_does_not_take(file: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse([("x.toml", file)], "en")
    assert says in render(refused.value.said, "en")


def test_light_words_may_be_left_over() -> None:
    file = WORDS + '[phrases]\n"audio.mute" = ["cut <sound>"]\n"note.create" = ["note {text}"]\n'
    light = '[words]\nlight = "quickly one bit"'
    assert matched("quickly cut the volume", light, file) == "audio.mute"
    assert matched("cut the volume one bit", light, file) == "audio.mute"
    assert matched("quickly cut the volume one bit", light, file) is None
    assert Matcher({"en": parse([("a", light), ("b", file)], "en")}, {}).match("note one bit", "en").slots == {
        "text": "one bit"
    }


def test_words_side_by_side_in_a_list_are_no_number() -> None:
    file = '[words]\nstop = "un une deux"\n[phrases]\n"tab.new" = ["ouvre onglet"]'
    matcher = Matcher({"fr": parse([("x", file)], "fr")}, {})
    assert (
        matcher.match("ouvre un onglet", "fr").command == matcher.match("ouvre une onglet", "fr").command == "tab.new"
    )
