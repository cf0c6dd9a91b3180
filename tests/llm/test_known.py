"""Well-known models: each entry's weights are counted and compared with its card."""

import pytest

from etoile.domain.fit.need import OVERHEAD_BYTES
from etoile.llm.known import _table, known_model, known_names, need_of


@pytest.mark.parametrize("name", known_names())
def test_the_weights_that_follow_from_the_shape_are_those_of_the_card(name: str) -> None:
    entry = _table()[name]
    counted = sum(tensor.elements for tensor in entry.tensors(8)) / 1e9
    assert counted == pytest.approx(entry.weights, rel=0.015)


@pytest.mark.parametrize(
    ("name", "architecture", "layers", "quantisation"),
    [
        ("llama3.1:8b", "llama", 32, "Q4_K_M"),
        ("llama3.1", "llama", 32, "Q4_K_M"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama", 32, "Q4_K_M"),
        ("mixtral:8x7b-instruct-v0.1-q3_K_M", "llama", 32, "Q3_K_M"),
        ("mixtral", "llama", 32, "Q4_0"),
        ("qwen/qwen3-30b-a3b-2507", "qwen3moe", 48, "Q4_K_M"),
        ("Qwen3-8B-Q8_0.gguf", "qwen3", 36, "Q8_0"),
        ("bartowski/Qwen2.5-72B-Instruct-IQ4_XS", "qwen2", 80, "IQ4_XS"),
        ("openai/gpt-oss-20b", "gpt-oss", 24, "MXFP4"),
        ("gemma2:27b", "gemma2", 46, "Q4_K_M"),
    ],
)
def test_a_name_as_anybody_writes_it(name: str, architecture: str, layers: int, quantisation: str) -> None:
    model = known_model(name)
    assert model
    assert (model.architecture, len(model.blocks), model.quantisation) == (architecture, layers, quantisation)


@pytest.mark.parametrize("name", ["", "llama", "qwen3-9000b", "../../etc/passwd", "mixtral:8x7c"])
def test_a_name_that_is_not_known(name: str) -> None:
    assert known_model(name) is None


@pytest.mark.parametrize(
    ("name", "file_gb"), [("mixtral", 26.4), ("llama3.1:8b", 4.92), ("llama3.3", 42.5), ("gpt-oss:20b", 12.1)]
)
def test_the_file_is_about_as_large_as_published(name: str, file_gb: float) -> None:
    model = known_model(name)
    assert model
    assert (model.weight_bytes - model.copied_bytes) / 1e9 == pytest.approx(file_gb, rel=0.03)


def test_what_a_node_tells_goes_before_the_table() -> None:
    model = known_model("llama3.1:8b", quantisation="Q8_0", size_bytes=8_540_000_000)
    assert model
    assert model.quantisation == "Q8_0"
    assert model.weight_bytes == pytest.approx(8_540_000_000, rel=1e-6)


def test_what_a_model_of_a_node_takes_of_the_gpus() -> None:
    known = need_of("qwen3:8b", 5 * 10**9)
    assert 5.5 * 10**9 < known < 7 * 10**9
    assert need_of("nobody-knows:8b", 5 * 10**9) == 5 * 10**9 + OVERHEAD_BYTES
