"""How much GPU memory a model takes with llama.cpp, and so with Ollama and LM Studio, which run it.

    need = weights + cache + state + compute + overhead

- weights: the tensors of the layers that are on the card; the output layer goes there first; token embeddings stay with
  the host, and where they serve as the output too, the second copy counts.
- cache: for each layer that attends, (keys a token x bytes of one + values a token x bytes of one) x cells.  Cells are
  the tokens of each conversation, rounded up to 256; a sliding-window layer needs no more than its window and one batch
  (src/llama-kv-cache-iswa.cpp).
- state: of recurrent layers, in f32, for each conversation (src/llama-memory-recurrent.cpp).
- compute: the largest moment of one batch of `ubatch` tokens, in f32.  Without flash attention, as engines without it
  have it: the logits, vocabulary + width; or one layer's attention, 1 + 4 x width + cells x (1 + heads).  With it, the
  scores are never held, and engines that have it keep few logits: a layer's working width and its mask in f16, or the
  mask in f32 and f16 beside four rows, as older ones have it.
- overhead: what CUDA itself takes.

The formula is that of gguf-parser-go (file_estimate__llamacpp.go) with its constants fitted to six logs of llama.cpp,
which tests/domain/test_fit.py holds within 2 %, and to llama.cpp of October 2026 (xllamacpp 2026.10.11549, CPU) run on
eight files of known shape: cache and state are exact there, compute is within 8 % with flash attention; without, it is
between 13 % too low (latent attention) and 51 % too high (large vocabularies, whose logits older engines held).  Pure.
"""

from dataclasses import dataclass

from etoile.domain.fit.model import Block, Model
from etoile.domain.fit.quantisation import TYPES_BY_NAME

MIB = 1024**2
ERROR_PERCENT = 10
"""What the figures are good for, unless they are calibrated."""
OVERHEAD_BYTES = 460 * MIB
"""Of CUDA's context on each card.  309 MiB were seen (ollama#6160); Ollama reserves 457 (ml/device.go), as do we."""

_PADDING = 256
_F32_BYTES = 4
_COPIES, _COPIES_OF_EXPERTS = 4, 2
"""A split over several cards works on several batches at once, and each card holds their inputs as often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How the engine is to run the model."""

    context: int
    """Tokens of one conversation."""
    parallel: int = 1
    """Conversations at once."""
    key_type: str = "f16"
    value_type: str = "f16"
    """What the cache is kept in, as `KV_TYPES` has it."""
    flash_attention: bool = True
    """The engines' default where the card can; an f16 cache does without."""
    ubatch: int = 512
    """Tokens of one batch: the default of llama.cpp and Ollama."""

    @property
    def cells(self) -> int:
        """Tokens that the cache has room for."""
        return self.parallel * _padded(self.context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Bytes on one card, by what they are for."""

    weights: int = 0
    cache: int = 0
    state: int = 0
    compute: int = 0
    overhead: int = 0

    @property
    def engine(self) -> int:
        """What the engine itself reports: everything but CUDA's own."""
        return self.weights + self.cache + self.state + self.compute

    @property
    def total(self) -> int:
        """What the card must have free."""
        return self.engine + self.overhead


def need(model: Model, setup: Setup, layers: range | None = None, *, cards: int = 1, first: bool = True) -> Need:
    """Return what one card needs for `layers` of `model`: all of them, unless given; the last is the output.

    `cards` is over how many the model is split, `first` whether this is the first of them.  No layers need nothing.
    """
    layers = range(model.layers) if layers is None else layers
    if not layers:
        return Need()
    blocks = [model.blocks[index] for index in layers if index < len(model.blocks)]
    has_output = layers[-1] == len(model.blocks)
    weights = sum(block.weight_bytes for block in blocks) + (model.output_bytes if has_output else 0)
    compute = _compute_bytes(model, setup, has_output=has_output, cards=cards)
    if first:
        # What the host's layers keep visits the first card for a batch, and that card sees and hears.
        compute += max((cache_bytes(model.blocks[index], setup) for index in range(layers[0])), default=0)
        weights += model.projector_bytes
    return Need(
        weights=weights,
        cache=sum(cache_bytes(block, setup) for block in blocks),
        state=sum(_state_bytes(block, setup) for block in blocks),
        compute=compute,
        overhead=OVERHEAD_BYTES,
    )


def cache_bytes(block: Block, setup: Setup) -> int:
    """Return the bytes of the keys and values that `block` keeps."""
    cells = _cells(block, setup)
    keys = block.key_width * TYPES_BY_NAME[setup.key_type].bytes_per_element
    values = block.value_width * TYPES_BY_NAME[setup.value_type].bytes_per_element
    return round((keys + values) * cells)


def _state_bytes(block: Block, setup: Setup) -> int:
    return _F32_BYTES * block.state_width * setup.parallel


def _compute_bytes(model: Model, setup: Setup, *, has_output: bool, cards: int) -> int:
    row = _F32_BYTES * min(setup.ubatch, setup.cells)
    held = _flash_width(model, setup) if setup.flash_attention else _scores_width(model, setup, has_output=has_output)
    if cards > 1:
        copies = _COPIES_OF_EXPERTS if model.experts else _COPIES
        held += (copies - 1) * (1 + model.embedding_length + _mask_width(model, setup))
    return round(row * held)


def _flash_width(model: Model, setup: Setup) -> float:
    """Return the elements a token that are held at once with flash attention."""
    mask = _mask_width(model, setup)
    return max(model.working_width + mask / 2, 1 + 4 * model.embedding_length + 1.5 * mask)


def _scores_width(model: Model, setup: Setup, *, has_output: bool) -> float:
    """Return the elements a token that are held at once without flash attention."""
    logits = model.vocabulary + model.embedding_length if has_output else 0
    rows = 2 if model.architecture.startswith("qwen2") else 4
    attention = 1 + rows * model.embedding_length + _mask_width(model, setup) * (1 + model.heads)
    return max(logits, attention, model.working_width)


def _mask_width(model: Model, setup: Setup) -> int:
    """Return the cells that a batch's layers attend to: of windowed layers, their own and fewer."""
    if not model.causal:
        return setup.cells
    return max((_cells(block, setup) for block in model.blocks if block.key_width), default=0)


def _cells(block: Block, setup: Setup) -> int:
    """Return the tokens that `block` has room for: each conversation has its own part of the cache."""
    if block.window is None:
        return setup.cells
    return setup.parallel * min(_padded(setup.context), _padded(block.window + setup.ubatch))


def _padded(count: int) -> int:
    return -(-count // _PADDING) * _PADDING
