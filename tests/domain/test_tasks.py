import time

import pytest

from etoile.domain.tasks import TaskKind, classify

PROMPTS = {
    TaskKind.CODE: [
        "Écris une fonction Python qui trie une liste",
        "Write a function that reverses a string",
        "Fix the bug in main.py",
        "pourquoi ce code lève un TypeError ?",
        "refactor this class to use asyncio",
        "write unit tests for the parser",
        "explique ce que fait ce script bash",
        "```js\nlet a = 1\n``` what is wrong here",
        "Escreva um script em Python que baixa imagens",
        "convertis cette requête SQL en pandas",
    ],
    TaskKind.ANALYSE: [
        "Analyse les avantages et les inconvénients du télétravail",
        "Compare la Révolution française et la Révolution américaine",
        "Summarize the main arguments of this report",
        "Analyze the impact of remote work on productivity",
        "What are the pros and cons of nuclear power?",
        "Évalue cette stratégie de lancement en détail",
        "Fais la synthèse de ces trois études",
        "Analise as vantagens da energia solar",
    ],
    TaskKind.TRADING: [
        "Faut-il acheter du bitcoin maintenant ?",
        "What stop-loss should I set for this trade?",
        "Give me a bullish scenario for ethereum",
        "Explique le RSI et le MACD",
        "Is this stock market portfolio too volatile?",
        "backtest a moving average strategy on BTC",
        "Qual é a tendência do bitcoin na bolsa?",
    ],
    TaskKind.SYSTEME: [
        "Pourquoi mon ordinateur est si lent ?",
        "How do I restart the nginx service on Debian?",
        "My GPU driver crashes after the update",
        "comment libérer de la place sur le disque de mon serveur",
        "docker container keeps restarting, what should I check in the logs",
        "How much VRAM do I need to run this on my graphics card?",
        "Como reiniciar o servidor Linux?",
    ],
    TaskKind.WEB: [
        "Quelle est la météo demain à Lyon ?",
        "What's the weather in Paris today?",
        "latest news about space exploration",
        "Cherche sur internet les horaires de la piscine",
        "who won the football match tonight",
        "trouve-moi un vol pour Lisbonne cette semaine",
        "Quais são as notícias de hoje?",
    ],
    TaskKind.SIMPLE: [
        "Bonjour, comment vas-tu ?",
        "What is the capital of Japan?",
        "Raconte-moi une blague",
        "Thanks a lot!",
        "Quelle est la capitale du Pérou ?",
        "Translate good morning into Spanish",
        "Combien font douze fois douze ?",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PROMPTS.items() for text in texts])
def test_the_kind_of_a_prompt(kind: TaskKind, text: str) -> None:
    assert classify(text).kind is kind


@pytest.mark.parametrize("text", ["my solution to the ethics problem", "le capital de la société", "a capital city"])
def test_no_word_is_found_within_another(text: str) -> None:
    assert classify(text).kind is TaskKind.SIMPLE


def test_confidence_is_a_share_and_says_who_decided() -> None:
    for texts in PROMPTS.values():
        for text in texts:
            kind, confidence, by = classify(text)
            assert 0.5 <= confidence <= 1.0
            assert by == "rules"
            assert isinstance(kind, TaskKind)


@pytest.mark.parametrize(
    "text", ["", " ", "🔥", "\x00\x01", "שלום", "a" * 1_000_000, "((((((((((" * 1000, "x()" * 5000]
)
def test_odd_text_is_classified_quickly(text: str) -> None:
    start = time.perf_counter()
    assert classify(text).kind in TaskKind
    assert time.perf_counter() - start < 1.0
