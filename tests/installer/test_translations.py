"""Words are found in the code, keep their translations, and a bad translation is named."""

from pathlib import Path

import pytest

from installer.translations import collect, inspect, mo_bytes, places, po_text, updated

CODE = """
from etoile.text import message, plural
message("I heard nothing.")
message("{node} did not answer within {seconds:.0f} s.", node=1, seconds=2)
plural("{count} card", "{count} cards", 3)
message(variable)
"""

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "I heard nothing."
msgstr "Je n’ai rien entendu."

msgid "{node} did not answer within {seconds:.0f} s."
msgstr "{node} n’a pas répondu en {seconds:.0f} s."

msgid "{count} card"
msgid_plural "{count} cards"
msgstr[0] "une carte"
msgstr[1] "{count} cartes"

msgid "long gone"
msgstr "parti"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder with code that speaks."""
    (tmp_path / "room.py").write_text(CODE)
    return tmp_path


def faults(source: Path, po: str) -> list[str]:
    return list(inspect(updated(po, collect(source), "fr")))


def test_messages_and_plurals_are_found(source: Path) -> None:
    ids = [message.id for message in collect(source) if message.id]
    assert ids == [
        "I heard nothing.",
        "{node} did not answer within {seconds:.0f} s.",
        ("{count} card", "{count} cards"),
    ]


def test_complete_translations_have_no_fault(source: Path) -> None:
    assert faults(source, PO) == []


def test_a_message_that_is_gone_takes_its_translation_along(source: Path) -> None:
    assert b"long gone" not in po_text(updated(PO, collect(source), "fr"))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Je n’ai rien entendu.", "", "not translated: 'I heard nothing.'"),
        ("une carte", "", "not translated: '{count} card'"),
        ('msgid "I heard', '#, fuzzy\nmsgid "I heard', "marked fuzzy"),
        ("répondu en {seconds:.0f} s", "répondu", "has not the places of its source"),
        ("{node} n’a", "{nœud} n’a", "has not the places of its source"),
        ("une carte", "une {carte}", "has a place that its source has not"),
    ],
)
def test_a_bad_translation_is_named(source: Path, old: str, new: str, fault: str) -> None:
    (found,) = faults(source, PO.replace(old, new))
    assert found.startswith(fault)


def test_a_language_starts_from_nothing(source: Path) -> None:
    assert len(faults(source, "")) == 3


def test_files_change_only_with_the_words(source: Path) -> None:
    first = updated(PO, collect(source), "fr")
    (source / "room.py").write_text("\n\n# moved down\n" + CODE)
    second = updated(po_text(first).decode(), collect(source), "fr")
    assert po_text(first) == po_text(second)
    assert mo_bytes(first) == mo_bytes(second)


def test_places_are_the_names_of_values() -> None:
    assert places("{node} took {seconds:.0f} s of {size:bytes}, {{not}} more") == {"node", "seconds", "size"}
