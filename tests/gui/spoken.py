"""What users say and nodes answer on the pictures, in the language of each: the tests keep to one wording."""

from collections.abc import Mapping
from dataclasses import replace

from etoile.domain.learning.offers import Alias, AliasOffer, TimeHabit
from etoile.domain.past import Past
from etoile.domain.state import State
from etoile.domain.turn import Turn
from tests.gui import states

_FR = """vLLM range son **cache KV** par blocs : une demande ne prend que ce qu’il lui faut.

## Comment le voir
1. Demandez au serveur ses mesures.
2. Cherchez `vllm:gpu_cache_usage_perc`.

```bash
curl -s http://10.5.0.2:8000/metrics | grep cache_usage
```

À partir de 90 %, les demandes attendent : baissez `--max-num-seqs`, ou [lisez la suite](https://docs.vllm.ai/).
"""
_PT = """O vLLM guarda o **cache KV** em blocos: um pedido só ocupa o que precisa.

## Como vê-lo
1. Peça as métricas ao servidor.
2. Procure `vllm:gpu_cache_usage_perc`.

```bash
curl -s http://10.5.0.2:8000/metrics | grep cache_usage
```

A partir de 90 %, os pedidos esperam: baixe `--max-num-seqs`, ou [leia mais](https://docs.vllm.ai/).
"""
_COMMANDS: Mapping[str, str] = {
    "mets le volume à quarante": "set the volume to forty",
    "Le volume est à 40 %.": "The volume is at 40 %.",
    "quelle est la température du GPU 1 ?": "how hot is GPU 1?",
    "GPU 1 : 58 °C, charge 7 %.": "GPU 1: 58 °C, load 7 %.",
    "Mets le volume": "Set the volume",
    "à quarante": "to forty",
    states.HEARING_LONG.stable: "Compare the free memory of each card, and then tell me which",
    states.HEARING_LONG.tentative: "can take the model",
    "lance la zik": "drop the beat",
    "ouvre thunderbird": "open thunderbird",
}
"""Commands are understood in English and French: who reads Portuguese says them in one of these."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        states.ANSWER: _FR,
        states.STREAMING.answer: _FR[:150],
        "How does vLLM keep its cache?": "Comment vLLM garde-t-il son cache ?",
        "Summarise the log of last night": "Résume le journal de la nuit dernière",
        "No node could take the request.": "Aucun nœud n’a pu prendre la demande.",
        "shut it down": "éteins-le",
        "open fire": "ouvre fire",
    },
    "pt": {
        **_COMMANDS,
        states.ANSWER: _PT,
        states.STREAMING.answer: _PT[:150],
        "How does vLLM keep its cache?": "Como o vLLM guarda o cache dele?",
        "Summarise the log of last night": "Resuma o log da noite passada",
        "No node could take the request.": "Nenhum nó pôde atender o pedido.",
    },
    "en": _COMMANDS,
}


def spoken(state: State, language: str) -> State:
    """Return `state` as a user of `language` would bring it about."""
    words = WORDS[language]
    past = replace(state.past, past=_past(state.past.past, words)) if state.past and state.past.past else state.past
    learning = replace(state.learning, offer=_offer(state.learning.offer, words))
    return replace(state, turn=_turn(state.turn, words), past=past, learning=learning)


def _turn(turn: Turn, words: Mapping[str, str]) -> Turn:
    said = {name: words.get(getattr(turn, name), getattr(turn, name)) for name in _SAID}
    return replace(turn, **said)


_SAID = ("request", "answer", "stable", "tentative")


def _past(past: Past, words: Mapping[str, str]) -> Past:
    return replace(
        past,
        exchanges=tuple(
            replace(
                one,
                request=words.get(one.request, one.request),
                answer=one.answer and words.get(one.answer, one.answer),
            )
            for one in past.exchanges
        ),
    )


def _offer(offer: object, words: Mapping[str, str]) -> object:
    match offer:
        case AliasOffer(alias=Alias(said=said)):
            return replace(offer, alias=replace(offer.alias, said=words.get(said, said)))
        case TimeHabit():
            return replace(offer, request=words.get(offer.request, offer.request))
        case _:
            return offer
