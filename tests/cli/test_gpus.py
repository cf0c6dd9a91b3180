"""`etoile gpu` with other machines, and without a GPU in this one."""

import json
import platform
from pathlib import Path

import pytest

from etoile.cli import main
from tests.gpu import pages
from tests.gpu.fake_exporter import FakeExporter, Manner

SETTINGS = """\
[routing]
discover = false
[[nodes]]
name = "M1"
url = "http://127.0.0.1:9"
gpus = "{first}"
[[nodes]]
name = "M2"
url = "http://127.0.0.1:9"
gpus = ["{second}", "{third}"]
"""


def settings(folder: Path, first: str, second: str, third: str) -> str:
    path = folder / "far.toml"
    path.write_text(SETTINGS.format(first=first, second=second, third=third), encoding="utf-8")
    return str(path)


def test_all_machines_host_by_host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        FakeExporter(pages.dcgm() + pages.dcgm(pages.SECOND_T4, index=1, told={"GPU_TEMP": 86})) as first,
        FakeExporter(pages.nvidia_smi()) as second,
        FakeExporter(pages.nvidia_smi(), manner=Manner.MISSING) as broken,
    ):
        path = settings(tmp_path, first.url, second.url, broken.url)
        assert main(["gpu", "--config", path, "--simulate", "calm"]) == 0
        shown = capsys.readouterr()
        assert main(["gpu", "--config", path, "--simulate", "calm", "--json"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    rows = shown.out.splitlines()
    assert [row for row in rows if not row.startswith(" ")] == [platform.node(), "M1", "M2"]
    [hot] = [
        row for row in rows if row.startswith("  GPU 1  Tesla T4  86\u00a0°C  91\u00a0%  5.0\u00a0GiB / 15.0\u00a0GiB")
    ]
    assert hot.endswith("CRITICAL")  # one look has no past to hold the limit for
    assert "The GPUs of M2 are not known: it answered 404." in shown.err
    far = [line for line in lines if line["far"]]
    assert [(line["host"], line["index"], line["temperature_c"]) for line in far] == [
        ("M1", 0, 71),
        ("M1", 1, 86),
        ("M2", 0, 46),
    ]
    assert {line["kind"] for line in lines} == {"gpu"}
    assert len(lines) == 9


def test_without_a_gpu_the_processor_is_shown_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gpu", "--simulate", "none"]) == 0
    shown = capsys.readouterr()
    [row] = shown.out.splitlines()
    assert row.startswith("CPU  ")
    assert row.endswith(f"{platform.node()}  no GPU")
    assert "There is no NVIDIA driver" in shown.err
    assert main(["gpu", "--simulate", "none", "--json"]) == 0
    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["kind"], line["memory_used_bytes"], line["far"]) == ("processor", None, False)
