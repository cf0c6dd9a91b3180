"""Train a tiny model of the Whisper architecture on the corpus of make_corpus.py.

Use: `python train.py CORPUS.npz multilingual.tiktoken OUT.pt MINUTES [RATE [EARLIER.pt]]`

One thread computes and one process makes examples: under load, more threads wait for each other.
"""

import math
import sys
import time
from collections.abc import Iterator
from multiprocessing import Process, Queue
from pathlib import Path

import numpy as np
import torch
from examples import IGNORED, SMALL_BATCH, Example, Examples
from network import LETTERS, TinyWhisper
from rooms import Random
from torch import Tensor, nn
from torch.nn import functional

FULL_FRAMES, MIDDLE_FRAMES = 3000, 1200
PEAK_LEARNING_RATE = 1.5e-3
WARM_UP_S = 60
EASY_SHARE = 0.15
"""The part of the training over which the examples grow from easy to hard."""


def padded_frames(longest: int, size: int, random: Random) -> int:
    """Return how many frames the encoder sees: mostly little more than the longest recording, at times all 30 s."""
    kind = random.random()
    if kind < 0.03 and size > SMALL_BATCH:
        return MIDDLE_FRAMES
    if kind < 0.5 and size <= SMALL_BATCH:
        return FULL_FRAMES
    return min(FULL_FRAMES, 2 * ((longest + int(random.integers(0, 160))) // 2 + 1))


def loss_of(model: TinyWhisper, batch: list[Example], random: Random, ctc_weight: float) -> Tensor:
    frames = padded_frames(max(example.features.shape[1] for example in batch), len(batch), random)
    features = np.zeros((len(batch), 80, frames), np.float32)
    for row, example in zip(features, batch, strict=True):
        row[:, : example.features.shape[1]] = example.features
    longest = max(len(example.tokens) for example in batch)
    tokens = torch.tensor([e.tokens + [model.unused] * (longest - len(e.tokens)) for e in batch])
    answers = torch.tensor([e.answers + [IGNORED] * (longest - len(e.answers)) for e in batch])
    with torch.autocast("cpu", torch.bfloat16):
        states = model.encode(torch.from_numpy(features))
        logits = model.decode(tokens, states)
        ctc_logits = model.ctc(states)
    decoder_loss = functional.cross_entropy(logits.float().flatten(0, 1), answers.flatten(), ignore_index=IGNORED)
    speech = [index for index, example in enumerate(batch) if example.is_speech]
    letters = [torch.tensor(batch[index].letters) for index in speech]
    ctc_loss = functional.ctc_loss(
        ctc_logits[speech].float().log_softmax(-1).transpose(0, 1),
        torch.cat(letters),
        torch.tensor([(batch[index].features.shape[1] + 1) // 2 for index in speech]),
        torch.tensor([len(text) for text in letters]),
        blank=len(LETTERS),
        zero_infinity=True,
    )
    return decoder_loss + ctc_weight * ctc_loss


def learning_rate(peak: float, elapsed_s: float, budget_s: float) -> float:
    """Return a linear rise to `peak` followed by half a cosine."""
    if elapsed_s < WARM_UP_S:
        return peak * (elapsed_s + 1) / WARM_UP_S
    progress = min(1.0, (elapsed_s - WARM_UP_S) / (budget_s - WARM_UP_S))
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))


def prefetched(examples: Examples, easy_s: float) -> Iterator[list[Example]]:
    """Yield the batches of `examples`, made by a process of their own."""
    queue: Queue[list[Example]] = Queue(maxsize=16)

    def produce() -> None:
        for batch in examples.batches(easy_s):
            queue.put(batch)

    Process(target=produce, daemon=True).start()
    while True:
        yield queue.get()


def main(corpus: Path, tiktoken: Path, out: Path, minutes: float, peak: float, earlier: Path | None) -> None:
    torch.manual_seed(2026)
    torch.set_num_threads(1)
    random = np.random.default_rng(2026)
    examples = Examples(corpus, tiktoken, random)
    model = TinyWhisper(examples.used)
    if earlier:
        model.load_state_dict(torch.load(earlier, weights_only=True)["model"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, betas=(0.9, 0.98), weight_decay=0.02)
    started, recent = time.monotonic(), []
    easy_s = 1.0 if earlier else EASY_SHARE * minutes * 60
    for step, batch in enumerate(prefetched(examples, easy_s), 1):
        elapsed_s = time.monotonic() - started
        if elapsed_s > minutes * 60:
            break
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(peak, elapsed_s, minutes * 60)
        loss = loss_of(model, batch, random, ctc_weight=0.5 if elapsed_s < minutes * 30 else 0.2)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent.append(loss.item())
        if step % 100 == 0:
            print(f"{elapsed_s / 60:5.1f} min  step {step}  loss {np.mean(recent):.3f}", flush=True)
            recent.clear()
            torch.save({"used": model.used, "model": model.state_dict()}, out)
    torch.save({"used": model.used, "model": model.state_dict()}, out)


if __name__ == "__main__":
    given = sys.argv[5:]
    rate = float(given[0]) if given else PEAK_LEARNING_RATE
    corpus, tiktoken, out = map(Path, sys.argv[1:4])
    main(corpus, tiktoken, out, float(sys.argv[4]), rate, Path(given[1]) if len(given) > 1 else None)
