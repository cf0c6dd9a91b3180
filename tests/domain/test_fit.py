"""The formula against what llama.cpp logged and what others published, and what follows from it.

Sources: the logs are of public repositories, as named in each row; "gguf-parser" is the table in the README of
gpustack/gguf-parser-go (no flash attention, f16 cache, 250 MiB for CUDA), "gpustack" its tests/fixtures/estimates.
Logs tell the truth; the others are estimates themselves, hence 10 %.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from etoile.domain.fit import (
    Card,
    Fit,
    Model,
    Need,
    Setup,
    Tensor,
    Verdict,
    advise,
    judge,
    judge_together,
    model_of,
    need,
    observed_in,
    ratio_of,
)
from etoile.domain.fit.need import MIB, OVERHEAD_BYTES
from etoile.errors import UnreadableModel
from tests.llm.gguf_files import (
    LLAMA_3_8B,
    LLAMA_3_70B,
    MISTRAL_SMALL_22B,
    MIXTRAL_8X7B,
    PYTHIA_2_8B,
    QWEN_2_5_7B,
    QWEN_2_5_72B,
    KindOf,
    Shape,
    all_in,
    q4_k_m,
)

GIB = 1024 * MIB
LINEAR = {
    "full_attention_interval": 4,
    "ssm.conv_kernel": 4,
    "ssm.inner_size": 6144,
    "ssm.state_size": 128,
    "ssm.group_count": 16,
}
QWEN_27B_HYBRID = Shape(
    architecture="qwen35",
    layers=64,
    width=5120,
    inner=17408,
    heads=24,
    kv_heads=4,
    head=256,
    vocabulary=248320,
    more=LINEAR,
)

GEMMA_3_12B = Shape(
    architecture="gemma3",
    layers=12,
    width=3840,
    inner=15360,
    heads=16,
    kv_heads=8,
    head=256,
    vocabulary=262144,
    tied=True,
    more={"attention.sliding_window": 1024},
)
"""A quarter of its layers."""
QWEN_3_30B_A3B = Shape(
    architecture="qwen3moe",
    layers=3,
    width=2048,
    inner=768,
    heads=32,
    kv_heads=4,
    head=128,
    vocabulary=151936,
    experts=128,
    more={"expert_used_count": 8, "expert_feed_forward_length": 768},
)
"""A sixteenth of its layers."""


def built(shape: Shape, kind_of: KindOf, name: str = "model") -> Model:
    return model_of(shape.metadata, shape.tensors(kind_of), name=name)


LLAMA_8B = built(LLAMA_3_8B, q4_k_m(32), "llama3:8b")
NO_FLASH = Setup(context=8192, flash_attention=False)


@pytest.mark.parametrize(
    ("shape", "kind_of", "setup", "logged"),
    [
        pytest.param(
            LLAMA_3_8B, q4_k_m(32), NO_FLASH, (4403.49, 1024, 0, 560.00), id="R1-Distill-Llama-8B, Ollama 2025-06"
        ),
        pytest.param(
            LLAMA_3_8B, q4_k_m(32), replace(NO_FLASH, context=512), (4403.49, 64, 0, 258.50), id="Llama-3-8B, ctx 512"
        ),
        pytest.param(
            QWEN_2_5_7B, all_in("f16"), replace(NO_FLASH, context=2048), (14531.94, 112, 0, 304), id="Qwen2.5-7B F16"
        ),
        pytest.param(
            PYTHIA_2_8B, all_in("f16"), replace(NO_FLASH, context=2048), (5049.71, 640, 0, 162), id="Pythia-2.8B F16"
        ),
        pytest.param(
            QWEN_27B_HYBRID,
            all_in("q4_K"),
            Setup(context=32768),
            (15339.44, 2048, 149.62, 154.02),
            id="Qwen 27B hybrid",
        ),
        pytest.param(
            MISTRAL_SMALL_22B,
            all_in("q6_K"),
            Setup(context=49152, key_type="q8_0", value_type="q8_0"),
            (17295.40, 5712, 0, 192),
            id="Mistral-Small-22B, ollama#6160",
        ),
    ],
)
def test_what_llama_cpp_logged(
    shape: Shape, kind_of: KindOf, setup: Setup, logged: tuple[float, float, float, float]
) -> None:
    estimated = need(built(shape, kind_of), setup)
    weights, cache, state, compute = logged
    assert estimated.cache / MIB == pytest.approx(cache, abs=0.01)
    assert estimated.state / MIB == pytest.approx(state, abs=0.01)
    # The log's own weights: two of these files are not laid out as the shape says.
    total = weights * MIB + estimated.cache + estimated.state + estimated.compute
    assert total / MIB == pytest.approx(weights + cache + state + compute, rel=0.02)


@pytest.mark.parametrize(
    ("shape", "setup", "cache", "compute"),
    [
        pytest.param(replace(LLAMA_3_8B, layers=4), Setup(context=8192), 128, 132.02, id="llama"),
        pytest.param(replace(LLAMA_3_8B, layers=4), Setup(context=32768), 512, 156.02, id="llama, long"),
        pytest.param(replace(LLAMA_3_8B, layers=4), Setup(context=2048, parallel=4), 128, 126.02, id="four at once"),
        pytest.param(replace(LLAMA_3_8B, layers=4), NO_FLASH, 128, 580.01, id="llama, no flash attention"),
        pytest.param(
            replace(LLAMA_3_8B, layers=4),
            Setup(context=8192, key_type="q8_0", value_type="q8_0"),
            68,
            132.10,
            id="llama, q8_0 cache",
        ),
        pytest.param(replace(QWEN_2_5_7B, layers=4), Setup(context=32768), 256, 178.02, id="qwen2"),
        pytest.param(GEMMA_3_12B, Setup(context=8192), 248, 137.03, id="gemma3: windows"),
        pytest.param(GEMMA_3_12B, Setup(context=4096, parallel=4), 736, 133.03, id="gemma3: windows, four at once"),
        pytest.param(QWEN_3_30B_A3B, Setup(context=8192), 48, 96.02, id="qwen3moe: eight experts of 128"),
        pytest.param(
            replace(MIXTRAL_8X7B, layers=2, more={"expert_used_count": 2}),
            Setup(context=8192),
            64,
            216.02,
            id="mixtral",
        ),
    ],
)
def test_what_llama_cpp_of_today_reserves(shape: Shape, setup: Setup, cache: float, compute: float) -> None:
    """Measured with xllamacpp 2026.10.11549 on files of these shapes with few layers, on its CPU back end."""
    estimated = need(built(shape, all_in("q8_0")), setup)
    assert estimated.cache / MIB == pytest.approx(cache, abs=0.01)
    assert compute * 0.96 < estimated.compute / MIB < compute * 1.1


def test_what_llama_cpp_of_today_reserves_for_latent_attention_and_for_state() -> None:
    """As above; each of four layers."""
    latent = header(
        "deepseek2",
        block_count=4,
        embedding_length=2048,
        feed_forward_length=10944,
        attention__head_count=16,
        attention__head_count_kv=1,
        attention__key_length=576,
        attention__value_length=512,
        attention__key_length_mla=192,
        attention__value_length_mla=128,
    )
    estimated = need(spread(latent), Setup(context=8192))
    assert (estimated.cache / MIB, estimated.compute / MIB) == (36, pytest.approx(92.14, rel=0.01))
    mamba = header(
        "mamba2",
        block_count=4,
        embedding_length=2560,
        feed_forward_length=0,
        ssm__conv_kernel=4,
        ssm__inner_size=5120,
        ssm__state_size=128,
        ssm__group_count=1,
    )
    estimated = need(spread(mamba), Setup(context=2048, parallel=4))
    assert (estimated.cache, estimated.state / MIB) == (0, pytest.approx(40.98, abs=0.01))
    assert estimated.compute / MIB == pytest.approx(86.91, rel=0.06)


def test_the_weights_of_a_usual_mixture_are_exact() -> None:
    """4403.49 MiB for the 8B as above; the 70B is 20038.81 + 19940.67 MiB on two cards in many a log."""
    assert need(LLAMA_8B, NO_FLASH).weights / MIB == pytest.approx(4403.49, abs=0.01)
    seventy = built(LLAMA_3_70B, q4_k_m(80, grouped_by_8=True))
    assert need(seventy, NO_FLASH).weights / MIB == pytest.approx(39979.48, abs=0.01)


@pytest.mark.parametrize(
    ("shape", "kind_of", "context", "published_gib"),
    [
        (LLAMA_3_70B, q4_k_m(80, grouped_by_8=True), 2048, 40.49),
        (LLAMA_3_70B, q4_k_m(80, grouped_by_8=True), 131072, 95.86),
        (QWEN_2_5_7B, q4_k_m(28), 131072, 18.89),
        (QWEN_2_5_7B, all_in("f16"), 131072, 27.99),
        (QWEN_2_5_72B, q4_k_m(80, grouped_by_8=True), 32768, 58.18),
    ],
)
def test_what_gguf_parser_published(shape: Shape, kind_of: KindOf, context: int, published_gib: float) -> None:
    estimated = need(built(shape, kind_of), replace(NO_FLASH, context=context)).engine + 250 * MIB
    assert estimated / GIB == pytest.approx(published_gib, rel=0.03)


@pytest.mark.parametrize(
    ("shape", "kind_of", "by_layers_mib"),
    [
        (LLAMA_3_8B, q4_k_m(32), {1: 1093, 8: 2136, 16: 3328, 24: 4520, 31: 5563, 32: 5712, 33: 6023}),
        (LLAMA_3_70B, all_in("q4_0"), {1: 1877, 20: 11207, 40: 21029, 60: 30850, 80: 40671, 81: 41494}),
    ],
)
def test_what_gpustack_has_by_layers_on_the_card(
    shape: Shape, kind_of: KindOf, by_layers_mib: dict[int, float]
) -> None:
    model = built(shape, kind_of)
    for layers, published_mib in by_layers_mib.items():
        estimated = need(model, NO_FLASH, range(model.layers - layers, model.layers)).engine
        assert estimated / MIB == pytest.approx(published_mib, rel=0.10), layers
    assert need(model, NO_FLASH, range(0)) == Need()


def test_a_split_in_halves_is_near_gpustacks() -> None:
    """21851 + 21850 MiB, without the copies of the inputs and CUDA's context that each card holds."""
    model = built(LLAMA_3_70B, all_in("q4_0"))
    fit = judge(model, NO_FLASH, [card(48 * 1024, index=number) for number in (0, 1)])
    copies = 3 * 4 * 512 * (1 + 8192 + 8192)
    for share in fit.shares:
        assert (share.need.engine - copies) / MIB == pytest.approx(21850, rel=0.10)


def header(architecture: str, **more: Any) -> dict[str, Any]:
    """Return the keys of a model of 8 layers, 1024 wide, with 8 heads of 128."""
    usual = {
        "block_count": 8,
        "embedding_length": 1024,
        "attention.head_count": 8,
        "attention.head_count_kv": 2,
        "attention.key_length": 128,
        "attention.value_length": 128,
        "vocab_size": 32000,
    }
    keys = {**usual, **{key.replace("__", "."): value for key, value in more.items()}}
    return {
        "general.architecture": architecture,
        "general.parameter_count": 100_000_000,
        **{f"{architecture}.{key}": value for key, value in keys.items()},
    }


def spread(metadata: dict[str, Any]) -> Model:
    return model_of(metadata, name="model", size_bytes=50_000_000)


def kept(model: Model) -> list[tuple[int, int, int | None, int]]:
    """Return keys, values, window and state of each block."""
    return [(block.key_width, block.value_width, block.window, block.state_width) for block in model.blocks]


GROUPED = (256, 256, None, 0)
STATE = 3 * (2048 + 2 * 1 * 16) + 16 * 2048
MAMBA = {"ssm__conv_kernel": 4, "ssm__inner_size": 2048, "ssm__state_size": 16, "ssm__group_count": 1}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param(header("llama"), [GROUPED] * 8, id="grouped heads"),
        pytest.param(header("llama", attention__sliding_window=512), [GROUPED] * 8, id="a window that is not heeded"),
        pytest.param(
            header("gemma3", attention__sliding_window=512),
            [(256, 256, 512, 0)] * 5 + [GROUPED] + [(256, 256, 512, 0)] * 2,
            id="gemma 3: every sixth layer sees all",
        ),
        pytest.param(
            header("gemma2"), [(256, 256, 4096, 0), GROUPED] * 4, id="gemma 2: its window is not in the header"
        ),
        pytest.param(header("gpt-oss", attention__sliding_window=128), [(256, 256, 128, 0), GROUPED] * 4, id="gpt-oss"),
        pytest.param(
            header(
                "gemma4",
                attention__sliding_window=512,
                attention__sliding_window_pattern=(True, True, False, True, True, False, True, False),
                attention__shared_kv_layers=2,
                attention__key_length_swa=64,
                attention__value_length_swa=64,
            ),
            [(128, 128, 512, 0)] * 2
            + [GROUPED]
            + [(128, 128, 512, 0)] * 2
            + [GROUPED, (0, 0, 512, 0), (0, 0, None, 0)],
            id="gemma 4: a pattern, narrower windowed heads, shared layers",
        ),
        pytest.param(
            header(
                "deepseek2",
                attention__head_count_kv=1,
                attention__key_length=576,
                attention__value_length=512,
                attention__key_length_mla=192,
                attention__value_length_mla=128,
            ),
            [(576, 0, None, 0)] * 8,
            id="latent attention keeps one vector",
        ),
        pytest.param(header("mamba2", **MAMBA), [(0, 0, None, STATE)] * 8, id="mamba: state alone"),
        pytest.param(
            header("jamba", attention__head_count_kv=(0, 0, 0, 2, 0, 0, 0, 2), **MAMBA),
            ([(0, 0, None, STATE)] * 3 + [GROUPED]) * 2,
            id="jamba: layers without heads keep state",
        ),
        pytest.param(header("falcon-h1", **MAMBA), [(256, 256, None, STATE)] * 8, id="falcon-h1: both in each layer"),
        pytest.param(
            header(
                "nemotron_h",
                attention__head_count_kv=(0, 0, 2, 0) * 2,
                feed_forward_length=(0, 4096, 0, 4096) * 2,
                **MAMBA,
            ),
            [(0, 0, None, STATE), (0, 0, None, 0), GROUPED, (0, 0, None, 0)] * 2,
            id="nemotron-h: some layers keep nothing",
        ),
        pytest.param(
            header("qwen3next", **MAMBA), ([(0, 0, None, STATE)] * 3 + [GROUPED]) * 2, id="qwen3-next: every fourth"
        ),
        pytest.param(
            header("lfm2", attention__head_count_kv=(0, 2) * 4, shortconv__l_cache=3),
            [(0, 0, None, 2048), GROUPED] * 4,
            id="lfm2: short convolutions",
        ),
        pytest.param(header("rwkv7", wkv__head_size=64, token_shift_count=2), [(0, 0, None, 1024 * 66)] * 8, id="rwkv"),
        pytest.param(header("bert", attention__causal=False), [(0, 0, None, 0)] * 8, id="an encoder keeps nothing"),
        pytest.param(header("glm4moe", nextn_predict_layers=1), [GROUPED] * 7, id="layers that look ahead stay out"),
    ],
)
def test_what_each_architecture_keeps(
    metadata: dict[str, Any], expected: list[tuple[int, int, int | None, int]]
) -> None:
    assert kept(spread(metadata)) == expected


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ({}, "does not name the model's architecture"),
        ({"general.architecture": "clip"}, "sees or hears"),
        ({"general.architecture": "llama"}, "how many layers"),
        (header("llama", block_count=10**9), "how many layers"),
        (header("llama", block_count="many"), "llama.block_count"),
        (header("llama", attention__head_count_kv=(2, 2)), "llama.attention.head_count_kv"),
        (header("llama", attention__key_length=float("nan")), "llama.attention.key_length"),
        (header("llama", attention__key_length=-1), "llama.attention.key_length"),
        ({**header("llama"), "general.parameter_count": None}, "neither the weights"),
    ],
)
def test_a_header_that_makes_no_sense_is_told(metadata: dict[str, Any], problem: str) -> None:
    with pytest.raises(UnreadableModel, match=problem):
        spread(metadata)


def test_windowed_layers_need_no_more_than_their_window() -> None:
    model = spread(header("gemma3", attention__sliding_window=512))
    long, longer = need(model, Setup(context=32768)), need(model, Setup(context=65536))
    whole = 2 * 256 * 2
    windowed = 7 * whole * 1024  # 512 + a batch of 512
    assert long.cache == windowed + whole * 32768
    assert longer.cache == windowed + whole * 65536


@pytest.mark.parametrize(
    ("kind", "bits"), [("q8_0", 8.5), ("q5_1", 6), ("q5_0", 5.5), ("q4_1", 5), ("q4_0", 4.5), ("bf16", 16), ("f32", 32)]
)
def test_a_smaller_cache(kind: str, bits: float) -> None:
    usual = need(LLAMA_8B, Setup(context=8192)).cache
    both = need(LLAMA_8B, Setup(context=8192, key_type=kind, value_type=kind)).cache
    keys = need(LLAMA_8B, Setup(context=8192, key_type=kind)).cache
    assert both == usual * bits / 16
    assert keys == (both + usual) / 2


def test_conversations_at_once_each_have_their_context() -> None:
    one, four = need(LLAMA_8B, Setup(context=4096)), need(LLAMA_8B, Setup(context=4096, parallel=4))
    assert four.cache == 4 * one.cache
    hybrid = built(QWEN_27B_HYBRID, all_in("q4_K"))
    assert need(hybrid, Setup(context=8192, parallel=4)).state / MIB == pytest.approx(598.5, abs=0.01)


def test_tied_embeddings_count_twice_in_memory_and_once_in_the_file() -> None:
    tied = built(replace(LLAMA_3_8B, tied=True), all_in("q8_0"))
    untied = built(LLAMA_3_8B, all_in("q8_0"))
    assert need(tied, NO_FLASH).weights == need(untied, NO_FLASH).weights
    assert tied.weight_bytes - tied.copied_bytes < untied.weight_bytes
    assert tied.bits_per_weight == pytest.approx(8.5, rel=0.001)


def test_embeddings_of_each_layer_stay_with_the_host() -> None:
    tensors = LLAMA_3_8B.tensors(all_in("f16"))
    more = (*tensors, Tensor(name="per_layer_token_embd.weight", shape=(8192, 262144), size_bytes=4 * GIB))
    with_them = model_of(LLAMA_3_8B.metadata, more, name="model")
    assert need(with_them, NO_FLASH).weights == need(built(LLAMA_3_8B, all_in("f16")), NO_FLASH).weights


def test_a_model_that_only_embeds_has_neither_cache_nor_logits() -> None:
    model = spread(header("nomic-bert", attention__causal=False))
    estimated = need(model, Setup(context=512))
    assert (estimated.cache, estimated.state) == (0, 0)
    assert estimated.compute < 20 * MIB


def card(total_mib: float, free_mib: float | None = None, *, index: int = 0, host: str = "here") -> Card:
    free = total_mib if free_mib is None else free_mib
    return Card(
        uuid=f"GPU-{index}",
        name="RTX",
        host=host,
        index=index,
        total_bytes=round(total_mib * MIB),
        free_bytes=round(free * MIB),
    )


def on(total_mib: float, free_mib: float | None = None, setup: Setup = NO_FLASH) -> Fit:
    return judge(LLAMA_8B, setup, [card(total_mib, free_mib)])


NEED_MIB = 4403.49 + 1024 + 560 + 460


@pytest.mark.parametrize(
    ("free_mib", "verdict", "layers"),
    [
        (NEED_MIB + 513, Verdict.FITS, 33),
        (NEED_MIB + 511, Verdict.TIGHT, 33),
        (NEED_MIB + 1, Verdict.TIGHT, 33),
        (NEED_MIB - 1, Verdict.SPILLS, 29),
        (4096, Verdict.SPILLS, 14),
        (1400, Verdict.NO, 0),
        (0, Verdict.NO, 0),
    ],
)
def test_verdicts(free_mib: float, verdict: Verdict, layers: int) -> None:
    fit = on(12 * 1024, free_mib)
    assert (fit.verdict, fit.layers_on_gpu, fit.layers) == (verdict, layers, 33)
    assert fit.need_bytes / MIB == pytest.approx(NEED_MIB, abs=0.1)


def test_a_large_card_keeps_more_free() -> None:
    assert on(80 * 1024, NEED_MIB + 0.03 * 80 * 1024 + 1).verdict is Verdict.FITS
    assert on(80 * 1024, NEED_MIB + 0.03 * 80 * 1024 - 1).verdict is Verdict.TIGHT


def test_the_output_layer_goes_first() -> None:
    one = need(LLAMA_8B, NO_FLASH, range(LLAMA_8B.layers - 1, LLAMA_8B.layers))
    assert one.weights == LLAMA_8B.output_bytes
    assert one.cache == 0


def test_a_split_gives_layers_by_free_memory_and_the_fullest_card_decides() -> None:
    cards = [card(12 * 1024, 9000), card(6 * 1024, 3000, index=1)]
    fit = judge(LLAMA_8B, NO_FLASH, cards)
    assert [share.layers for share in fit.shares] == [25, 8]
    assert sum(share.need.weights for share in fit.shares) == need(LLAMA_8B, NO_FLASH).weights
    assert sum(share.need.cache for share in fit.shares) == need(LLAMA_8B, NO_FLASH).cache
    assert fit.fullest is fit.shares[1]
    assert fit.verdict is Verdict.TIGHT
    # Each card has a context of its own, and copies of the inputs.
    assert fit.need_bytes > need(LLAMA_8B, NO_FLASH).total + OVERHEAD_BYTES


def test_a_split_that_spills_says_how_many_layers_stay() -> None:
    fit = judge(LLAMA_8B, NO_FLASH, [card(6 * 1024, 3000), card(6 * 1024, 3000, index=1)])
    assert fit.verdict is Verdict.SPILLS
    assert 0 < fit.layers_on_gpu < 33
    assert judge(LLAMA_8B, NO_FLASH, [card(2048, 900, index=number) for number in (0, 1)]).verdict is Verdict.NO


def test_together_the_fewest_cards_that_hold_it_do() -> None:
    cards = [card(1024, 900), card(8192, index=1), card(6144, 5000, index=2), card(6144, 4000, index=3)]
    fit = judge_together(LLAMA_8B, NO_FLASH, cards)
    assert fit.verdict is Verdict.FITS
    assert [share.card.index for share in fit.shares] == [1, 2]
    # Where not even all hold it, all are told of.
    assert len(judge_together(built(LLAMA_3_70B, all_in("q4_0")), NO_FLASH, cards).shares) == 4


def fitting(*cards: Card) -> Callable[[Model, Setup], bool]:
    return lambda model, setup: judge(model, setup, cards).verdict is Verdict.FITS


def test_mixtral_does_not_fit_24_gib_and_q3_k_m_does() -> None:
    mixtral = built(MIXTRAL_8X7B, all_in("q4_0"), "mixtral:8x7b")
    assert mixtral.weight_bytes / 1e9 == pytest.approx(26.4, rel=0.02)
    cards = [card(24576, 24200)]
    assert judge(mixtral, Setup(context=4096), cards).verdict is Verdict.SPILLS
    advice = advise(mixtral, Setup(context=4096), fitting(*cards))
    assert advice.quantisation == "Q3_K_M"
    assert (advice.quantisation_bytes or 0) / GIB == pytest.approx(22, abs=0.5)
    coarser = mixtral.requantised("Q3_K_M", 4.0008)
    assert coarser
    assert judge(coarser, Setup(context=4096), cards).verdict is Verdict.FITS


def test_a_shorter_context_or_a_smaller_cache_is_advised_where_it_helps() -> None:
    setup = Setup(context=131072)
    advice = advise(LLAMA_8B, setup, fitting(card(16 * 1024)))
    assert advice.cache_type == "q8_0"
    assert advice.context is not None
    assert judge(LLAMA_8B, replace(setup, context=advice.context), [card(16 * 1024)]).verdict is Verdict.FITS
    longer = replace(setup, context=advice.context + 1024)
    assert judge(LLAMA_8B, longer, [card(16 * 1024)]).verdict is not Verdict.FITS


def test_where_nothing_helps_nothing_is_advised() -> None:
    assert not advise(built(LLAMA_3_70B, all_in("q4_0")), NO_FLASH, fitting(card(2048)))


LOG = """
load_tensors: offloaded 33/33 layers to GPU
load_tensors:   CPU_Mapped model buffer size =   281.81 MiB
load_tensors:        CUDA0 model buffer size =  4403.49 MiB
llama_context:  CUDA_Host  output buffer size =     0.49 MiB
llama_kv_cache:      CUDA0 KV buffer size =  1024.00 MiB
llama_context:      CUDA0 compute buffer size =   616.00 MiB
llama_context:  CUDA_Host compute buffer size =    24.01 MiB
"""


def test_a_log_tells_what_the_card_took() -> None:
    observed = observed_in(LOG.splitlines())
    assert observed
    assert (observed.weights, observed.cache, observed.state) == (round(4403.49 * MIB), 1024 * MIB, None)
    assert observed.compute == 616 * MIB
    ratio = ratio_of(LLAMA_8B, NO_FLASH, observed)
    assert ratio == pytest.approx((5987.49 + 56) / 5987.49, abs=1e-4)


def test_windowed_and_whole_caches_are_two_lines_and_the_last_load_counts() -> None:
    again = LOG + LOG.replace("1024.00", "512.00") + "llama_kv_cache:      CUDA0 KV buffer size =   100.00 MiB\n"
    observed = observed_in(again.splitlines())
    assert observed
    assert observed.cache == 612 * MIB
    assert observed.weights == round(4403.49 * MIB)


def test_a_log_without_cards_or_of_several_calibrates_nothing() -> None:
    assert observed_in(["nothing", "CPU KV buffer size = 12.00 MiB", "x" * 10_000_000]) is None
    two = LOG + "load_tensors:        CUDA1 compute buffer size =  44.49 MiB\n"
    observed = observed_in(two.splitlines())
    assert observed
    assert ratio_of(LLAMA_8B, NO_FLASH, observed) is None


def test_a_figure_far_off_was_not_measured_on_this_model() -> None:
    observed = observed_in(["CUDA0 model buffer size = 44034.90 MiB"])
    assert observed
    assert ratio_of(LLAMA_8B, NO_FLASH, observed) is None


def test_a_calibrated_estimate_is_scaled_but_for_cudas_own() -> None:
    usual, scaled = on(12 * 1024), judge(LLAMA_8B, NO_FLASH, [card(12 * 1024)], ratio=1.1)
    assert scaled.need_bytes - OVERHEAD_BYTES == pytest.approx(1.1 * (usual.need_bytes - OVERHEAD_BYTES), abs=1)
