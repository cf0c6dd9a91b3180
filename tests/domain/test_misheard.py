"""Words that were misheard: what the history shows of them, and what is a change of mind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from etoile.catalogue import load_catalogues
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision
from etoile.domain.learning.learned import Standing, learned
from etoile.domain.learning.misheard import with_misheard, word_objection, word_offers
from etoile.domain.learning.offers import Misheard, WordOffer
from etoile.domain.learning.record import Record
from etoile.domain.match import Match
from etoile.domain.state import State, advance
from etoile.domain.turn import Speaking, Turn
from etoile.text import render

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
FOX = Misheard(heard="fairfox", meant="Firefox", language="fr")
OFFER = WordOffer(misheard=FOX, evidence=(1, 2))


def heard(text: str, at_s: float = 0.0, *, ran: bool = False, spoken: bool = True, language: str = "fr") -> Record:
    """Return the record of a request, spoken and taken by no command unless told otherwise."""
    return Record(
        id=round(at_s) + 1,
        at=START + timedelta(seconds=at_s),
        request=text,
        spoken=spoken,
        language=language,
        decision=Decision.RUN if ran else Decision.ROUTE,
        command="app.open" if ran else None,
    )


def pairs(*records: Record) -> list[tuple[str, str]]:
    """Return what is offered: what was heard, and what was meant."""
    return [(offer.misheard.heard, offer.misheard.meant) for offer in word_offers(records)]


@pytest.mark.parametrize(
    ("first", "then", "language", "pair"),
    [
        ("ouvre fairfox", "non, je voulais dire ouvre Firefox", "fr", ("fairfox", "Firefox")),
        ("ouvre fairfox", "non, je voulais dire Firefox", "fr", ("fairfox", "Firefox")),
        ("lance la muzik", "je voulais dire la musique", "fr", ("muzik", "musique")),
        ("explique-moi cube hernetes", "j'ai dit Kubernetes", "fr", ("cube hernetes", "Kubernetes")),
        ("comment installer la jarre", "non, je voulais dire Java", "fr", ("jarre", "Java")),
        ("restart engine x please", "I said restart nginx please", "en", ("engine x", "nginx")),
        ("parle-moi d'Éthernaite", "je veux dire Ethernet", "fr", ("ethernaite", "Ethernet")),
    ],
)
def test_a_correction_tells_which_word_was_misheard(
    first: str, then: str, language: str, pair: tuple[str, str]
) -> None:
    assert pairs(heard(first, language=language), heard(then, 20, ran=True, language=language)) == [pair]


@pytest.mark.parametrize("spoken", [True, False], ids=["said again", "typed"])
def test_a_request_made_again_with_one_word_changed_tells_the_same(spoken: bool) -> None:
    assert pairs(heard("ouvre fairfox"), heard("ouvre firefox", 20, ran=True, spoken=spoken)) == [
        ("fairfox", "firefox")
    ]
    asked = (heard("c'est quoi cube hernetes"), heard("C'est quoi Kubernetes ?", 20, spoken=spoken))
    assert pairs(*asked) == [("cube hernetes", "Kubernetes")]


def test_what_ran_wrongly_and_was_taken_back_tells_as_much() -> None:
    wrong = replace(heard("ouvre fairfox", ran=True), undone=True)
    assert pairs(wrong, heard("ouvre firefox", 20, ran=True)) == [("fairfox", "firefox")]


FIRST = heard("ouvre fairfox")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (FIRST, heard("ouvre firefox", 200, ran=True)),
        (replace(FIRST, spoken=False), heard("ouvre firefox", 20, ran=True)),
        (heard("ouvre fairfox", ran=True), heard("ouvre firefox", 20, ran=True)),
        (FIRST, heard("ouvre firefox", 20, ran=True, language="en")),
        (FIRST, heard("ouvre chromium", 20, ran=True)),
        (FIRST, heard("lance firefox maintenant", 20, ran=True)),
        (FIRST, heard("ouvre fairfox", 20, ran=True)),
        (heard("fairfox"), heard("firefox", 20, ran=True)),
        (heard("mets le volume à quarante"), heard("mets le volume à trente", 20, ran=True)),
        (heard("volume 40"), heard("volume 140", 20, ran=True)),
        (heard("monte le son"), heard("monte le ton", 20, ran=True)),
        (heard("n'ouvre jamais ça"), heard("n'ouvre jamaïque ça", 20, ran=True)),
        (FIRST, heard("non, je voulais dire quelle heure est-il à Tokyo", 20, ran=True)),
        (FIRST, heard("non, je voulais dire Thunderbird", 20, ran=True)),
        (heard("ouvre " * 50 + "fairfox"), heard("ouvre " * 50 + "firefox", 20, ran=True)),
        (heard("?!"), heard("non, je voulais dire ?!", 20)),
    ],
    ids=[
        "too late",
        "it was typed",
        "it was obeyed",
        "another language",
        "another sound",
        "two places",
        "nothing changed",
        "nothing the same around it",
        "another number",
        "another figure",
        "too short",
        "a negation",
        "a whole other request",
        "another word",
        "a page",
        "no words",
    ],
)
def test_a_change_of_mind_is_no_slip(first: Record, then: Record) -> None:
    assert pairs(first, then) == []


def test_what_was_carried_out_as_it_was_heard_is_no_slip() -> None:
    slip = (heard("ouvre fairfox"), heard("ouvre firefox", 20, ran=True))
    assert pairs(heard("ferme Fairfox", -900, ran=True), *slip) == []
    assert pairs(heard("ferme fairfoxes", -900, ran=True), *slip) == [("fairfox", "firefox")]


def test_it_is_offered_once_however_often_it_happens() -> None:
    slips = [(heard("ouvre fairfox", at), heard("ouvre Firefox", at + 20, ran=True)) for at in (0, 900, 1800)]
    [offer] = word_offers([record for slip in slips for record in slip])
    assert offer.evidence == (1, 21, 901, 921, 1801, 1821)


@pytest.mark.parametrize(("word", "may"), [("fairfox", True), ("musique", False), ("le son", False), ("quand", False)])
def test_what_commands_consist_of_is_heard_as_it_is(word: str, may: bool) -> None:
    assert (word_objection(replace(FOX, heard=word), load_catalogues()) is None) is may


def test_the_same_words_mean_one_thing_in_a_language() -> None:
    english = replace(FOX, language="en")
    other = replace(FOX, meant="Falkon")
    assert with_misheard((FOX, english), other) == (english, other)


def test_it_stands_among_what_was_learned() -> None:
    other = WordOffer(misheard=replace(FOX, heard="fire fogs"), evidence=(3, 4))
    known = learned((), {}, (), (), misheard=[FOX], words={OFFER.key: OFFER, other.key: other})
    assert {one.key: (one.standing, one.misheard, one.offer) for one in known} == {
        FOX.key: (Standing.TAKEN, FOX, OFFER),
        other.key: (Standing.OFFERED, other.misheard, other),
    }
    assert render(OFFER.said, "en") == "Shall “fairfox”, when it is heard, be read as “Firefox” from now on?"


@pytest.mark.parametrize(
    ("said", "effect"),
    [("oui", do.TakeOffer(OFFER, 1)), ("retiens-le", do.TakeOffer(OFFER, 1)), ("non", do.RefuseOffer(OFFER, 1))],
)
def test_a_word_or_a_click_answers_the_question_and_nothing_else_does(said: str, effect: do.Effect) -> None:
    state = State(turn=Turn(speaking=Speaking.VOICE))
    state, _ = advance(state, on.Offered(OFFER))
    assert state.learning.visible is OFFER
    _, clicked = advance(state, on.OfferTaken(OFFER))
    assert do.TakeOffer(OFFER) in clicked
    state, asked = advance(state, on.Typed(said))
    state, more = advance(state, on.Interpreted(1, Match(text=said)))
    assert [one for one in (*asked, *more) if isinstance(one, do.TakeOffer | do.RefuseOffer)] == [effect]
    assert state.learning.visible is None
