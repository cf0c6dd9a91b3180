"""A Whisper with the shapes of a real one and random weights: what it costs is true, what it says means nothing.

The machines of the tests cannot download OpenAI's weights.  Time does not depend on their values as long as the number
of tokens is fixed, so the benchmarks fix it, for Etoile and its peer alike.
"""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ctranslate2.specs import WhisperSpec

TEST_MODEL = Path(__file__).parents[1] / "speech_model" / "model"
"""Has Whisper's own vocabulary."""
VOCABULARY = 51_865
MELS = 80


class Shape(NamedTuple):
    """Layers on either side, heads, and width (openai/whisper, model card)."""

    layers: int
    heads: int
    width: int


BASE = Shape(6, 8, 512)


def make(folder: Path, shape: Shape = BASE) -> Path:
    """Write a model of `shape` in CTranslate2 form, int8, into `folder`, and return that."""
    random = np.random.default_rng(0)
    spec = WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    width = shape.width

    def weights(*size: int) -> np.ndarray:
        return random.normal(0.0, 0.02, size).astype(np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def linear(layer: Any, rows: int, columns: int) -> None:
        layer.weight, layer.bias = weights(rows, columns), np.zeros(rows, np.float32)

    def attention(layer: Any, *rows: int) -> None:
        norm(layer.layer_norm)
        for part, size in zip(layer.linear, rows, strict=True):
            linear(part, size, width)

    def feed_forward(layer: Any) -> None:
        norm(layer.layer_norm)
        linear(layer.linear_0, 4 * width, width)
        linear(layer.linear_1, width, 4 * width)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(width, MELS, 3), np.zeros(width, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = weights(width, width, 3), np.zeros(width, np.float32)
    for side, positions in ((encoder, 1500), (decoder, 448)):
        side.position_encodings.encodings = weights(positions, width)
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, 3 * width, width)
            feed_forward(layer.ffn)
    for layer in decoder.layer:
        attention(layer.attention, width, 2 * width, width)
    decoder.embeddings.weight = weights(VOCABULARY, width)
    decoder.projection.weight = decoder.embeddings.weight

    spec.register_vocabulary([str(number) for number in range(VOCABULARY)])
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    for name in ("tokenizer.json", "vocabulary.json", "config.json"):
        shutil.copy(TEST_MODEL / name, folder / name)
    return folder
