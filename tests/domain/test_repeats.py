"""Which answers may be given again, and which requests ask the same: tables in two languages, traps included."""

import pytest

from etoile.domain.exchange import Exchange
from etoile.domain.repeats import keepable, sense

KEPT = [
    "What is the capital of France?",
    "explain photosynthesis",
    "How do I reverse a list in Python?",
    "What is the difference between TCP and UDP?",
    "Convert 5 miles to kilometres",
    "Why is the sky blue",
    "what does IT mean",
    "Translate dog to French, please",
    "Quelle est la capitale de la France ?",
    "Pourquoi le ciel est bleu",
    "Comment inverser une liste en Python ?",
    "Qu'est-ce que l'effet Doppler ?",
    "C'est quoi la différence entre TCP et UDP",
    "Traduis chien en anglais",
    "Que veut dire le mot hystérésis",
    "Peux-tu me dire combien font 12 fois 13 ?",
]

NOT_KEPT = {
    "time": ["what is the time in Tokyo", "What happened today?", "latest Python features", "When is Easter?"],
    "temps": ["quelle heure est-il à Tokyo", "que s'est-il passé hier", "les dernières nouvelles de Paris"],
    "a year that may not be over": ["what happened in France in 2026", "les lois de 2027 sur les loyers"],
    "changes": [
        "Who is the president of France?",
        "what does a RTX 5090 cost",
        "best GPU for Llama",
        "who won the cup",
        "who leads France",
        "Who’s leading Spain",
        "who currently runs Twitter",
        "how far is the ISS",
        "How far away are the Voyagers",
    ],
    "change": [
        *("qui est le président de la France", "combien coûte une RTX 5090", "le meilleur modèle pour coder"),
        *("Qui dirige la France ?", "qui est-ce qui gouverne l'Italie", "qui est à la tête de Renault"),
        "À quelle distance est la comète de Halley",
    ],
    "state": ["is the node M1 loaded", "how hot are the GPUs", "which processes are running", "is Docker installed"],
    "état": ["le nœud M1 est-il chargé", "quels processus tournent", "est-ce que Docker est installé"],
    "somebody": ["what is my name again", "should I take aspirin", "can you dance the tango", "our plan for Bob"],
    "quelqu'un": ["comment s'appelle ma sœur", "que dois-je manger", "sais-tu danser le tango", "notre plan pour Bob"],
    "pointing": [
        "what does it mean",
        "explain that again",
        "and the other one?",
        "why is he angry",
        "translate this text",
    ],
    "désigne": [
        "qu'est-ce que ça veut dire",
        "explique encore",
        "et l'autre ?",
        "comment la réparer",
        "traduis ce texte",
    ],
    "wants something new": ["tell me a joke", "write a poem about rain", "pick a number between 1 and 6"],
    "veut du nouveau": ["raconte une blague drôle", "écris un poème sur la mer", "choisis un nombre entre 1 et 6"],
    "goes on": ["And so?", "but why does water boil", "what about Spain", "Et l'Espagne ?", "mais pourquoi l'eau bout"],
    "brings text": [
        "fix main.py please",
        "what does `x = 1` do",
        "summarise https://example.org",
        "read /etc/hosts aloud",
    ],
    "too short": ["Python?", "the Python?", "l'Espagne ?", "hello", "bonjour", ""],
}


@pytest.mark.parametrize("text", KEPT)
def test_a_question_that_stands_for_itself_is_kept(text: str) -> None:
    assert keepable(text)


@pytest.mark.parametrize("text", [text for texts in NOT_KEPT.values() for text in texts])
def test_what_depends_on_anything_is_not_kept(text: str) -> None:
    assert not keepable(text)


def test_what_follows_other_exchanges_is_not_kept() -> None:
    assert not keepable("What is the capital of France?", before=(Exchange("Which Paris?", "The one in Texas."),))


@pytest.mark.parametrize("kind", ["trading", "web", "systeme"])
def test_kinds_whose_answers_come_from_outside_are_not_kept(kind: str) -> None:
    assert not keepable("What is the capital of France?", kind=kind)
    assert keepable("What is the capital of France?", kind="simple")


def test_a_long_text_is_not_kept() -> None:
    assert not keepable("Explain how " + "very " * 80 + "long trains run")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is the capital of France?", "what's the capital of France"),
        ("What is the capital of France?", "Can you tell me what the capital of France is, please?"),
        ("What is the capital of France?", "Hey Etoile, what is the capital of France??"),
        ("How do I reverse a list in Python?", "In Python, how can I reverse a list"),
        ("How do I reverse a list in Python?", "how to reverse a list in Python"),
        ("Explain to me how TCP works", "please explain how TCP works"),
        (
            "Quelle est la capitale de la France ?",
            "Peux-tu me dire quelle est la capitale de la France, s'il te plaît ?",
        ),
        ("Quelle est la capitale de la France ?", "c’est quoi la capitale de la France"),
        ("Quelle est la capitale de la France ?", "QUELLE EST LA CAPITALE DE LA FRANCE ?"),
        ("Comment inverser une liste en Python ?", "comment est-ce que je peux inverser une liste en Python"),
        ("Comment inverser une liste en Python ?", "En Python, comment puis-je inverser une liste ?"),
        ("Qu'est-ce que l'effet Doppler ?", "c'est quoi l'effet Doppler"),
    ],
)
def test_courtesy_and_frame_make_no_other_question(one: str, other: str) -> None:
    assert sense(one) == sense(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is coffee good for the heart", "Is coffee not good for the heart"),
        ("Why is the sky blue", "Why isn't the sky blue"),
        ("Pourquoi le ciel est bleu", "Pourquoi le ciel n'est pas bleu"),
        ("Is Pluto a planet", "Was Pluto a planet"),
        ("What is 12 times 13", "What is 12 times 31"),
        ("What is 2 + 2", "What is 2 - 2"),
        ("What is half of 5!", "What is half of 5"),
        ("Square root of -4", "Square root of 4"),
        ("Who was John Adams", "Who was Samuel Adams"),
        ("Where is Paris", "When was Paris"),
        ("Where is Paris", "What is Paris"),
        ("Convert 5 miles to kilometres", "Convert 5 kilometres to miles"),
        ("Convert 5 MB to Mb", "Convert 5 Mb to MB"),
        ("Does a dog bite a man", "Does a man bite a dog"),
        ("Trains from Paris to Lyon", "Trains from Lyon to Paris"),
        ("Sum of the square root", "Square root of the sum"),
        ("Loops in C", "Loops in C++"),
        ("Loops in C", "Loops in C#"),
        ("How to clean rust fast", "How to clean Rust fast"),
        ("what does it mean", "what does IT mean"),
        ("Vitamins in apples with skin", "Vitamins in apples without skin"),
        ("Traduis chien en anglais", "Traduis chien en allemand"),
        ("Où pêcher la truite", "Où pécher la truite"),
        ("La recette du gâteau sans œufs", "La recette du gâteau avec œufs"),
        ("Capitale de l'Australie", "Capitale de l'Autriche"),
        ("Règles du jeu d'échecs", "Règles du jeu de dames"),
        ("Le plus grand lac d'Italie", "Le plus petit lac d'Italie"),
        ("What is the difference between a and the?", "What is the difference between an and the?"),
        ("difference between le and la", "difference between un and une"),
        ("Quelle est la différence entre le et la ?", "Quelle est la différence entre un et une ?"),
        ("le ou la covid", "le ou les covid"),
        ("translate the to French", "translate a to French"),
        ('translate "the" to French', 'translate "a" to French'),
        ("what does la mean in French", "what does les mean in French"),
        ("how to say un in English", "how to say la in English"),
        ("how to pronounce the correctly", "how to pronounce a correctly"),
        ("hepatitis a symptoms", "hepatitis symptoms"),
        ("what is hepatitis a", "what is hepatitis"),
        ("vitamin a deficiency", "vitamin deficiency"),
        ("chords of a minor", "chords of minor"),
        ("cent un dalmatiens", "cent dalmatiens"),
    ],
)
def test_every_other_word_makes_another_question(one: str, other: str) -> None:
    assert sense(one) != sense(other)
