import pytest

from etoile.domain.matching.catalogue import Words
from etoile.domain.matching.cleaning import Cleaner
from etoile.domain.matching.tokens import texts_of, tokens_of


@pytest.mark.parametrize(
    ("text", "language", "tokens"),
    [
        ("L'Écran, s'il te plaît !", "fr", "l ecran s il te plait"),
        ("l’œuvre", "fr", "l oeuvre"),
        ("mets le volume à quatre-vingt-dix-sept pour cent", "fr", "mets le volume a 97 %"),
        ("vingt et un", "fr", "21"),
        ("soixante et onze", "fr", "71"),
        ("septante et nonante", "fr", "70 et 90"),
        ("un minuteur", "fr", "un minuteur"),
        ("twenty five percent", "en", "25 %"),
        ("one hundred", "en", "100"),
        ("seven thirty", "en", "7 30"),
        ("the one", "en", "the one"),
        ("7h30", "fr", "7 h 30"),
        ("20,5", "fr", "20 . 5"),
        ("youtube.com", "en", "youtube . com"),
        ("🔊 mute\u200b \u0007", "en", "mute"),
        ("a; b", "en", "a ; b"),
        ("-5", "en", "- 5"),
        ("wi-fi", "en", "wi fi"),
    ],
)
def test_tokens(text: str, language: str, tokens: str) -> None:
    assert " ".join(texts_of(text, language, {})) == tokens


def test_a_form_of_a_word_becomes_its_base_but_not_within_a_host() -> None:
    assert texts_of("docs of docs.rs", "en", {"docs": "document"}) == ("document", "of", "docs", ".", "rs")


def test_tokens_know_their_place() -> None:
    text = "Mets le SON à vingt et un !"
    assert [text[token.start : token.end] for token in tokens_of(text, "fr", {})][:5] == [
        "Mets",
        "le",
        "SON",
        "à",
        "vingt et un",
    ]


WORDS = Words(
    fillers=(("euh",),), openers=(("peux", "tu"), ("alors",)), closers=(("merci",), ("s", "il", "te", "plait"))
)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("euh coupe euh le son", "coupe le son"),
        ("alors, peux-tu couper le son, s'il te plaît, merci", "couper le son"),
        ("coupe coupe le le son", "coupe le son"),
        ("coupe le coupe le son", "coupe le son"),
        ("11 11", "11 11"),
    ],
)
def test_what_carries_nothing_is_dropped(text: str, last: str) -> None:
    choices = Cleaner(WORDS, "fr").cleaned(tokens_of(text, "fr", {}))
    assert " ".join(token.text for token in choices[-1].tokens) == last


def test_the_request_as_it_stands_comes_first() -> None:
    choices = Cleaner(WORDS, "fr").cleaned(tokens_of("alors merci", "fr", {}))
    assert [token.text for token in choices[0].tokens] == ["alors", "merci"]
    assert not choices[0].opened
