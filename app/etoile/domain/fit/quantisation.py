"""How many bytes a weight takes: the types of tensors, and the mixtures of them that people download."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TensorType:
    """A type of ggml: `block` elements take `block_bytes` bytes."""

    name: str
    block: int
    block_bytes: int

    @property
    def bytes_per_element(self) -> float:
        """Bytes that one element takes."""
        return self.block_bytes / self.block

    def bytes_of(self, elements: int) -> int:
        """Return the bytes of `elements` elements; a tensor holds whole blocks."""
        return elements // self.block * self.block_bytes


TENSOR_TYPES: dict[int, TensorType] = {
    0: TensorType("f32", 1, 4),
    1: TensorType("f16", 1, 2),
    2: TensorType("q4_0", 32, 18),
    3: TensorType("q4_1", 32, 20),
    6: TensorType("q5_0", 32, 22),
    7: TensorType("q5_1", 32, 24),
    8: TensorType("q8_0", 32, 34),
    9: TensorType("q8_1", 32, 36),
    10: TensorType("q2_K", 256, 84),
    11: TensorType("q3_K", 256, 110),
    12: TensorType("q4_K", 256, 144),
    13: TensorType("q5_K", 256, 176),
    14: TensorType("q6_K", 256, 210),
    15: TensorType("q8_K", 256, 292),
    16: TensorType("iq2_xxs", 256, 66),
    17: TensorType("iq2_xs", 256, 74),
    18: TensorType("iq3_xxs", 256, 98),
    19: TensorType("iq1_s", 256, 50),
    20: TensorType("iq4_nl", 32, 18),
    21: TensorType("iq3_s", 256, 110),
    22: TensorType("iq2_s", 256, 82),
    23: TensorType("iq4_xs", 256, 136),
    24: TensorType("i8", 1, 1),
    25: TensorType("i16", 1, 2),
    26: TensorType("i32", 1, 4),
    27: TensorType("i64", 1, 8),
    28: TensorType("f64", 1, 8),
    29: TensorType("iq1_m", 256, 56),
    30: TensorType("bf16", 1, 2),
    34: TensorType("tq1_0", 256, 54),
    35: TensorType("tq2_0", 256, 66),
    39: TensorType("mxfp4", 32, 17),
    40: TensorType("nvfp4", 64, 36),
    41: TensorType("q1_0", 128, 18),
}
"""By the number that a GGUF file gives (ggml.h `ggml_type`; sizes: ggml-common.h, as in gguf-py's GGML_QUANT_SIZES)."""

TYPES_BY_NAME = {kind.name.lower(): kind for kind in TENSOR_TYPES.values()}

KV_TYPES = ("f16", "bf16", "f32", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl")
"""What the cache may be kept in: llama-server's --cache-type-k and --cache-type-v, Ollama's OLLAMA_KV_CACHE_TYPE."""

FILE_TYPES = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    19: "IQ2_XXS",
    20: "IQ2_XS",
    21: "Q2_K_S",
    22: "IQ3_XS",
    23: "IQ3_XXS",
    24: "IQ1_S",
    25: "IQ4_NL",
    26: "IQ3_S",
    27: "IQ3_M",
    28: "IQ2_S",
    29: "IQ2_M",
    30: "IQ4_XS",
    31: "IQ1_M",
    32: "BF16",
    36: "TQ1_0",
    37: "TQ2_0",
    38: "MXFP4",
    39: "NVFP4",
    40: "Q1_0",
}
"""Names of `general.file_type` (llama.h `llama_ftype`)."""

BITS_PER_WEIGHT = {
    "F16": 16.0005,
    "Q8_0": 8.5008,
    "Q6_K": 6.5633,
    "Q5_K_M": 5.7036,
    "Q5_K_S": 5.5704,
    "Q4_K_M": 4.8944,
    "Q4_K_S": 4.6672,
    "IQ4_XS": 4.4597,
    "Q3_K_L": 4.2979,
    "Q3_K_M": 4.0008,
    "Q3_K_S": 3.6429,
    "IQ3_XXS": 3.2548,
    "Q2_K": 3.1593,
    "IQ2_M": 2.9294,
    "IQ2_XS": 2.5882,
}
"""Bits a weight of the mixtures that are usually published, the best first.

Measured by llama.cpp on Llama 3.1 8B (tools/quantize/README.md); Q3_K_M, which that table leaves out, is 3.74 GiB of
the same model (tools/quantize/quantize.cpp).  Other models differ by some percent, as more or fewer of their weights
are in embedding and output, which stay finer.
"""

OTHER_BITS_PER_WEIGHT = {
    "F32": 32.0,
    "BF16": 16.0005,
    "Q5_1": 6.04,
    "Q5_0": 5.57,
    "Q4_1": 5.11,
    "IQ4_NL": 4.6818,
    "Q4_0": 4.64,
    "MXFP4": 4.25,
    "IQ3_M": 3.7628,
    "IQ3_S": 3.6606,
    "IQ3_XS": 3.4977,
    "Q2_K_S": 2.9697,
    "IQ2_S": 2.7403,
    "IQ2_XXS": 2.3824,
    "IQ1_M": 2.1460,
    "IQ1_S": 2.0042,
}
"""Mixtures that are met and not advised; from the same two tables."""
