"""From the header of a model to its blocks: what each architecture keeps of a conversation.

The keys are those of GGUF (ggml/docs/gguf.md; gguf-py/gguf/constants.py), which Ollama's /api/show hands on unchanged.
What is done with them follows llama.cpp: `llama_hparams::n_embd_k_gqa`, `n_embd_r`, `n_embd_s`, `set_swa_pattern` in
src/llama-hparams.cpp, and each architecture's `load_arch_hparams` in src/models/.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from etoile.domain.fit.model import Block, Model, Tensor
from etoile.domain.fit.quantisation import FILE_TYPES
from etoile.errors import UnreadableModel
from etoile.text import message

Value = str | bool | int | float | tuple[str | bool | int | float, ...]
Metadata = Mapping[str, Value]

LARGEST = 2**48
"""No count or length in a header is larger; one that is was made to do harm."""
MOST_BLOCKS = 10_000

_BLOCK = re.compile(r"(?:enc\.|dec\.)?blk\.(\d+)\.")
_INPUTS = ("token_embd", "per_layer_token_embd", "position_embd", "token_types")
"""Tensors that the engine looks rows up in, on the host (llama-arch.cpp: LLM_TENSOR_LAYER_INPUT)."""

_RECURRENT = ("mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7")
"""Architectures without attention."""
_BOTH = ("falcon-h1",)
"""Architectures with attention and state in each layer."""
_LINEAR = ("qwen3next", "qwen35", "qwen35moe")
"""Architectures of which every n-th layer attends, and the others keep state."""
_WITH_MLP_LAYERS = ("nemotron_h", "nemotron_h_moe")
"""Architectures with layers that neither attend nor keep state."""

_FULL_LAYER_EVERY = {
    "afmoe": 4,
    "cohere2": 4,
    "cohere2moe": 4,
    "exaone-moe": 4,
    "exaone4": 4,
    "gemma-embedding": 6,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gemma4": 6,
    "gpt-oss": 2,
    "laguna": 4,
    "llama4": 4,
    "modern-bert": 3,
    "olmo2": 4,
    "smallthinker": 4,
}
"""Architectures whose window the engine heeds, and where it sees the whole context, unless the header tells.  Others
may name a window (Mistral, Phi-3) and get a whole cache all the same."""
_FULL_LAYER_FIRST = ("laguna", "modern-bert", "smallthinker")
_USUAL_WINDOW = {"gemma2": 4096, "llama4": 8192, "smallthinker": 4096}
"""Windows that some headers leave out."""


@dataclass(frozen=True, slots=True)
class _Header:
    """The keys of one architecture, checked as they are read.  Raises UnreadableModel."""

    metadata: Metadata
    architecture: str
    blocks: int = 0

    def number(self, key: str, default: int = 0) -> int:
        """Return the whole number at `key`; of an array, its largest."""
        value = self._value(key)
        if value is None:
            return default
        if isinstance(value, tuple):
            return max((self._checked(key, part) for part in value), default=default)
        return self._checked(key, value)

    def each(self, key: str, default: int = 0) -> list[int]:
        """Return the number at `key` for each block: one for all, or an array."""
        value = self._value(key)
        if not isinstance(value, tuple):
            return [default if value is None else self._checked(key, value)] * self.blocks
        if len(value) < self.blocks:
            raise self._wrong(key)
        return [self._checked(key, part) for part in value[: self.blocks]]

    def has(self, key: str) -> bool:
        """Whether `key` is there."""
        return self._value(key) is not None

    def _value(self, key: str) -> Value | None:
        return self.metadata.get(f"{self.architecture}.{key}")

    def _checked(self, key: str, value: str | bool | float) -> int:
        if isinstance(value, str) or not 0 <= value <= LARGEST or value != int(value):
            raise self._wrong(key)
        return int(value)

    def _wrong(self, key: str) -> UnreadableModel:
        return UnreadableModel(
            message("the header of the model makes no sense at {key}", key=f"{self.architecture}.{key}"),
            message("Download the model again."),
        )


def model_of(
    metadata: Metadata,
    tensors: Sequence[Tensor] = (),
    *,
    name: str,
    size_bytes: int | None = None,
    tied: bool | None = None,
    projector_bytes: int = 0,
) -> Model:
    """Return the model that `metadata` and `tensors` describe.

    Without tensors, the weights are spread evenly from `size_bytes` and the header's parameter count, and `tied` tells
    whether embeddings and output are the same.  Raises UnreadableModel when the header does not tell enough.
    """
    header = _header(metadata)
    causal = metadata.get(f"{header.architecture}.attention.causal") is not False
    width = header.number("embedding_length")
    weights = _weighed(tensors, header.blocks, causal) if tensors else _spread(header, size_bytes, tied)
    keep = _kept(header)
    return Model(
        name=name,
        architecture=header.architecture,
        blocks=tuple(keep(index, weight) for index, weight in enumerate(weights.blocks)),
        output_bytes=weights.output,
        input_bytes=weights.input,
        embedding_length=width,
        vocabulary=(_vocabulary(tensors) or header.number("vocab_size")) if causal else 0,
        heads=header.number("attention.head_count"),
        working_width=_working_width(header),
        experts=header.number("expert_count"),
        causal=causal,
        context_length=header.number("context_length") or None,
        quantisation=_quantisation(metadata),
        parameters=sum(tensor.elements for tensor in tensors) or _parameters(metadata),
        projector_bytes=projector_bytes,
        tied=weights.tied,
    )


def _header(metadata: Metadata) -> _Header:
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        raise UnreadableModel(message("the header does not name the model's architecture"))
    if architecture == "clip":
        raise UnreadableModel(
            message("this file is the part of a model that sees or hears, not the model"),
            message("Name the model's own file, and this one with --mmproj."),
        )
    bare = _Header(metadata, architecture)
    # The layers at the end that predict further tokens are not loaded unless asked for.
    blocks = bare.number("block_count") - bare.number("nextn_predict_layers")
    if not 0 < blocks <= MOST_BLOCKS or not bare.number("embedding_length"):
        raise UnreadableModel(message("the header does not tell how many layers the model has, or how wide they are"))
    return _Header(metadata, architecture, blocks)


@dataclass(frozen=True, slots=True)
class _Weights:
    blocks: list[int]
    input: int
    output: int
    tied: bool


def _weighed(tensors: Sequence[Tensor], blocks: int, causal: bool) -> _Weights:
    """Sum the tensors up where the engine puts them."""
    within = [0] * blocks
    looked_up = output = embeddings = 0
    has_output = not causal
    for tensor in tensors:
        if found := _BLOCK.match(tensor.name):
            if int(found[1]) < blocks:
                within[int(found[1])] += tensor.size_bytes
        elif tensor.name.startswith(_INPUTS):
            looked_up += tensor.size_bytes
            if tensor.name == "token_embd.weight":
                embeddings = tensor.size_bytes
        else:
            output += tensor.size_bytes
            has_output = has_output or tensor.name == "output.weight"
    return _Weights(within, looked_up, output if has_output else output + embeddings, tied=not has_output)


def _spread(header: _Header, size_bytes: int | None, tied: bool | None) -> _Weights:
    """Spread the weights evenly, by their number."""
    parameters = _parameters(header.metadata)
    vocabulary = header.number("vocab_size")
    if not size_bytes or not parameters or not vocabulary:
        raise UnreadableModel(message("neither the weights nor their number are known"))
    embeddings = min(size_bytes // 2, size_bytes * vocabulary * header.number("embedding_length") // parameters)
    rest = size_bytes - (embeddings if tied else 2 * embeddings)
    return _Weights([rest // header.blocks] * header.blocks, embeddings, embeddings, tied=bool(tied))


def _kept(header: _Header) -> Callable[[int, int], Block]:
    """Return what makes a block of its index and its weight."""
    heads = max(1, header.number("attention.head_count"))
    usual = header.number("embedding_length") // heads
    key, value = header.number("attention.key_length", usual), header.number("attention.value_length", usual)
    key_windowed = header.number("attention.key_length_swa", key)
    value_windowed = header.number("attention.value_length_swa", value)
    # Multi-head latent attention keeps one compressed vector, of which the values are a part (llama-kv-cache.cpp:
    # `has_v = !is_mla`).  Older files without these keys keep every head, and are sized like any other.
    latent = header.has("attention.key_length_mla") and header.has("attention.value_length_mla")
    kv_heads = header.each("attention.head_count_kv", header.number("attention.head_count"))
    recurrent, attending = _recurrent(header, kv_heads), _attending(header)
    windowed, window = _windowed(header), _window(header)
    state = _state_width(header)

    def block(index: int, weight_bytes: int) -> Block:
        count = kv_heads[index] if attending(index) else 0
        slides = windowed(index) and window > 0
        return Block(
            weight_bytes=weight_bytes,
            key_width=count * (key_windowed if slides else key),
            value_width=0 if latent else count * (value_windowed if slides else value),
            window=window if slides else None,
            state_width=state if index in recurrent else 0,
        )

    return block


def _recurrent(header: _Header, kv_heads: Sequence[int]) -> Collection[int]:
    """Return the layers that keep state."""
    if header.has("attention.recurrent_layers"):
        return [index for index, keeps in enumerate(header.each("attention.recurrent_layers")) if keeps]
    if header.architecture in (*_RECURRENT, *_BOTH):
        return range(header.blocks)
    if header.architecture in _LINEAR:
        return [index for index in range(header.blocks) if not _is_nth(header, index)]
    if header.architecture in _WITH_MLP_LAYERS:
        wide = header.each("feed_forward_length")
        return [index for index in range(header.blocks) if not kv_heads[index] and not wide[index]]
    return [index for index in range(header.blocks) if not kv_heads[index]]


def _attending(header: _Header) -> Callable[[int], bool]:
    """Return what tells whether a layer keeps keys and values."""
    if header.has("attention.recurrent_layers"):
        recurrent = header.each("attention.recurrent_layers")
        return lambda index: not recurrent[index]
    if header.architecture in _RECURRENT or header.metadata.get(f"{header.architecture}.attention.causal") is False:
        return lambda index: False
    if header.architecture in _LINEAR:
        return lambda index: _is_nth(header, index)
    shared = header.number("attention.shared_kv_layers", header.blocks - 20 if header.architecture == "gemma3n" else 0)
    return lambda index: index < header.blocks - shared


def _is_nth(header: _Header, index: int) -> bool:
    return (index + 1) % max(1, header.number("full_attention_interval", 4)) == 0


def _window(header: _Header) -> int:
    """Return how far the windowed layers look back, in tokens; 0 where the engine keeps everything."""
    has_pattern = isinstance(header.metadata.get(f"{header.architecture}.attention.sliding_window_pattern"), tuple)
    if header.architecture not in _FULL_LAYER_EVERY and not has_pattern:
        return 0
    return header.number("attention.sliding_window", _USUAL_WINDOW.get(header.architecture, 0))


def _windowed(header: _Header) -> Callable[[int], bool]:
    """Return what tells whether a layer sees its window only."""
    key = "attention.sliding_window_pattern"
    if isinstance(header.metadata.get(f"{header.architecture}.{key}"), tuple):
        pattern = header.each(key)
        return lambda index: bool(pattern[index])
    every = max(1, header.number(key, _FULL_LAYER_EVERY.get(header.architecture, 1)))
    full = 0 if header.architecture in _FULL_LAYER_FIRST else every - 1
    return lambda index: index % every != full


def _state_width(header: _Header) -> int:
    """Return the elements of state of a recurrent layer (`n_embd_r` + `n_embd_s`)."""
    width, convolution = header.number("embedding_length"), max(0, header.number("ssm.conv_kernel") - 1)
    if head := header.number("wkv.head_size"):
        return width * (header.number("token_shift_count", 2) + head)
    if cached := header.number("shortconv.l_cache"):
        return width * max(0, cached - 1)
    if head := header.number("kda.head_dim"):
        return header.number("attention.head_count") * head * (3 * convolution + head)
    inner, state = header.number("ssm.inner_size"), header.number("ssm.state_size")
    return convolution * (inner + 2 * header.number("ssm.group_count") * state) + state * inner


def _working_width(header: _Header) -> int:
    """Return what one layer holds at once for each token, outside of attention.

    As llama.cpp was measured to reserve it (see `need`): three intermediate rows and five of the model's
    width; of experts, two rows for each that is asked; of recurrent layers, four of their own.
    """
    width, inner = header.number("embedding_length"), header.number("feed_forward_length")
    asked = header.number("expert_used_count", 2) if header.number("expert_count") else 0
    within = asked * header.number("expert_feed_forward_length", inner)
    state = header.number("ssm.inner_size") + header.number("ssm.group_count") * header.number("ssm.state_size")
    return max(3 * max(inner, within) + 5 * width, 2 * (asked * width + within), 8 * state)


def _vocabulary(tensors: Sequence[Tensor]) -> int:
    shapes = [tensor.shape for tensor in tensors if tensor.name == "token_embd.weight"]
    return shapes[0][1] if shapes and len(shapes[0]) > 1 else 0


def _parameters(metadata: Metadata) -> int | None:
    count = metadata.get("general.parameter_count")
    return int(count) if isinstance(count, int | float) and 0 < count <= LARGEST else None


def _quantisation(metadata: Metadata) -> str | None:
    number = metadata.get("general.file_type")
    return FILE_TYPES.get(number) if isinstance(number, int) else None
