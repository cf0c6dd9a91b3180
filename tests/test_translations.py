"""The French of Etoile: set as French is set, and right where numbers, names and units meet it.

That no translation is missing or lacks a place is what `installer/translations.py` looks for, as part of `lint`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

import pytest
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from etoile.actions.times import date_said
from etoile.config import Thermal as ThermalLimits
from etoile.domain.alerting.conditions import Condition
from etoile.domain.alerting.scope import Kind, Level
from etoile.domain.alerting.words import Words
from etoile.domain.alerting.words import alert as alert_words
from etoile.domain.descriptions import describe
from etoile.domain.gpus import GpuReading
from etoile.domain.match import Candidate
from etoile.domain.thermal import Track
from etoile.resources import resource
from etoile.text import NO_BREAK_SPACE, Message, message, plural, render

MISSET = re.compile(r"(?<!\u00a0)(?:[;!?»]|:(?=\s|$))|«(?!\u00a0)| (?:%|°C)|'")
"""What French typography forbids: no space, or one that may break, before high punctuation; a straight apostrophe."""


def entries() -> list[Entry]:
    with (resource("translations") / "fr/LC_MESSAGES/etoile.po").open("rb") as file:
        return [entry for entry in read_po(file, locale="fr") if entry.id]


def pairs() -> Iterator[tuple[str, str]]:
    """Yield each source with its translation, plural with plural; what is not translated yet is left out."""
    for entry in entries():
        sources, strings = (
            [texts] if isinstance(texts, str) else list(texts) for texts in (entry.id, entry.string or "")
        )
        yield from ((source, string) for source, string in zip(sources, strings, strict=True) if string)


def prose(text: str) -> str:
    """Return `text` without what is typed or filled in: code, keys and values of settings, addresses, places."""
    text = re.sub(r'`[^`]*`|"[^"]*"|https?://\S*', "code", text)
    return re.sub(r"\{[^}]*\}|%(?:\(\w+\))?[rs]", "0", text)


def candidate(command: str, **slots: str) -> Candidate:
    return Candidate(command=command, slots=slots, confidence=1.0)


def alert(level: Level, temperature_c: int, *, since_s: float = 0.0) -> Words:
    reading = GpuReading(
        uuid="GPU-a", index=1, name="RTX 4090", host="athena", temperature_c=temperature_c, fan_percent=88
    )
    track = Track(reading=reading, limits=ThermalLimits(warning_c=83, critical_c=90))
    hot = Condition(kind=Kind.HEAT, subject="GPU-a", level=level, since_s=since_s, reading=reading, track=track)
    return alert_words(hot, (), at_s=10.0)


def test_values_keep_their_formats() -> None:
    def formats(text: str) -> set[tuple[str | None, str | None]]:
        return {(place, spec) for _, place, spec, _ in Formatter().parse(text) if place is not None}

    assert [(source, string) for source, string in pairs() if formats(source) != formats(string)] == []


def test_french_is_set_as_french_is() -> None:
    assert [string for _, string in pairs() if MISSET.search(prose(string))] == []


@pytest.mark.parametrize("wrong", ["Quoi ?", "Quoi?", "Nœuds : M1", "Nœuds: M1", "« M1 »", "12 %", "l'écran", "«M1»"])
def test_what_is_misset_is_seen(wrong: str) -> None:
    assert MISSET.search(prose(wrong))


SENTENCES = {
    "nothing heard": (message("I heard nothing."), "Je n’ai rien entendu."),
    "a question": (
        message("{what}?", what=describe(candidate("power.shutdown"))),
        "Éteindre l’ordinateur ?",
    ),
    "a question about more": (
        message(
            "{what}? With it: {others}.",
            what=describe(candidate("app.close", app="Firefox")),
            others=[describe(candidate("file.trash.empty")), describe(candidate("screen.lock"))],
        ),
        "Fermer Firefox ? Avec cela : Vider la corbeille, Verrouiller l’écran.",
    ),
    "a timer": (
        message("The timer of {length:duration} is over.", length=5400),
        "Le minuteur de 1 h 30 min est terminé.",
    ),
    "no node": (plural("{count} node", "{count} nodes", 0), "0 nœud"),
    "one node": (plural("{count} node", "{count} nodes", 1), "1 nœud"),
    "two nodes": (plural("{count} node", "{count} nodes", 2), "2 nœuds"),
    "a number with a comma": (message("{host} answers in {ms:.1f} ms.", host="M1", ms=3.14), "M1 répond en 3,1 ms."),
    "memory": (
        message("memory {used:bytes} of {total:bytes}", used=22.6 * 1024**3, total=24 * 1024**3),
        "mémoire 22,6 Gio sur 24,0 Gio",
    ),
    "a message in a message": (
        message("{node}: {reason}", node="M1", reason=message("no answer within {seconds:g} s", seconds=2.5)),
        "M1 : pas de réponse en 2,5 s",
    ),
    "the first day of a month": (
        date_said(datetime(2026, 12, 1, tzinfo=UTC)),
        "Nous sommes le mardi 1er décembre 2026.",
    ),
    "another day": (date_said(datetime(2026, 11, 21, tzinfo=UTC)), "Nous sommes le samedi 21 novembre 2026."),
}


@pytest.mark.parametrize(("said", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_sentence(said: Message, sentence: str) -> None:
    assert render(said, "fr").replace(NO_BREAK_SPACE, " ") == sentence


ALERTS = {
    "hot": (
        alert(Level.WARNING, 86),
        ("GPU 1 chaud sur athena", "86 °C (seuil 83 °C) depuis 10 s. Ventilateur à 88 %."),
    ),
    "critical": (
        alert(Level.CRITICAL, 92, since_s=10.0),
        ("GPU 1 critique sur athena", "92 °C (seuil 90 °C). Ventilateur à 88 %."),
    ),
}


@pytest.mark.parametrize(("shown", "words"), ALERTS.values(), ids=ALERTS.keys())
def test_alert(shown: Words, words: tuple[str, str]) -> None:
    title, body = (render(said, "fr").replace(NO_BREAK_SPACE, " ") for said in (shown.title, shown.body))
    assert (title, body) == words
