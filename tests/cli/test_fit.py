"""`etoile fit`, from a file, a node or a name to its lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from etoile import logs
from etoile.cli import fit as command
from etoile.cli import main
from etoile.domain.shapes import Line
from etoile.errors import NvmlUnavailable
from etoile.text import message
from tests.llm.gguf_files import LLAMA_3_8B, infos_of, q4_k_m, write_gguf
from tests.llm.test_described import TENSORS, Answers, node

__all__ = ["node"]
GIB = 1024**3
NO_DISCOVERY = "[routing]\ndiscover = false\n"


class Etoile:
    """Runs `etoile fit` on cards of our own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], settings: Path) -> None:
        self._capsys = capsys
        self.settings = settings
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        """Return the exit code of `etoile fit ARGUMENTS`."""
        try:
            code = main(["fit", *arguments, "--config", str(self.settings)])
        except SystemExit as wrong:
            code = int(str(wrong.code))
        self.out, self.err = self._capsys.readouterr()
        return code

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the JSON lines of `etoile fit ARGUMENTS`."""
        assert self(*arguments, "--json") == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def etoile(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Etoile:
    monkeypatch.setattr(logs, "set_up", lambda *arguments: None)
    settings = tmp_path / "config.toml"
    settings.write_text(NO_DISCOVERY)
    return Etoile(capsys, settings)


@pytest.fixture
def llama(tmp_path: Path) -> str:
    """Give the file of a Llama 3 8B in Q4_K_M, without its tensors."""
    metadata = {**LLAMA_3_8B.metadata, "llama.context_length": 65536}
    return str(write_gguf(tmp_path / "llama.gguf", metadata, infos_of(LLAMA_3_8B, q4_k_m(32)), data_bytes=5 * GIB))


def card(total_gib: float, free_gib: float | None, *, index: int = 0, host: str = "here", **other: Any) -> Line:
    return {
        "uuid": f"GPU-{host}-{index}",
        "index": index,
        "name": "RTX",
        "host": host,
        "memory_total_bytes": round(total_gib * GIB),
        "memory_free_bytes": None if free_gib is None else round(free_gib * GIB),
        "memory_used_bytes": None,
        "state": "ok",
        "simulated": False,
        **other,
    }


def has(monkeypatch: pytest.MonkeyPatch, *cards: Line) -> None:
    """Let these be the cards."""
    monkeypatch.setattr(command, "gpu_lines", lambda config, arguments: list(cards))


def test_a_file_on_one_card(etoile: Etoile, llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, card(12, 11))
    [line] = etoile.lines(llama, "--context", "8192")
    assert line.keys() >= {
        *("model", "context", "need_bytes", "gpu", "host", "free_bytes", "verdict", "layers", "layers_on_gpu"),
        *("suggestion", "parts", "calibration", "error_percent"),
    }
    assert (line["model"], line["quantisation"], line["context"]) == ("llama.gguf", "Q4_K_M", 8192)
    assert (line["gpu"], line["host"], line["free_bytes"]) == ("GPU-here-0", "here", 11 * GIB)
    assert (line["verdict"], line["layers"], line["layers_on_gpu"], line["suggestion"]) == ("fits", 33, 33, None)
    assert line["parts"]["cache_bytes"] == GIB
    assert line["need_bytes"] == sum(line["parts"].values())


def test_a_line_a_card_and_one_for_each_host(etoile: Etoile, llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    far = [card(8, 4, index=number, host="far") for number in (0, 1)]
    has(monkeypatch, *far, card(24, 23), card(8, 2, host="other", index=0))
    lines = etoile.lines(llama)
    assert [(line["gpu"], line["split"] is not None) for line in lines] == [
        ("GPU-far-0", False),
        ("GPU-far-1", False),
        ("GPU-far-1", True),
        ("GPU-here-0", False),
        ("GPU-other-0", False),
    ]
    assert [line["verdict"] for line in lines] == ["spills", "spills", "fits", "fits", "spills"]
    split = lines[2]["split"]
    assert sum(share["layers"] for share in split) == 33
    assert max(share["need_bytes"] for share in split) == lines[2]["need_bytes"]


@pytest.mark.parametrize(
    "other", [{"state": "lost"}, {"state": "asleep"}, {"memory_total_bytes": None}, {"memory_free_bytes": None}]
)
def test_a_card_that_does_not_tell_is_not_judged(
    etoile: Etoile, llama: str, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    has(monkeypatch, {**card(12, 11), **other})
    [line] = etoile.lines(llama)
    assert (line["gpu"], line["verdict"], line["free_bytes"], line["layers_on_gpu"]) == ("GPU-here-0", None, None, None)
    assert etoile(llama) == 0
    assert "how much is free is not known" in etoile.out


def test_a_card_that_tells_only_what_is_used(etoile: Etoile, llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, card(12, None, memory_used_bytes=2 * GIB))
    [line] = etoile.lines(llama)
    assert line["free_bytes"] == 10 * GIB


def test_without_a_gpu_the_need_is_told(etoile: Etoile, llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(config: object, arguments: object) -> list[Line]:
        raise NvmlUnavailable(message("There is no NVIDIA driver on this computer."))

    monkeypatch.setattr(command, "gpu_lines", none)
    [line] = etoile.lines(llama)
    assert (line["gpu"], line["free_bytes"], line["verdict"], line["layers_on_gpu"]) == (None, None, "no", 0)
    assert line["need_bytes"] > 5 * GIB
    assert "no NVIDIA driver" in etoile.err
    assert etoile(llama) == 0
    assert "needs 5.9\N{NO-BREAK SPACE}GiB" in etoile.out
    assert "there is no GPU" in etoile.out


def test_what_would_fit_is_told(etoile: Etoile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own case: Mixtral's 26 GB do not fit 24 GB, q3_K_M's 22 do."""
    has(monkeypatch, card(24, 23.6))
    [line] = etoile.lines("mixtral", "--context", "4096")
    assert (line["verdict"], line["advice"]["quantisation"]) == ("spills", "Q3_K_M")
    assert "Q3_K_M would fit: 21.8" in line["suggestion"]
    assert etoile("mixtral", "--context", "4096") == 0
    assert "Q3_K_M would fit" in etoile.out
    assert "mixtral (Q4_0) needs 26.3" in etoile.out
    assert etoile("--language", "fr", "mixtral", "--context", "4096") == 0
    assert "Gio" in etoile.out


def test_a_smaller_cache_and_more_conversations(etoile: Etoile, llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    has(monkeypatch, card(12, 11))
    [usual], [smaller], [four] = (
        etoile.lines(llama, *more) for more in ([], ["--kv", "q8_0"], ["--parallel", "4", "--no-flash-attention"])
    )
    assert smaller["parts"]["cache_bytes"] == usual["parts"]["cache_bytes"] * 34 / 64
    assert four["parts"]["cache_bytes"] == 4 * usual["parts"]["cache_bytes"]
    assert four["parts"]["compute_bytes"] > usual["parts"]["compute_bytes"]


def test_the_part_that_sees_is_added(
    etoile: Etoile, llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, card(12, 11))
    sees = write_gguf(tmp_path / "mmproj.gguf", {"general.architecture": "clip"}, [("v.blk.0", (1024, 1024), 1)])
    [without], [with_it] = etoile.lines(llama), etoile.lines(llama, "--mmproj", str(sees))
    assert with_it["need_bytes"] - without["need_bytes"] == 2 * 1024 * 1024
    assert etoile(str(sees)) == 1
    assert "--mmproj" in etoile.err


def test_a_context_beyond_the_models_own_and_a_file_that_is_not_whole(
    etoile: Etoile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, card(24, 23))
    path = write_gguf(tmp_path / "half.gguf", LLAMA_3_8B.metadata, infos_of(LLAMA_3_8B, q4_k_m(32)))
    assert etoile(str(path), "--context", "200000") == 0
    assert "made for contexts up to 131072" in etoile.out
    assert "half.gguf is not whole" in etoile.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "required"),
        (["nonsense"], 2, "mixtral-8x7b"),
        (["absent.gguf"], 1, "no such file"),
        (["mixtral", "--context", "0"], 2, "Take 1 to"),
        (["mixtral", "--context", "many"], 2, "many"),
        (["mixtral", "--parallel", "-1"], 2, "cannot be"),
        (["mixtral", "--kv", "q3_0"], 2, "q3_0"),
        (["mixtral", "--kv", "q8_0", "--no-flash-attention"], 2, "flash attention"),
        (["mixtral", "--log", "absent.log"], 2, "absent.log"),
        (["mixtral", "--mmproj", "absent.gguf"], 1, "no such file"),
    ],
)
def test_a_wrong_call_is_told(
    etoile: Etoile, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, says: str
) -> None:
    has(monkeypatch, card(12, 11))
    assert etoile(*arguments) == code
    assert says in etoile.err
    assert etoile.out == ""


def test_what_is_no_model_is_told(etoile: Etoile, tmp_path: Path) -> None:
    (tmp_path / "picture.gguf").write_bytes(b"\x89PNG")
    assert etoile(str(tmp_path / "picture.gguf")) == 1
    assert "no GGUF file" in etoile.err


LOG = """
load_tensors:        CUDA0 model buffer size =  4403.49 MiB
llama_kv_cache:      CUDA0 KV buffer size =  1024.00 MiB
llama_context:      CUDA0 compute buffer size =   558.50 MiB
"""


def test_a_log_corrects_this_estimate_and_the_next(
    etoile: Etoile, llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, card(12, 11))
    log = tmp_path / "server.log"
    log.write_text(LOG)
    [before] = etoile.lines(llama)
    [now] = etoile.lines(llama, "--log", str(log))
    [later] = etoile.lines(llama)
    engine_mib = 4403.49 + 1024 + 558.5
    assert now["calibration"]["ratio"] == pytest.approx(engine_mib / (4403.49 + 1024 + 132), abs=1e-3)
    assert now["need_bytes"] == pytest.approx((engine_mib + 460) * 1024**2, rel=1e-5)
    assert later["need_bytes"] == now["need_bytes"] > before["need_bytes"]
    assert (before["calibration"], later["calibration"]["source"]) == (None, "server.log")
    # Another cache, and a context far away, are other matters.
    assert etoile.lines(llama, "--kv", "q8_0")[0]["calibration"] is None
    assert etoile.lines(llama, "--context", "65536")[0]["calibration"] is None
    assert etoile(llama) == 0
    assert "108 % of the estimate (server.log)" in etoile.out


def test_a_log_of_another_model_is_refused(
    etoile: Etoile, llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, card(12, 11))
    log = tmp_path / "server.log"
    for content in ("nothing", LOG.replace("4403", "44035")):
        log.write_text(content)
        assert etoile(llama, "--log", str(log)) == 2
        assert "does not tell what this model takes" in etoile.err


def test_a_model_of_a_node_and_what_it_takes_there(
    etoile: Etoile, node: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    has(monkeypatch, card(12, 11))
    url = f"http://127.0.0.1:{node.server.server_address[1]}"
    etoile.settings.write_text(f'{NO_DISCOVERY}[[nodes]]\nname = "box"\nurl = "{url}"\ndialect = "ollama"\n')
    [line] = etoile.lines("llama3")
    assert (line["model"], line["verdict"], line["calibration"]) == ("llama3:latest", "fits", None)
    taken = 6100 * 1024**2
    loaded = {"name": "llama3:latest", "size": taken, "size_vram": taken, "context_length": 8192}
    node.by_path["/api/ps"] = {"models": [loaded]}
    [line] = etoile.lines("llama3")
    assert line["calibration"]["source"] == "box"
    assert line["need_bytes"] == pytest.approx(taken + 460 * 1024**2, rel=1e-5)
    # One that spilled tells nothing of what it would take.
    node.by_path["/api/ps"] = {"models": [{**loaded, "size_vram": taken // 2}]}
    node.by_path["/api/show"] = lambda body: {"model_info": dict(LLAMA_3_8B.metadata), "tensors": TENSORS[:-1]}
    assert etoile.lines("llama3")[0]["calibration"] is None


def test_simulated_cards_are_labelled(etoile: Etoile, llama: str) -> None:
    lines = etoile.lines(llama, "--simulate", "calm")
    assert len(lines) == 7
    assert all(line["simulated"] for line in lines)
    assert etoile(llama, "--simulate", "calm") == 0
    assert etoile.out.count("simulated") == 7
