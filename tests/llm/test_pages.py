"""The help pages: what can be wrong has a section that helps, in every language, and links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import etoile
from etoile.domain.nodes import NodeState
from etoile.llm.guide import search
from etoile.llm.pages import LANGUAGES, about, page, sections, see_also, topics

SOURCES = Path(etoile.__file__).parent
NAMED = (r'PartMissing\(\s*f?"(\w+)', r' Part\("(\w+)"', r'Check\(\s*name="(\w+)')
"""How the source names a part that may be missing, and a check of the doctor."""
WELL = {NodeState.UP}


def named() -> Iterator[str]:
    """Yield every name of a part and of a check."""
    for path in SOURCES.rglob("*.py"):
        for pattern in NAMED:
            yield from re.findall(pattern, path.read_text(encoding="utf-8"))


def test_every_part_every_check_and_every_state_of_a_node_has_a_section_that_helps() -> None:
    names = {*named(), *(f"node.{state}" for state in NodeState if state not in WELL)}
    assert {"microphone", "store", "gpus", "speech_model", "disk", "node.auth"} <= names
    pairs = [(name, language) for name in sorted(names) for language in LANGUAGES]
    assert [pair for pair in pairs if about(*pair) is None] == []


def errors() -> Iterator[str]:
    """Yield the name of every error that a user may be told of."""
    known = {"EtoileError"}
    while True:
        bases = "|".join(sorted(known))
        found = {
            name
            for path in SOURCES.rglob("*.py")
            for name in re.findall(rf"^class ([A-Z]\w*)\((?:{bases})\)", path.read_text(encoding="utf-8"), re.MULTILINE)
        }
        if found <= known:
            return iter(known)
        known |= found


def test_every_error_has_a_section_that_helps() -> None:
    names = set(errors())
    assert {"NodeNonsense", "CudaFailed", "NobodyAnswered", "NoSuchMicrophone"} <= names
    assert [name for name in sorted(names) if any(about(name, language) is None for language in LANGUAGES)] == []


def test_the_languages_have_the_same_sections_about_the_same() -> None:
    first, *others = ([(part.topic, part.about, part.see) for part in sections(language)] for language in LANGUAGES)
    assert all(other == first for other in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_to_pages_that_are_there(language: str) -> None:
    linked = {other for topic in topics(language) for other in see_also(topic, language)}
    assert linked <= set(topics(language))
    shown = [page(topic, language) or "" for topic in topics(language)]
    assert all(text and "<!--" not in text for text in shown)


def test_a_part_is_named_by_its_first_word() -> None:
    found = about("store etoile.db", "en")
    assert found is not None
    assert (found.topic, found.title) == ("privacy", "What is kept")
    assert about("", "en") is None
    assert about("teapot", "en") is None


@pytest.mark.parametrize(
    ("typed", "language", "title"),
    [
        ("micro", "en", "The microphone does not work"),
        ("microphone not working", "en", "The microphone does not work"),
        ("micro ne marche pas", "fr", "Le micro ne marche pas"),
        ("wake w", "en", "Calling Etoile by a word"),
        ("clé", "fr", "Les clés des nœuds"),
        ("cle", "fr", "Les clés des nœuds"),
    ],
)
def test_what_is_typed_finds_its_section(typed: str, language: str, title: str) -> None:
    assert title in [section.title for section in search(typed, language)][:3]


@pytest.mark.parametrize("typed", ["", " ", "???", 'a"b*', "zzzzzz"])
def test_what_finds_nothing_is_no_error(typed: str) -> None:
    assert search(typed, "en") == () or typed.startswith("a")
