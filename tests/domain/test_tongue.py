"""A sentence in another language than the conversation's is told; a foreign name is not taken for one."""

import pytest

from etoile.domain.tongue import language_of


@pytest.mark.parametrize(
    ("sentence", "otherwise", "language"),
    [
        ("The memory of this card is full.", "fr", "en"),
        ("La mémoire de cette carte est pleine.", "en", "fr"),
        ("Voilà, c'est réglé.", "en", "fr"),
        ("You can ask me about that.", "fr", "en"),
        ("La mémoire de cette carte est pleine.", "fr", "fr"),
        ("The memory of this card is full.", "en", "en"),
        ("OK.", "fr", "fr"),
        ("OK.", "en", "en"),
        ("NVIDIA GeForce RTX 4090", "fr", "fr"),
        ("I opened Les Champs-Élysées for you.", "en", "en"),
        ("J'ai lancé « The Sound of Music ».", "fr", "fr"),
        ("La commande `the is of and to` est prête.", "fr", "fr"),
        ("Ouvre https://example.org/the/of/and/is", "fr", "fr"),
        ("In French, “le chat est sur la table” means the cat is on the table.", "en", "en"),
        ("", "fr", "fr"),
        ("85 °C", "en", "en"),
    ],
)
def test_the_language_of_a_sentence(sentence: str, otherwise: str, language: str) -> None:
    assert language_of(sentence, otherwise) == language
