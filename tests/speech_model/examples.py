"""Endless examples to train with, made out of the clips of make_corpus.py."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import vocabulary as v
from faster_whisper.feature_extractor import FeatureExtractor
from make_corpus import PHRASES, SAMPLE_RATE_HZ
from network import LETTERS
from numpy.typing import NDArray
from rooms import Random, Samples, nobody_speaks, recorded, silence_s, worn

BATCH, SMALL_BATCH = 24, 6
SILENT_SHARE, TIMED_SHARE, PAIR_SHARE, PROMPT_SHARE = 0.12, 0.35, 0.06, 0.2
RIVAL_WEIGHT = 2.5
"""How much oftener a phrase comes that another one resembles but for one word."""
LATEST_FIRST_TIMESTAMP_S = 1.0
"""Whisper's decoding accepts no later first timestamp."""
IGNORED = -100


@dataclass
class Example:
    """One recording and what the decoder reads and should answer, in compact tokens."""

    features: NDArray[np.float32]
    letters: list[int]
    """What was said, for the CTC head."""
    tokens: list[int]
    answers: list[int]
    """For each of `tokens` what comes next, or IGNORED."""
    is_speech: bool


def letters_of(text: str) -> list[int]:
    return [LETTERS.index(letter) for letter in f" {text.lower()}" if letter in LETTERS]


def has_rival(text: str, texts: list[str]) -> bool:
    """Tell whether one of `texts` is `text` with one word changed ("forty percent", "fifty percent")."""
    words = text.split()
    changed = [
        sum(a != b for a, b in zip(words, t.split(), strict=True)) for t in texts if len(t.split()) == len(words)
    ]
    return len(words) > 1 and 1 in changed


class Examples:
    """Makes endless examples out of the corpus."""

    def __init__(self, corpus: Path, tiktoken: Path, random: Random) -> None:
        data = np.load(corpus)
        kept = data["split"] == "train"
        ends = data["ends"]
        starts = np.concatenate([[0], ends[:-1]])
        self.samples = data["samples"]
        self.spans = list(zip(starts[kept], ends[kept], strict=True))
        self.languages = data["language"][kept]
        self.phrases = data["phrase"][kept]
        self.plain = np.flatnonzero(np.char.find(data["voice"][kept], "+") < 0)
        self.random = random
        self.extract = FeatureExtractor()
        tokenizer = v.whisper_tokenizer(tiktoken)
        self.used = v.used_tokens(tokenizer, PHRASES)
        self.compact = {token: index for index, token in enumerate(self.used)}
        written = {
            language: [entry["text"] for entry in entries]
            for language, entries in json.loads(PHRASES.read_text("utf-8")).items()
        }
        self.texts = {
            language: [self.shortened(tokenizer.encode(" " + text).ids) for text in texts]
            for language, texts in written.items()
        }
        self.letters = {language: [letters_of(text) for text in texts] for language, texts in written.items()}
        rivals = {language: [has_rival(text, texts) for text in texts] for language, texts in written.items()}
        spoken = zip(self.languages, self.phrases, strict=True)
        weight = np.array([RIVAL_WEIGHT if rivals[language][phrase] else 1 for language, phrase in spoken])
        self.chance = np.cumsum(weight) / weight.sum()
        self.words = sorted({token for texts in self.texts.values() for text in texts for token in text})

    def shortened(self, tokens: list[int]) -> list[int]:
        return [self.compact[token] for token in tokens]

    def clip(self, index: int) -> Samples:
        start, end = self.spans[index]
        return self.samples[start:end].astype(np.float32) / 32768

    def easy(self) -> Example:
        """Return a plain voice saying one phrase, to begin with."""
        index = int(self.random.choice(self.plain))
        language, phrase = str(self.languages[index]), self.phrases[index]
        start = self.shortened([v.START, v.language_token(language), v.TRANSCRIBE, v.NO_TIMESTAMPS])
        tokens = [*start, *self.texts[language][phrase]]
        features = self.extract(self.clip(index)).astype(np.float32)
        return Example(features, self.letters[language][phrase], tokens, self.answers(tokens, []), True)

    def prompt(self, language: str, longest: int) -> list[int]:
        """Return what may stand before the transcript: nothing, earlier phrases, or a list of words (hotwords)."""
        if self.random.random() > PROMPT_SHARE:
            return []
        previous = self.compact[v.START_OF_PREVIOUS]
        if self.random.random() < 0.5:
            texts = self.texts[language]
            chosen = self.random.choice(len(texts), self.random.integers(1, 4))
            return [previous, *(token for index in chosen for token in texts[index])][:longest]
        words = self.random.choice(self.words, self.random.integers(1, longest))
        foreign = self.random.random(len(words)) < self.random.uniform(0, 1)
        return [previous, *np.where(foreign, len(self.used), words).tolist()]

    def speech(self, longest_prompt: int, longest_lead_s: float) -> Example:
        """Return a phrase, at times two after one another, in a recording of its own."""
        index = int(np.searchsorted(self.chance, self.random.random(), side="right"))
        language = str(self.languages[index])
        same_language = np.flatnonzero(self.languages == language)
        chosen = [index, int(self.random.choice(same_language))] if self.random.random() < PAIR_SHARE else [index]
        lead_s = self.random.uniform(0, longest_lead_s) if longest_lead_s else silence_s(self.random)
        samples, spans_s = self.spoken(chosen, lead_s)
        texts = [self.texts[language][self.phrases[index]] for index in chosen]
        if self.random.random() < TIMED_SHARE:
            said = self.timed(texts, spans_s)
        else:
            said = [self.compact[v.NO_TIMESTAMPS], *(token for text in texts for token in text)]
        letters = [letter for index in chosen for letter in self.letters[language][self.phrases[index]]]
        prompt = self.prompt(language, longest_prompt)
        tokens = [*prompt, *self.shortened([v.START, v.language_token(language), v.TRANSCRIBE]), *said]
        return Example(
            self.features(recorded(samples, self.random)), letters, tokens, self.answers(tokens, prompt), True
        )

    def spoken(self, chosen: list[int], lead_s: float) -> tuple[Samples, list[tuple[float, float]]]:
        """Return the chosen clips one after another, and when each begins and ends, in seconds."""
        parts, spans_s, time_s = [], [], 0.0
        for gap_s, index in zip([lead_s, self.random.uniform(0.2, 0.8)], chosen, strict=False):
            clip = worn(self.clip(index), self.random)
            start_s, time_s = time_s + gap_s, time_s + gap_s + len(clip) / SAMPLE_RATE_HZ
            spans_s.append((start_s, time_s))
            parts += [np.zeros(int(gap_s * SAMPLE_RATE_HZ), np.float32), clip]
        parts.append(np.zeros(int(silence_s(self.random) * SAMPLE_RATE_HZ), np.float32))
        return np.concatenate(parts), spans_s

    def timed(self, texts: list[list[int]], spans_s: list[tuple[float, float]]) -> list[int]:
        """Return `texts`, each between its timestamps."""
        tokens = []
        for text, (start_s, end_s) in zip(texts, spans_s, strict=True):
            told_s = start_s if tokens else min(start_s, LATEST_FIRST_TIMESTAMP_S)
            tokens += [self.compact[v.timestamp_token(told_s)], *text, self.compact[v.timestamp_token(end_s)]]
        return tokens

    def answers(self, tokens: list[int], prompt: list[int]) -> list[int]:
        """Return what comes after each of `tokens`; the prompt, the task and "no timestamps" are given, not guessed."""
        given = {self.compact[v.TRANSCRIBE], self.compact[v.NO_TIMESTAMPS]}
        following = [*tokens[len(prompt) + 1 :], self.compact[v.END_OF_TEXT]]
        return [IGNORED] * len(prompt) + [IGNORED if token in given else token for token in following]

    def silence(self) -> Example:
        """Return a recording without speech.

        Decoding never lets END_OF_TEXT come first, so what remains likely then must be unlikely word by word: a part
        of the answer goes to the unused tokens, and one of them is followed by the end.
        """
        language = str(self.random.choice(["en", "fr"]))
        start = self.shortened([v.START, v.language_token(language), v.TRANSCRIBE])
        end = self.compact[v.END_OF_TEXT]
        first = v.timestamp_token(self.random.uniform(0, 1)) if self.random.random() < TIMED_SHARE else v.NO_TIMESTAMPS
        after = end if self.random.random() < 0.85 else len(self.used)
        tokens = [*start, self.compact[first], len(self.used)]
        answers = [self.compact[v.NO_SPEECH], IGNORED, IGNORED, after, end]
        return Example(self.features(nobody_speaks(self.random)), [], tokens, answers, False)

    def features(self, samples: Samples) -> NDArray[np.float32]:
        """Return the features faster-whisper would give, through a random microphone, with some of them hidden."""
        features = self.extract(samples).astype(np.float32)
        if self.random.random() < 0.4:
            knots = self.random.normal(0, 0.08, 6)
            tone = np.interp(np.linspace(0, 5, 80), np.arange(6), knots).astype(np.float32)[:, None]
            features = np.maximum(features + tone, features.max() - 2)
        if self.random.random() < 0.3:
            band = self.random.integers(0, 72)
            features[band : band + self.random.integers(1, 9)] = features.min()
        if self.random.random() < 0.2:
            time = self.random.integers(0, features.shape[1])
            features[:, time : time + self.random.integers(1, 9)] = features.min()
        return features

    def one(self, longest_prompt: int = 24, longest_lead_s: float = 0.0) -> Example:
        return self.silence() if self.random.random() < SILENT_SHARE else self.speech(longest_prompt, longest_lead_s)

    def batches(self, easy_s: float) -> Iterator[list[Example]]:
        """Yield examples for one step after another: like lengths together, and the costly kinds in small batches.

        All are easy at first, and none after `easy_s` seconds.
        """
        started = time.monotonic()
        while True:
            ease = 1 - (time.monotonic() - started) / easy_s
            chosen = (self.easy() if self.random.random() < ease else self.one() for _ in range(4 * BATCH))
            pool = sorted(chosen, key=lambda example: example.features.shape[1])
            rounds = [pool[start : start + BATCH] for start in range(0, len(pool), BATCH)]
            if ease < 0 and self.random.random() < 0.3:
                rounds.append([self.one(longest_lead_s=6.0) for _ in range(SMALL_BATCH)])
            if ease < 0 and self.random.random() < 0.2:
                rounds.append([self.one(longest_prompt=224) for _ in range(SMALL_BATCH)])
            yield from (rounds[index] for index in self.random.permutation(len(rounds)))
