"""Teach the test model the word "Jarvis", in front of its phrases and alone, and words that resemble it.

Use: `python tune_wake.py FOLDER [MINUTES]`; FOLDER gets the corpus, the trained weights, and `model.bin.xz`.
Goes on from `model/`, and needs what train.py needs, but for Whisper's vocabulary, which lies in `model/`.
"""

import json
import lzma
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import convert
import examples
import make_corpus as corpus
import numpy as np
import torch
import train
import vocabulary as v
from ctranslate2_weights import state_of
from network import TinyWhisper
from tokenizers import Tokenizer
from torch import nn

HERE = Path(__file__).parent
PEAK_LEARNING_RATE = 8e-4
CLIPS = {"plain": 8, "near": 14, "called": 6, "alone": 160}
"""How often each phrase is said, by its kind."""
NEAR = json.loads((HERE / "wake" / "near.json").read_text("utf-8"))
"""What resembles the word, and other talk."""


def phrases() -> dict[str, list[dict[str, str]]]:
    """Return what is said in each language, with its kind."""
    known = json.loads(corpus.PHRASES.read_text("utf-8"))
    return {
        language: [
            *({"text": entry["text"], "kind": "plain"} for entry in entries),
            *({"text": text, "kind": "near"} for text in NEAR[language]),
            {"text": "Jarvis.", "kind": "alone"},
            *({"text": f"Jarvis, {_small(entry['text'])}", "kind": "called"} for entry in entries),
        ]
        for language, entries in known.items()
    }


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def make(out: Path, said: dict[str, list[dict[str, str]]]) -> None:
    """Have it all spoken, as make_corpus.py does."""
    choice, planned = random.Random(7), []
    variants = corpus.training_variants()
    for language, entries in said.items():
        for index, entry in enumerate(entries):
            for number in range(CLIPS[entry["kind"]]):
                plain = number % 3 == 0
                voices = corpus.PLAIN_VOICES if plain else corpus.ACCENTS
                voice = choice.choice(voices[language]) + ("" if plain else f"+{choice.choice(variants)}")
                text = corpus.loosely_written(entry["text"], choice)
                speed_wpm, pitch = choice.randint(125, 205), choice.randint(15, 90)
                planned.append(corpus.Reading(language, index, text, voice, speed_wpm, pitch, "train"))
    with ThreadPoolExecutor(2) as pool:
        clips = list(pool.map(corpus.spoken, planned))
    np.savez(
        out,
        samples=np.concatenate(clips),
        ends=np.cumsum([len(clip) for clip in clips]),
        phrase=np.array([one.phrase for one in planned]),
        language=np.array([one.language for one in planned]),
        voice=np.array([one.voice for one in planned]),
        split=np.array([one.split for one in planned]),
    )


def tune(clips: Path, out: Path, minutes: float) -> None:
    """Go on training from the committed weights."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    chosen = np.random.default_rng(1)
    made = examples.Examples(clips, HERE, chosen)
    model = TinyWhisper(made.used)
    model.load_state_dict(state_of(HERE / "model" / "model.bin", made.used), strict=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.02)
    started_s = time.monotonic()
    for batch in train.prefetched(made, 0.1):
        elapsed_s = time.monotonic() - started_s
        if elapsed_s > minutes * 60:
            break
        for group in optimizer.param_groups:
            group["lr"] = train.learning_rate(PEAK_LEARNING_RATE, elapsed_s, minutes * 60)
        loss = train.loss_of(model, batch, chosen, ctc_weight=0.1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    torch.save({"used": model.used, "model": model.state_dict()}, out)


def main(folder: Path, minutes: float) -> None:
    said = phrases()
    written = folder / "phrases.json"
    written.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    examples.PHRASES = written
    v.whisper_tokenizer = lambda tiktoken: Tokenizer.from_file(str(HERE / "model" / "tokenizer.json"))
    make(folder / "corpus.npz", said)
    tune(folder / "corpus.npz", folder / "tuned.pt", minutes)
    convert.main(folder / "tuned.pt", HERE, folder / "model")
    packed = lzma.compress((folder / "model" / "model.bin").read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    (folder / "model.bin.xz").write_bytes(packed)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 20.0)
