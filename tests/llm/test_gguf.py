"""Headers of GGUF files: whole, split, cut off, hostile."""

import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etoile.domain.fit import Setup, model_of, need
from etoile.domain.fit.need import MIB
from etoile.errors import UnreadableModel
from etoile.llm.gguf import LONGEST_KEPT_ITEMS, MOST_KEPT_ITEMS, read_gguf
from tests.llm.gguf_files import LLAMA_3_8B, all_in, gguf_bytes, infos_of, q4_k_m, write_gguf

LLAMA = {**LLAMA_3_8B.metadata, "general.name": "Llama"}
INFOS = infos_of(LLAMA_3_8B, q4_k_m(32))
SMALL = gguf_bytes(
    {**LLAMA, "x.flag": True, "x.scale": 0.5, "x.pattern": [True, False], "x.each": [1, 2, 3]},
    [("token_embd.weight", (64, 100), 12), ("blk.0.attn_q.weight", (64, 64), 8)],
    vocabulary=["a", "b", "ç"],
)
"""A whole header of every kind of value."""


def test_the_header_of_a_large_file_is_read_without_its_tensors(tmp_path: Path) -> None:
    vocabulary = [f"token {number}" for number in range(50_000)]
    path = write_gguf(tmp_path / "llama.gguf", LLAMA, INFOS, vocabulary=vocabulary, data_bytes=40 * 1024**3)
    found = read_gguf(path)
    model = model_of(found.metadata, found.tensors, name="llama")
    assert need(model, Setup(context=8192)).weights / MIB == pytest.approx(4403.49, abs=0.01)
    assert model.quantisation == "Q4_K_M"
    assert found.whole
    assert found.size_bytes > 40 * 1024**3
    assert "tokenizer.ggml.tokens" not in found.metadata


def test_values_of_every_kind(tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    path.write_bytes(SMALL)
    metadata = read_gguf(path).metadata
    assert metadata["general.name"] == "Llama"
    assert metadata["llama.block_count"] == 32
    assert metadata["x.flag"] is True
    assert metadata["x.scale"] == 0.5
    assert metadata["x.pattern"] == (True, False)
    assert metadata["x.each"] == (1, 2, 3)


def test_version_2_is_read_too(tmp_path: Path) -> None:
    assert read_gguf(write_gguf(tmp_path / "two.gguf", LLAMA, version=2)).metadata == LLAMA


def test_a_download_that_is_not_finished_has_its_header(tmp_path: Path) -> None:
    found = read_gguf(write_gguf(tmp_path / "half.gguf", LLAMA, INFOS, data_bytes=1000))
    assert not found.whole
    assert len(found.tensors) == len(INFOS)


def test_a_model_in_several_files_is_read_from_any_of_them(tmp_path: Path) -> None:
    half = len(INFOS) // 2
    first = write_gguf(tmp_path / "llama-00001-of-00002.gguf", LLAMA, INFOS[:half], data_bytes=3 * 1024**3)
    second = write_gguf(tmp_path / "llama-00002-of-00002.gguf", {}, INFOS[half:], data_bytes=3 * 1024**3)
    for part in (first, second):
        found = read_gguf(part)
        assert (len(found.tensors), found.whole) == (len(INFOS), True)
        assert found.metadata["llama.block_count"] == 32
    second.unlink()
    with pytest.raises(UnreadableModel, match="llama-00002-of-00002") as caught:
        read_gguf(first)
    assert caught.value.remedy


def test_a_type_of_a_newer_llama_cpp_is_measured_by_its_place(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "new.gguf", LLAMA, [("a", (64, 64), 99), ("b", (64, 64), 0)], data_bytes=20_000)
    assert [tensor.size_bytes for tensor in read_gguf(path).tensors] == [4096, 64 * 64 * 4]


def test_long_arrays_are_passed_over_and_few_are_kept(tmp_path: Path) -> None:
    many = {f"x.{number:03}": [number] * LONGEST_KEPT_ITEMS for number in range(80)}
    found = read_gguf(write_gguf(tmp_path / "many.gguf", {**LLAMA, "long": [1] * (LONGEST_KEPT_ITEMS + 1), **many}))
    assert "long" not in found.metadata
    assert sum(key.startswith("x.") for key in found.metadata) == MOST_KEPT_ITEMS // LONGEST_KEPT_ITEMS


def header(tensors: int, keys: int, rest: bytes = b"", *, magic: bytes = b"GGUF", version: int = 3) -> bytes:
    return struct.pack("<4sIQQ", magic, version, tensors, keys) + rest


def text(content: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(content) if length is None else length) + content


KEY = text(b"key")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "no GGUF file", id="empty"),
        pytest.param(b"GG", "no GGUF file", id="two letters"),
        pytest.param(b"ggjt" + bytes(100), "no GGUF file", id="an older format"),
        pytest.param(b"PK\x03\x04" + bytes(100), "no GGUF file", id="a zip"),
        pytest.param(header(0, 0, version=1), "version 1", id="version 1"),
        pytest.param(header(0, 0, version=99), "version 99", id="version 99"),
        pytest.param(struct.pack(">4sIQQ", b"GGUF", 3, 0, 0), "big-endian", id="big-endian"),
        pytest.param(b"GGUF", "ends before", id="magic alone"),
        pytest.param(header(2**63, 0), "ends before", id="tensors without end"),
        pytest.param(header(0, 2**63), "ends before", id="keys without end"),
        pytest.param(header(0, 1, text(b"", 2**63) + bytes(9)), "a name is", id="a name without end"),
        pytest.param(header(0, 1, text(b"abc", 100) + bytes(8)), "ends before", id="a name that is cut off"),
        pytest.param(header(0, 1, KEY + struct.pack("<I", 77) + bytes(20)), "unknown type 77", id="unknown type"),
        pytest.param(
            header(0, 1, KEY + struct.pack("<IQ", 8, 2**62) + bytes(20)), "ends before", id="a text without end"
        ),
        pytest.param(
            header(0, 1, KEY + struct.pack("<IIQ", 9, 8, 2**62) + bytes(20)), "ends before", id="a list without end"
        ),
        pytest.param(
            header(0, 1, KEY + struct.pack("<IIQQ", 9, 8, 2, 2**64 - 1) + bytes(20)),
            "ends before",
            id="a vocabulary that jumps out",
        ),
        pytest.param(
            header(0, 1, KEY + struct.pack("<IIQ", 9, 9, 1) + struct.pack("<IIQ", 9, 9, 1) * 1000),
            "within a list",
            id="lists within lists",
        ),
        pytest.param(
            header(1, 0, text(b"t") + struct.pack("<I", 2**32 - 1) + bytes(100)), "dimensions", id="many dimensions"
        ),
        pytest.param(
            header(1, 0, text(b"t") + struct.pack("<I4QIQ", 4, *[2**63] * 4, 0, 0) + bytes(9)),
            "makes no sense",
            id="larger than any disk",
        ),
    ],
)
def test_what_is_no_model_is_told(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(UnreadableModel, match=problem) as caught:
        read_gguf(path)
    assert caught.value.remedy


def test_a_header_without_end_is_given_up(tmp_path: Path) -> None:
    """A sparse file of 40 GB that is one vocabulary of empty tokens."""
    path = tmp_path / "endless.gguf"
    path.write_bytes(header(0, 1, KEY + struct.pack("<IIQ", 9, 8, 4 * 1024**3)))
    with path.open("r+b") as file:
        file.truncate(40 * 1024**3)
    with pytest.raises(UnreadableModel, match="longer than"):
        read_gguf(path)


@pytest.mark.parametrize("part", ["absent.gguf", "absent-00001-of-00002.gguf", "."])
def test_a_file_that_is_not_there_or_no_file(tmp_path: Path, part: str) -> None:
    with pytest.raises(UnreadableModel):
        read_gguf(tmp_path / part)


@pytest.mark.parametrize("name", ["m-00003-of-00002.gguf", "m-00000-of-00002.gguf", "m-00001-of-99999.gguf"])
def test_a_part_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableModel, match="part"):
        read_gguf(write_gguf(tmp_path / name, LLAMA))


@pytest.mark.parametrize("length", range(0, len(SMALL), 7))
def test_cut_off_anywhere(tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(SMALL[:length])
    with pytest.raises(UnreadableModel):
        read_gguf(path)


QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8)), max_size=6))
def test_a_damaged_header_is_read_or_refused(tmp_path: Path, damages: list[tuple[int, bytes]]) -> None:
    content = bytearray(SMALL)
    for at, damage in damages:
        content[at : at + len(damage)] = damage
    _read_or_refused(tmp_path, bytes(content))


@QUICK
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=400))
def test_any_bytes_after_the_magic_are_read_or_refused(tmp_path: Path, tensors: int, keys: int, rest: bytes) -> None:
    _read_or_refused(tmp_path, header(tensors, keys, rest))
    _read_or_refused(tmp_path, header(tensors % 4, keys % 4, rest))


def _read_or_refused(tmp_path: Path, content: bytes) -> None:
    """Read `content` as a file: the one error that is documented, and no more memory than such a file may take."""
    path = tmp_path / "any.gguf"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        found = read_gguf(path)
        model_of(found.metadata, found.tensors, name="any", size_bytes=found.size_bytes)
    except UnreadableModel:
        pass
    finally:
        _, most_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most_bytes < 2 * MIB + 10 * len(content)


def test_a_full_file_of_small_tensors_takes_memory_in_proportion(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "many.gguf", LLAMA, [(f"t{number}", (1,), 0) for number in range(16_384)])
    tracemalloc.start()
    assert len(read_gguf(path).tensors) == 16_384
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 20 * path.stat().st_size
    with pytest.raises(UnreadableModel):
        read_gguf(write_gguf(path, LLAMA, [(f"t{number}", (1,), 0) for number in range(16_385)]))


@pytest.mark.parametrize(("kind", "bits"), [("q4_0", 4.5), ("q8_0", 8.5), ("f16", 16), ("bf16", 16), ("mxfp4", 4.25)])
def test_a_model_in_one_type_is_as_large_as_the_type_says(kind: str, bits: float) -> None:
    model = model_of(LLAMA_3_8B.metadata, LLAMA_3_8B.tensors(all_in(kind)), name=kind)
    assert model.bits_per_weight == pytest.approx(bits, rel=0.001)
