"""The weights of a Whisper in CTranslate2 form, named as transformers names them: to go on training where it ended."""

import struct
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
UNUSED_TOKEN = 1000
"""One of the tokens that share a row (see network.py)."""
HALVES = ("k_proj", "v_proj")


def read(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return every variable of `model.bin` by its name, 8-bit ones multiplied out."""
    content, place = path.read_bytes(), 0

    def number(kind: str) -> int:
        nonlocal place
        (value,) = struct.unpack_from(f"<{kind}", content, place)
        place += struct.calcsize(f"<{kind}")
        return int(value)

    def piece(length: int) -> bytes:
        nonlocal place
        place += length
        return content[place - length : place]

    number("I"), piece(number("H")), number("I")
    found = {}
    for _ in range(number("I")):
        name = piece(number("H")).rstrip(b"\0").decode()
        shape = [number("I") for _ in range(number("B"))]
        kind = TYPES[number("B")]
        found[name] = np.frombuffer(piece(number("I")), kind).reshape(shape)
    return {name: _whole(name, found) for name in found if not name.endswith("_scale")}


def _whole(name: str, found: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    values = found[name].astype(np.float32)
    scale = found.get(f"{name}_scale")
    return values if scale is None else values / scale.reshape(-1, *[1] * (values.ndim - 1))


def state_of(path: Path, used: list[int]) -> dict[str, Tensor]:
    """Return the weights of `path` for a TinyWhisper over the tokens `used`; new ones begin as unused ones."""
    raw = {name: torch.from_numpy(np.array(values)) for name, values in read(path).items()}
    state: dict[str, Tensor] = {}

    def copy(source: str, target: str, weight: str = "weight", bias: str = "bias") -> None:
        state[f"{target}.weight"], state[f"{target}.bias"] = raw[f"{source}/{weight}"], raw[f"{source}/{bias}"]

    def copy_attention(source: str, target: str, *, cross: bool) -> None:
        joined, names = ("linear_1", HALVES) if cross else ("linear_0", ("q_proj", *HALVES))
        if cross:
            copy(f"{source}/linear_0", f"{target}.q_proj")
        parts = zip(
            names, *(raw[f"{source}/{joined}/{kind}"].chunk(len(names)) for kind in ("weight", "bias")), strict=True
        )
        for name, weight, bias in parts:
            state[f"{target}.{name}.weight"], state[f"{target}.{name}.bias"] = weight, bias
        del state[f"{target}.k_proj.bias"]  # Whisper's keys have none
        copy(f"{source}/linear_{2 if cross else 1}", f"{target}.out_proj")
        copy(f"{source}/layer_norm", f"{target}_layer_norm", "gamma", "beta")

    for side, layers in (("encoder", 3), ("decoder", 2)):
        within = f"whisper.model.{side}"
        for index in range(layers):
            source, target = f"{side}/layer_{index}", f"{within}.layers.{index}"
            copy_attention(f"{source}/self_attention", f"{target}.self_attn", cross=False)
            if side == "decoder":
                copy_attention(f"{source}/attention", f"{target}.encoder_attn", cross=True)
            copy(f"{source}/ffn/linear_0", f"{target}.fc1")
            copy(f"{source}/ffn/linear_1", f"{target}.fc2")
            copy(f"{source}/ffn/layer_norm", f"{target}.final_layer_norm", "gamma", "beta")
        copy(f"{side}/layer_norm", f"{within}.layer_norm", "gamma", "beta")
        state[f"{within}.embed_positions.weight"] = raw[f"{side}/position_encodings/encodings"]
    for convolution in ("conv1", "conv2"):
        copy(f"encoder/{convolution}", f"whisper.model.encoder.{convolution}")
    words = raw["decoder/embeddings/weight"]
    compact = torch.cat([words[used], words[UNUSED_TOKEN][None]])
    return state | {"whisper.model.decoder.embed_tokens.weight": compact, "whisper.proj_out.weight": compact}
