"""The vocabulary of the multilingual Whisper (51,865 tokens), and the few hundred of them that this model uses.

Built from `multilingual.tiktoken`, which the MIT-licensed pip package openai-whisper carries.
"""

import base64
import json
from itertools import pairwise
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers.convert_slow_tokenizer import bytes_to_unicode
from transformers.models.whisper.tokenization_whisper import LANGUAGES

VOCABULARY_SIZE = 51_865
TEXT_TOKENS = 50_257
END_OF_TEXT, START, FIRST_LANGUAGE = 50_257, 50_258, 50_259
LANGUAGE_CODES = [code for code in LANGUAGES if code != "yue"]
TRANSLATE, TRANSCRIBE, START_OF_LM, START_OF_PREVIOUS, NO_SPEECH, NO_TIMESTAMPS = range(50_358, 50_364)
FIRST_TIMESTAMP = 50_364
TIMESTAMP_STEP_S = 0.02
LAST_TRAINED_TIMESTAMP_S = 10.0


def language_token(code: str) -> int:
    return FIRST_LANGUAGE + LANGUAGE_CODES.index(code)


def timestamp_token(time_s: float) -> int:
    return FIRST_TIMESTAMP + round(min(time_s, LAST_TRAINED_TIMESTAMP_S) / TIMESTAMP_STEP_S)


def special_tokens() -> list[str]:
    """Return the names of the tokens from END_OF_TEXT to NO_TIMESTAMPS, in order."""
    languages = [f"<|{code}|>" for code in LANGUAGE_CODES]
    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    return ["<|endoftext|>", "<|startoftranscript|>", *languages, *(f"<|{task}|>" for task in tasks)]


def last_merge(token: bytes, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """Return the two pieces that byte-pair encoding joins last to make `token`."""
    pieces = [bytes([byte]) for byte in token]
    while len(pieces) > 2:
        pairs = [ranks.get(a + b, len(ranks)) for a, b in pairwise(pieces)]
        first = pairs.index(min(pairs))
        pieces[first : first + 2] = [pieces[first] + pieces[first + 1]]
    return pieces[0], pieces[1]


def whisper_tokenizer(tiktoken: Path) -> Tokenizer:
    """Return Whisper's multilingual tokenizer, without its timestamps, which faster-whisper counts by itself."""
    lines = (line.split() for line in tiktoken.read_bytes().splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    assert len(ranks) == TEXT_TOKENS
    letter = bytes_to_unicode()

    def written(token: bytes) -> str:
        return "".join(letter[byte] for byte in token)

    merges = [last_merge(token, ranks) for token in ranks if len(token) > 1]
    vocabulary = {written(token): rank for token, rank in ranks.items()}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[(written(a), written(b)) for a, b in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in special_tokens()])
    return tokenizer


def used_tokens(tokenizer: Tokenizer, phrases: Path) -> list[int]:
    """Return the tokens that the model learns one by one; all others share one row."""
    entries = [entry for language in json.loads(phrases.read_text("utf-8")).values() for entry in language]
    text = {token for entry in entries for token in tokenizer.encode(" " + entry["text"]).ids}
    special = {END_OF_TEXT, START, language_token("en"), language_token("fr"), TRANSCRIBE}
    special |= {START_OF_PREVIOUS, NO_SPEECH, NO_TIMESTAMPS}
    timestamps = range(FIRST_TIMESTAMP, timestamp_token(LAST_TRAINED_TIMESTAMP_S) + 1)
    return sorted(text | special | set(timestamps))
