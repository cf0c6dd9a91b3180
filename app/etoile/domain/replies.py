"""Answers to a question of Etoile's: yes, no, or which one.

Only the whole utterance counts: "oui" answers, "oui mais pourquoi" is something else.  One word tells little about its
language, so all are understood, the given one first: Portuguese too, which is typed where the questions are in it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal


class Decline(Enum):
    """The answer that nothing is to be done."""

    DECLINE = "decline"


DECLINE: Final = Decline.DECLINE

Reply = int | Literal[Decline.DECLINE] | None


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a language, as regular expressions over letters without accents."""

    yes: str
    no: str
    """Wants none of what was offered."""
    off: str
    """Wants nothing at all."""
    courtesy: str
    """May stand beside an answer."""
    over: str
    """Says that there is nothing to add."""
    afresh: str
    """Asks for a new answer in place of one that was given before."""
    numbered: tuple[str, ...]
    """Names of the first, second and third option that are short enough to be misheard."""
    ordinal: tuple[str, ...]
    """Names of the first, second and third option that nothing else sounds like."""


_WORDS: Mapping[str, _Words] = {
    "fr": _Words(
        yes=r"oui|ouais|ok|okay|d accord|je confirme|confirmer?|confirmez|vas y|allez y|c est (?:ca|bon)|exactement"
        r"|bien sur|je suis sur|fais le|affirmatif|valider?",
        no=r"non|nan|pas du tout|aucun|aucune|aucun des deux|ni l un ni l autre|negatif",
        off=r"annuler?|annulez|laisse tomber|surtout pas|arrete|stop|oublie|rien|ne fais rien|non merci|je refuse",
        courtesy=r"s il te plait|s il vous plait|stp|svp|merci|euh|alors|etoile|voila|bon",
        over=r"c est (?:tout|bon|fini|termine)|ce sera tout|termine|fini|rien d autre|garde la|enregistre la",
        afresh=r"(?:redemandez?|demandez? (?:a|de) nouveau|demandez? encore)(?: une fois)?"
        r"|(?:a|de) nouveau|encore une fois|repose(?:z)? la question|une nouvelle reponse",
        numbered=(r"(?:la |le )?(?:un|une|1)", r"(?:la |le )?(?:deux|2)", r"(?:la |le )?(?:trois|3)"),
        ordinal=(
            r"(?:le |la )?(?:premiere?|1er|1ere)(?: (?:option|choix))?|(?:numero|option|choix) (?:un|1)",
            r"(?:le |la )?(?:deuxieme|seconde?|2e|2eme)(?: (?:option|choix))?|(?:numero|option|choix) (?:deux|2)",
            r"(?:le |la )?(?:troisieme|3e|3eme)(?: (?:option|choix))?|(?:numero|option|choix) (?:trois|3)",
        ),
    ),
    "en": _Words(
        yes=r"yes|yeah|yep|yup|ok|okay|sure|i confirm|confirm|confirmed|go ahead|do it|go on|that s (?:it|right)"
        r"|correct|exactly|of course|absolutely|i m sure|affirmative",
        no=r"no|nope|nah|none|neither|none of (?:them|those|these)|negative",
        off=r"cancel|cancel (?:that|it)|never mind|nevermind|stop|don t|do not|don t do (?:it|that)"
        r"|forget (?:it|that)|nothing|no thanks|no thank you",
        courtesy=r"please|thanks|thank you|um|uh|well|etoile|okay|ok",
        over=r"that s (?:all|it)|that is (?:all|it)|that will be all|(?:i m )?done|finished|nothing else"
        r"|keep it|save it",
        afresh=r"(?:ask|try)(?: (?:it|that|them))? (?:again|afresh|anew|once more)|again|afresh|anew|once more"
        r"|a new answer|ask (?:a|the) nodes?",
        numbered=(r"(?:the )?(?:one|1)", r"(?:the )?(?:two|2)", r"(?:the )?(?:three|3)"),
        ordinal=(
            r"(?:the )?(?:first|1st)(?: (?:one|option))?|(?:number|option|choice) (?:one|1)",
            r"(?:the )?(?:second|2nd)(?: (?:one|option))?|(?:number|option|choice) (?:two|2)",
            r"(?:the )?(?:third|3rd)(?: (?:one|option))?|(?:number|option|choice) (?:three|3)",
        ),
    ),
    "pt": _Words(
        yes=r"sim|claro|com certeza|confirmar?|confirmo|pode fazer|esta certo|isso mesmo|exatamente",
        no=r"nao|nenhum|nenhuma|nenhum(?:a)? del[ea]s",
        off=r"cancelar?|cancele|deixa pra la|esquece|esqueca|nada|nao faca(?: nada)?|nao obrigad[oa]",
        courtesy=r"por favor|obrigad[oa]|etoile",
        over=r"e (?:so|tudo)|so isso|acabou|terminei|mais nada",
        afresh=r"de novo|novamente|outra vez|pergunt(?:a|e|ar) (?:de novo|novamente|outra vez)|uma nova resposta",
        # Figures alone: who speaks may say "um" in English and "très" in French.
        numbered=("1", "2", "3"),
        ordinal=(
            r"[oa] primeir[oa](?: opcao)?|(?:numero|opcao) (?:um|1)",
            r"[oa] segund[oa](?: opcao)?|(?:numero|opcao) (?:dois|2)",
            r"[oa] terceir[oa](?: opcao)?|(?:numero|opcao) (?:tres|3)",
        ),
    ),
}


def reply_to(text: str, language: str, options: int) -> Reply:
    """Return which of `options` the utterance `text` chooses (from 0), DECLINE for none, None if it is no answer.

    With a single option "yes" chooses it; a bare "one" does not: it is too easily heard in a noise.
    With several, "yes" says nothing.
    """
    said = _plain(text)
    if not said:
        return None
    for spoken in sorted(_WORDS, key=lambda spoken: spoken != language):
        reply = _reply(said, _WORDS[spoken], options)
        if reply is not None:
            return reply
    return None


def is_none_of_them(text: str) -> bool:
    """Whether `text` says, in any language, that none of what was offered was meant, not that all is to be dropped."""
    said = _plain(text)
    return any(_is(said, words.no, words.courtesy) for words in _WORDS.values())


def is_over(text: str) -> bool:
    """Whether `text` says, in any language, that there is nothing to add to what is being told."""
    said = _plain(text)
    return any(_is(said, words.over, words.courtesy) for words in _WORDS.values())


def is_afresh(text: str) -> bool:
    """Whether `text` asks, in any language, for a new answer in place of one that was given before."""
    said = _plain(text)
    return any(_is(said, words.afresh, words.courtesy) for words in _WORDS.values())


def _reply(said: str, words: _Words, options: int) -> Reply:
    if _is(said, f"{words.no}|{words.off}", words.courtesy):
        return DECLINE
    if options == 1 and _is(said, words.yes, words.courtesy):
        return 0
    named = zip(words.numbered, words.ordinal, strict=True)
    for index, (number, ordinal) in enumerate(list(named)[:options]):
        if _is(said, ordinal if options == 1 else f"{number}|{ordinal}", words.courtesy):
            return index
    return None


def _is(said: str, answer: str, courtesy: str) -> bool:
    """Whether `said` is `answer`, said once or more, and nothing else but courtesy."""
    between = f"(?: (?:{courtesy}))*"
    return re.fullmatch(f"(?:(?:{courtesy}) )*(?:{answer})(?: (?:{answer}))*{between}", said) is not None


def _plain(text: str) -> str:
    """Return `text` in small letters without accents or punctuation; empty when it is too long for an answer."""
    if len(text) > 80:
        return ""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", kept))
