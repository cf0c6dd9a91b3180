"""Well-known models by name, for whoever asks before downloading: `resources/models.toml`."""

import re
import tomllib
from functools import cache, lru_cache

import msgspec

from etoile.domain.fit import Metadata, Model, Setup, Tensor, model_of, need
from etoile.domain.fit.need import OVERHEAD_BYTES
from etoile.domain.fit.quantisation import BITS_PER_WEIGHT, FILE_TYPES, OTHER_BITS_PER_WEIGHT
from etoile.resources import resource

_BITS = BITS_PER_WEIGHT | OTHER_BITS_PER_WEIGHT
_USUAL = "Q4_K_M"
USUAL_CONTEXT = 4096
"""Tokens that servers load a model for unless they are told otherwise."""
_SAYS_NOTHING = {"instruct", "it", "chat", "gguf", "latest", "text", "hf", "meta", "2507", "v0.1", "v0.2", "v0.3"}
"""Words of a name that change nothing of the shape."""


class KnownModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the table."""

    names: list[str]
    architecture: str
    layers: int
    width: int
    inner: int
    """Of one expert, where there are several."""
    heads: int
    kv_heads: int
    vocabulary: int
    weights: float
    """In billions."""
    head: int | None = None
    experts: int = 0
    experts_used: int = 0
    """How many are asked for each token."""
    window: int | None = None
    tied: bool = False
    quantisation: str = _USUAL
    bits_per_weight: float | None = None

    def metadata(self) -> Metadata:
        """Return what its header would tell."""
        own = {
            "block_count": self.layers,
            "embedding_length": self.width,
            "feed_forward_length": self.inner,
            "attention.head_count": self.heads,
            "attention.head_count_kv": self.kv_heads,
            "attention.key_length": self.head or self.width // self.heads,
            "attention.value_length": self.head or self.width // self.heads,
            "expert_count": self.experts,
            "expert_used_count": self.experts_used,
            "attention.sliding_window": self.window or 0,
        }
        return {"general.architecture": self.architecture} | {f"{self.architecture}.{k}": v for k, v in own.items()}

    def tensors(self, bits_per_weight: float) -> tuple[Tensor, ...]:
        """Return its weights, in one tensor a layer."""

        def tensor(name: str, *shape: int) -> Tensor:
            elements = 1
            for length in shape:
                elements *= length
            return Tensor(name=name, shape=shape, size_bytes=round(elements * bits_per_weight / 8))

        head = self.head or self.width // self.heads
        attention = 2 * head * (self.heads + self.kv_heads)
        feed_forward = 3 * self.inner * max(1, self.experts) + self.experts
        layers = [tensor(f"blk.{i}.weight", self.width, attention + feed_forward) for i in range(self.layers)]
        output = [] if self.tied else [tensor("output.weight", self.width, self.vocabulary)]
        return (tensor("token_embd.weight", self.width, self.vocabulary), *output, *layers)


def known_model(name: str, *, quantisation: str | None = None, size_bytes: int | None = None) -> Model | None:
    """Return the model of that name; None where the table does not have it.

    `quantisation` and the `size_bytes` of its file are what a node told; else the name may say ("mixtral:8x7b-q3_K_M"),
    else it is what is usually downloaded.
    """
    words, named = _words(name)
    entry = _table().get("-".join(words))
    if entry is None:
        return None
    given = (quantisation or named or "").upper()
    chosen = given if given in _BITS else entry.quantisation
    bits = entry.bits_per_weight if chosen == entry.quantisation and entry.bits_per_weight else _BITS[chosen]
    if size_bytes is not None:
        count = sum(tensor.elements for tensor in entry.tensors(bits))
        bits = 8 * size_bytes / count
    metadata = {**entry.metadata(), "general.file_type": _file_type(chosen)}
    return model_of(metadata, entry.tensors(bits), name=name)


@lru_cache(maxsize=1000)
def need_of(name: str, size_bytes: int) -> int:
    """Return about what the model `name`, of a file of `size_bytes`, takes of the GPUs with a usual context.

    Of one that the table does not have, only the least is known: its weights and what CUDA takes.
    """
    model = known_model(name, size_bytes=size_bytes)
    if model is None:
        return size_bytes + OVERHEAD_BYTES
    return need(model, Setup(context=USUAL_CONTEXT)).total


def known_names() -> tuple[str, ...]:
    """Return the first name of each model of the table."""
    return tuple(dict.fromkeys(entry.names[0] for entry in _table().values()))


@cache
def _table() -> dict[str, KnownModel]:
    class Table(msgspec.Struct, forbid_unknown_fields=True):
        models: list[KnownModel]

    with resource("models.toml").open("rb") as file:
        table = msgspec.convert(tomllib.load(file), Table)
    return {name: entry for entry in table.models for name in entry.names}


def _words(name: str) -> tuple[list[str], str | None]:
    """Return the words of a name that tell the model, and the quantisation it names."""
    base = name.lower().rpartition("/")[2].removesuffix(".gguf")
    base, quantisation = _QUANTISATION.sub("", base), _QUANTISATION.search(base)
    # "llama3.1:8b" and "Llama-3.1-8B" are the same; so are "gemma3" and "gemma-3".
    spelt = re.sub(r"^(llama|gemma)-?(\d)", r"\1-\2", base)
    words = [word for word in re.split(r"[-:_ ]+", spelt) if word and word not in _SAYS_NOTHING]
    return words, quantisation["name"] if quantisation else None


_NAMES = sorted({name.lower() for name in (*_BITS, *FILE_TYPES.values())}, key=len, reverse=True)
_QUANTISATION = re.compile(r"[-:._@](?P<name>" + "|".join(map(re.escape, _NAMES)) + r")(?![a-z0-9_])")


def _file_type(quantisation: str) -> int:
    return next((number for number, name in FILE_TYPES.items() if name == quantisation), -1)
