"""A language model as far as its memory goes: how heavy each block is, and what each keeps of a conversation."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One array of weights."""

    name: str
    shape: tuple[int, ...]
    """As the file has it: the length of a row first."""
    size_bytes: int

    @property
    def elements(self) -> int:
        """How many weights it holds."""
        product = 1
        for length in self.shape:
            product *= length
        return product


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One layer of the network."""

    weight_bytes: int
    key_width: int = 0
    """Elements that the cache keeps for each token as keys; 0 where the layer keeps none."""
    value_width: int = 0
    window: int | None = None
    """Tokens that a sliding-window layer looks back; None for the whole context."""
    state_width: int = 0
    """Elements (f32) of recurrent state that the layer keeps for each conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A language model.  The engine counts its output as one more layer, and puts that on the GPU first."""

    name: str
    architecture: str
    blocks: tuple[Block, ...]
    output_bytes: int
    """Final norm and output matrix; of a model with tied embeddings, the second copy of these."""
    input_bytes: int
    """Token embeddings and the like, which stay in the memory of the host."""
    embedding_length: int
    vocabulary: int
    """0 for a model that gives no tokens, only embeddings."""
    heads: int
    working_width: int
    """Elements that a layer holds at once for each token of a batch, outside of attention."""
    experts: int = 0
    causal: bool = True
    """False for an encoder, which keeps no cache."""
    context_length: int | None = None
    """Tokens that it was trained for."""
    quantisation: str | None = None
    """As in the file's name: "Q4_K_M"."""
    parameters: int | None = None
    projector_bytes: int = 0
    """Weights of the part that sees or hears, where there is one."""
    tied: bool = False
    """Whether the embeddings serve as the output matrix too."""

    @property
    def key(self) -> str:
        """What it is made of: the same wherever it lies and whatever it is called."""
        return f"{self.architecture} {len(self.blocks)} x {self.embedding_length}, {self.weight_bytes}"

    @property
    def layers(self) -> int:
        """Layers as the engine counts them, the output included."""
        return len(self.blocks) + 1

    @property
    def weight_bytes(self) -> int:
        """All weights but the projector's."""
        return self.input_bytes + self.output_bytes + sum(block.weight_bytes for block in self.blocks)

    @property
    def bits_per_weight(self) -> float | None:
        """How finely the weights are kept, on average; None where their number is not known."""
        if not self.parameters:
            return None
        return 8 * (self.weight_bytes - self.copied_bytes) / self.parameters

    @property
    def copied_bytes(self) -> int:
        """Bytes that are in memory twice and in the file once: tied embeddings."""
        return min(self.input_bytes, self.output_bytes) if self.tied else 0

    def requantised(self, name: str, bits_per_weight: float) -> "Model | None":
        """Return the same model in the quantisation `name`; None where the number of its weights is not known."""
        now = self.bits_per_weight
        if not now:
            return None
        share = bits_per_weight / now
        return replace(
            self,
            quantisation=name,
            blocks=tuple(replace(block, weight_bytes=round(share * block.weight_bytes)) for block in self.blocks),
            output_bytes=round(share * self.output_bytes),
            input_bytes=round(share * self.input_bytes),
        )
