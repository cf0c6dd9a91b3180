"""The French and the Portuguese of Etoile: complete, set as each is set, right where numbers and units meet them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
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
from installer.translations import APP, LANGUAGES, collect, inspect, mo_bytes, updated

MISSET = {
    "fr": re.compile(r"(?<!\u00a0)(?:[;!?»]|:(?=\s|$))|«(?!\u00a0)| (?:%|°C)|'"),
    "pt": re.compile(r"\s[;:!?»](?=\s|$)|«\s| (?:%|°C)|'|“[^”]*$|\d\.\d+\s(?:%|°C|m?s|W|GiB)\b"),
}
"""What its typography forbids.  French: no space, or one that may break, before high punctuation; a straight
apostrophe.  Portuguese: a space there, a quotation that does not end, a decimal point; a straight apostrophe."""
SAME_IN_PORTUGUESE = {
    *("Etoile", "etoile", "GPU", "GPUs", "CPU", "Menu", "Interface", "Normal", "normal", "tokens", "prompt"),
    *("Esc", "Enter", "Ctrl", "Shift", "C"),
    *("s", "ms", "W", "MB", "sudo", "systemctl", "daemon", "reload", "restart", "ollama"),
}
"""The words that are Portuguese as well, or anybody's."""
TO_SAY = {"How hot is the GPU?", "What can you do?", "Set a timer of five minutes", "what time is it in Paris?"}
"""Requests: what is understood is said in English or French."""


def entries(language: str) -> list[Entry]:
    with (resource("translations") / language / "LC_MESSAGES/etoile.po").open("rb") as file:
        return [entry for entry in read_po(file, locale=language) if entry.id]


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Yield each source with its translation, plural with plural; what is not translated yet is left out."""
    for entry in entries(language):
        sources, strings = (
            [texts] if isinstance(texts, str) else list(texts) for texts in (entry.id, entry.string or "")
        )
        yield from ((source, string) for source, string in zip(sources, strings, strict=True) if string)


def prose(text: str) -> str:
    """Return `text` without what is typed or filled in: code, keys and values of settings, addresses, places."""
    text = re.sub(r'`[^`]*`|"[^"]*"|https?://[^\s”»]*', "code", text)
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


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Return every message of the code."""
    return collect(APP)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_said_is_translated_and_nothing_else(template: Catalog, language: str) -> None:
    file = resource("translations") / language / "LC_MESSAGES/etoile.po"
    wanted = updated(file.read_text("utf-8"), template, language)
    assert list(inspect(wanted)) == []
    assert [entry.id for entry in entries(language)] == [entry.id for entry in wanted if entry.id]
    assert file.with_suffix(".mo").read_bytes() == mo_bytes(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_keep_their_formats(language: str) -> None:
    def formats(text: str) -> set[tuple[str | None, str | None, str | None]]:
        return {(place, spec, how) for _, place, spec, how in Formatter().parse(text) if place is not None}

    assert [(source, string) for source, string in pairs(language) if formats(source) != formats(string)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_set_as_it_is(language: str) -> None:
    assert [string for _, string in pairs(language) if MISSET[language].search(prose(string))] == []


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        *(
            ("fr", wrong)
            for wrong in ("Quoi ?", "Quoi?", "Nœuds : M1", "Nœuds: M1", "« M1 »", "12 %", "l'écran", "«M1»")
        ),
        *(("pt", wrong) for wrong in ("Quê ?", "Nós : M1", "« M1 »", "12 %", "caixa d'água", "“M1", "em 3.1 ms")),
    ],
)
def test_what_is_misset_is_seen(language: str, wrong: str) -> None:
    assert MISSET[language].search(prose(wrong))


def test_no_english_is_left_in_portuguese() -> None:
    def words(text: str) -> set[str]:
        return set(re.findall(r"[^\W\d_]+", prose(text)))

    same = [string for source, string in pairs("pt") if source == string and source not in TO_SAY]
    assert same
    assert [string for string in same if not words(string) <= SAME_IN_PORTUGUESE] == []


FRENCH = {
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


PORTUGUESE = {
    "nothing heard": "Não ouvi nada.",
    "a question": "Desligar o computador?",
    "a question about more": "Fechar Firefox? Com isso: Esvaziar a lixeira, Bloquear a tela.",
    "a timer": "O temporizador de 1 h 30 min terminou.",
    "no node": "0 nós",
    "one node": "1 nó",
    "two nodes": "2 nós",
    "a number with a comma": "M1 responde em 3,1 ms.",
    "memory": "memória 22,6 GiB de 24,0 GiB",
    "a message in a message": "M1: sem resposta em 2,5 s",
    "the first day of a month": "Hoje é terça-feira, 1º de dezembro de 2026.",
    "another day": "Hoje é sábado, 21 de novembro de 2026.",
}


@pytest.mark.parametrize(("said", "sentence"), FRENCH.values(), ids=FRENCH.keys())
def test_a_sentence_in_french(said: Message, sentence: str) -> None:
    assert render(said, "fr").replace(NO_BREAK_SPACE, " ") == sentence


@pytest.mark.parametrize("name", FRENCH)
def test_a_sentence_in_portuguese(name: str) -> None:
    assert render(FRENCH[name][0], "pt").replace(NO_BREAK_SPACE, " ") == PORTUGUESE[name]


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
