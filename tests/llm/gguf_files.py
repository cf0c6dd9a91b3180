"""Writes GGUF files: headers of models of any shape, with or without what follows.

The shapes are published hyperparameters, and the quantisation is laid out as llama.cpp's own mixtures are
(src/llama-quant.cpp), so that the weights can be compared with what its logs say.
"""

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etoile.domain.fit import Metadata, Tensor
from etoile.domain.fit.quantisation import TENSOR_TYPES

NUMBERS = {kind.name: number for number, kind in TENSOR_TYPES.items()}
KindOf = Callable[[str, int], str]
"""The type of the tensor of a name in block `index`; -1 outside of the blocks."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A decoder: hyperparameters as its model card has them."""

    architecture: str = "llama"
    layers: int
    width: int
    inner: int
    heads: int
    kv_heads: int
    vocabulary: int
    head: int = 0
    """Width of one head, where it is not `width / heads`."""
    tied: bool = False
    experts: int = 0
    biases: bool = False
    plain: bool = False
    """Two matrices a feed-forward instead of three, and biases everywhere (GPT-NeoX)."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further keys, without the architecture."""
    file_type: int = 15

    @property
    def metadata(self) -> Metadata:
        """The header's keys."""
        name = self.architecture
        own: dict[str, Any] = {
            "block_count": self.layers,
            "context_length": 131072,
            "embedding_length": self.width,
            "feed_forward_length": self.inner,
            "attention.head_count": self.heads,
            "attention.head_count_kv": self.kv_heads,
        }
        if self.head:
            own |= {"attention.key_length": self.head, "attention.value_length": self.head}
        if self.experts:
            own["expert_count"] = self.experts
        return {
            "general.architecture": name,
            "general.file_type": self.file_type,
            **{f"{name}.{key}": value for key, value in {**own, **self.more}.items()},
        }

    def tensors(self, kind_of: KindOf) -> tuple[Tensor, ...]:
        """Every tensor, in the types that `kind_of` gives."""
        head = self.head or self.width // self.heads
        queries, keys = self.heads * head, self.kv_heads * head
        stacked = (self.experts,) if self.experts else ()
        suffix = "_exps" if self.experts else ""
        within: dict[str, tuple[int, ...]] = {
            "attn_q": (self.width, queries),
            "attn_k": (self.width, keys),
            "attn_v": (self.width, keys),
            "attn_output": (queries, self.width),
            "attn_norm": (self.width,),
            "ffn_norm": (self.width,),
            f"ffn_up{suffix}": (self.width, self.inner, *stacked),
            f"ffn_down{suffix}": (self.inner, self.width, *stacked),
        }
        if not self.plain:
            within[f"ffn_gate{suffix}"] = (self.width, self.inner, *stacked)
        if self.experts:
            within["ffn_gate_inp"] = (self.width, self.experts)
        if self.biases:
            within |= {"attn_q.bias": (queries,), "attn_k.bias": (keys,), "attn_v.bias": (keys,)}
        outside: dict[str, tuple[int, ...]] = {
            "token_embd": (self.width, self.vocabulary),
            "output_norm": (self.width,),
        }
        if not self.tied:
            outside["output"] = (self.width, self.vocabulary)
        found = [_tensor(name, shape, kind_of(name, -1)) for name, shape in outside.items()]
        for index in range(self.layers):
            found += [_tensor(f"blk.{index}.{name}", shape, kind_of(name, index)) for name, shape in within.items()]
        return tuple(found)


def _tensor(name: str, shape: tuple[int, ...], kind: str) -> Tensor:
    size = TENSOR_TYPES[_number(shape, kind)].bytes_of(math.prod(shape))
    return Tensor(name=name if name.endswith(".bias") else f"{name}.weight", shape=shape, size_bytes=size)


def _number(shape: Sequence[int], kind: str) -> int:
    """Return the type that a tensor gets: vectors stay whole, and rows that blocks do not divide get smaller blocks."""
    if len(shape) == 1:
        return NUMBERS["f32"]
    if shape[0] % TENSOR_TYPES[NUMBERS[kind]].block:
        kind = {"q4_K": "q5_0", "q5_K": "q5_1", "q6_K": "q8_0"}[kind]
    return NUMBERS[kind]


def all_in(kind: str) -> KindOf:
    """Every matrix in one type."""
    return lambda name, index: kind


def q4_k_m(layers: int, *, grouped_by_8: bool = False) -> KindOf:
    """llama.cpp's Q4_K_M: half of the values and down projections, and the output, in q6_K, the rest in q4_K.

    With heads `grouped_by_8` (as in every 70B) all values are in q5_K where they would be in q4_K.
    """

    def kind_of(name: str, index: int) -> str:
        if name == "output":
            return "q6_K"
        if name in ("attn_v", "ffn_down", "ffn_down_exps"):
            finer = index < layers // 8 or index >= 7 * layers // 8 or (index - layers // 8) % 3 == 2
            if finer:
                return "q6_K"
            return "q5_K" if grouped_by_8 and name == "attn_v" else "q4_K"
        return "q4_K"

    return kind_of


LLAMA_3_8B = Shape(layers=32, width=4096, inner=14336, heads=32, kv_heads=8, vocabulary=128256)
LLAMA_3_70B = Shape(layers=80, width=8192, inner=28672, heads=64, kv_heads=8, vocabulary=128256)
QWEN_2_5_7B = Shape(
    architecture="qwen2", layers=28, width=3584, inner=18944, heads=28, kv_heads=4, vocabulary=152064, biases=True
)
QWEN_2_5_72B = Shape(
    architecture="qwen2", layers=80, width=8192, inner=29568, heads=64, kv_heads=8, vocabulary=152064, biases=True
)
MISTRAL_SMALL_22B = Shape(
    layers=56, width=6144, inner=16384, heads=48, kv_heads=8, head=128, vocabulary=32768, file_type=17
)
MIXTRAL_8X7B = Shape(layers=32, width=4096, inner=14336, heads=32, kv_heads=8, vocabulary=32000, experts=8, file_type=2)
PYTHIA_2_8B = Shape(
    architecture="gptneox", layers=32, width=2560, inner=10240, heads=32, kv_heads=32, vocabulary=50304, plain=True
)


def write_gguf(
    path: Path,
    metadata: Mapping[str, Any],
    tensors: Sequence[tuple[str, Sequence[int], int]] = (),
    *,
    version: int = 3,
    vocabulary: Iterable[str] = (),
    data_bytes: int = 0,
) -> Path:
    """Write a file of `tensors` (name, shape, type), with `data_bytes` of holes in place of their data."""
    path.write_bytes(gguf_bytes(metadata, tensors, version=version, vocabulary=vocabulary))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + data_bytes)
    return path


def gguf_bytes(
    metadata: Mapping[str, Any],
    tensors: Sequence[tuple[str, Sequence[int], int]] = (),
    *,
    version: int = 3,
    vocabulary: Iterable[str] = (),
) -> bytes:
    """Return the header as a file has it."""
    tokens = list(vocabulary)
    pairs = [_text(key) + _value(value) for key, value in metadata.items()]
    if tokens:
        listed = struct.pack("<IIQ", 9, 8, len(tokens)) + b"".join(map(_text, tokens))
        scores = struct.pack("<IIQ", 9, 6, len(tokens)) + bytes(4 * len(tokens))
        pairs += [_text("tokenizer.ggml.tokens") + listed, _text("tokenizer.ggml.scores") + scores]
    infos, offset = [], 0
    for name, shape, kind in tensors:
        dimensions = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        infos.append(_text(name) + dimensions + struct.pack("<IQ", kind, offset))
        offset += -(-TENSOR_TYPES[kind].bytes_of(math.prod(shape)) // 32) * 32 if kind in TENSOR_TYPES else 4096
    return struct.pack("<4sIQQ", b"GGUF", version, len(infos), len(pairs)) + b"".join(pairs) + b"".join(infos)


def infos_of(shape: Shape, kind_of: KindOf) -> list[tuple[str, Sequence[int], int]]:
    """Return the tensors of `shape` as `write_gguf` takes them."""
    return [
        (tensor.name, tensor.shape, _number(tensor.shape, kind_of(*_place(tensor.name))))
        for tensor in shape.tensors(kind_of)
    ]


def _place(name: str) -> tuple[str, int]:
    bare = name.removesuffix(".weight")
    if not bare.startswith("blk."):
        return bare, -1
    _, index, rest = bare.split(".", 2)
    return rest, int(index)


def _text(text: str) -> bytes:
    content = text.encode()
    return struct.pack("<Q", len(content)) + content


def _value(value: Any) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + _text(value)
        case [bool(), *_]:
            return struct.pack(f"<IIQ{len(value)}?", 9, 7, len(value), *value)
        case _:
            return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
