import pytest

from etoile.domain.replies import DECLINE, Reply, reply_to

ANSWERS: list[tuple[str, str, int, Reply]] = [
    ("Oui.", "fr", 1, 0),
    ("Je confirme.", "fr", 1, 0),
    ("oui, vas-y !", "fr", 1, 0),
    ("Oui s'il te plaît", "fr", 1, 0),
    ("d'accord", "fr", 1, 0),
    ("Yes.", "en", 1, 0),
    ("yes please", "en", 1, 0),
    ("go ahead", "en", 1, 0),
    ("Confirm.", "en", 1, 0),
    ("yes", "fr", 1, 0),
    ("oui", "en", 1, 0),
    ("Non.", "fr", 1, DECLINE),
    ("non non", "fr", 2, DECLINE),
    ("annule", "fr", 1, DECLINE),
    ("laisse tomber", "fr", 1, DECLINE),
    ("aucun des deux", "fr", 2, DECLINE),
    ("No thanks!", "en", 1, DECLINE),
    ("don't", "en", 1, DECLINE),
    ("Never mind.", "en", 3, DECLINE),
    ("Un.", "fr", 2, 0),
    ("deux", "fr", 2, 1),
    ("la deuxième", "fr", 2, 1),
    ("le premier", "fr", 1, 0),
    ("numéro trois", "fr", 3, 2),
    ("Two.", "en", 2, 1),
    ("the second one, please", "en", 3, 1),
    ("3", "en", 3, 2),
    ("Sim.", "pt", 1, 0),
    ("sim, por favor", "fr", 1, 0),
    ("Não!", "pt", 1, DECLINE),
    ("deixa pra lá", "pt", 2, DECLINE),
    ("a segunda opção", "pt", 2, 1),
]

OTHER = [
    ("Un.", "fr", 1),
    ("one", "en", 1),
    ("um", "en", 3),
    ("très", "fr", 3),
    ("sim, mas por quê", "pt", 1),
    ("oui", "fr", 2),
    ("three", "en", 2),
    ("trois", "fr", 2),
    ("oui mais pourquoi", "fr", 1),
    ("oui non", "fr", 1),
    ("yes it is a nice day", "en", 1),
    ("yesterday", "en", 1),
    ("est-ce que oui", "fr", 1),
    ("say yes", "en", 1),
    ("ne confirme pas", "fr", 1),
    ("quelle heure est-il", "fr", 1),
    ("merci", "fr", 1),
    ("", "fr", 1),
    ("…", "fr", 1),
    ("oui " * 1000, "fr", 1),
    ("نعم", "fr", 1),
]


@pytest.mark.parametrize(("text", "language", "options", "reply"), ANSWERS)
def test_an_answer(text: str, language: str, options: int, reply: Reply) -> None:
    assert reply_to(text, language, options) is reply


@pytest.mark.parametrize(("text", "language", "options"), OTHER)
def test_what_is_no_answer(text: str, language: str, options: int) -> None:
    assert reply_to(text, language, options) is None
