"""A request as tokens: small letters without accents, number words as digits, each with its place in the request."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

BREAK = ","
"""The token of every punctuation mark that ends or divides a sentence."""

DOTS = (".", "dot", "point")
"""What stands between the parts of a host's name, written or spoken."""

_PIECE = re.compile(
    r"""
    (?P<plain> \d+ | [^\W\d_]+ )                                # letters and digits part: "7h30" is three tokens
  | (?P<dot>   (?<=\w)\.(?=\w) | (?<=\d),(?=\d) )               # youtube.com, 20.5
  | (?P<colon> (?<=\d)\s?:\s?(?=\d) )                           # 7:30
  | (?P<minus> (?<!\S)[-−](?=\s?\d) )
  | (?P<end>   [,.:!?…]+ )
  | (?P<gap>   [\s'’‘‐\-–—_]+ )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_SYMBOLS = {"dot": ".", "colon": ":", "minus": "-", "end": BREAK}

_UNHEARD = ("So", "Cc", "Cf", "Mn", "Me")
"""Unicode categories that nobody pronounces: emoji, control and format characters, stray accents."""

_FRENCH_NUMBERS = """
zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente
quarante cinquante soixante septante huitante octante nonante cent cents mille
"""
_ENGLISH_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
"""
NUMBER_WORDS = {"fr": frozenset(_FRENCH_NUMBERS.split()), "en": frozenset(_ENGLISH_NUMBERS.split())}
_AND = {"fr": "et", "en": "and"}
_ARTICLES = {"un", "une", "one"}
"""Numbers that are articles or pronouns when they stand alone."""

PERCENT = {"percent", "pourcent", "pourcents"}


class Token(NamedTuple):
    """A word, a number or a sign of a request."""

    text: str
    start: int
    end: int
    """Its place in the request, so that free text can be given back as it was."""
    parts: "tuple[Token, ...]" = ()
    """Of a number the words that say it."""
    said: str = ""
    """The word that `text` stands for, where that is another form of it."""

    @property
    def heard(self) -> str:
        return self.said or self.text


Tokens = tuple[Token, ...]


def tokens_of(request: str, language: str, same: Mapping[str, str]) -> Tokens:
    """Return the tokens of `request`; `same` maps a form of a word to the one that templates use."""
    tokens = with_numbers(_pieces(request), language)
    return tuple(
        token if token.text not in same or _is_literal(tokens, index) else _based(token, same[token.text])
        for index, token in enumerate(tokens)
    )


def _based(token: Token, base: str) -> Token:
    return token._replace(text=base, said=token.text)


def _is_literal(tokens: Sequence[Token], index: int) -> bool:
    """Whether a token must stay as it is: the "s" of "30 s" is not that of "what's", nor "docs" in "docs.rs" a word."""
    before = tokens[index - 1].text if index else ""
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    return before.isdigit() or before in DOTS or after in DOTS


def texts_of(request: str, language: str, same: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the tokens of `request` say, without punctuation."""
    return tuple(token.text for token in tokens_of(request, language, same) if token.text != BREAK)


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return `word` in small letters without accents."""
    letters = unicodedata.normalize("NFKD", word.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=16)
def _pieces(request: str) -> Tokens:
    """Return the words, numbers and signs of `request`, in whatever language."""
    return tuple(_found_pieces(request))


def _found_pieces(request: str) -> Iterator[Token]:
    for found in _PIECE.finditer(request):
        kind = found.lastgroup or ""
        text = fold(found.group()) if kind == "plain" else _SYMBOLS.get(kind, found.group())
        unheard = kind == "other" and unicodedata.category(text[0]) in _UNHEARD
        if kind != "gap" and text and not unheard:
            yield Token(text, found.start(), found.end())


def _percent(tokens: Sequence[Token]) -> list[Token]:
    """Write "pour cent" and "percent" as "%"."""
    written: list[Token] = []
    for token in tokens:
        if token.text in PERCENT:
            written.append(Token("%", token.start, token.end))
        elif token.text == "cent" and written and written[-1].text in ("pour", "per"):
            written[-1] = Token("%", written[-1].start, token.end)
        else:
            written.append(token)
    return written


def with_numbers(tokens: Sequence[Token], language: str) -> list[Token]:
    """Return `tokens` with runs of number words as digits ("vingt et un" is 21), and "percent" as "%"."""
    said = [token.text for token in tokens]
    if NUMBER_WORDS[language].isdisjoint(said) and PERCENT.isdisjoint(said) and "cent" not in said:
        return list(tokens)
    return _numbers(_percent(tokens), language)


def in_words(tokens: Sequence[Token]) -> list[Token]:
    """Return `tokens` with the words that numbers were said with: what stood between them may be gone now."""
    return [part for token in tokens for part in token.parts or (token,)]


def _numbers(tokens: list[Token], language: str) -> list[Token]:
    words = NUMBER_WORDS[language]
    written: list[Token] = []
    index = 0
    while index < len(tokens):
        length = _run_length(tokens[index:], words, _AND[language]) if tokens[index].text in words else 0
        run = tokens[index : index + length]
        if not run or (length == 1 and run[0].text in _ARTICLES and not (written and written[-1].text in DOTS)):
            written.append(tokens[index])
            index += 1
            continue
        digits = _digits(" ".join(token.text for token in run), language)
        parts = tuple(run) if len(digits) == 1 else ()
        written += [Token(part, run[0].start, run[-1].end, parts) for part in digits]
        index += length
    return written


def _run_length(tokens: Sequence[Token], words: frozenset[str], conjunction: str) -> int:
    length = 1
    while length < len(tokens):
        step = 2 if tokens[length].text == conjunction else 1
        if length + step > len(tokens) or tokens[length + step - 1].text not in words:
            break
        length += step
    return length


@lru_cache(maxsize=1024)
def _digits(run: str, language: str) -> tuple[str, ...]:
    return tuple(_alpha2digit()(run, language, 0.0).replace("zero", "0").split())


@cache
def _alpha2digit() -> Callable[[str, str, float], str]:
    from text_to_num import alpha2digit

    found: Callable[[str, str, float], str] = alpha2digit
    return found
