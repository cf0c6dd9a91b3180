"""Turn the trained model into the folder that faster-whisper loads (CTranslate2, int8).

Use: `python convert.py TRAINED.pt multilingual.tiktoken [FOLDER]`
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import vocabulary as v
from ctranslate2.converters import TransformersConverter
from network import configuration
from torch import Tensor
from transformers import PreTrainedTokenizerFast, WhisperForConditionalGeneration

MODEL_FOLDER = Path(__file__).with_name("model")
EMBEDDING = "model.decoder.embed_tokens.weight"
BLANK_TOKEN = 220


def with_every_token(weights: dict[str, Tensor], used: list[int]) -> dict[str, Tensor]:
    """Return `weights` with Whisper's whole vocabulary: every token that is not used gets the last row."""
    compact = weights[EMBEDDING]
    whole = compact[-1].repeat(v.VOCABULARY_SIZE, 1)
    whole[used] = compact[:-1]
    return weights | {EMBEDDING: whole, "proj_out.weight": whole}


def whisper(trained: Path) -> WhisperForConditionalGeneration:
    """Return the trained model as transformers knows it, without the CTC head."""
    saved = torch.load(trained, weights_only=True)
    inside = "whisper."
    weights = {name.removeprefix(inside): value for name, value in saved["model"].items() if name.startswith(inside)}
    model = WhisperForConditionalGeneration(configuration(v.VOCABULARY_SIZE))
    model.load_state_dict(with_every_token(weights, saved["used"]))
    model.generation_config.suppress_tokens = []
    model.generation_config.begin_suppress_tokens = [BLANK_TOKEN, v.END_OF_TEXT]
    return model


def rewrite(path: Path, **additions: object) -> None:
    """Write the JSON file `path` again, without spaces, with `additions`."""
    content = json.loads(path.read_text("utf-8"))
    if additions:
        content |= additions
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def main(trained: Path, tiktoken: Path, folder: Path) -> None:
    tokenizer = v.whisper_tokenizer(tiktoken)
    with TemporaryDirectory() as unconverted:
        whisper(trained).save_pretrained(unconverted)
        PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(unconverted)
        TransformersConverter(unconverted).convert(str(folder), quantization="int8", force=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    rewrite(folder / "tokenizer.json")
    rewrite(folder / "vocabulary.json")
    rewrite(folder / "config.json", lang_ids=[v.language_token(code) for code in v.LANGUAGE_CODES])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else MODEL_FOLDER)
