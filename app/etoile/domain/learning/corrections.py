"""Words of the user that concern the request before: "no, I meant ...", "non, je voulais dire ..."."""

import re
import unicodedata
from typing import Literal

from etoile.domain.replies import DECLINE, reply_to

_REGRETS = r"""
    non | nan | mais\ non | pardon | désolée? | excuse[- ]moi | attends | no | nope | oops | oups | sorry | wait
"""
_MEANT = r"""
    je\ voulais(?:\ plutôt)?\ dire | je\ veux\ dire | ce\ que\ je\ voulais\ dire,?\ c['’]est | je\ disais
  | j['’](?:ai|avais)\ dit | je\ t['’](?:ai|avais)\ dit
  | (?:what\ )?i\ (?:actually\ )?meant(?:\ to\ say)?(?:\ was)? | i\ mean | i(?:['’]d|\ had)?\ said
  | i\ told\ you | i\ was\ saying
"""
_CORRECTION = re.compile(
    rf"""\s* (?: (?:{_REGRETS}) [\s,.;:!…—-]+ )* (?:{_MEANT}) (?: \s*[,:;.…—-]+\s* | \s+ )
    ["«“]?\s* (?P<rest>.*?) \s*["»”]?\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LONGEST = 600

_REMEMBER = re.compile(
    r"(?:retiens|apprends|memorise|note|garde)(?: (?:le|ca|cela))(?: (?:s il te plait|stp))?"
    r"|souviens toi(?: (?:de ca|en))?|(?:yes )?(?:remember|learn|keep) (?:that|this|it)(?: please)?"
    r"|oui retiens(?: (?:le|ca))?"
)
_NEVER = re.compile(
    r"(?:non )?(?:ne )?(?:le |l )?(?:retiens|apprends|memorise)(?: (?:le|ca))? pas|plus jamais(?: ca)?"
    r"|(?:no )?(?:don t|do not) (?:remember|learn|keep) (?:that|this|it)|never again"
)

Answer = Literal["accept", "dismiss"]


def correction_of(text: str) -> str | None:
    """Return what the user means instead of the request before; None when `text` does not correct it."""
    found = _CORRECTION.fullmatch(text[:_LONGEST])
    return (found["rest"] or None) if found and len(text) <= _LONGEST else None


def answer_to_offer(text: str, language: str, *, fresh: bool) -> Answer | None:
    """Return what `text` says to an offer: "remember that" at any time, a bare "yes" or "no" while it is `fresh`."""
    said = _plain(text)
    if _NEVER.fullmatch(said):
        return "dismiss"
    if _REMEMBER.fullmatch(said):
        return "accept"
    if not fresh:
        return None
    match reply_to(text, language, 1):
        case 0:
            return "accept"
        case reply if reply is DECLINE:
            return "dismiss"
    return None


def _plain(text: str) -> str:
    """Return `text` in small letters without accents or punctuation; empty when it is too long for an answer."""
    if len(text) > 80:
        return ""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter))))
